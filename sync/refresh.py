"""Makes single items true: asks for them by name and puts what is there."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from connectors.base import Record
from connectors.errors import TrackerError
from store import checkpoints, runs
from store.open import Store
from store.put import Batch, put
from store.runs import Ending
from sync.source import Clock, Target


async def refresh(target: Target, store: Store, clock: Clock, ids: Sequence[str]) -> str | None:
    """Answers the sentence of a tracker's error, if there was one; then they stay as they were. What is not
    there is left to the next reading of its scope."""
    run_id = await runs.begin(store, "refresh", target.source.connection, target.scope_id, clock())
    try:
        found = [one async for one in target.source.connector.fetch(target.scope, ids)]
    except TrackerError as error:
        await runs.finish(store, run_id, Ending("failed", error=str(error)), clock())
        return str(error)
    records = [one for one in found if isinstance(one, Record)]
    mapper = target.mapper(await checkpoints.definitions(store, target.scope_id))
    normalised = await asyncio.to_thread(lambda: [mapper(record) for record in records])
    now = clock()
    batch = Batch(
        scope_id=target.scope_id,
        run_id=run_id,
        connection=target.source.connection,
        records=records,
        normalised=normalised,
        absent=mapper.absent,
        now=now,
        started_at=now,
    )
    await put(store, batch)
    await runs.finish(store, run_id, Ending("done"), clock())
    return None
