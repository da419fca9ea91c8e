"""A town whose trackers tell it what changes: with a receiver on loopback, and everything behind it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import uvicorn

from api.app import create_app
from api.intake import Intake
from api.options import ApiOptions
from cli.receiving import receivers
from config import wiring
from connectors.base import Delivery, Receive, Received, Watch
from connectors.errors import TrackerError
from sandbox.story import Home
from sandbox.trello_webhooks import SECRET
from sandbox.webhook_letters import Letter
from store.inbox import Inbox, opened_inbox
from sync.hinted import Drained
from sync.share import Share
from sync.source import Clock, Source
from sync.watching import Watched, Watcher, reckon
from tests.asks.town import Town, town
from tests.draining import Draining

PATIENT = 600
"""Seconds for which a tracker's connection is kept: none is closed while a delivery is on its way."""


@dataclass
class Listening:
    """``refused`` are the deliveries that were not let in, each with the webhook that we took it to be of."""

    town: Town
    inbox: Inbox
    url: str
    refused: Sequence[tuple[Delivery, str | None]]
    draining: Draining = field(init=False)

    def __post_init__(self) -> None:
        self.draining = Draining(self.town.store, self.inbox)

    @property
    def tracker(self) -> Home:
        """The only one of the town, and the name of its connection."""
        (tracker,) = self.town.sandbox.world.story.homes
        return tracker

    async def watch(self) -> Watched:
        """As a probe would."""
        async with self._source() as source:
            return await self.looked_after(source, self.town.time.clock)

    async def looked_after(self, source: Source, clock: Clock) -> Watched:
        return await Watcher(self.town.store, self.inbox, clock, self.url).look_after(source)

    async def heard(self) -> Drained:
        """When all that is under way has arrived, what it hints at is looked at."""
        await self.arrive()
        return await self.drain()

    async def arrive(self) -> None:
        await asyncio.to_thread(self.town.sandbox.webhooks.advance)

    async def drain(self) -> Drained:
        async with self._source() as source:
            return await self.drained(source, self.town.time.clock)

    async def drained(self, source: Source, clock: Clock) -> Drained:
        async def nothing() -> bool:
            return False

        share = Share(1e9, lambda: 0.0, nothing, asyncio.Event())
        return await self.draining.drained(source, clock, share)

    async def reconcile(self) -> list[str]:
        """Answers what was wrong before, and reckons how much was told."""
        reports = await self.town.reconcile()
        await reckon(self.town.store, self.inbox, self.tracker, self.town.time.clock)
        return [error for report in reports for error in report.errors]

    async def differences(self) -> list[str]:
        """But for the history of an item, which some trackers tell only in a reading."""
        return [one for one in await self.town.differences() if " changes: " not in one]

    def taken_to_be(self, letter: Letter) -> set[str | None]:
        """The webhooks that we held it against when we refused it. A forged one has the same body, and is
        signed otherwise."""
        path, signed = urlsplit(letter.url).path, letter.headers.items()
        return {
            hook
            for delivery, hook in self.refused
            if delivery.path == path and delivery.body == letter.body and signed <= delivery.headers.items()
        }

    async def silence(self) -> None:
        """Somebody removes all our webhooks on the tracker's side, and tells nobody."""
        async with self._source() as source:
            for state in [state async for state in source.connector.watches()]:
                await source.connector.unwatch(state.id)

    @asynccontextmanager
    async def _source(self) -> AsyncIterator[Source]:
        async with wiring.sources(self.town.settings(), [self.tracker], self.town.time.timing) as (source,):
            yield source


@asynccontextmanager
async def listening(tracker: Home, items: int = 60) -> AsyncIterator[Listening]:
    """With this tracker alone."""
    async with town(tracker, items=items) as made, listening_to(made) as heard:
        yield heard


@asynccontextmanager
async def listening_to(made: Town) -> AsyncIterator[Listening]:
    """To all its trackers."""
    if "trello" in made.sandbox.credentials:
        made.sandbox.credentials["trello"]["secret"] = SECRET
    settings = made.settings()
    async with opened_inbox(settings.store_url) as inbox:
        refused: list[tuple[Delivery, str | None]] = []
        readers = {name: _noting(receive, refused) for name, receive in receivers(settings).items()}
        intake = Intake(inbox, readers, made.time.clock, lambda _: None)
        app = create_app(made.store, made.time.clock, ApiOptions(intake=intake))
        with socket.create_server(("127.0.0.1", 0)) as listener:
            server = uvicorn.Server(
                uvicorn.Config(app, log_config=None, lifespan="off", timeout_keep_alive=PATIENT)
            )
            serving = asyncio.create_task(server.serve([listener]))
            try:
                url = f"http://127.0.0.1:{listener.getsockname()[1]}"
                yield Listening(made, inbox, url, refused)
            finally:
                server.should_exit = True
                await serving


def _noting(receive: Receive, refused: list[tuple[Delivery, str | None]]) -> Receive:
    def noted(delivery: Delivery, watch: Watch) -> Received:
        try:
            return receive(delivery, watch)
        except TrackerError:
            refused.append((delivery, watch.remote_id))
            raise

    return noted
