"""Does errands: each with a share of time, what is left handed on, a tracker's trouble parked. Knows of no
engine; :mod:`sync.flows` runs it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Literal

from store.executors import beat, forget, known
from store.hints import backlogs
from store.inbox import Inbox
from store.leases import Taken, held
from store.open import Store, StoreError
from sync.bell import PAUSE, PAUSES
from sync.drain import Drain
from sync.errands import Errand, Kind
from sync.halt import Halt
from sync.hinted import HintWork
from sync.job import Job, Read
from sync.nightly import Reconcile
from sync.queue import Queue
from sync.report import ConnectionReport
from sync.reread import Reread
from sync.runner import sync
from sync.settle import settle
from sync.share import Portion, Share, Timer
from sync.source import Clock, Source
from sync.sources import Open, Sources
from sync.watching import Watcher, reckon, tell

LOG = logging.getLogger("tspmo")
VERSION = "2"
"""Of what is in the jobs' database. Raise it when an errand's arguments or kinds mean something else than
before; what was asked for under another version is asked for anew, and done."""

Schedule = Literal["nightly", "incremental", "probe"]
TICKS: Mapping[Schedule, Kind] = {"nightly": "reconcile", "incremental": "incremental", "probe": "probe"}
"""What each schedule asks for, of every connection."""
HINTED: Mapping[Kind, type[HintWork]] = {"drain": Drain, "reread": Reread}
"""What works off hints."""
JOBS: Mapping[Kind, Callable[[Halt], Job]] = {
    "refresh": lambda halt: Read(halt=halt),
    "probe": lambda halt: Read(halt=halt),
    "reconcile": lambda halt: Reconcile(halt=halt),
    "incremental": lambda halt: Read(halt=halt),
    "full": lambda halt: Read(full=True, halt=halt),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """In seconds: how long a job may hold its connection, and a drain, which comes often; and how often a
    worker tells that it lives, looks after those that do not, looks for jobs, for what is due, and for a
    database that is away. ``unrung``: hints that have waited for so long were not rung for, which takes a
    bell the half of that when they pour."""

    share: float = 60
    drain: float = 20
    beat: float = 5
    rescue: float = 10
    unrung: float = 2 * PAUSES * PAUSE
    jobs: float = 0.25
    poll: float = 1
    away: float = 2
    stop: int = 20
    """How long jobs may take to come to the end of their page when the process is to end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workplace:
    """Where work is done, built by the composition root. ``open`` gives an errand its source. ``alone``: no
    other process can serve the store now, so that whatever is noted of one is of a dead one. ``watch`` looks
    after how fresh all is. Without ``inbox`` no hints are looked for; ``public_url`` is where trackers reach
    us, if they do."""

    store: Store
    clock: Clock
    connections: Collection[str]
    open: Open
    alone: bool
    watch: Callable[[], Awaitable[object]]
    inbox: Inbox | None = None
    public_url: str | None = None


@dataclass(slots=True)
class Worker:
    """``stop`` set: every job ends at the end of its page, and hands on what is left. ``away``: it was told
    that the database is. ``jobs`` are under way, by id, and ``unheard`` those that were not at the last look,
    though the engine says that this worker does them."""

    place: Workplace
    queue: Queue
    role: str
    pace: Pace = Pace()
    timer: Timer = time.monotonic
    version: str = VERSION
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    jobs: dict[str, asyncio.Task[bool]] = field(default_factory=dict)
    away: bool = False
    unheard: frozenset[str] = frozenset()
    sources: Sources = field(init=False)

    def __post_init__(self) -> None:
        self.sources = Sources(self.place.open, self.place.clock)

    async def tick(self, schedule: Schedule) -> None:
        """What a schedule wants at its time."""
        for connection in self.place.connections:
            await self.queue.ask(Errand(TICKS[schedule], connection))
        if schedule == "probe":
            await self.place.watch()
            await self.queue.clean(self.place.clock())

    async def do(self, errand: Errand, job: str) -> bool:
        """One job of the errand. Says whether the errand goes on in another."""
        doing = self.jobs[job] = asyncio.create_task(self._do(errand, job))
        try:
            return await doing
        except Exception:
            LOG.exception("%s was ended by a defect.", job)
            raise
        finally:
            del self.jobs[job]

    async def end(self) -> None:
        """Lets every job come to the end of its page, and cuts those that take too long for that. Whatever is
        cut has not ended for the engine, so that another takes it over."""
        self.stop.set()
        if self.jobs:
            await asyncio.wait(self.jobs.values(), timeout=self.pace.stop)
        for job in self.jobs.values():
            job.cancel()

    async def _do(self, errand: Errand, job: str) -> bool:
        if errand.connection not in self.place.connections:
            LOG.warning("%s is configured no more: its %s is dropped.", errand.connection, errand.kind)
            return False
        try:
            if errand.kind in HINTED:
                return await self._hinted(errand, job)
            return await self._sync(errand, job)
        except StoreError as error:
            await self._put_off(errand, job, error)
            return True

    async def _sync(self, errand: Errand, job: str) -> bool:
        share = self._share(errand, self.pace.share)
        portion = Portion(JOBS[errand.kind](share.halt), share, _chosen(errand))
        async with self.sources.lend(errand) as loan:
            (report,) = await sync(self.place.store, [loan.source], self.place.clock, _unheard, portion)
            self.sources.learn(errand.connection, report.reach)
            if portion.left:
                loan.left = report.reach
            elif report.scopes:
                await self._afterwards(errand, loan.source)
        return await self._hand_on(errand, job, report, portion.left)

    async def _afterwards(self, errand: Errand, source: Source) -> None:
        """A probe looks after the webhooks, and a comparison shows how much they tell."""
        store, inbox, clock = self.place.store, self.place.inbox, self.place.clock
        if inbox is None:
            return
        if errand.kind == "probe":
            tell(source, await Watcher(store, inbox, clock, self.place.public_url).look_after(source))
        if errand.kind == "reconcile":
            await reckon(store, inbox, source.connection, clock)

    async def _hinted(self, errand: Errand, job: str) -> bool:
        if self.place.inbox is None:
            return False
        share = self._share(errand, self.pace.drain)
        name = f"{errand.kind.capitalize()} of {errand.connection}"
        async with self.sources.lend(errand) as loan:
            work = HINTED[errand.kind](
                self.place.store, self.place.inbox, loan.source, self.place.clock, share
            )
            drained = await work.run()
        self.sources.learn(errand.connection, drained.reach)
        if drained.items or drained.written:
            LOG.info("%s: %d items, %d new or changed.", name, drained.items, drained.written)
        if drained.scopes:
            await self.queue.ask(Errand("reread", errand.connection))
        if drained.retry_after is not None:
            LOG.info("%s waits: %s", name, drained.error)
            await self.queue.again(job, errand, self._until(drained.retry_after))
        elif drained.more:
            await self.queue.again(job, errand)
        return drained.more or drained.retry_after is not None

    def _share(self, errand: Errand, seconds: float) -> Share:
        return Share(seconds, self.timer, lambda: self.queue.outranked(errand), self.stop)

    def _until(self, moment: datetime) -> float:
        return max(1.0, (moment - self.place.clock()).total_seconds())

    async def _hand_on(self, errand: Errand, job: str, report: ConnectionReport, left: Sequence[str]) -> bool:
        name = f"{errand.kind.capitalize()} of {errand.connection}"
        if report.retry_after is not None:
            LOG.info("%s waits until %s: %s", name, f"{report.retry_after:%H:%M:%S} UTC", report.errors[0])
            waiting = replace(errand, scopes=tuple(left) or errand.scopes)
            await self.queue.again(job, waiting, self._until(report.retry_after))
            return True
        if left:
            LOG.info("%s made room, and goes on with %d scopes.", name, len(left))
            await self.queue.again(job, replace(errand, scopes=tuple(left)))
            return True
        LOG.info("%s: %d items, %d new or changed.", name, report.items, report.written)
        return False

    async def _put_off(self, errand: Errand, job: str, error: StoreError) -> None:
        """Until the database is back, as often as it goes away again before the errand is handed on."""
        while True:
            await self._until_back(error)
            try:
                await self.queue.again(job, errand)
            except StoreError as again:
                error = again
            else:
                return

    async def _until_back(self, error: StoreError) -> None:
        """Waits for the database, and not in vain when the process is to end."""
        self._gone(error)
        while self.away:
            if self.stop.is_set():
                raise error
            await asyncio.sleep(self.pace.away)
            await self.beat()

    async def beat(self) -> None:
        """Tells that this process lives; of a database that is away once, and of its return once."""
        try:
            await beat(self.place.store, self.role, self.version)
        except StoreError as error:
            self._gone(error)
            return
        if self.away:
            LOG.warning("The database is back.")
        self.away = False

    def _gone(self, error: StoreError) -> None:
        if not self.away:
            LOG.error("%s Work goes on when it is back.", error)
        self.away = True

    async def rescue(self) -> None:
        """Takes over what dead processes had begun, one process at a time."""
        try:
            async with held(self.place.store, "rescue"):
                orphans = await self.queue.orphans(self.version)
                for orphan in orphans:
                    await self.queue.adopt(orphan, self.version)
                dead = [one for one in await known(self.place.store) if one.silent]
                for one in dead:
                    LOG.warning(
                        "The %s with process %d on %s has not been heard of since %s UTC: what it did is "
                        "taken over (%d jobs).",
                        *(one.role, one.pid, one.host, f"{one.beat_at:%H:%M:%S}"),
                        sum(orphan.executor == one.id for orphan in orphans),
                    )
                await forget(self.place.store, [one.id for one in dead])
        except (Taken, StoreError):  # another does it; or the heart tells of it
            return

    async def find(self) -> None:
        """A database that goes away while it hands out a job may have noted that we do it, and we never heard
        of it."""
        with suppress(StoreError):  # the heart tells of it
            given = {one.id: one for one in await self.queue.given(self.place.store.party)}
            unheard = frozenset(given.keys() - self.jobs.keys())
            for id in unheard & self.unheard:
                LOG.warning("%s never reached this process: it is given out anew.", id)
                await self.queue.adopt(given[id], self.version)
            self.unheard = unheard

    async def look(self, seconds: float) -> None:
        """Asks for the drain of what has waited so long, since who noted it may have died before it did."""
        if self.place.inbox is None:
            return
        latest = self.place.clock() - timedelta(seconds=seconds)
        with suppress(StoreError):  # the heart tells of it
            for backlog in await backlogs(self.place.inbox):
                if backlog.connection in self.place.connections and backlog.since <= latest:
                    await self.queue.drain(backlog.connection)

    @asynccontextmanager
    async def living(self) -> AsyncIterator[None]:
        """For the length of the block others know that this process lives, and it looks after them. What was
        hinted at before may have been rung for in vain."""
        store = self.place.store
        if self.place.alone:
            await forget(store, [one.id for one in await known(store)])
        await beat(store, self.role, self.version)
        await self.look(0)
        over = asyncio.Event()
        tasks = [
            asyncio.create_task(_every(self.pace.beat, self.beat, over)),
            asyncio.create_task(_every(self.pace.rescue, self.rescue, self.stop)),
            asyncio.create_task(_every(self.pace.rescue, self.find, self.stop)),
            asyncio.create_task(_every(self.pace.rescue, partial(self.look, self.pace.unrung), self.stop)),
        ]
        try:
            yield
        finally:
            self.stop.set()
            over.set()
            await settle(tasks)
            await self.sources.aclose()
            with suppress(StoreError):  # then the others find out by its silence
                await forget(store, [store.party])


async def _every(seconds: float, do: Callable[[], Awaitable[None]], over: asyncio.Event) -> None:
    """Is not cut in the middle."""
    while not over.is_set():
        await do()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await over.wait()


def _chosen(errand: Errand) -> frozenset[str] | None:
    if errand.kind == "probe":
        return frozenset()
    return frozenset(errand.scopes) or None


def _unheard(_progress: object) -> None:
    """A job's progress stands in its runs."""
