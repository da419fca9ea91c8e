"""What only one may do at a time, among all processes that share a store. A lease goes by the clock of the
database, is renewed while it is held, and ends by itself soon after its holder died."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from store.database import StoreError
from store.open import Store
from store.party import in_words
from store.schema_work import leases

TERM = timedelta(seconds=30)
RENEWAL_SECONDS = 10


class Taken(Exception):
    """Somebody else holds it."""

    def __init__(self, holder: str, since: datetime) -> None:
        super().__init__(f"by {in_words(holder)}, since {since:%Y-%m-%d %H:%M:%S} UTC")
        self.holder = holder
        self.since = since


@dataclass(slots=True)
class Lease:
    """``lost`` when it could not be renewed in time and another may hold it by now: stop."""

    name: str
    lost: bool = False


@asynccontextmanager
async def held(store: Store, name: str, renewal: float = RENEWAL_SECONDS) -> AsyncIterator[Lease]:
    """Holds the lease for the length of the block. Raises Taken."""
    await _take(store, name)
    lease, over = Lease(name), asyncio.Event()
    renewing = asyncio.create_task(_renew(store, lease, renewal, over))
    try:
        yield lease
    finally:
        over.set()
        await renewing
        with suppress(StoreError):  # a database that is away forgets it by itself
            await _give_back(store, name)


async def _take(store: Store, name: str) -> None:
    async with store.database.aside() as session:
        now = await session.now()
        statement = session.dialect.insert(leases).values(
            name=name, holder=store.party, since=now, until=now + TERM
        )
        fresh = {column: statement.excluded[column] for column in ("holder", "since", "until")}
        taken = await session.run(
            statement.on_conflict_do_update(
                index_elements=["name"], set_=fresh, where=leases.c.until < statement.excluded.since
            ).returning(leases.c.name)
        )
        mine = taken.first() is not None
        (now_held,) = await session.all(select(leases).where(leases.c.name == name))
    if not mine:
        raise Taken(now_held.holder, now_held.since)


async def _renew(store: Store, lease: Lease, renewal: float, over: asyncio.Event) -> None:
    """A database that is away for a moment is asked again; what counts is whether the row is still ours."""
    while not lease.lost:
        with suppress(TimeoutError):
            async with asyncio.timeout(renewal):
                await over.wait()
        if over.is_set():
            return
        with suppress(StoreError):  # whoever works finds the same trouble, and tells it
            lease.lost = not await _prolong(store, lease.name)


async def _prolong(store: Store, name: str) -> bool:
    async with store.database.aside() as session:
        now = await session.now()
        prolonged = await session.run(
            update(leases)
            .where(leases.c.name == name, leases.c.holder == store.party)
            .values(until=now + TERM)
        )
    return bool(prolonged.rowcount)


async def _give_back(store: Store, name: str) -> None:
    async with store.database.aside() as session:
        await session.run(delete(leases).where(leases.c.name == name, leases.c.holder == store.party))
