"""What is done to a project itself, noted when it is done: its name, its lists and columns, and whether any
of them is put away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sandbox.story import Home, Project, Stage
from sandbox.world import World

Trait = tuple[Literal["name", "closed", "columns"], Stage | None]
"""Of the project, or of the list that a stage has there."""
Traits = Mapping[Trait, str | bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rework:
    """``number`` counts them, over all projects."""

    number: int
    at: datetime
    slug: str
    trait: Trait
    before: str | bool
    after: str | bool


class Reworks:
    """All reworks of one tracker's projects since this was made."""

    def __init__(self, world: World, home: Home) -> None:
        self.done: list[Rework] = []
        self.home: Home = home
        self._world = world
        self._known = self._traits()
        world.listeners.append(self._note)

    def last(self, slug: str) -> datetime | None:
        return max((one.at for one in self.done if one.slug == slug), default=None)

    def _traits(self) -> Mapping[str, Traits]:
        projects = self._world.story.projects.values()
        return {one.slug: _traits(one) for one in projects if one.home == self.home}

    def _note(self) -> None:
        former, self._known = self._known, self._traits()
        at = self._world.now(self.home)
        for slug, traits in self._known.items():
            for trait, after in traits.items():
                before = former[slug].get(trait, after)
                if before != after:
                    number = len(self.done) + 1
                    self.done.append(
                        Rework(number=number, at=at, slug=slug, trait=trait, before=before, after=after)
                    )


def _traits(project: Project) -> Traits:
    own: dict[Trait, str | bool] = {
        ("name", None): project.name,
        ("closed", None): project.closed,
        ("columns", None): ",".join(project.dropped_columns),
    }
    names: dict[Trait, str | bool] = {("name", stage): name for stage, name in project.lists.items()}
    put_away: dict[Trait, str | bool] = {
        ("closed", stage): stage in project.closed_lists for stage in project.lists
    }
    return own | names | put_away
