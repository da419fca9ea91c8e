"""One job over all connections, as a worker does it, that may be killed, overtaken or looked at meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete

from config import wiring
from connectors.base import Record, ScopeRecord
from normalizer.ids import entity_id
from sandbox.edits import BadEdit
from store.schema_work import leases
from sync.job import Job
from sync.progress import Progress
from sync.refresh import refresh
from sync.runner import sync
from sync.source import Clock, Source, Target
from tests.asks.town import Town, failed
from tests.converge.overtaking import AnsweredLate, Overtaken
from tests.demo.comparison import SITES

PATIENCE = 120
"""Seconds, really: what takes longer hangs, since nobody sleeps."""

Doing = Callable[[Sequence[Source], Clock], Awaitable[list[str]]]
"""What is done about all connections, by that clock; answers the trackers' errors."""


class Killed(Exception):
    """The process that did the job is no more."""


@dataclass
class Plan:
    """By the number of the notice of progress, or of the look at the clock: when it is looked at, and when it
    is killed, either by an error that nobody foresaw (``raised``) or by a cancelled task. ``overtaken``: one
    page is, or one answer."""

    look_at: int = 0
    kill_at: int = 0
    raised: bool = False
    overtaken: bool = False


@dataclass
class Work:
    """``listed`` are the connections whose scopes were listed, ``quicker`` the item that overtook a page,
    ``errors`` the trackers' own."""

    town: Town
    plan: Plan
    look: Callable[[], Awaitable[None]]
    notices: int = 0
    listed: set[str] = field(default_factory=set)
    quicker: tuple[str, str] | None = None
    errors: Sequence[str] = ()
    _looks: list[asyncio.Task[None]] = field(default_factory=list)
    _job: asyncio.Task[Any] | None = None

    async def do(self, job: Job) -> bool:
        """Whether it came to its end."""
        return await self._mortal(self._sync(job))

    async def hear(self, doing: Doing) -> bool:
        """The same of what tells nobody how far it is: each of its looks at the clock counts as a notice."""
        return await self._mortal(self._heard(doing))

    async def _mortal(self, work: Coroutine[Any, Any, None]) -> bool:
        self._job = asyncio.create_task(work)
        try:
            async with asyncio.timeout(PATIENCE):
                await self._job
        except (Killed, asyncio.CancelledError):
            await self._expire()
            return False
        finally:
            await asyncio.gather(*self._looks)
        return True

    async def _expire(self) -> None:
        """Who is dead renews no lease, so that it ends by itself; that is not waited for here."""
        async with self.town.store.database.writing() as session:
            await session.run(delete(leases))

    async def _sync(self, job: Job) -> None:
        async with self._sources(Overtaken) as sources:
            reports = await sync(self.town.store, sources, self.town.time.clock, self._notice, job)
        self.errors = failed(reports)

    async def _heard(self, doing: Doing) -> None:
        async with self._sources(AnsweredLate) as sources:
            self.errors = await doing(sources, self._clock)

    @asynccontextmanager
    async def _sources(self, overtaken: type[Overtaken]) -> AsyncIterator[Sequence[Source]]:
        settings, timing = self.town.settings(), self.town.time.timing
        async with wiring.sources(settings, list(settings.connections), timing) as sources:
            wrapped = [self._overtaken(source, overtaken) for source in sources]
            yield wrapped if self.plan.overtaken else sources

    def _notice(self, progress: Progress) -> None:
        if progress.state == "reading":
            self.listed.add(progress.connection)
        self._count()

    def _clock(self) -> datetime:
        self._count()
        return self.town.time.now

    def _count(self) -> None:
        self.notices += 1
        if self.notices == self.plan.look_at:
            self._looks.append(asyncio.ensure_future(self.look()))
        if self.notices == self.plan.kill_at and self._job:
            if self.plan.raised:
                raise Killed
            self._job.cancel()

    def _overtaken(self, source: Source, overtaken: type[Overtaken]) -> Source:
        async def overtake(scope: ScopeRecord, record: Record) -> None:
            if self.quicker is None:
                self.quicker = (source.tracker, record.id)
                await self._refresh(source, scope, record.id)

        wrapped: Any = overtaken(source.connector, overtake)
        return replace(source, connector=wrapped)

    async def _refresh(self, source: Source, scope: ScopeRecord, id: str) -> None:
        system, site = SITES[source.tracker]
        target = Target(
            source=source,
            site=site,
            system=system,
            scope=scope,
            scope_id=entity_id(system, site, "scope", scope.id),
        )
        try:
            self.town.edit("set", task=id, fields={"title": f"Overtaken at {self.town.time.now}"})
        except BadEdit:
            return  # it is gone meanwhile
        await self.town.time.sleep(1)
        await refresh(target, self.town.store, self.town.time.clock, [id])
        await self.look()
