"""Scopes that webhooks name are read by a job of their own, which knows what was in reach lately."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from connectors.base import Hint, Identity
from store.hints import Arrival, note, take
from store.inbox import Inbox
from store.open import Store
from sync.errands import Errand, Kind
from sync.source import Reach, Source
from sync.sources import HOLDS, Sources
from tests.sync.boards import Town, boards
from tests.sync.scripted import T0, scope
from tests.sync.shift import Shift, errand, until

WHO = Identity(system="trello", site="x.test", account_id="1", account_name="Reader")


@pytest.fixture
def town(store: Store) -> Town:
    return Town(store, boards(A=["a1", "a2"], B=["b1"]))


async def hint(inbox: Inbox, *hints: Hint) -> None:
    await note(inbox, [Arrival(watch_id="w", connection="team", hints=hints)], T0)


async def test_a_drain_leaves_scopes_to_a_job_that_goes_after_drains(
    town: Town, store_url: str, inbox: Inbox
) -> None:
    await town.sync()
    town.boards.put("A", "a1", "shut")
    await hint(inbox, Hint(scope_id="id-A", item_id="a1"), Hint(scope_id="id-B", item_id=None))
    shift = Shift(town.store, store_url, {"team": town.source()}, inbox=inbox)
    with shift.asking() as queue:
        await queue.ask(errand("incremental"))
        await queue.drain("team")
        async with shift.at_work(queue):

            async def done() -> bool:
                return "incremental:team#1" in shift.begun and await take(inbox, "team", 1) == []

            await until(done)
    assert [job for job in shift.begun if job.endswith("#1")] == [
        "drain:team#1", "reread:team#1", "incremental:team#1",
    ]  # fmt: skip
    assert (await town.statuses())["a1"] == "done"


async def reach_of(sources: Sources, kind: Kind) -> Reach | None:
    async with sources.lend(Errand(kind, "team")) as loan:
        return loan.source.reach


async def test_a_reread_knows_what_was_in_reach_for_ten_minutes_and_nobody_else_does(town: Town) -> None:
    reach = Reach(identity=WHO, scopes=[scope("A")], at=town.clock())

    @asynccontextmanager
    async def open(_errand: Errand) -> AsyncIterator[Source]:
        yield town.source()

    sources = Sources(open, town.clock)
    sources.learn("team", reach)
    assert await reach_of(sources, "reread") == reach
    assert await reach_of(sources, "incremental") is None
    assert await reach_of(sources, "drain") is None
    town.clock.now += HOLDS
    assert await reach_of(sources, "reread") is None


async def test_what_a_job_left_open_is_closed_when_nobody_comes_back_for_it(town: Town) -> None:
    closed: list[str] = []

    @asynccontextmanager
    async def open(errand: Errand) -> AsyncIterator[Source]:
        yield town.source()
        closed.append(errand.chain)

    sources = Sources(open, town.clock)
    async with sources.lend(errand("full")) as loan:
        loan.left = Reach(identity=WHO, scopes=[], at=town.clock())
    assert closed == []
    async with sources.lend(errand("full")) as loan:
        assert loan.source.reach is not None
        loan.left = replace(loan.source.reach, at=town.clock() - timedelta(minutes=9))
    town.clock.now += timedelta(minutes=2)
    await reach_of(sources, "drain")
    assert closed == ["full:team", "drain:team"]
    async with sources.lend(errand("reconcile")) as loan:
        loan.left = Reach(identity=WHO, scopes=[], at=town.clock())
    await sources.aclose()
    assert closed[2:] == ["reconcile:team"]
