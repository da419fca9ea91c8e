"""One job over all connections, as a worker does it, that may be killed, overtaken or looked at meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
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
from sync.report import ConnectionReport
from sync.runner import sync
from sync.source import Source, Target
from tests.asks.town import Town
from tests.converge.overtaking import Overtaken
from tests.demo.comparison import SITES

PATIENCE = 120
"""Seconds, really: what takes longer hangs, since nobody sleeps."""


class Killed(Exception):
    """The process that did the job is no more."""


@dataclass
class Plan:
    """By the number of the notice of progress: when it is looked at, and when it is killed, either by an
    error that nobody foresaw (``raised``) or by a cancelled task. ``overtaken``: one page is."""

    look_at: int = 0
    kill_at: int = 0
    raised: bool = False
    overtaken: bool = False


@dataclass
class Work:
    """``listed`` are the connections whose scopes were listed, ``quicker`` the item that overtook a page."""

    town: Town
    plan: Plan
    look: Callable[[], Awaitable[None]]
    notices: int = 0
    listed: set[str] = field(default_factory=set)
    quicker: tuple[str, str] | None = None
    reports: Sequence[ConnectionReport] = ()
    _looks: list[asyncio.Task[None]] = field(default_factory=list)
    _job: asyncio.Task[Any] | None = None

    async def do(self, job: Job) -> bool:
        """Whether it came to its end."""
        self._job = asyncio.create_task(self._run(job))
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

    async def _run(self, job: Job) -> None:
        settings, timing = self.town.settings(), self.town.time.timing
        async with wiring.sources(settings, list(settings.connections), timing) as sources:
            if self.plan.overtaken:
                sources = [self._overtaken(source) for source in sources]
            self.reports = await sync(self.town.store, sources, timing.clock, self._notice, job)

    def _notice(self, progress: Progress) -> None:
        self.notices += 1
        if progress.state == "reading":
            self.listed.add(progress.connection)
        if self.notices == self.plan.look_at:
            self._looks.append(asyncio.ensure_future(self.look()))
        if self.notices == self.plan.kill_at and self._job:
            if self.plan.raised:
                raise Killed
            self._job.cancel()

    def _overtaken(self, source: Source) -> Source:
        async def overtake(scope: ScopeRecord, record: Record) -> None:
            if self.quicker is None:
                self.quicker = (source.tracker, record.id)
                await self._refresh(source, scope, record.id)

        wrapped: Any = Overtaken(source.connector, overtake)
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
