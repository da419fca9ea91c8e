"""Keeps for some minutes what every project of a Jira site would ask for again, on either edition."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar, cast

from connectors.http import Clock

T = TypeVar("T")
KEPT = timedelta(minutes=10)


class Shelf:
    """One connection's. What several ask for at once is read once, and a failure is kept for nobody."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: dict[str, tuple[datetime, Any]] = {}
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def get(self, name: str, read: Callable[[], Awaitable[T]]) -> T:
        async with self._turns[name]:
            at, value = self._kept.get(name, (None, None))
            if at is None or self._clock() - at > KEPT:
                at, value = self._clock(), await read()
                self._kept[name] = at, value
            return cast(T, value)
