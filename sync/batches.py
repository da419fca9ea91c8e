"""Pages joined into batches: a reading goes on while the store writes, small pages share a transaction."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import suppress

from connectors.base import Page

AHEAD = 8
"""Pages read ahead of the store at most: this bounds the memory that one scope may take."""
MOST = 1000
"""A batch of so many records takes no further page."""

LINGER = 0.25
"""Seconds for which a page waits for others: a transaction costs the same for one record as for many."""

Ready = asyncio.Queue[Page | None]


async def batches(pages: AsyncIterator[Page]) -> AsyncGenerator[list[Page], None]:
    """The pages in their order, joined with those that follow soon. What ends them early is raised after the
    pages before it were given out."""
    ready: Ready = asyncio.Queue(AHEAD)
    reader = asyncio.create_task(_read(pages, ready))
    try:
        while batch := await _batch(ready):
            yield batch
        await reader
    finally:
        reader.cancel()
        await asyncio.gather(reader, return_exceptions=True)


async def _batch(ready: Ready) -> list[Page]:
    """Empty once there are no more."""
    page = await ready.get()
    if page is None:
        return []
    batch = [page]
    with suppress(TimeoutError):
        async with asyncio.timeout(LINGER):
            while sum(len(one.records) for one in batch) < MOST:
                page = await ready.get()
                if page is None:
                    ready.put_nowait(None)  # for the next look
                    break
                batch.append(page)
    return batch


async def _read(pages: AsyncIterator[Page], ready: Ready) -> None:
    try:
        async for page in pages:
            await ready.put(page)
    except Exception:
        await ready.put(None)
        raise
    finally:
        if isinstance(pages, AsyncGenerator):
            await pages.aclose()  # what it still has under way ends here, not at some collection
    await ready.put(None)
