"""What is asked for is done: once, the urgent first, in shares of time, after a crash and an upgrade."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from connectors.base import Record
from connectors.errors import Unavailable
from store.kept import kept_scopes
from store.open import Store, open_store
from store.party import new_party
from store.principal import LOCAL
from store.views import ItemQuery, RunView
from sync.batches import MOST
from sync.flows import Timetable, missed
from sync.queue import ACTIVE
from tests.sync.scripted import Script, Scripted, record, source
from tests.sync.shift import QUICK, Hooked, Shift, errand, until

Shifts = Callable[..., Awaitable[Shift]]
HURRY = replace(QUICK, share=1e9)
"""With a timer that moves by seconds at each look, so that each page's end looks for something urgent."""


def pages(name: str, number: int) -> list[Sequence[Record] | Exception]:
    """Each as long as a batch, so that each is put by itself."""
    return [[record(name, MOST * page + n) for n in range(MOST)] for page in range(number)]


@pytest.fixture
def shift(store: Store, store_url: str) -> Shifts:
    """A shift over trackers of scripts, each with a connection of its own, on both databases."""
    return shifts(store, store_url)


@pytest.fixture
async def here(sqlite_url: str) -> AsyncIterator[Shifts]:
    """For what no database does differently: the same on SQLite alone."""
    store = await open_store(sqlite_url)
    yield shifts(store, sqlite_url)
    await store.aclose()


def shifts(store: Store, store_url: str) -> Shifts:
    async def made(trackers: dict[str, Scripted] | None = None, **more: Any) -> Shift:
        trackers = trackers or {"team": Scripted({"a": Script([[record("a", 1)]])})}
        sources = {name: source(tracker, connection=name) for name, tracker in trackers.items()}
        shift = Shift(store, store_url, sources, **more)
        await shift.declare()
        return shift

    return made


async def items(shift: Shift) -> int:
    page = await shift.store.reader(LOCAL, shift.clock).items(ItemQuery(limit=1000))
    return len(page.items)


async def runs(shift: Shift) -> list[RunView]:
    return list(reversed(await shift.store.reader(LOCAL, shift.clock).runs(50)))


async def test_asked_twice_it_is_done_once_and_that_is_logged(
    shift: Shifts, caplog: pytest.LogCaptureFixture
) -> None:
    team = await shift()
    with team.asking() as queue, caplog.at_level(logging.INFO, "tspmo"):
        asked = await asyncio.gather(*(queue.ask(errand("incremental")) for _ in range(5)))
        assert len({ticket.id for ticket in asked}) == 1
        again = await queue.read("team")
        assert again.id == asked[0].id
        assert "Incremental of team is not asked for again: it waits since" in caplog.text
        assert (again.state, await queue.attended()) == ("waiting", False)
        async with team.at_work(queue):
            assert await queue.attended()
            assert (await team.done(queue, again)).state == "done"
            following = await queue.read("team")
            assert following.id != again.id
            await team.done(queue, following)
        assert not await queue.attended()
    assert await items(team) == 1


async def test_the_urgent_goes_first_and_connections_do_not_wait_for_each_other(here: Shifts) -> None:
    gate = asyncio.Event()
    slow = Scripted({"s": Hooked([[record("s", 1)]], before=lambda _: gate.wait())})
    team = await here({"team": Scripted({"a": Script([[record("a", 1)]])}), "slow": slow})
    with team.asking() as queue:
        await queue.ask(errand("incremental", connection="slow"))
        for kind in ("incremental", "reconcile", "refresh"):
            await queue.ask(errand(kind))
        async with team.at_work(queue):
            await until(lambda: sum(":team" in id for id in team.begun) == 3)
            gate.set()
        assert [id.split(":")[0] for id in team.begun if ":team" in id] == [
            "refresh",
            "reconcile",
            "incremental",
        ]


async def test_a_long_reading_makes_room_at_the_end_of_a_page_and_goes_on_where_it_was(
    shift: Shifts,
) -> None:
    """What makes it so is asked for while the first page is read, and comes before the second."""

    async def ask(page: int) -> None:
        if page == 0 and not asked:
            asked.append((await queue.ask(errand("refresh", *small))).id)

    asked: list[str] = []
    long = Hooked(pages("long", 3), before=ask)
    tracker = Scripted({"long": Script([[]]), "small": Script([[record("small", 1)]])})
    team = await shift({"team": tracker}, pace=HURRY)
    with team.asking() as queue:
        async with team.at_work(queue, timer=count(0, 2).__next__):
            await team.done(queue, await queue.ask(errand("incremental")))
            small = [kept.id for kept in await kept_scopes(team.store, "team")]
            tracker.scripts = {"long": long}
            ticket = await team.done(queue, await queue.ask(errand("incremental")))
    begun = team.begun
    assert begun.index(asked[0]) == begun.index("incremental:team#2") + 1
    assert ticket.id in begun[begun.index(asked[0]) + 1 :]
    assert long.asked[:2] == [None, {"page": 1}]  # no page is read twice
    readings = [run for run in await runs(team) if run.items]
    assert [run.items for run in readings if run.items > 1] == [3 * MOST]


async def test_who_has_had_its_share_hands_on_what_is_left_and_nothing_is_done_twice(here: Shifts) -> None:
    scripts = {name: Script([[record(name, 1)]]) for name in "abc"}
    team = await here({"team": Scripted(dict(scripts))}, pace=replace(QUICK, share=3))
    looks = count(0, 2)  # the share is used up at the second look
    with team.asking() as queue:
        async with team.at_work(queue, timer=looks.__next__):
            await team.done(queue, await queue.ask(errand("full")))
    assert len(team.begun) > 1
    assert {name: len(script.asked) for name, script in scripts.items()} == {"a": 1, "b": 1, "c": 1}


async def test_a_tracker_that_wants_to_be_left_alone_is_parked_and_holds_nobody_up(here: Shifts) -> None:
    later = datetime.now(UTC) + timedelta(hours=1)
    limited = Scripted({"a": Script([Unavailable("no more today", later), [record("a", 1)]])})
    team = await here({"team": limited, "other": Scripted({"b": Script([[record("b", 1)]])})})
    with team.asking() as queue:
        async with team.at_work(queue):
            ticket = await queue.ask(errand("incremental"))
            await team.done(queue, await queue.ask(errand("incremental", connection="other")))

            async def parked() -> bool:
                return (await queue.look(ticket)).until is not None

            await until(parked)
            waiting = await queue.look(ticket)
            assert waiting.state == "waiting"
            assert waiting.until is not None
            assert abs(waiting.until - later) < timedelta(minutes=1)
            assert (await queue.ask(errand("incremental"))).id == waiting.id


async def test_a_defect_ends_its_job_alone_and_is_logged(
    here: Shifts, caplog: pytest.LogCaptureFixture
) -> None:
    broken = Scripted({"a": Script([RuntimeError("a defect of ours"), [record("a", 1)]])})
    team = await here({"team": broken})
    with team.asking() as queue:
        async with team.at_work(queue):
            assert (await team.done(queue, await queue.ask(errand("incremental")))).state == "failed"
            assert "incremental:team#1 was ended by a defect" in caplog.text
            assert (await team.done(queue, await queue.ask(errand("incremental")))).state == "done"


async def test_a_schedule_asks_for_its_work_and_one_that_is_off_does_not(here: Shifts) -> None:
    often = Timetable(crons={"probe": "* * * * * *"}, zone="Europe/Berlin")
    team = await here(timetable=often)
    with team.asking() as queue:
        async with team.at_work(queue):
            await until(lambda: team.watched)
        assert {id.split(":")[0] for id in team.begun} <= {"probe"}
        assert [schedule["schedule_name"] for schedule in queue.client.list_schedules()] == ["probe"]
        assert await items(team) == 0  # a probe reads nothing
        team.timetable = Timetable(crons={"incremental": "0 0 1 1 *"}, zone="UTC")
        async with team.at_work(queue):
            assert [schedule["schedule_name"] for schedule in queue.client.list_schedules()] == [
                "incremental"
            ]

            async def read() -> bool:
                return await items(team) == 1

            await until(read)  # what cannot wait is asked for at the start


@pytest.mark.parametrize(
    ("last", "is_missed"),
    [
        (None, False),
        ("2026-03-01T01:00:00+00:00", True),  # two in the night of the first in Berlin: not the last one
        ("2026-03-02T01:00:00+00:00", False),
    ],
)
def test_a_night_without_a_worker_is_caught_up_with(last: str | None, is_missed: bool) -> None:
    now = datetime(2026, 3, 2, 8, tzinfo=UTC).astimezone(ZoneInfo("Europe/Berlin"))
    assert missed(last, "0 2 * * *", now) == is_missed


async def test_what_one_version_began_or_was_asked_another_finishes(shift: Shifts) -> None:
    started, never = asyncio.Event(), asyncio.Event()

    async def hang(_page: int) -> None:
        started.set()
        await never.wait()

    hanging = Hooked([[record("a", 1)]], before=hang)
    team = await shift({"team": Scripted({"a": hanging})}, pace=replace(QUICK, stop=0))
    with team.asking() as queue:
        async with team.at_work(queue, version="0"):
            begun = await queue.ask(errand("incremental"))
            await started.wait()
            waiting = await queue.ask(errand("reconcile"))
        hanging.before = lambda _: asyncio.sleep(0)
        team.store = replace(team.store, party=new_party())
        async with team.at_work(queue, version="1"):
            await team.done(queue, waiting)

            async def finished() -> bool:
                jobs = await queue.client.list_workflows_async(queue_name="connections", status=ACTIVE)
                return not jobs

            await until(finished)
        assert begun.id == "incremental:team#1"
        assert "incremental:team#2" in team.begun
    assert await items(team) == 1
