"""A town whose trackers tell it what changes: with a receiver on loopback, and everything behind it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import uvicorn

from api.app import create_app
from api.intake import Intake
from api.options import ApiOptions
from cli.receiving import receivers
from config import wiring
from sandbox.story import Home
from sandbox.trello_webhooks import SECRET
from store.inbox import Inbox, opened_inbox
from sync.drain import Drain, Drained
from sync.share import Share
from sync.watching import Watched, Watcher, reckon
from tests.asks.town import Town, town


@dataclass
class Listening:
    """``tracker`` is the only one of the town, and the name of its connection."""

    town: Town
    tracker: Home
    inbox: Inbox
    url: str

    async def watch(self) -> Watched:
        """As a probe would."""
        async with wiring.sources(self.town.settings(), [self.tracker], self.town.time.timing) as (source,):
            watcher = Watcher(self.town.store, self.inbox, self.town.time.clock, self.url)
            return await watcher.look_after(source)

    async def heard(self) -> Drained:
        """When all that is under way has arrived, what it hints at is looked at."""
        await asyncio.to_thread(self.town.sandbox.webhooks.advance)
        return await self.drain()

    async def drain(self) -> Drained:
        async def nothing() -> bool:
            return False

        share, store = Share(1e9, lambda: 0.0, nothing, asyncio.Event()), self.town.store
        async with wiring.sources(self.town.settings(), [self.tracker], self.town.time.timing) as (source,):
            return await Drain(store, self.inbox, source, self.town.time.clock, share).run()

    async def reconcile(self) -> list[str]:
        """Answers what was wrong before, and reckons how much was told."""
        reports = await self.town.reconcile()
        await reckon(self.town.store, self.inbox, self.tracker, self.town.time.clock)
        return [error for report in reports for error in report.errors]

    async def differences(self) -> list[str]:
        """But for the history of an item, which some trackers tell only in a reading."""
        return [one for one in await self.town.differences() if " changes: " not in one]

    async def silence(self) -> None:
        """Somebody removes all our webhooks on the tracker's side, and tells nobody."""
        async with wiring.sources(self.town.settings(), [self.tracker], self.town.time.timing) as (source,):
            for state in [state async for state in source.connector.watches()]:
                await source.connector.unwatch(state.id)


@asynccontextmanager
async def listening(tracker: Home, items: int = 60) -> AsyncIterator[Listening]:
    async with town(tracker, items=items) as made:
        if tracker == "trello":
            made.sandbox.credentials["trello"]["secret"] = SECRET
        settings = made.settings()
        async with opened_inbox(settings.store_url) as inbox:
            intake = Intake(inbox, receivers(settings), made.time.clock, lambda _: None)
            app = create_app(made.store, made.time.clock, ApiOptions(intake=intake))
            with socket.create_server(("127.0.0.1", 0)) as listener:
                server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
                serving = asyncio.create_task(server.serve([listener]))
                url = f"http://127.0.0.1:{listener.getsockname()[1]}"
                try:
                    yield Listening(made, tracker, inbox, url)
                finally:
                    server.should_exit = True
                    await serving
