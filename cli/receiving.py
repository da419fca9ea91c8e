"""What the API receives webhooks with: an inbox, what reads their deliveries, and a bell for the workers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from api.intake import Intake
from config.settings import Settings
from connectors.base import Receive
from connectors.limits import Timing
from store.inbox import opened_inbox
from sync.bell import Bell
from sync.queue import Queue


def receivers(settings: Settings) -> Mapping[str, Receive]:
    """By connection."""
    return {
        name: receive
        for name, connection in settings.connections.items()
        if (receive := connection.tracker.receive) is not None
    }


@asynccontextmanager
async def receiving(settings: Settings, timing: Timing, queue: Queue) -> AsyncIterator[Intake]:
    """On the loop that runs here."""
    bell = Bell(queue.drain, timing.sleep)
    async with opened_inbox(settings.store_url) as inbox:
        try:
            yield Intake(inbox, receivers(settings), timing.clock, bell.ring, settings.server.public_url)
        finally:
            await bell.aclose()
