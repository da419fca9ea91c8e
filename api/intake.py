"""Takes deliveries in: what is hinted at is committed before anybody is answered, many deliveries in one
transaction where they come at once, and then somebody is told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from connectors.base import Receive
from store.hints import Arrival, note
from store.inbox import Inbox

Ring = Callable[[str], None]


@dataclass(slots=True)
class Intake:
    """``receivers`` read the deliveries of a connection; ``ring`` tells, at once and without waiting, that
    there is something to look at in one. ``public_url`` is where trackers reach this service, if they do."""

    inbox: Inbox
    receivers: Mapping[str, Receive]
    clock: Callable[[], datetime]
    ring: Ring
    public_url: str | None = None
    _waiting: list[tuple[Arrival, asyncio.Future[None]]] = field(default_factory=list)
    _noting: asyncio.Task[None] | None = None

    async def take(self, arrival: Arrival) -> None:
        """Back when it is committed. Raises StoreError."""
        committed = asyncio.get_running_loop().create_future()
        self._waiting.append((arrival, committed))
        if self._noting is None or self._noting.done():
            self._noting = asyncio.create_task(self._note())
        await committed
        if arrival.hints:
            self.ring(arrival.connection)

    async def _note(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            try:
                await note(self.inbox, [arrival for arrival, _ in batch], self.clock())
            except Exception as error:
                self._tell(batch, error)
            else:
                self._tell(batch, None)

    @staticmethod
    def _tell(batch: list[tuple[Arrival, asyncio.Future[None]]], error: Exception | None) -> None:
        """Whoever has hung up meanwhile waits no more."""
        for _, committed in batch:
            if committed.done():
                continue
            if error is None:
                committed.set_result(None)
            else:
                committed.set_exception(error)
