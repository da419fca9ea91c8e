"""Records as they are kept, and the scopes that they are of: what mapping them again needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select, tuple_

from connectors.base import JsonObject, Kind, Record, ScopeRecord
from normalizer.model import Item, StatusCategory
from store.codec import item_from, unpack
from store.open import Store
from store.presence import SEEN
from store.schema import connections, items, reach, records, scopes

PAGE = 1000


@dataclass(frozen=True, slots=True)
class Kept:
    """A record, still packed. ``outcome`` is the digest of what it last became; None: nobody noted it."""

    kind: Kind
    remote_id: str
    packed: bytes
    read_at: datetime
    outcome: bytes | None

    def body(self) -> JsonObject:
        return unpack(self.packed)


async def kept_records(store: Store, scope_id: str) -> AsyncIterator[Sequence[Kept]]:
    """All records of a scope but its definitions, a page at a time, each page as of its own moment."""
    of = records.c
    last: tuple[str, str] | None = None
    while True:
        chosen = select(of.kind, of.remote_id, of.body, of.read_at, of.outcome).where(
            of.scope_id == scope_id, of.kind != "definition"
        )
        if last is not None:
            chosen = chosen.where(tuple_(of.kind, of.remote_id) > last)
        async with store.database.reading() as session:
            rows = await session.all(chosen.order_by(of.kind, of.remote_id).limit(PAGE))
        if rows:
            yield [Kept(row.kind, row.remote_id, row.body, row.read_at, row.outcome) for row in rows]
        if len(rows) < PAGE:
            return
        last = rows[-1].kind, rows[-1].remote_id


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptScope:
    """A scope as its connection listed it last; ``records`` is how many are kept, definitions aside."""

    id: str
    site: str
    system: str
    scope: ScopeRecord
    records: int


async def connections_of(store: Store, ids: Collection[str]) -> dict[str, str]:
    """Of the scopes that there are among these, the connection that each is read through."""
    async with store.database.reading() as session:
        return {
            row.id: row.connection_id
            for row in await session.fetch([scopes.c.id, scopes.c.connection_id], scopes.c.id, ids)
        }


async def kept_scopes(store: Store, connection: str) -> list[KeptScope]:
    """Every scope that the connection ever listed and of which records are kept, by name."""
    counted = (
        select(records.c.scope_id, func.count().label("n"))
        .where(records.c.kind != "definition")
        .group_by(records.c.scope_id)
        .subquery()
    )
    chosen = (
        select(scopes, connections.c.site, connections.c.system, counted.c.n)
        .join(counted, counted.c.scope_id == scopes.c.id)
        .join(reach, reach.c.scope_id == scopes.c.id)
        .join(connections, connections.c.id == reach.c.connection_id)
        .where(reach.c.connection_id == connection, connections.c.site.is_not(None))
        .order_by(scopes.c.name, scopes.c.id)
    )
    async with store.database.reading() as session:
        return [_kept_scope(row) for row in await session.all(chosen)]


def _kept_scope(row: Row[Any]) -> KeptScope:
    record = ScopeRecord(
        id=row.remote_id, kind=row.kind, name=row.name, url=row.url, key=row.key, closed=row.closed
    )
    return KeptScope(id=row.id, site=row.site, system=row.system, scope=record, records=row.n)


async def category_counts(store: Store, scope_id: str) -> Counter[StatusCategory]:
    """The items that are at home in a scope and there, by status category."""
    of = items.c
    chosen = (
        select(of.status_category, func.count().label("n"))
        .where(of.scope_id == scope_id, of.presence.in_(SEEN))
        .group_by(of.status_category)
    )
    async with store.database.reading() as session:
        return Counter({row.status_category: row.n for row in await session.all(chosen)})


async def latest_items(store: Store, scope_id: str, limit: int) -> list[Item]:
    """The items of a scope that their tracker changed last, the latest first."""
    of = items.c
    chosen = (
        select(of.body)
        .where(of.scope_id == scope_id, of.presence.in_(SEEN))
        .order_by(of.remote_updated_at.desc().nulls_last(), of.id)
        .limit(limit)
    )
    async with store.database.reading() as session:
        return [item_from(row.body) for row in await session.all(chosen)]


async def record_of(store: Store, kept: KeptScope, item_ids: Collection[str]) -> list[Record]:
    """The records that tell of these items and that were read in the scope."""
    of, told = records.c, items.c
    async with store.database.reading() as session:
        columns = [told.record_kind, told.record_id, told.record_scope]
        tellers = await session.fetch(columns, told.id, item_ids)
        wanted = {(row.record_kind, row.record_id) for row in tellers if row.record_scope == kept.id}
        found = await session.fetch(
            [of.kind, of.remote_id, of.scope_id, of.body, of.read_at],
            of.remote_id,
            [remote_id for _, remote_id in wanted],
        )
    return [
        Record(row.kind, row.remote_id, kept.scope.id, unpack(row.body), row.read_at)
        for row in found
        if row.scope_id == kept.id and (row.kind, row.remote_id) in wanted
    ]


async def rules_of(store: Store, scope_id: str) -> bytes | None:
    """The digest of the rules by which the scope's records are mapped; None before the first time."""
    async with store.database.reading() as session:
        found = await session.all(select(scopes.c.rules).where(scopes.c.id == scope_id))
    return found[0].rules if found else None


async def note_rules(store: Store, scope_id: str, digest: bytes | None) -> None:
    """None: it is not known any more by what all of them are mapped."""
    async with store.database.writing() as session:
        await session.change(scopes, [{"id": scope_id, "rules": digest}])
