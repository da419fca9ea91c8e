"""The only composition root: from settings to a store, connectors and sources, closed again at the end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime

from config.preflight import Preflight, preflight
from config.scopes import expected, project_specs, rules_for, scope_specs, wanted
from config.settings import Settings
from connectors.limits import Budgets, Timing
from connectors.oracles import Oracle, has_oracle
from normalizer.registry import normalizers
from store.catalogue import Declared, declare
from store.declared import ConnectionSpec
from store.open import Store, open_store
from sync.source import Clock, Source
from sync.verify import Witness
from sync.waits import Waits


def utc_now() -> datetime:
    return datetime.now(UTC)


REAL_TIME = Timing(clock=utc_now, sleep=asyncio.sleep)


@asynccontextmanager
async def opened_store(settings: Settings, clock: Clock = utc_now) -> AsyncIterator[Store]:
    """The store, migrated, with what the configuration declares. Raises StoreError."""
    store = await open_store(settings.store_url)
    try:
        await declare(store, declared(settings), clock())
        yield store
    finally:
        await store.aclose()


@asynccontextmanager
async def sources(
    settings: Settings,
    names: Collection[str],
    timing: Timing = REAL_TIME,
    budgets: Budgets | None = None,
) -> AsyncIterator[list[Source]]:
    """What the sync needs of the named connections. Their connectors have asked nothing yet. ``budgets``
    None: the vendors' own."""
    async with AsyncExitStack() as stack:
        made, prepare, budgets = [], normalizers(), budgets or Budgets(timing.clock)
        for name in names:
            connection, waits = settings.connections[name], Waits(timing.sleep)
            connector = connection.tracker.connect(
                connection.settings, replace(timing, sleep=waits.sleep), on_wait=waits, budgets=budgets
            )
            stack.push_async_callback(connector.aclose)
            made.append(
                Source(
                    connection=name,
                    tracker=connection.tracker.name,
                    connector=connector,
                    prepare=prepare[connection.tracker.name],
                    rules_for=rules_for(settings, name),
                    wanted=wanted(settings, name),
                    expected=expected(settings, name),
                    waits=waits,
                )
            )
        yield made


def checker(settings: Settings, timing: Timing = REAL_TIME) -> Callable[[str], Awaitable[Preflight]]:
    """Asks the tracker of a named connection who we are there, each time anew."""

    async def check(name: str) -> Preflight:
        async with sources(settings, [name], timing) as (source,):
            return await preflight(source)

    return check


def witnesses(settings: Settings, names: Collection[str]) -> list[Witness]:
    """What verifying the named connections needs."""
    return [_witness(settings, name) for name in names]


def _witness(settings: Settings, name: str) -> Witness:
    connection = settings.connections[name]
    tracker = connection.tracker.name
    oracle = Oracle(tracker=tracker, settings=connection.settings) if has_oracle(tracker) else None
    return Witness(connection=name, oracle=oracle, rules_for=rules_for(settings, name))


def declared(settings: Settings) -> Declared:
    """What the configuration tells the store."""
    return Declared(
        connections=[
            ConnectionSpec(
                id=name, tracker=connection.tracker.name, system=connection.tracker.capabilities.system
            )
            for name, connection in settings.connections.items()
        ],
        scopes=list(scope_specs(settings)),
        projects=list(project_specs(settings)),
        freshness_seconds=settings.server.freshness_minutes * 60,
    )
