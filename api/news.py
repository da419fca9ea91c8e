"""Looks whether the feed has gone on: once for all who follow it in this process, and only while somebody
does."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

from store.open import StoreError

EVERY = 0.5
"""Seconds between looks."""
QUIET = 15.0
"""Seconds after which somebody who was told nothing is told that all is well. Proxies cut what is silent for
longer: https://html.spec.whatwg.org/multipage/server-sent-events.html#authoring-notes"""
NEVER = 2**63


@dataclass(slots=True)
class News:
    """``look`` answers the number of the feed's last event. ``over``: this process is about to end."""

    look: Callable[[], Awaitable[int]]
    sleep: Callable[[float], Awaitable[None]]
    over: bool = False
    _end: int = 0
    _waiting: set[asyncio.Future[None]] = field(default_factory=set)
    _looking: asyncio.Task[None] | None = None

    async def beyond(self, after: int) -> None:
        """Back once the feed has an event after that number, all was quiet for a while, or it is over."""
        if self.over or self._end > after:
            return
        told = asyncio.get_running_loop().create_future()
        self._waiting.add(told)
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        try:
            await told
        finally:
            self._waiting.discard(told)

    def end(self) -> None:
        """Whoever waits is told at once."""
        self.over = True
        self._tell()

    async def _look(self) -> None:
        silent = 0.0
        while self._waiting:
            await self.sleep(EVERY)
            silent += EVERY
            known = self._end
            with suppress(StoreError):  # whoever follows asks it too, after a while, and tells of it
                self._end = await self.look()
            if self._end != known or silent >= QUIET:
                self._tell()

    def _tell(self) -> None:
        for told in self._waiting:
            if not told.done():
                told.set_result(None)
        self._waiting.clear()
