"""What a census of a scope is compared with: what is kept of its items and records, by the tracker's ids."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from connectors.base import JsonObject, Record
from store import findings, prints
from store.codec import content, digest, unpack
from store.feed import touch
from store.open import Store
from store.presence import SEEN
from store.prints import Ours as Ours
from store.records import Key, key_of, load_definitions
from store.schema import items, placements, records, scopes
from store.session import chunks


@dataclass(frozen=True, slots=True)
class Before:
    """A scope before it is compared: the definitions that are held, which of the ``told`` records differ from
    what is kept, and when the last look that told all of the scope began."""

    definitions: Mapping[str, JsonObject]
    differing: Sequence[Record]
    complete_at: datetime | None


async def before(store: Store, scope_id: str, told: Sequence[Record]) -> Before:
    keys = {key_of(one): one for one in told}
    of = records.c
    async with store.database.reading() as session:
        scope = (await session.all(select(scopes.c.complete_at).where(scopes.c.id == scope_id)))[0]
        named = [remote_id for _, remote_id in keys]
        columns = [of.kind, of.remote_id, of.hash]
        kept = await session.fetch(
            columns, of.remote_id, named, of.scope_id == scope_id, of.kind.in_({kind for kind, _ in keys})
        )
        definitions = await load_definitions(session, scope_id)
    same = {(row.kind, row.remote_id): row.hash for row in kept}
    differing = [one for key, one in keys.items() if same.get(key) != digest(content(one.body))]
    return Before(definitions, differing, scope.complete_at)


async def ours(store: Store, scope_id: str) -> Ours:
    """What is kept of the scope now."""
    async with store.database.reading() as session:
        return await prints.ours(session, scope_id)


@dataclass(frozen=True, slots=True)
class Strangers:
    """Of items that are not at home in a scope: ``prints`` of the records of them that were read in it (empty
    where none is kept), and ``elsewhere``, which are at home in another scope and stand in this one too."""

    prints: Mapping[str, bytes] = field(default_factory=dict)
    elsewhere: frozenset[str] = frozenset()


async def strangers(store: Store, scope_id: str, ids: Mapping[str, str]) -> Strangers:
    """``ids`` are ours by the tracker's."""
    of, here = records.c, placements.c
    async with store.database.reading() as session:
        read = await session.fetch(
            [of.remote_id, of.fingerprint], of.remote_id, ids, of.scope_id == scope_id, of.kind == "item"
        )
        there = await session.fetch([items.c.id], items.c.id, ids.values(), items.c.presence.in_(SEEN))
        seen = {row.id for row in there}
        placed = await session.fetch([here.item_id], here.item_id, seen, here.scope_id == scope_id)
    stand = {row.item_id for row in placed}
    return Strangers(
        {row.remote_id: row.fingerprint or b"" for row in read},
        frozenset(id for id, item_id in ids.items() if item_id in stand),
    )


@dataclass(frozen=True, slots=True)
class Body:
    """An item's record, still packed, and the digest of it as it is."""

    id: str
    hash: bytes
    packed: bytes

    def body(self) -> JsonObject:
        return unpack(self.packed)


async def bodies(store: Store, scope_id: str, ids: Collection[str]) -> AsyncIterator[list[Body]]:
    """The records of these items that were read in the scope, a page at a time."""
    of, columns = records.c, [records.c.remote_id, records.c.hash, records.c.body]
    here = of.scope_id == scope_id, of.kind == "item"
    for chunk in chunks(ids):
        async with store.database.reading() as session:
            rows = await session.fetch(columns, of.remote_id, chunk, *here)
        yield [Body(row.remote_id, row.hash, row.body) for row in rows]


async def keep_prints(store: Store, scope_id: str, made: Sequence[tuple[Body, bytes]]) -> None:
    """Keep what a census says of these records, unless they were written anew meanwhile."""
    rows = [
        {"scope_id": scope_id, "kind": "item", "remote_id": of.id, "hash": of.hash, "fingerprint": print}
        for of, print in made
    ]
    async with store.database.writing() as session:
        await session.change(records, rows, key=("scope_id", "kind", "remote_id", "hash"))


async def at_home(store: Store, scope_id: str, ids: Mapping[str, str]) -> dict[str, str]:
    """Those of these items (ours by the tracker's ids) that are at home in the scope and there."""
    of = items.c
    async with store.database.reading() as session:
        rows = await session.fetch(
            [of.id], of.id, ids.values(), of.scope_id == scope_id, of.presence.in_(SEEN)
        )
    held = {row.id for row in rows}
    return {id: item_id for id, item_id in ids.items() if item_id in held}


async def forget_refused(store: Store, scope_id: str, ids: Collection[str], now: datetime) -> None:
    """Records of items that could not be read, and that the tracker does not have any more: nobody need mend
    them. They stay, and raise nothing."""
    nothing: dict[Key, list[findings.Raised]] = {("item", id): [] for id in ids}
    async with store.database.writing() as session:
        await findings.write_findings(session, scope_id, nothing, now)
        await touch(session)
