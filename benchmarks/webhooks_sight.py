"""What an installation shows of edits, and when: items are given titles of their own, a few a second, and its
API is asked for the latest items ten times a second until each is in sight."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.talk import Child
from benchmarks.webhooks_installation import Installation

LOOK = 0.08
"""Seconds between two looks."""
EACH = 0.25
"""Seconds between two edits."""
PATIENCE = 60.0
LATEST = 100


@dataclass(slots=True)
class Sight:
    """``edited`` and ``seen`` are moments by the title, ``tracker`` is whose it is."""

    installation: Installation
    site: Child
    name: str
    edited: dict[str, float] = field(default_factory=dict)
    seen: dict[str, float] = field(default_factory=dict)
    tracker: dict[str, str] = field(default_factory=dict)

    async def edit(self, items: Sequence[str], count: int) -> None:
        for number in range(count):
            await asyncio.gather(self._edit(items[number * 7 % len(items)]), asyncio.sleep(EACH))

    async def all_at_once(self, items: Sequence[str]) -> None:
        for item in items:
            await self._edit(item)

    async def _edit(self, item: str) -> None:
        title = f"{self.name} {len(self.edited)}"
        told = await self.site.ask(do="edit", item=item, title=title)
        self.edited[title], self.tracker[title] = told["at"], told["tracker"]

    async def watch(self, over: asyncio.Event) -> None:
        """Until all that was edited is in sight and no more comes, or patience ends."""
        while not over.is_set() or await self._waited_for():
            await asyncio.gather(self._look(), asyncio.sleep(LOOK))

    async def _waited_for(self) -> bool:
        return bool(self.unseen) and time.time() - max(self.edited.values()) < PATIENCE

    async def _look(self) -> None:
        latest: list[dict[str, Any]] = await self.installation.ask(
            "/v1/items", sort="-updated", limit=LATEST, fields="title"
        )
        now = time.time()
        for item in latest:
            if item["title"].startswith(self.name):
                self.seen.setdefault(item["title"], now)

    @property
    def unseen(self) -> list[str]:
        return [title for title in self.edited if title not in self.seen]

    def took(self, tracker: str | None = None) -> list[float]:
        """Seconds of each that was seen, of all trackers or of one."""
        return [
            self.seen[title] - at
            for title, at in self.edited.items()
            if title in self.seen and tracker in (None, self.tracker[title])
        ]
