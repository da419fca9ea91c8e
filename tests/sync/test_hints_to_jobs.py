"""From a ring to what is shown: drains are asked for once in a while, done before what can wait, and not
forgotten with the process that was to ask for them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from connectors.base import Hint
from store.hints import Arrival, note, take
from store.inbox import Inbox
from store.open import Store, StoreError
from sync.bell import POURING, Bell
from sync.drain import Drain
from sync.queue import Queue
from sync.requests import Ticket, TicketState
from sync.share import Share
from sync.worker import Pace
from tests.faketime import FakeTime
from tests.sync.boards import Town, boards
from tests.sync.scripted import T0
from tests.sync.shift import Shift, errand, until


@pytest.fixture
def town(store: Store) -> Town:
    return Town(store, boards(A=["a1"]))


@pytest.fixture
async def shift(town: Town, inbox: Inbox, store_url: str) -> Shift:
    await town.sync()
    return Shift(town.store, store_url, {"team": town.source()}, clock=town.clock, inbox=inbox)


async def hint(inbox: Inbox, id: str, at: datetime = T0) -> None:
    arrival = Arrival(watch_id="w", connection="team", hints=[Hint(scope_id="id-A", item_id=id)])
    await note(inbox, [arrival], at)


async def all_drained(inbox: Inbox) -> bool:
    return await take(inbox, "team", 1) == []


async def test_a_ring_lets_what_was_hinted_at_be_shown(shift: Shift, town: Town, inbox: Inbox) -> None:
    with shift.asking() as queue:
        async with shift.at_work(queue):
            bell = Bell(queue.drain, asyncio.sleep)
            town.boards.put("A", "a1", "shut")
            await hint(inbox, "a1")
            bell.ring("team")

            async def shown() -> bool:
                return (await town.statuses())["a1"] == "done"

            await until(shown)
            await bell.aclose()


async def test_a_drain_looks_once_at_what_is_hinted_at_again_and_again(town: Town, inbox: Inbox) -> None:
    async def again() -> bool:
        await hint(inbox, "a1")
        return False

    await town.sync()
    await hint(inbox, "a1")
    share = Share(100, count().__next__, again, asyncio.Event())
    drained = await Drain(town.store, inbox, town.source(), town.clock, share).run()
    assert (drained.items, drained.more) == (1, False)
    assert [one.hint.item_id for one in await take(inbox, "team", 10)] == ["a1"]


async def test_hints_that_nobody_rang_for_are_found_by_the_workers(shift: Shift, inbox: Inbox) -> None:
    """Who noted them died before it rang."""
    with shift.asking() as queue:
        async with shift.at_work(queue):
            await hint(inbox, "a1")
            await until(lambda: all_drained(inbox))
    assert "drain:team#1" in shift.begun


async def test_a_worker_begins_with_what_was_hinted_at_while_nobody_worked(
    shift: Shift, inbox: Inbox
) -> None:
    never = replace(shift, pace=replace(shift.pace, unrung=1e6))
    await hint(inbox, "a1", shift.clock())
    with never.asking() as queue:
        async with never.at_work(queue):
            await until(lambda: all_drained(inbox))
    assert "drain:team#1" in never.begun


async def test_what_was_hinted_at_just_now_is_left_to_its_ring(
    shift: Shift, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While hints pour the bell waits, and a worker that did not would ask for the same items in vain."""
    asked: list[str] = []
    now = shift.clock()

    async def drain(_queue: Queue, connection: str) -> None:
        asked.append(connection)

    monkeypatch.setattr(Queue, "drain", drain)
    with shift.asking() as queue:
        worker = replace(shift, pace=Pace(), clock=lambda: now).worker(queue)
        await hint(inbox, "a1", now - timedelta(seconds=worker.pace.unrung - 1))
        await worker.look(worker.pace.unrung)
        assert asked == []
        await hint(inbox, "a2", now - timedelta(seconds=worker.pace.unrung))
        await worker.look(worker.pace.unrung)
    assert asked == ["team"]


async def test_a_drain_goes_before_what_can_wait_and_comes_again_for_what_is_left(
    shift: Shift, town: Town, inbox: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    """A tracker's trouble parks it, with the hints where they are."""

    def trouble(_board: str, _ids: object) -> None:
        if len(shift.begun) < 3:
            raise troubles.pop()

    troubles = [ConnectionError("a defect, not a tracker's error")]
    town.boards.before_fetch = trouble
    with shift.asking() as queue, caplog.at_level(logging.INFO, "tspmo"):
        for kind in ("incremental", "reconcile"):
            await queue.ask(errand(kind))
        await hint(inbox, "a1")
        await queue.drain("team")
        async with shift.at_work(queue):
            await until(lambda: all_drained(inbox))
    assert shift.begun[0] == "drain:team#1"
    assert "drain:team#2" in shift.begun  # a defect ends a job, and loses no hint
    assert not troubles


def ringing(states: list[TicketState], asked: list[str]) -> Callable[[str], Awaitable[Ticket]]:
    async def drain(connection: str) -> Ticket:
        asked.append(connection)
        state = states.pop(0) if states else "waiting"
        return Ticket(id="1", connection=connection, state=state, asked_at=datetime.now(UTC))

    return drain


async def settled(bell: Bell) -> None:
    while bell.ringing:
        await asyncio.gather(*bell.ringing.values())


async def test_however_often_it_rings_a_drain_is_asked_for_once_in_a_while() -> None:
    asked: list[str] = []
    time = FakeTime()
    bell = Bell(ringing([], asked), time.sleep)
    for _ in range(50):
        bell.ring("team")
    bell.ring("other")
    await asyncio.sleep(0)
    bell.ring("team")
    await settled(bell)
    assert sorted(asked) == ["other", "team", "team"]
    assert time.sleeps == [1.0] * 3


async def test_while_rings_pour_a_drain_is_put_off_for_twenty_pauses_at_most() -> None:
    asked: list[str] = []
    time = FakeTime()

    async def sleep(seconds: float) -> None:
        for _ in range(POURING + 1 if len(time.sleeps) < 50 else 0):
            bell.ring("team")
        await time.sleep(seconds)

    bell = Bell(ringing([], asked), sleep)
    bell.ring("team")
    await settled(bell)
    assert asked == ["team"] * 4
    assert len(time.sleeps) == 20 + 20 + 11 + 1


async def test_a_drain_that_runs_may_have_looked_for_the_last_time_so_it_is_asked_for_again() -> None:
    asked: list[str] = []
    bell = Bell(ringing(["running", "running", "waiting"], asked), FakeTime().sleep)
    bell.ring("team")
    await settled(bell)
    assert asked == ["team"] * 3


async def test_a_ring_that_cannot_be_heard_is_told_and_does_not_stop_the_next(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def away(_connection: str) -> Ticket:
        raise StoreError("The database is away.")

    bell = Bell(away, FakeTime().sleep)
    bell.ring("team")
    await settled(bell)
    assert "The hints of team wait until a worker looks for them." in caplog.text
    assert bell.ringing == {}
