"""A worker at work in a test: on a store of its own, with trackers that a test lays out, and in no hurry to
wait."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from connectors.base import JsonObject, Page
from store.beside import jobs_url
from store.catalogue import Declared, declare
from store.declared import ConnectionSpec
from store.inbox import Inbox
from store.open import Store
from sync.errands import Errand
from sync.flows import Timetable, engaged, prepare
from sync.queue import Queue, asking
from sync.requests import Ticket
from sync.source import Source
from sync.worker import Pace, Worker, Workplace
from tests.sync.scripted import Script

QUICK = Pace(share=60, beat=0.05, rescue=0.2, unrung=0.1, jobs=0.02, poll=0.02, away=0.05, stop=10)
NEVER = Timetable(crons={}, zone="UTC")
DEADLINE = 30


async def _nothing(_page: int) -> None:
    return None


async def until(what: Callable[[], Awaitable[object] | object]) -> None:
    """Waits until it holds; fails after far longer than it may take."""
    async with asyncio.timeout(DEADLINE):
        while True:
            held = what()
            if await held if isinstance(held, Awaitable) else held:
                return
            await asyncio.sleep(0.01)


class Noted(Worker):
    """Notes in ``begun`` the jobs in the order in which they are begun."""

    begun: list[str]

    async def do(self, errand: Errand, job: str) -> bool:
        self.begun.append(job)
        return await super().do(errand, job)


@dataclass
class Shift:
    """``sources`` by connection. ``store_url`` is where the store lies, password and all."""

    store: Store
    store_url: str
    sources: Mapping[str, Source]
    pace: Pace = QUICK
    timetable: Timetable = NEVER
    clock: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    inbox: Inbox | None = None
    watched: int = 0
    begun: list[str] = field(default_factory=list)

    @property
    def jobs(self) -> str:
        return jobs_url(self.store_url)

    @asynccontextmanager
    async def source(self, errand: Errand) -> AsyncIterator[Source]:
        yield self.sources[errand.connection]

    async def watch(self) -> None:
        self.watched += 1

    @contextmanager
    def asking(self) -> Any:
        """The queue, as a process without a worker has it."""
        prepare(self.jobs)
        with asking(self.store, self.jobs) as queue:
            yield queue

    async def declare(self) -> None:
        """The connections, as the configuration would."""
        specs = [ConnectionSpec(id=name, tracker="trello", system="trello") for name in self.sources]
        await declare(self.store, Declared(connections=specs), self.clock())

    def worker(self, queue: Queue, **more: Any) -> Worker:
        place = Workplace(
            store=self.store,
            clock=self.clock,
            connections=list(self.sources),
            open=self.source,
            alone=False,
            watch=self.watch,
            inbox=self.inbox,
        )
        worker = Noted(place, queue, "worker", pace=self.pace, **more)
        worker.begun = self.begun
        return worker

    @asynccontextmanager
    async def at_work(self, queue: Queue, **more: Any) -> AsyncIterator[Worker]:
        worker = self.worker(queue, **more)
        async with worker.living(), engaged(worker, self.jobs, self.timetable):
            yield worker

    async def done(self, queue: Queue, ticket: Ticket) -> Ticket:
        """The ticket, when all of it is done."""

        async def ended() -> bool:
            return (await queue.look(ticket)).ended

        await until(ended)
        return await queue.look(ticket)


@dataclass
class Hooked(Script):
    """Calls ``before`` with the number of each page before it answers it."""

    before: Callable[[int], Awaitable[object]] = field(default=_nothing)

    async def read(self, resume: JsonObject | None) -> AsyncIterator[Page]:
        async for page in super().read(resume):
            number = int(page.resume["page"]) - 1 if page.resume else len(self.pages) - 1
            await self.before(number)
            yield page


def errand(kind: Any, *scopes: str, connection: str = "team") -> Errand:
    return Errand(kind, connection, scopes)
