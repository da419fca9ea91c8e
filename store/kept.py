"""Records as they are kept, in pages, for mapping them again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, tuple_

from connectors.base import JsonObject, Kind
from store.codec import unpack
from store.open import Store
from store.schema import records

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


async def count_kept(store: Store, scope_id: str) -> int:
    """How many there are."""
    of = records.c
    counted = select(func.count()).where(of.scope_id == scope_id, of.kind != "definition")
    async with store.database.reading() as session:
        return int((await session.run(counted)).scalar_one())
