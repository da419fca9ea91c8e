"""A town that tells what changes: hints at it are noted, and worked off when a test wants it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from connectors.base import Hint
from store.hints import Arrival, note, take
from store.inbox import Inbox
from store.open import Store
from sync.hinted import Drained
from sync.share import Share
from tests.draining import Draining
from tests.sync.boards import Boards, Town, boards
from tests.sync.scripted import T0

BOARDS = {"A": ["a1", "a2", "a3"], "B": ["b1", "b2"]}


class Killed(BaseException):
    """What nobody catches, as a process that is ended."""


@dataclass
class Post:
    """A town that was read once, and an inbox for it."""

    town: Town
    inbox: Inbox

    @property
    def boards(self) -> Boards:
        return self.town.boards

    async def hint(self, board: str | None, *ids: str | None) -> None:
        scope = board and f"id-{board}"
        hints = [Hint(scope_id=scope, item_id=id) for id in ids or (None,)]
        await note(self.inbox, [Arrival(watch_id="w", connection="team", hints=hints)], T0)

    async def drain(self, *, stop: bool = False) -> Drained:
        """And then the scopes, if there are any. ``stop``: its share is used up from the beginning."""
        share = new_share()
        if stop:
            share.stop.set()
        self.boards.fetched.clear()
        self.town.clock.now += timedelta(minutes=1)
        draining = Draining(self.town.store, self.inbox)
        return await draining.drained(self.town.source(), self.town.clock, share)

    async def waiting(self) -> list[Hint]:
        return [one.hint for one in await take(self.inbox, "team", 1000)]


def new_share() -> Share:
    async def nothing() -> bool:
        return False

    return Share(20, lambda: 0.0, nothing, asyncio.Event())


async def opened(store: Store, inbox: Inbox) -> Post:
    """Of boards that were read once."""
    made = Post(Town(store, boards(**BOARDS)), inbox)
    await made.town.sync()
    return made
