"""What workers are built from, as :mod:`config.wiring` builds the rest."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from ipaddress import ip_network

from config import wiring
from config.schedules import OFF
from config.settings import Settings
from connectors.limits import Budgets, Timing
from store.beside import jobs_url, on_one_machine
from store.inbox import Inbox, opened_inbox
from store.open import Store
from sync.errands import Errand
from sync.flows import Timetable, engaged, prepare
from sync.freshness import watch_freshness
from sync.outgoing import Teller, client, telling
from sync.queue import Queue, asking
from sync.source import Source
from sync.targets import Guard
from sync.worker import TICKS, Worker, Workplace


@contextmanager
def requests(settings: Settings, store: Store) -> Iterator[Queue]:
    """What can be asked of the workers, from any process. Raises StoreError."""
    url = jobs_url(settings.store_url)
    with store.told():
        prepare(url)
    with asking(store, url) as queue:
        yield queue


@asynccontextmanager
async def working(settings: Settings, store: Store, timing: Timing, role: str) -> AsyncIterator[Worker]:
    """A worker at work, until the end of the block or until somebody sets its ``stop``."""
    with requests(settings, store) as queue:
        async with opened_inbox(settings.store_url) as inbox:
            worker = Worker(workplace(settings, store, inbox, timing), queue, role)
            async with (
                worker.living(),
                telling_subscribers(settings, store, timing),
                engaged(worker, jobs_url(settings.store_url), timetable(settings)),
            ):
                yield worker


@asynccontextmanager
async def telling_subscribers(settings: Settings, store: Store, timing: Timing) -> AsyncIterator[None]:
    async with client() as http, telling(Teller(store, timing.clock, http, guard(settings))):
        yield


def guard(settings: Settings) -> Guard:
    """Lets subscribers lie where the configuration says."""
    return Guard([ip_network(text) for text in settings.outgoing.networks])


def workplace(settings: Settings, store: Store, inbox: Inbox, timing: Timing) -> Workplace:
    budgets = Budgets(timing.clock)  # one for all jobs, since the vendors count them together

    @asynccontextmanager
    async def opened(errand: Errand) -> AsyncIterator[Source]:
        drawn = budgets.urgent if errand.urgent else budgets
        async with wiring.sources(settings, [errand.connection], timing, drawn) as (source,):
            yield source

    return Workplace(
        store=store,
        clock=timing.clock,
        connections=tuple(settings.connections),
        open=opened,
        alone=on_one_machine(settings.store_url),
        watch=lambda: watch_freshness(store, timing.clock),
        inbox=inbox,
        public_url=settings.server.public_url,
    )


def timetable(settings: Settings) -> Timetable:
    crons = {name: getattr(settings.schedules, name) for name in TICKS}
    return Timetable(
        crons={name: cron for name, cron in crons.items() if cron != OFF}, zone=settings.schedules.zone
    )
