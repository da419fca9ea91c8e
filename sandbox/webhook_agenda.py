"""What has to be done at a later time: retries, heartbeats, deliveries that come late. Holds no clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from heapq import heappop, heappush
from itertools import count
from threading import Lock

Act = Callable[[], None]


class Agenda:
    """In the order of the times, of the same time in the order in which it was noted."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._numbers = count()
        self._entries: list[tuple[datetime, int, Act]] = []

    def note(self, at: datetime, act: Act) -> None:
        with self._guard:
            heappush(self._entries, (at, next(self._numbers), act))

    def take(self, now: datetime) -> Act | None:
        """The next thing that is due."""
        with self._guard:
            if not self._entries or self._entries[0][0] > now:
                return None
            return heappop(self._entries)[2]
