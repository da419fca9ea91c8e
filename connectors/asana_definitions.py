"""What is needed to read a project's tasks, and what Asana keeps beside them: declared states, time, people
promised and away, money. What this plan is without is a fact of the definitions and stops nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from connectors.asana_calls import Calls, Lack, Row, Seen, at
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
from connectors.asana_people import Shelf
from connectors.base import Kind, Record, ScopeRecord
from connectors.http import ordered


@dataclass(frozen=True, slots=True)
class Ask:
    """``by`` is the parameter that names the project. ``paged`` is False where Asana takes no page size."""

    kind: Kind
    path: str
    by: str
    fields: Sequence[str] = ()
    paged: bool = True


RESOURCES = (
    Ask("status_report", "/status_updates", "parent", STATUS_UPDATE),
    Ask("time_entry", "/time_tracking_entries", "attributable_to", TIME_ENTRY),
    Ask("allocation", "/allocations", "parent", ALLOCATION),
    Ask("budget", "/budgets", "parent", paged=False),
    Ask("rate", "/rates", "parent"),
)


@dataclass(slots=True)
class Known:
    """What a reading begins with. ``directory`` are the people of the workspace."""

    definitions: list[Record] = field(default_factory=list)
    sections: list[Record] = field(default_factory=list)
    resources: list[Record] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    directory: Sequence[Seen] = ()


class Definitions:
    """Reads all of it for one project."""

    def __init__(self, calls: Calls, shelf: Shelf, scope: ScopeRecord) -> None:
        self._calls = calls
        self._shelf = shelf
        self._scope = scope
        self._known = Known()
        self._lacks: dict[str, Row] = {}

    async def read(self) -> Known:
        project, answer = await self._calls.one(at("/projects/{}", self._scope.id), PROJECT)
        self._define("project", project, answer.asked_at)
        self._known.seen.append(Seen(project, answer.asked_at))
        await self._structure(answer.asked_at)
        workspace = _gid(project.get("workspace")) or _gid(self._scope.body.get("workspace"))
        for ask in RESOURCES:
            limit = {} if ask.paged else {"limit": None}
            self._keep(
                ask.kind,
                await self._calls.optional(ask.path, ask.fields, **{ask.by: self._scope.id}, **limit),
            )
        if workspace is not None:
            await self._people(workspace, project)
        self._define("features", {"lacking": self._lacks}, answer.asked_at)
        return self._known

    async def _structure(self, asked_at: datetime) -> None:
        project = self._scope.id
        sections = await self._calls.listing(at("/projects/{}/sections", project), SECTION)
        self._known.sections = [Record("section", one.gid, project, one.body, one.at) for one in sections]
        self._define("sections", {"data": [one.body for one in sections]}, asked_at)
        settings = await self._calls.optional(at("/projects/{}/custom_field_settings", project), SETTING)
        self._define("custom_field_settings", {"data": self._there("custom_field", settings)}, asked_at)
        types = await self._calls.optional("/custom_types", CUSTOM_TYPE, project=project)
        self._define("custom_types", {"data": self._there("custom_type", types)}, asked_at)

    async def _people(self, workspace: str, project: Row) -> None:
        users = await self._shelf.get(
            ("users", workspace), partial(self._calls.optional, "/users", USER, workspace=workspace)
        )
        if isinstance(users, Lack):
            self._lack("account", users)
        else:
            self._known.directory = users
        members = [gid for one in _objects(project.get("members")) if (gid := _gid(one))]
        await self._absences(workspace, members)

    async def _absences(self, workspace: str, members: Sequence[str]) -> None:
        """Asana answers out-of-office of one person at a time; a refusal of the first holds for all."""

        async def away(user: str) -> list[Seen] | Lack:
            return await self._shelf.get(
                ("away", workspace, user),
                partial(self._calls.optional, "/ooo_entries", ABSENCE, user=user, workspace=workspace),
            )

        if not members or not self._keep("availability", await away(members[0])):
            return
        jobs = [partial(away, member) for member in members[1:]]
        async with aclosing(ordered(self._calls.parallel, jobs)) as others:
            async for found in others:
                self._keep("availability", found)

    def _keep(self, kind: Kind, found: list[Seen] | Lack) -> bool:
        if isinstance(found, Lack):
            self._lack(kind, found)
            return False
        self._known.seen += found
        self._known.resources += [Record(kind, one.gid, self._scope.id, one.body, one.at) for one in found]
        return True

    def _there(self, name: str, found: list[Seen] | Lack) -> list[Row]:
        if isinstance(found, Lack):
            self._lack(name, found)
            return []
        return [one.body for one in found]

    def _lack(self, name: str, lack: Lack) -> None:
        self._lacks.setdefault(name, {"status": lack.status, "message": lack.said})

    def _define(self, name: str, body: Row, asked_at: datetime) -> None:
        self._known.definitions.append(Record("definition", name, self._scope.id, body, asked_at))


def _gid(value: object) -> str | None:
    gid = value.get("gid") if isinstance(value, Mapping) else None
    return gid if isinstance(gid, str) else None


def _objects(value: Any) -> Iterator[Row]:
    yield from (one for one in value if isinstance(one, dict)) if isinstance(value, list) else ()
