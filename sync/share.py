"""A job for a limited time and on some of the scopes. What it does not come to is left for the next job, so
that something more urgent never waits for longer than a page."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from store.open import Store
from sync.halt import Halt, Stop
from sync.job import Job, Work
from sync.reading import Observer
from sync.report import ScopeReport
from sync.source import Clock, Source, Target

Timer = Callable[[], float]
OUTRANKED_EVERY = 0.25
"""Seconds between two looks for something more urgent."""


@dataclass(slots=True)
class Share:
    """``outranked`` says whether something more urgent waits; ``stop`` is set when the process is to end."""

    seconds: float
    timer: Timer
    outranked: Callable[[], Awaitable[bool]]
    stop: asyncio.Event
    began: float = field(init=False)
    looked: float = field(init=False)

    def __post_init__(self) -> None:
        self.began = self.looked = self.timer()

    async def used_up(self) -> bool:
        now = self.timer()
        if self.stop.is_set() or now - self.began >= self.seconds:
            return True
        if now - self.looked < OUTRANKED_EVERY:
            return False
        self.looked = now
        return await self.outranked()

    async def halt(self, _run_id: str) -> Stop | None:
        return "paused" if await self.used_up() else None


@dataclass(slots=True)
class Portion:
    """The job on the scopes that ``chosen`` names (our ids, None: all). ``left`` are those that it did not
    finish: there was no time, or the tracker wants to be asked again later."""

    job: Job
    share: Share
    chosen: frozenset[str] | None = None
    left: list[str] = field(default_factory=list)

    @property
    def halt(self) -> Halt:
        return self.job.halt

    @asynccontextmanager
    async def over(self, store: Store, source: Source, clock: Clock) -> AsyncIterator[Work]:
        async with self.job.over(store, source, clock) as work:

            async def portion(target: Target, observer: Observer) -> ScopeReport:
                if self.chosen is not None and target.scope_id not in self.chosen:
                    return _untouched(target)
                if await self.share.used_up():
                    self.left.append(target.scope_id)
                    return _untouched(target, "paused")
                report = await work(target, observer)
                if report.halted == "paused" or report.retry_after is not None:
                    self.left.append(target.scope_id)
                return report

            yield portion


def _untouched(target: Target, halted: Stop | None = None) -> ScopeReport:
    return ScopeReport(scope=target.scope.name, kind="none", items=0, written=0, rejected=0, halted=halted)
