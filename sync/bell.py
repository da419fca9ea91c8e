"""Rings for a drain when hints came: at once, and then once in a while however many come. While they pour, as
they do when somebody changes a whole board, it waits until that is over, since the same items are told of
again and again."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from store.open import StoreError
from sync.requests import Ticket

LOG = logging.getLogger("tspmo")
PAUSE = 1.0
"""Seconds between two rings for one connection."""
POURING = 60
"""More rings than this within a pause, and there is another pause."""
PAUSES = 20
"""So many at most."""


@dataclass(slots=True)
class Bell:
    """``drain`` asks for the drain of a connection. Who rings does not wait. A ring that is lost with its
    process is made up for by the workers, who look for hints themselves."""

    drain: Callable[[str], Awaitable[Ticket]]
    sleep: Callable[[float], Awaitable[None]]
    rung: Counter[str] = field(default_factory=Counter)
    ringing: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    def ring(self, connection: str) -> None:
        self.rung[connection] += 1
        if connection not in self.ringing:
            self.ringing[connection] = asyncio.create_task(self._ring(connection))

    async def _ring(self, connection: str) -> None:
        try:
            while connection in self.rung:
                del self.rung[connection]
                if await self._runs(connection):
                    self.rung[connection] += 1
                await self._pause(connection)
        finally:
            del self.ringing[connection]

    async def _pause(self, connection: str) -> None:
        for _ in range(PAUSES):
            before = self.rung[connection]
            await self.sleep(PAUSE)
            if self.rung[connection] - before <= POURING:
                return

    async def _runs(self, connection: str) -> bool:
        """Whether the drain runs already: it may have looked for hints for the last time."""
        try:
            return (await self.drain(connection)).state == "running"
        except StoreError as error:
            LOG.warning("%s The hints of %s wait until a worker looks for them.", error, connection)
            return False

    async def aclose(self) -> None:
        for task in list(self.ringing.values()):
            task.cancel()
        await asyncio.gather(*self.ringing.values(), return_exceptions=True)
