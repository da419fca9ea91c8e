"""An Asana project that people work in while it is read: right after the next run, whatever they do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from sandbox.asana_events import Feed
from tests.connectors.asana_mirror import Desk, desk
from tests.faketime import FakeTime
from tests.sandbox.asana_reader import Hands

OTHER = "acquisition-it"


@pytest.fixture
def office() -> Iterator[Desk]:
    with desk() as made:
        yield made


def by_turns(edits: list[Callable[[], object]]) -> Callable[[], object]:
    """One after the other, each once."""
    return lambda: edits.pop(0)() if edits else None


@pytest.mark.parametrize("deep", [False, True], ids=["a listed task", "a subtask"])
async def test_a_task_that_changes_between_every_two_requests_is_current_after_each_run(
    office: Desk, deep: bool
) -> None:
    hot = office.subtasks()[0] if deep else office.alone()[0]
    numbers = count()
    async with office.mirror() as mirror:
        office.between(lambda: office.rename(hot, f"Hot {next(numbers)}"))
        for _ in range(3):
            before = next(numbers)
            await mirror.run()
            told = int(str(mirror.items[hot]["name"]).removeprefix("Hot "))
            assert before < told < next(numbers)
        office.between(None)
        await mirror.run()
        assert await office.differences(mirror) == {}
    assert mirror.stale == []


async def test_what_is_moved_deleted_and_restored_between_pages_is_right_after_the_next_run(
    office: Desk,
) -> None:
    here, there = office.alone(), office.alone(OTHER)
    (top, family), *_ = office.families()
    (other_top, _), *_ = office.families(OTHER)
    async with office.mirror() as mirror:
        await mirror.run()
        rounds: list[list[Callable[[], object]]] = [
            [
                lambda: office.edit("move", task=here[0], project=OTHER),
                lambda: office.edit("delete", task=here[1]),
                lambda: office.edit("move", task=there[0], project="joiner-journey"),
                lambda: office.edit("delete", task=top),
                lambda: office.edit("place", task=there[1], project="joiner-journey"),
            ],
            [
                lambda: office.edit("undelete", task=top),
                lambda: office.edit("move", task=here[0], project="joiner-journey"),
                lambda: office.edit("undelete", task=here[1]),
                lambda: office.edit("move", task=there[0], project=OTHER),
                lambda: office.edit("delete", task=there[1]),
            ],
        ]
        for number, edits in enumerate(rounds):
            office.rename(here[2], f"Round {number}")  # so that there is something to read between them
            office.between(by_turns(edits))
            while edits:
                await mirror.run()
            office.between(None)
            await mirror.run()
            assert await office.differences(mirror) == {}, number
            if number == 0:
                assert {mirror.why[gid] for gid in (here[1], *family)} == {"deleted"}
                assert mirror.why[here[0]] == "moved"
                assert there[0] in mirror.items
    assert mirror.why == {there[0]: "moved", there[1]: "deleted"}
    assert mirror.stale == []
    assert other_top not in mirror.items


async def test_edits_between_the_pages_of_a_whole_reading_are_right_after_the_next_run(office: Desk) -> None:
    here, there = office.alone(), office.alone(OTHER)
    numbers = count()
    async with office.mirror(page_size=10) as mirror:
        edits: list[Callable[[], object]] = [
            lambda: office.edit("move", task=here[0], project=OTHER),
            lambda: office.edit("delete", task=here[1]),
            lambda: office.edit("move", task=there[0], project="joiner-journey"),
            lambda: office.edit("delete", task=office.families()[0][0]),
            lambda: office.rename(office.subtasks()[0], f"Renamed {next(numbers)}"),
            lambda: office.create("Fresh"),
            lambda: office.edit("set", task=here[2], fields={"stage": "review"}),
            lambda: office.edit("undelete", task=here[1]),
        ]
        office.between(by_turns(edits))
        await mirror.run()
        assert edits == []
        office.between(None)
        await mirror.run()
        assert await office.differences(mirror) == {}


async def test_a_feed_that_is_late_holds_back_no_listed_task_and_loses_nothing() -> None:
    clock = Hands()
    with desk(Feed(late=timedelta(minutes=2)), FakeTime(clock.at), clock=clock) as office:
        listed, deep = office.alone()[0], office.subtasks()[0]
        async with office.mirror() as mirror:
            await mirror.run()
            clock.move(seconds=10)
            office.rename(listed, "At once")
            office.rename(deep, "In a while")
            office.edit("delete", task=office.alone()[1])
            await mirror.run()
            assert mirror.items[listed]["name"] == "At once"
            assert mirror.items[deep]["name"] != "In a while"
            for _ in range(2):
                clock.move(seconds=70)
                await mirror.run()
            assert await office.differences(mirror) == {}


async def test_what_the_feed_lost_is_found_where_the_project_lists_it_with_all_below() -> None:
    with desk(Feed(lost=lambda _: True)) as office:
        top, family = office.families()[0]
        async with office.mirror() as mirror:
            await mirror.run()
            deepest = next(gid for gid in office.subtasks() if gid in family)
            office.rename(top, "Changed above")
            office.rename(deepest, "Changed below")
            new = office.create("New")
            await mirror.run()
            assert mirror.items[top]["name"] == "Changed above"
            assert mirror.items[deepest]["name"] == "Changed below"
            assert mirror.items[new]["name"] == "New"
            await mirror.run()
            assert mirror.read_again() == []


@pytest.mark.parametrize("off", [timedelta(hours=-3), timedelta(hours=3)], ids=str)
async def test_a_clock_three_hours_off_loses_nothing_and_reads_nothing_again(off: timedelta) -> None:
    lost = Feed(lost=lambda event: event["resource"]["gid"] == listed[0])
    listed: list[str] = []
    with desk(lost, FakeTime(datetime.now(UTC) + off)) as office:
        listed += office.alone()[:1]
        async with office.mirror() as mirror:
            await mirror.run()
            office.rename(listed[0], "Only the listing knows")
            await mirror.run()
            assert mirror.items[listed[0]]["name"] == "Only the listing knows"
            assert mirror.read_again() == listed
            office.time.now += timedelta(hours=6)
            await mirror.run()
            assert [len(page.records) for page in mirror.pages] == [0]


async def test_a_token_older_than_a_day_is_said_to_be_so_and_all_is_read_anew() -> None:
    clock = Hands()
    with desk(time=FakeTime(clock.at), clock=clock) as office:
        async with office.mirror() as mirror:
            await mirror.run()
            office.edit("delete", task=office.alone()[0])
            office.rename(office.subtasks()[0], "While nobody looked")
            clock.move(hours=25)
            await mirror.run()
            assert await office.differences(mirror) == {}
            assert set(mirror.why.values()) == {"not_found"}
    (sentence,) = mirror.stale
    assert "24 hours" in sentence
