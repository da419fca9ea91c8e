"""Workspaces and folders: where sheets stand beside reports and dashboards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from sandbox import ids
from sandbox.smartsheet_columns import Body
from sandbox.story import Project

APP = "https://app.smartsheet.com"
SHELVES: Sequence[Sequence[str]] = (("Roll-outs", "2026", "Nordics"), ("Programmes",))
"""A workspace and the folders in it, one in the other, for the first sheet and for the second. The others
are shared by themselves."""
EMPTY = "Archive 2025"
ACCESS = {"accessLevel": "ADMIN"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A workspace or a folder. ``inside`` is what it holds directly, each with its ``resourceType``."""

    id: int
    name: str
    inside: list[Body] = field(default_factory=list)

    def body(self) -> Body:
        return {"id": self.id, "name": self.name, "permalink": f"{APP}/workspaces/{self.id}"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Holders:
    """``way`` is the workspace and the folders down to the sheet of a project, by its slug."""

    way: Mapping[str, Sequence[Holder]]
    empty: Holder

    @property
    def workspaces(self) -> list[Holder]:
        return [*(way[0] for way in self.way.values()), self.empty]

    @property
    def folders(self) -> list[Holder]:
        return [folder for way in self.way.values() for folder in way[1:]]


def holders_of(projects: Sequence[Project]) -> Holders:
    """Still without the sheets."""
    way = {project.slug: _way(names) for project, names in zip(projects, SHELVES, strict=False)}
    return Holders(way=way, empty=Holder(id=_id(EMPTY), name=EMPTY))


def _way(names: Sequence[str]) -> list[Holder]:
    way = [Holder(id=_id(*names[: depth + 1]), name=name) for depth, name in enumerate(names)]
    for above, folder in pairwise(way):
        above.inside.append({**folder.body(), "resourceType": "folder"})
    for type in ("report", "sight"):
        way[0].inside.append(_other(type, f"{names[0]} this week"))
    return way


def _other(type: str, name: str) -> Body:
    id = _id(type, name)
    return {"id": id, "name": name, "permalink": f"{APP}/{type}s/{id}", "resourceType": type, **ACCESS}


def _id(*path: str) -> int:
    return int(ids.gid("holder", *path))
