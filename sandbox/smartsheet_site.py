"""The account as one token sees it: sheets at their versions, workspaces, folders, people."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from typing import Literal

from sandbox.people import READER
from sandbox.quirks import Quirks
from sandbox.reworked import Reworks
from sandbox.smartsheet_columns import Body, columns_of
from sandbox.smartsheet_holders import ACCESS, Holder, Holders, holders_of
from sandbox.smartsheet_query import Query
from sandbox.smartsheet_refusals import FORBIDDEN, NOT_FOUND, Refused
from sandbox.smartsheet_rows import ground_of
from sandbox.smartsheet_sheets import Sheet, entry, summary_fields, whole
from sandbox.story import Person, Project
from sandbox.times import midnight
from sandbox.world import World

Kind = Literal["workspaces", "folders"]
EVERYTHING = Query({"level": "2", "include": "objectValue,writerInfo"}, Quirks())


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """``sheets`` by name; ``hidden`` are ids of sheets that are not shared with the account any more."""

    sheets: Sequence[Sheet]
    hidden: frozenset[int]
    holders: Holders
    people: Sequence[Person]

    @property
    def me(self) -> Person:
        return next(person for person in self.people if person.id == READER)

    def sheet(self, id: int, quirks: Quirks) -> Sheet:
        """One that is not shared with the account is answered as one that was deleted."""
        if id in self.hidden and not quirks.hidden_sheet_404:
            raise Refused(FORBIDDEN)
        found = next((sheet for sheet in self.sheets if sheet.id == id), None)
        if found is None:
            raise Refused(NOT_FOUND)
        return found

    def holder(self, kind: Kind, id: int) -> Holder:
        among = self.holders.workspaces if kind == "workspaces" else self.holders.folders
        found = next((holder for holder in among if holder.id == id), None)
        if found is None:
            raise Refused(NOT_FOUND)
        return found


@dataclass(slots=True)
class Ledger:
    """At which version each sheet is: a change of anything that it tells makes a new one, at the moment when
    that was done."""

    reworks: Reworks
    known: dict[str, tuple[str, int, datetime]] = field(default_factory=dict)

    def dated(self, sheet: Sheet, world: World) -> Sheet:
        """The sheet with its version and the time of its last change."""
        slug, digest = sheet.project.slug, _digest(sheet)
        former = self.known.get(slug)
        if former is None:
            rows = world.tasks_of(slug)
            changed = max((row.updated for row in rows), default=sheet.created)
            self.known[slug] = digest, 1 + sum(len(row.history) for row in rows), changed
        elif former[0] != digest:
            self.known[slug] = digest, former[1] + 1, max([former[2], *self._moments(slug, world)])
        _, version, modified = self.known[slug]
        return replace(sheet, version=version, modified=modified)

    def _moments(self, slug: str, world: World) -> Iterator[datetime]:
        """When its rows, or the sheet itself, were last changed, and when rows went from it."""
        yield from (row.updated for row in world.tasks_of(slug))
        yield from (gone.at for gone in world.gone if gone.task.project == slug)
        reworked = self.reworks.last(slug)
        if reworked is not None:
            yield reworked


def site_of(world: World, ledger: Ledger) -> Site:
    projects = [one for one in world.story.projects.values() if one.home == "smartsheet"]
    holders = holders_of(projects)
    shared = [project for project in projects if not project.revoked]
    sheets = [ledger.dated(_sheet(world, one, _place(holders, one)), world) for one in shared]
    for sheet in sheets:
        way = holders.way.get(sheet.project.slug)
        if way:
            way[-1].inside.append({**entry(sheet, Query({}, Quirks())), "resourceType": "sheet"})
    return Site(
        sheets=sorted(sheets, key=lambda sheet: sheet.project.name.casefold()),
        hidden=frozenset(int(project.remote_id) for project in projects if project.revoked),
        holders=holders,
        people=[person for person in world.story.people.values() if person.smartsheet_id],
    )


def _place(holders: Holders, project: Project) -> Body | None:
    way = holders.way.get(project.slug)
    return {**way[0].body(), **ACCESS} if way else None


def _sheet(world: World, project: Project, workspace: Body | None) -> Sheet:
    tasks = world.tasks_of(project.slug)
    created = min((task.created for task in tasks), default=midnight(world.story.today))
    return Sheet(
        ground=ground_of(world.story, project, tasks),
        columns=columns_of(project),
        version=0,
        created=created,
        modified=created,
        workspace=workspace,
    )


def _digest(sheet: Sheet) -> str:
    told = [whole(sheet, EVERYTHING), summary_fields(sheet, EVERYTHING)]
    return sha256(json.dumps(told).encode()).hexdigest()
