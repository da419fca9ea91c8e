"""How a connection's HTTP client waits: it tells until when, and stops in the middle if that is wanted."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from sync.halt import Halt, Halted

LOOK = 0.25
"""Seconds between two questions whether to stop."""


class Waits:
    """``sleep`` is how time passes, in seconds. Told of each wait for a rate limit that is worth telling."""

    def __init__(self, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self.until: datetime | None = None
        self.listener: Callable[[datetime | None], None] | None = None
        self._sleep = sleep
        self._halts: list[Halt] = []

    def __call__(self, until: datetime | None) -> None:
        self.until = until
        if self.listener is not None:
            self.listener(until)

    @contextmanager
    def heeding(self, halt: Halt) -> Iterator[None]:
        """For the length of the block ``halt`` is asked while somebody waits."""
        self._halts.append(halt)
        try:
            yield
        finally:
            self._halts.remove(halt)

    async def sleep(self, seconds: float) -> None:
        """Raises Halted where the work is to stop: a rate limit may close for a minute, and whoever waits
        keeps everybody else from the connection."""
        while seconds > LOOK and self._halts:
            await self._sleep(LOOK)
            seconds -= LOOK
            if self._halts and (stop := await self._halts[-1]("")):
                raise Halted(stop)
        await self._sleep(seconds)
