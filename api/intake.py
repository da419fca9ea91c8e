"""Takes deliveries in: what is hinted at is committed before anybody is answered, many deliveries in one
transaction where they come at once, and then somebody is told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from connectors.base import Receive
from store.hints import Arrival, note
from store.inbox import Inbox
from store.watches import Kept, watch_at

Ring = Callable[[str], None]
REMEMBERED = timedelta(seconds=10)
"""For how long a webhook is not looked for anew, which took longer than all else of a delivery."""


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
    _known: dict[tuple[str, str], tuple[datetime, Kept]] = field(default_factory=dict)

    async def watch_at(self, connection: str, token: str, *, anew: bool = False) -> Kept | None:
        """The webhook at the address, as it was a moment ago. Whoever is refused by what it was then is to be
        held against what it is ``anew``. One that is being made changes at any moment."""
        now, address = self.clock(), (connection, token)
        then, known = self._known.get(address, (None, None))
        if not anew and then is not None and now - then < REMEMBERED:
            return known
        found = await watch_at(self.inbox, connection, token)
        self._known.pop(address, None)
        if found is not None and not found.making:
            self._known[address] = now, found
        return found

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
