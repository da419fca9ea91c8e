"""Rings for a drain when hints came: at once, and then once in a while however many come."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from store.open import StoreError
from sync.requests import Ticket

LOG = logging.getLogger("tspmo")
PAUSE = 1.0
"""Seconds between two rings for one connection."""


@dataclass(slots=True)
class Bell:
    """``drain`` asks for the drain of a connection. Who rings does not wait. A ring that is lost with its
    process is made up for by the workers, who look for hints themselves."""

    drain: Callable[[str], Awaitable[Ticket]]
    sleep: Callable[[float], Awaitable[None]]
    rung: set[str] = field(default_factory=set)
    ringing: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    def ring(self, connection: str) -> None:
        self.rung.add(connection)
        if connection not in self.ringing:
            self.ringing[connection] = asyncio.create_task(self._ring(connection))

    async def _ring(self, connection: str) -> None:
        try:
            while connection in self.rung:
                self.rung.discard(connection)
                if await self._runs(connection):
                    self.rung.add(connection)
                await self.sleep(PAUSE)
        finally:
            del self.ringing[connection]

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
