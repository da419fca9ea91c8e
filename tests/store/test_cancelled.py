"""A task that is cancelled within a statement: whatever it began is taken back, and nobody waits for it."""

from __future__ import annotations

import asyncio

from sqlalchemy import literal, select, update

from store.open import Store
from store.schema import meta

MOMENTS = 25
"""So many turns of the loop later each is cancelled: within any part of a statement."""


async def test_a_writer_that_is_cancelled_leaves_nothing_locked(store: Store) -> None:
    """The tasks are kept, and with them all that their exceptions hold."""
    kept = []
    for turns in range(MOMENTS):
        began = asyncio.Event()
        kept.append(asyncio.create_task(_write(store, began)))
        await began.wait()
        for _ in range(turns):
            await asyncio.sleep(0)
        kept[-1].cancel()
        await asyncio.wait(kept)
        async with asyncio.timeout(5):
            await _write(store, asyncio.Event())


async def _write(store: Store, began: asyncio.Event) -> None:
    async with store.database.writing() as session:
        began.set()
        for _ in range(5):
            await session.run(update(meta).values(value=1))
            await session.all(select(literal(1)))  # a row is left to be fetched
