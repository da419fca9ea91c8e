"""Makes single items true: asks for them by name and puts what is there."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from connectors.base import Record
from connectors.errors import TrackerError
from store import checkpoints, runs
from store.open import Store
from store.put import put
from store.runs import Ending
from sync.remap import batch_of
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
    mapped = await asyncio.to_thread(lambda: [(record, mapper(record)) for record in records])
    await put(store, replace(batch_of(target, mapper, mapped, clock()), run_id=run_id))
    await runs.finish(store, run_id, Ending("done"), clock())
    return None
