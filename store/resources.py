"""Writing what trackers tell beside items: declared status, time, people promised and away, money."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date
from operator import attrgetter
from typing import Any

from connectors.base import Record
from normalizer.model import Normalised, StatusReport
from normalizer.resources import Allocation, Availability, Budget, Rate, TimeEntry
from store.codec import plain
from store.records import Key, Naming, write_bodies
from store.schema_resources import (
    allocations,
    availabilities,
    budgets,
    rates,
    resource_records,
    status_reports,
    time_entries,
)
from store.session import Session

Resource = StatusReport | TimeEntry | Allocation | Availability | Budget | Rate
TABLES = {
    table.name: table for table in (status_reports, time_entries, allocations, availabilities, budgets, rates)
}
"""Each has the name of the part of Normalised that it holds."""
PARTS = attrgetter(*TABLES)
NAMING = Naming(resource_records.c.scope_id, resource_records.c.record_kind, resource_records.c.record_id)
REFERRING = ("scope_id", "item_id", "account_id")


@dataclass(frozen=True, slots=True)
class Told:
    """One resource as one record tells it: the name of its table, and its row."""

    table: str
    row: dict[str, Any]

    @property
    def key(self) -> tuple[str, str]:
        return self.table, self.row["id"]


def told(of: Normalised, record: Record) -> list[Told]:
    if not any(PARTS(of)):
        return []
    return [Told(name, _row(name, one, record)) for name in TABLES for one in getattr(of, name)]


def _row(table: str, one: Resource, record: Record) -> dict[str, Any]:
    first, last = _days(one)
    referred = {name: getattr(one, name, None) for name in REFERRING if name in TABLES[table].c}
    if isinstance(one, StatusReport):
        referred["account_id"] = one.author_id
    return {
        "id": one.id,
        **referred,
        "first_day": first,
        "last_day": last,
        "time_sort": _time_sort(one, first),
        "read_at": record.read_at,
        "body": plain(one),
    }


def _days(one: Resource) -> tuple[date | None, date | None]:
    """The first and the last day that it is about, in UTC where it has an instant; None: open."""
    match one:
        case StatusReport():
            day = one.at.astimezone(UTC).date() if one.at else None
            return day, day
        case TimeEntry():
            return one.day, one.day
        case Budget():
            return None, None
        case _:
            return one.start, one.end


def _time_sort(one: Resource, first: date | None) -> str:
    """As text that sorts by time; what has none sorts before."""
    if isinstance(one, StatusReport) and one.at:
        return one.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f").zfill(26)
    return first.isoformat() if first else ""


async def write_resources(
    session: Session, scope_id: str, known: Collection[str], read: Mapping[Key, Sequence[Told]]
) -> None:
    """The records read in the scope tell exactly these from now on. Equal content writes nothing; what
    belongs to a scope that no connection has listed waits for a reading after it was."""
    placed = {None, *known}
    current = {
        key: {one.key: one.row for one in many if one.row.get("scope_id") in placed}
        for key, many in read.items()
        if many
    }
    for name, table in TABLES.items():
        rows = [row for of in current.values() for (kind, _), row in of.items() if kind == name]
        await write_bodies(session, table, rows)
    held = await _held(session, scope_id, read)
    await session.add(
        resource_records,
        [
            {**_record(scope_id, key), "resource_id": resource_id, "resource": name}
            for key, of in current.items()
            for name, resource_id in of.keys() - held.get(key, set())
        ],
    )
    ended = [(key, one) for key, of in held.items() for one in of - current.get(key, {}).keys()]
    await _end(session, scope_id, ended)


def _record(scope_id: str, key: Key) -> dict[str, str]:
    return {"scope_id": scope_id, "record_kind": key[0], "record_id": key[1]}


async def _held(session: Session, scope_id: str, keys: Iterable[Key]) -> dict[Key, set[tuple[str, str]]]:
    """What each of these records told of when it was last read."""
    held: dict[Key, set[tuple[str, str]]] = defaultdict(set)
    for row in await NAMING.fetch(session, list(resource_records.c), scope_id, keys):
        held[row.record_kind, row.record_id].add((row.resource, row.resource_id))
    return held


async def _end(session: Session, scope_id: str, ended: Sequence[tuple[Key, tuple[str, str]]]) -> None:
    """These records no longer tell of these; drop those that no other does."""
    if not ended:
        return
    of = resource_records.c
    await session.drop(
        resource_records,
        [{**_record(scope_id, key), "resource_id": resource_id} for key, (_, resource_id) in ended],
    )
    left = {resource_id for _, (_, resource_id) in ended}
    left -= {row.resource_id for row in await session.fetch([of.resource_id], of.resource_id, left)}
    for name, table in TABLES.items():
        await session.remove(table.c.id, [one for _, (kind, one) in ended if kind == name and one in left])
