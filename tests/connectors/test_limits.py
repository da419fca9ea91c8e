from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import Unavailable
from connectors.limits import RESERVED_FOR, Budget, Budgets, Limiter, Waits
from tests.faketime import START, FakeTime


def limiter(time: FakeTime, requests: int, seconds: float) -> Limiter:
    return Limiter(Budget("test", requests, timedelta(seconds=seconds)), time.clock)


def waits(time: FakeTime, told: list[datetime | None] | None = None, patience: float = 300) -> Waits:
    return Waits(time.timing, timedelta(seconds=patience), told.append if told is not None else None)


async def take(limiter: Limiter, waiting: Waits) -> None:
    await limiter.take(lambda moment: waiting.until(moment, "GET x/y"))


@given(
    requests=st.integers(1, 5),
    gaps=st.lists(st.floats(0, 20, allow_nan=False), min_size=1, max_size=40),
    pauses=st.dictionaries(st.integers(0, 39), st.floats(0, 60, allow_nan=False), max_size=3),
)
def test_no_window_ever_holds_more_than_the_budget_and_no_pause_is_broken(
    requests: int, gaps: list[float], pauses: dict[int, float]
) -> None:
    time = FakeTime()
    budget = limiter(time, requests, 10)
    taken: list[datetime] = []
    closed_until = START

    async def run() -> None:
        nonlocal closed_until
        for step, gap in enumerate(gaps):
            time.now += timedelta(seconds=gap)
            if step in pauses:
                budget.pause_until(until := time.now + timedelta(seconds=pauses[step]))
                closed_until = max(closed_until, until)
            await take(budget, waits(time))
            taken.append(time.now)
            assert time.now >= closed_until

    asyncio.run(run())
    for first, after in zip(taken, taken[requests:], strict=False):
        assert after - first >= timedelta(seconds=10)


async def test_tasks_get_through_in_the_order_in_which_they_came() -> None:
    time = FakeTime()
    budget = limiter(time, 2, 10)
    order: list[tuple[int, datetime]] = []

    async def task(number: int) -> None:
        await take(budget, waits(time))
        order.append((number, time.now))

    await asyncio.gather(*(task(n) for n in range(6)))
    assert [n for n, _ in order] == [0, 1, 2, 3, 4, 5]
    assert [(at - START).total_seconds() for _, at in order] == [0, 0, 10, 10, 20, 20]


async def test_a_pause_that_comes_while_a_task_waits_holds_that_task_too() -> None:
    time = FakeTime()
    budget = limiter(time, 1, 10)
    await take(budget, waits(time))

    async def wait(moment: datetime) -> None:
        await time.sleep((moment - time.now).total_seconds())
        budget.pause_until(START + timedelta(seconds=45))

    await budget.take(wait)
    assert time.now == START + timedelta(seconds=45)


def test_an_earlier_pause_does_not_shorten_a_later_one_and_the_limiter_tells_it() -> None:
    time = FakeTime()
    budget = limiter(time, 5, 10)
    assert budget.waiting_until is None
    budget.pause_until(START + timedelta(seconds=60))
    budget.pause_until(START + timedelta(seconds=5))
    assert budget.waiting_until == START + timedelta(seconds=60)
    time.now += timedelta(seconds=60)
    assert budget.waiting_until is None


async def test_a_task_that_gives_up_leaves_the_turn_to_the_next() -> None:
    time = FakeTime()
    budget = limiter(time, 1, 3600)
    await take(budget, waits(time))
    with pytest.raises(Unavailable) as caught:
        await take(budget, waits(time, patience=300))
    assert caught.value.retry_after == START + timedelta(seconds=3600)
    assert time.sleeps == []
    await take(budget, waits(time, patience=4000))
    assert time.now == START + timedelta(seconds=3600)


async def test_waiting_is_told_once_it_is_worth_it_and_its_end_when_nobody_waits_any_more() -> None:
    time = FakeTime()
    told: list[datetime | None] = []
    waiting = waits(time, told)
    await waiting.until(START + timedelta(milliseconds=300), "GET x/y")
    assert told == []
    soon, late = (time.now + timedelta(seconds=s) for s in (5, 20))
    gate = asyncio.Event()
    released: list[float] = []

    async def sleep(seconds: float) -> None:
        released.append(seconds)
        await gate.wait()

    both = Waits(type(time.timing)(clock=time.clock, sleep=sleep), timedelta(hours=1), told.append)
    tasks = [asyncio.create_task(both.until(moment, "GET x/y")) for moment in (late, soon)]
    while len(released) < 2:
        await asyncio.sleep(0)
    assert told == [late, late]
    gate.set()
    await asyncio.gather(*tasks)
    assert told[-1] is None
    assert told.count(None) == 1


async def test_a_cancelled_wait_is_told_as_ended() -> None:
    time = FakeTime()
    told: list[datetime | None] = []

    async def never(_: float) -> None:
        await asyncio.Event().wait()

    waiting = Waits(type(time.timing)(clock=time.clock, sleep=never), timedelta(hours=1), told.append)
    task = asyncio.create_task(waiting.until(START + timedelta(seconds=9), "GET x/y"))
    while not told:
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert told == [START + timedelta(seconds=9), None]


def test_connections_with_one_key_share_its_budget_and_the_smaller_share_holds() -> None:
    time = FakeTime()
    budgets = Budgets(time.clock)
    minute = timedelta(minutes=1)
    one = budgets.limiter(Budget("key", 5, minute), "k1")
    other = budgets.limiter(Budget("key", 2, minute), "k1")
    assert one is other
    assert one.budget.requests == 2
    assert budgets.limiter(Budget("key", 5, minute), "k2") is not one
    assert budgets.limiter(Budget("token", 5, minute), "k1") is not one


MINUTE = timedelta(minutes=1)


async def test_what_is_urgent_finds_a_third_left_while_anything_urgent_comes() -> None:
    time = FakeTime()
    budgets = Budgets(time.clock)
    patient = budgets.limiter(Budget("key", 6, MINUTE), "k1")
    urgent = budgets.urgent.limiter(Budget("key", 6, MINUTE), "k1")
    await take(urgent, waits(time))
    time.now += timedelta(seconds=61)
    for _ in range(4):
        await take(patient, waits(time))
    assert patient.waiting_until == time.now + MINUTE
    assert urgent.waiting_until is None
    for _ in range(2):
        await take(urgent, waits(time))
    assert urgent.waiting_until == time.now + MINUTE
    assert time.sleeps == []


async def test_nothing_is_left_idle_where_nothing_urgent_comes() -> None:
    time = FakeTime()
    budgets = Budgets(time.clock)
    patient = budgets.limiter(Budget("key", 6, MINUTE), "k1")
    urgent = budgets.urgent.limiter(Budget("key", 6, MINUTE), "k1")
    for _ in range(6):
        await take(patient, waits(time))
    assert urgent.waiting_until == patient.waiting_until == time.now + MINUTE
    await take(urgent, waits(time))
    time.now += RESERVED_FOR
    for _ in range(6):
        await take(patient, waits(time))
    assert time.sleeps == [60]


@given(turns=st.lists(st.tuples(st.booleans(), st.floats(0, 9, allow_nan=False)), min_size=1, max_size=40))
def test_the_urgent_and_the_patient_together_keep_to_the_budget(turns: list[tuple[bool, float]]) -> None:
    time = FakeTime()
    budgets = Budgets(time.clock)
    limiters = [one.limiter(Budget("key", 4, MINUTE), "k1") for one in (budgets, budgets.urgent)]
    taken: list[datetime] = []

    async def run() -> None:
        for urgent, gap in turns:
            time.now += timedelta(seconds=gap)
            await take(limiters[urgent], waits(time))
            taken.append(time.now)

    asyncio.run(run())
    assert all(after - first >= MINUTE for first, after in zip(taken, taken[4:], strict=False))
