"""The one paging loop, bounded parallel work in order, and two questions at once."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Hashable, Iterable
from typing import Any, TypeVar

from connectors.errors import Unexpected

T = TypeVar("T")
U = TypeVar("U")
C = TypeVar("C", bound=Hashable)


async def pages(
    fetch: Callable[[C | None], Awaitable[tuple[T, C | None]]],
    start: C | None = None,
    *,
    what: str = "a listing",
    mark: Callable[[T], Hashable | None] | None = None,
) -> AsyncGenerator[tuple[T, C | None], None]:
    """Every page with the cursor that follows it, from ``start`` to the page that no cursor follows.

    ``fetch(cursor)`` gives a page and the next cursor, None after the last page. ``mark`` names a page by its
    content (say, its first id), for cursors that we count ourselves and that a tracker may ignore. Raises
    Unexpected, before the page is handed over, when a cursor or a mark comes a second time: such a listing
    would never end or never be whole.
    """
    cursors: set[C | None] = {start}
    marks: set[Hashable] = set()
    cursor = start
    while True:
        page, following = await fetch(cursor)
        sign = mark(page) if mark else None
        if (following is not None and following in cursors) or (sign is not None and sign in marks):
            raise Unexpected(
                f"The tracker gave the same page of {what} twice (page {len(cursors)}), so the listing "
                "cannot be read whole; this is the tracker's fault, and the next run tries again."
            )
        yield page, following
        if following is None:
            return
        cursors.add(following)
        marks.add(sign)
        cursor = following


async def ordered(
    limit: int, jobs: Iterable[Callable[[], Coroutine[Any, Any, T]]]
) -> AsyncGenerator[T, None]:
    """The results of ``jobs`` in their order, with at most ``limit`` of them running at a time.

    The first failure in that order is raised after the results before it; whatever still runs then, or when
    the caller closes the iterator (``contextlib.aclosing``), is cancelled and waited for.
    """
    running: deque[asyncio.Task[T]] = deque()
    try:
        for job in jobs:
            if len(running) == limit:
                yield await running[0]
                running.popleft()
            running.append(asyncio.create_task(job()))
        while running:
            yield await running[0]
            running.popleft()
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def both(first: Coroutine[Any, Any, T], second: Coroutine[Any, Any, U]) -> tuple[T, U]:
    """What two independent questions give, asked at the same time. Raises what the first raises, else what
    the second does; whatever still runs then is cancelled and waited for."""
    one, other = asyncio.create_task(first), asyncio.create_task(second)
    try:
        return await one, await other
    finally:
        one.cancel()
        other.cancel()
        await asyncio.gather(one, other, return_exceptions=True)
