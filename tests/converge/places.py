"""Follows the story as it changes: where each item stands in the token's sight, and since when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sandbox.story import Project, Task
from sandbox.world import World
from tests.faketime import FakeTime

Key = tuple[str, str]
"""A tracker and its id of an item."""
Standing = Mapping[Key, frozenset[str]]
"""By item, the tracker's ids of the scopes in which it can be seen."""


@dataclass
class Places:
    """``step`` grows with each change of the story; the others say at which one an item came or went, and by
    the true clock when it came, was edited, and either, for the last time."""

    world: World
    time: FakeTime
    step: int = 0
    standing: Standing = field(default_factory=dict)
    moved: dict[Key, int] = field(default_factory=dict)
    came: dict[Key, datetime] = field(default_factory=dict)
    edited: dict[Key, datetime] = field(default_factory=dict)
    touched: dict[Key, datetime] = field(default_factory=dict)
    _updated: dict[Key, datetime] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.world.listeners.append(self._note)
        self._note()

    def steady(self, key: Key, since: int) -> bool:
        """Whether the item has neither come nor gone nor moved since that step."""
        return self.moved.get(key, 0) <= since

    @property
    def out_of_sight(self) -> set[Key]:
        """The scopes, by tracker and id, that the token may not see."""
        return {(one.home, one.remote_id) for one in self.world.story.projects.values() if one.revoked}

    def settled(self, key: Key, at: datetime, within: timedelta) -> bool:
        """Whether nothing of the item changed in so long a time before then."""
        return self.touched.get(key, at - within) <= at - within

    def marked(self, key: Key) -> bool:
        """Whether its tracker can tell that it is there as it is: of what comes back into sight as it was
        before nobody tells, so that only a census finds it."""
        return self.edited[key] >= self.came[key]

    def _note(self) -> None:
        """Called with the world's lock held, by whoever changed it."""
        self.step += 1
        standing: dict[Key, frozenset[str]] = {}
        for task in self.world.story.tasks.values():
            key = key_of(self.world.project(task.project), task)
            standing[key] = self._scopes(task)
            if self._updated.get(key) != task.updated:
                self._updated[key] = task.updated
                self.edited[key] = self.touched[key] = self.time.now
        standing = {key: scopes for key, scopes in standing.items() if scopes}
        for key in standing.keys() | self.standing.keys():
            if standing.get(key) != self.standing.get(key):
                self.moved[key], self.touched[key] = self.step, self.time.now
                if key in standing:
                    self.came[key] = self.time.now
        self.standing = standing

    def _scopes(self, task: Task) -> frozenset[str]:
        projects = (self.world.project(slug) for slug in (task.project, *task.also_in))
        return frozenset(project.remote_id for project in projects if not project.revoked)


def key_of(project: Project, task: Task) -> Key:
    """A row's id is made of the sheet's and its own."""
    rows = project.home == "smartsheet"
    return project.home, f"{project.remote_id}:{task.remote_id}" if rows else task.remote_id
