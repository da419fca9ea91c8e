"""Time that stands still until somebody sleeps."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from connectors.http import Timing

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class FakeTime:
    """``sleeps`` are the seconds that were slept, in order."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now
        self.sleeps: list[float] = []

    def clock(self) -> datetime:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.now += timedelta(seconds=seconds)
        await asyncio.sleep(0)

    @property
    def timing(self) -> Timing:
        return Timing(clock=self.clock, sleep=self.sleep, jitter=lambda: 0.0)
