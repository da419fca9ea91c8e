"""The process that drains alone, with the vendors' budgets lifted: what one drain of each connection does
with hints at items each of which is hinted at once.

{"do": "drain", "file": …, "environ": …, "most": 5000}   over the store of the tspmo.toml; no program runs
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.subject import Lifted, processor_s
from benchmarks.talk import answer
from cli.shell import calm_collector
from config import wiring
from config.load import load
from config.settings import Settings
from connectors.base import Hint
from connectors.registry import trackers
from store.hints import Arrival, backlogs, done, note, take
from store.inbox import Inbox, opened_inbox
from store.open import Store
from store.principal import LOCAL
from store.reader import Reader
from store.views import ItemQuery, ItemView
from sync.drain import Drain
from sync.reread import Reread
from sync.share import Share
from sync.source import Source

PAGE = 1000
ENOUGH = 100_000


def drain(file: str, environ: Mapping[str, str], most: int) -> Mapping[str, Any]:
    calm_collector()
    return asyncio.run(_drained(load(Path(file), environ, trackers()), most))


async def _drained(settings: Settings, most: int) -> Mapping[str, Any]:
    async with (
        wiring.opened_store(settings) as store,
        opened_inbox(settings.store_url) as inbox,
        wiring.sources(settings, list(settings.connections), budgets=Lifted(wiring.utc_now)) as sources,
    ):
        for connection in settings.connections:  # what waits for a budget is no part of this
            await done(inbox, connection, await take(inbox, connection, ENOUGH), wiring.utc_now())
        arrivals = await _hints(store, settings, most)
        await note(inbox, arrivals, wiring.utc_now())
        began, used = time.perf_counter(), processor_s()
        drained = await asyncio.gather(*(_worked_off(store, inbox, source) for source in sources))
        took, used = time.perf_counter() - began, processor_s() - used
        left = sum(one.hints for one in await backlogs(inbox))
    hinted = sum(len(one.hints) for one in arrivals)
    return {
        "hinted": hinted,
        "left": left,
        "items": sum(drained),
        "wall_s": took,
        "cpu_s": used,
    }


async def _worked_off(store: Store, inbox: Inbox, source: Source) -> int:
    """The items, and the scopes of those that are more than items; how many items were asked for by name."""
    drained = await Drain(store, inbox, source, wiring.utc_now, _endless()).run()
    if drained.scopes:
        await Reread(store, inbox, source, wiring.utc_now, _endless()).run()
    return drained.items


async def _hints(store: Store, settings: Settings, most: int) -> list[Arrival]:
    """At as many items as there are, evenly over the connections."""
    reader, each = store.reader(LOCAL, wiring.utc_now), most // len(settings.connections)
    remote = {scope.id: scope.remote_id for one in await reader.connections() for scope in one.scopes}
    arrivals = []
    for connection in settings.connections:
        views = await _items(reader, connection, each)
        hints = [Hint(scope_id=remote[one.scope], item_id=one.item.remote_id) for one in views]
        arrivals.append(Arrival(watch_id="", connection=connection, hints=hints))
    return arrivals


async def _items(reader: Reader, connection: str, most: int) -> list[ItemView]:
    found, cursor = list[ItemView](), None
    while len(found) < most:
        query = ItemQuery(connection=[connection], limit=min(PAGE, most - len(found)), cursor=cursor)
        page = await reader.items(query)
        found += page.items
        cursor = page.next_cursor
        if cursor is None:
            break
    return found


def _endless() -> Share:
    async def never() -> bool:
        return False

    return Share(math.inf, time.monotonic, never, asyncio.Event())


def main() -> None:
    answer({"drain": drain})


if __name__ == "__main__":
    main()
