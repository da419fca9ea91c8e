"""Items as the answers show them: with names for the ids in them, and on request history and raw record."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row, select

from normalizer.model import Change, Item
from store.codec import item_from, unpack
from store.schema import accounts, changes, item_projects, records, sections
from store.session import Session, chunks
from store.sight import Sight
from store.views import ItemView, Provenance


@dataclass(frozen=True, slots=True)
class Extras:
    """What is read only when asked for."""

    history: bool = False
    raw: bool = False


@dataclass(frozen=True, slots=True)
class _Around:
    """What a page of items refers to, by item id or by the id that items hold."""

    accounts: Mapping[str, str]
    sections: Mapping[str, str]
    projects: Mapping[str, Sequence[str]]
    hashes: Mapping[tuple[str, str, str], Row[Any]]
    history: Mapping[str, Sequence[Change]] | None


async def item_views(
    session: Session, sight: Sight, rows: Sequence[Row[Any]], extras: Extras
) -> list[ItemView]:
    decoded = [(row, item_from(row.body)) for row in rows]
    around = await _around(session, decoded, extras)
    return [_view(sight, row, item, around, extras) for row, item in decoded]


async def _around(session: Session, decoded: Sequence[tuple[Row[Any], Item]], extras: Extras) -> _Around:
    ids = [row.id for row, _ in decoded]
    named = {a.account_id for _, item in decoded for a in item.assignments}
    standing = {row.section_id for row, _ in decoded if row.section_id}
    belonging: dict[str, list[str]] = defaultdict(list)
    of = item_projects.c
    for row in await session.fetch([of.item_id, of.project_id], of.item_id, ids):
        belonging[row.item_id].append(row.project_id)
    return _Around(
        accounts={
            row.id: row.name
            for row in await session.fetch([accounts.c.id, accounts.c.name], accounts.c.id, named)
        },
        sections={
            row.id: row.name
            for row in await session.fetch([sections.c.id, sections.c.name], sections.c.id, standing)
        },
        projects=belonging,
        hashes=await _records(session, [row for row, _ in decoded], extras),
        history=await _history(session, ids) if extras.history else None,
    )


async def _history(session: Session, ids: Sequence[str]) -> dict[str, list[Change]]:
    """Oldest first."""
    names = list(Change.__dataclass_fields__)
    found: dict[str, list[Change]] = defaultdict(list)
    columns = [changes.c[name] for name in names]
    for row in await session.fetch(columns, changes.c.item_id, ids):
        found[row.item_id].append(Change(**row._mapping))
    for history in found.values():
        history.sort(key=lambda change: (change.at, change.id))
    return found


def _record_key(row: Row[Any]) -> tuple[str, str, str]:
    return row.record_scope, row.record_kind, row.record_id


async def _records(
    session: Session, rows: Sequence[Row[Any]], extras: Extras
) -> dict[tuple[str, str, str], Row[Any]]:
    of = records.c
    columns = [of.scope_id, of.kind, of.remote_id, of.hash, *([of.body] if extras.raw else [])]
    found: dict[tuple[str, str, str], Row[Any]] = {}
    wanted = {_record_key(row) for row in rows}
    for chunk in chunks(wanted):
        scopes, kinds, ids = zip(*chunk, strict=True)
        chosen = select(*columns).where(
            of.scope_id.in_(set(scopes)), of.kind.in_(set(kinds)), of.remote_id.in_(set(ids))
        )
        found.update(((row.scope_id, row.kind, row.remote_id), row) for row in await session.all(chosen))
    return found


def _view(sight: Sight, row: Row[Any], item: Item, around: _Around, extras: Extras) -> ItemView:
    scope = sight.shown[row.scope_id]
    connection = sight.connections[scope.connection_id]
    record = around.hashes[_record_key(row)]
    own = [row.scope_id] if row.scope_id in sight.unclaimed else []
    seen = [place for place in item.placements if place.scope_id in sight.visible]
    return ItemView(
        item=item if len(seen) == len(item.placements) else replace(item, placements=seen),
        presence=row.presence,
        presence_since=row.presence_since,
        actual_start=row.actual_start,
        completed_at=row.completed_at,
        projects=[*sorted(around.projects.get(row.id, ())), *own],
        scope=row.scope_id,
        connection=connection.id,
        tracker=connection.tracker,
        assignees=[around.accounts.get(a.account_id, a.account_id) for a in item.assignments],
        section=around.sections.get(row.section_id),
        absent=scope.absent,
        provenance=Provenance(
            connection=connection.id,
            tracker=connection.tracker,
            scope=row.scope_id,
            record_hash=record.hash.hex(),
            read_at=row.read_at,
            written_at=row.written_at,
        ),
        history=around.history.get(row.id, []) if around.history is not None else None,
        raw=unpack(record.body) if extras.raw else None,
    )
