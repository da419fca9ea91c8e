"""Who waits for a rate limit does not keep the connection from what is more urgent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from itertools import count

import pytest

from connectors.base import Identity, ScopeRecord
from store.kept import kept_scopes
from store.open import Store
from sync.halt import Halted, Stop, never
from sync.waits import LOOK, Waits
from tests.faketime import FakeTime
from tests.sync.scripted import Script, Scripted, record
from tests.sync.shift import Hooked, Shift, errand
from tests.sync.test_flows import HURRY, pages, shifts

AN_HOUR = 3600.0


@dataclass
class Counted(Scripted):
    """Notes in ``asked`` who we are asked for, and for the scopes."""

    asked: list[str] = field(default_factory=list)

    async def check(self) -> Identity:
        self.asked.append("check")
        return await super().check()

    async def scopes(self) -> AsyncIterator[ScopeRecord]:
        self.asked.append("scopes")
        async for one in super().scopes():
            yield one


async def test_a_reading_that_waits_makes_room_and_goes_on_without_asking_anew(
    store: Store, store_url: str
) -> None:
    async def wait(page: int) -> None:
        if page == 1 and not urgent:
            urgent.append((await queue.ask(errand("refresh", *small))).id)
            tracker.asked.clear()
            await team.sources["team"].waits.sleep(AN_HOUR)

    urgent: list[str] = []
    tracker = Counted({"long": Script([[]]), "small": Script([[record("small", 1)]])})
    team: Shift = await shifts(store, store_url)({"team": tracker}, pace=HURRY)
    with team.asking() as queue:
        async with team.at_work(queue, timer=count(0, 2).__next__):
            await team.done(queue, await queue.ask(errand("incremental")))
            small = [kept.id for kept in await kept_scopes(store, "team") if kept.scope.name == "small"]
            long = Hooked(pages("long", 3), before=wait)
            tracker.scripts["long"] = long
            ticket = await team.done(queue, await queue.ask(errand("full")))
    assert team.begun.index(urgent[0]) == team.begun.index("full:team#1") + 1
    assert ticket.state == "done"
    assert tracker.asked == ["check", "scopes"]  # by the refresh
    assert long.asked[-1] == {"page": 1}


async def test_a_wait_ends_early_only_where_that_is_wanted() -> None:
    time = FakeTime()

    async def halt(_run: str) -> Stop | None:
        return "paused" if len(time.sleeps) > 6 else None

    waits = Waits(time.sleep)
    await waits.sleep(60)
    with waits.heeding(never):
        await waits.sleep(1)
    assert time.sleeps == [60, *[LOOK] * 4]
    with waits.heeding(halt), pytest.raises(Halted):
        await waits.sleep(60)
    assert time.sleeps[5:] == [LOOK, LOOK]
