"""What is needed to read a project's tasks, and what Asana keeps beside them: declared states, time, people
promised and away, money. What this plan is without is a fact of the definitions and stops nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from connectors.asana_batch import listings
from connectors.asana_calls import REFUSED, Calls, Lack, Listing, Row, Seen, at
from connectors.asana_fields import (
    ABSENCE,
    ALLOCATION,
    CUSTOM_TYPE,
    PROJECT,
    SECTION,
    SETTING,
    STATUS_UPDATE,
    TIME_ENTRY,
    USER,
)
from connectors.asana_people import People, Shelf
from connectors.base import Kind, Record, ScopeRecord


@dataclass(frozen=True, slots=True)
class Ask:
    """``by`` is the parameter that names the project. ``paged`` is False where Asana takes no page size."""

    kind: Kind
    path: str
    by: str
    fields: Sequence[str] = ()
    paged: bool = True

    def of(self, project: str) -> Listing:
        return Listing(path=self.path, fields=self.fields, params={self.by: project}, paged=self.paged)


RESOURCES = (
    Ask("status_report", "/status_updates", "parent", STATUS_UPDATE),
    Ask("time_entry", "/time_tracking_entries", "attributable_to", TIME_ENTRY),
    Ask("allocation", "/allocations", "parent", ALLOCATION),
    Ask("budget", "/budgets", "parent", paged=False),
    Ask("rate", "/rates", "parent"),
)


AWAY = "away"
"""On the shelf, beside the gids of a workspace's people: that it tells of nobody's absences."""


@dataclass(slots=True)
class Known:
    """What a reading begins with. ``directory`` are the people of the workspace."""

    definitions: list[Record] = field(default_factory=list)
    sections: list[Record] = field(default_factory=list)
    resources: list[Record] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    directory: Sequence[Seen] = ()

    def records(self, people: People) -> list[Record]:
        """All that stands beside the tasks, with who is named there."""
        return [*self.definitions, *self.sections, *people.named_in(self.seen), *self.resources]


class Definitions:
    """Reads all of it for one project: one request, and the people beside."""

    def __init__(self, calls: Calls, shelf: Shelf, scope: ScopeRecord) -> None:
        self._calls = calls
        self._shelf = shelf
        self._scope = scope
        self._known = Known()
        self._lacks: dict[str, Row] = {}

    async def read(self) -> Known:
        asked = [*_structure(self._scope.id), *(ask.of(self._scope.id) for ask in RESOURCES)]
        async with aclosing(listings(self._calls, asked, REFUSED)) as answers:
            project, sections, settings, types, *resources = [one async for one in answers]
        seen = await self._project(project)
        self._known.seen.append(seen)
        rows = await self._sections(sections)
        self._known.sections = [Record("section", one.gid, self._scope.id, one.body, one.at) for one in rows]
        for ask, found in zip(RESOURCES, resources, strict=True):
            self._keep(ask.kind, found)
        await self._people(seen.body)
        self._define("project", seen.body, seen.at)
        self._define("sections", {"data": [one.body for one in rows]}, seen.at)
        self._define("custom_field_settings", {"data": self._there("custom_field", settings)}, seen.at)
        self._define("custom_types", {"data": self._there("custom_type", types)}, seen.at)
        self._define("features", {"lacking": self._lacks}, seen.at)
        return self._known

    async def directory(self) -> Sequence[Seen]:
        """The people of the workspace alone."""
        async with self._shelf.turn:
            return await self._users(_gid(self._scope.body.get("workspace")))

    async def _project(self, found: list[Seen] | Lack) -> Seen:
        """Asked for once more where it was refused, for the sentence that says why."""
        if isinstance(found, Lack):
            body, answer = await self._calls.one(at("/projects/{}", self._scope.id), PROJECT)
            return Seen(body, answer.asked_at)
        return found[0]

    async def _sections(self, found: list[Seen] | Lack) -> list[Seen]:
        if isinstance(found, Lack):
            return await self._calls.listing(at("/projects/{}/sections", self._scope.id), SECTION)
        return found

    async def _people(self, project: Row) -> None:
        workspace = _gid(project.get("workspace")) or _gid(self._scope.body.get("workspace"))
        members = [gid for one in _objects(project.get("members")) if (gid := _gid(one))]
        async with self._shelf.turn:
            self._known.directory = await self._users(workspace)
            if workspace is not None:
                await self._absences(workspace, members)

    async def _users(self, workspace: str | None) -> Sequence[Seen]:
        if workspace is None:
            return ()
        users: list[Seen] | Lack | None = self._shelf.kept(workspace)
        asked = self._shelf.clock()
        if users is None:
            users = await self._calls.optional("/users", USER, workspace=workspace)
            self._shelf.keep(workspace, users, asked)
        if isinstance(users, Lack):
            self._lack("account", users)
            return ()
        return users

    async def _absences(self, workspace: str, members: Sequence[str]) -> None:
        """Asana answers out-of-office of one person at a time. Where it refuses all of them, the workspace
        has no such thing."""
        shelf, asked = self._shelf, self._shelf.clock()
        lacking = shelf.kept((workspace, AWAY)) is not None
        new = [one for one in members if not lacking and shelf.kept((workspace, one)) is None]
        async with aclosing(listings(self._calls, [_away(workspace, one) for one in new], REFUSED)) as told:
            found = dict(zip(new, [one async for one in told], strict=True))
        for one, answer in found.items():
            shelf.keep((workspace, one), answer, asked)
        if found and all(isinstance(answer, Lack) for answer in found.values()):
            shelf.keep((workspace, AWAY), found[new[0]], asked)
        for one in [AWAY] if shelf.kept((workspace, AWAY)) is not None else members:
            self._keep("availability", shelf.kept((workspace, one)))

    def _keep(self, kind: Kind, found: list[Seen] | Lack) -> None:
        if isinstance(found, Lack):
            self._lack(kind, found)
            return
        self._known.seen += found
        self._known.resources += [Record(kind, one.gid, self._scope.id, one.body, one.at) for one in found]

    def _there(self, name: str, found: list[Seen] | Lack) -> list[Row]:
        if isinstance(found, Lack):
            self._lack(name, found)
            return []
        return [one.body for one in found]

    def _lack(self, name: str, lack: Lack) -> None:
        self._lacks.setdefault(name, {"status": lack.status, "message": lack.said})

    def _define(self, name: str, body: Row, asked_at: datetime) -> None:
        self._known.definitions.append(Record("definition", name, self._scope.id, body, asked_at))


def _structure(project: str) -> Sequence[Listing]:
    return (
        Listing(path=at("/projects/{}", project), fields=PROJECT, single=True),
        Listing(path=at("/projects/{}/sections", project), fields=SECTION),
        Listing(path=at("/projects/{}/custom_field_settings", project), fields=SETTING),
        Listing(path="/custom_types", fields=CUSTOM_TYPE, params={"project": project}),
    )


def _away(workspace: str, user: str) -> Listing:
    return Listing(path="/ooo_entries", fields=ABSENCE, params={"user": user, "workspace": workspace})


def _gid(value: object) -> str | None:
    gid = value.get("gid") if isinstance(value, Mapping) else None
    return gid if isinstance(gid, str) else None


def _objects(value: Any) -> Iterator[Row]:
    yield from (one for one in value if isinstance(one, dict)) if isinstance(value, list) else ()
