"""A reading of what changed: from where, what it keeps of before, what becomes of a cursor that went bad."""

from __future__ import annotations

import pytest

from connectors.base import Page
from connectors.errors import StaleCursor, Unavailable
from store import checkpoints
from store.open import Store
from tests.sync.stage import Bench, Stage, card, definition, done

MEANING = {"open": "todo", "shut": "done"}


def stage(*readings: list[Page | Exception]) -> Stage:
    return Stage([list(steps) for steps in readings])


async def test_the_second_sync_reads_from_where_the_first_got_to_and_keeps_the_definitions(
    store: Store,
) -> None:
    bench = Bench(
        store,
        stage(
            [done(definition(**MEANING), card("1"), card("2"), since=1)],
            [done(card("2", "shut", minute=5, read=6), since=2)],
            [done(since=3)],
        ),
    )
    assert (await bench.sync()).kind == "full"
    report = await bench.sync()
    assert (report.kind, report.items, report.written) == ("incremental", 1, 1)
    assert await bench.statuses() == {"1": "todo", "2": "done"}
    await bench.sync()
    assert bench.stage.asked == [(None, None), ({"since": 1}, None), ({"since": 2}, None)]
    assert [run.kind for run in await bench.runs()] == ["incremental", "incremental", "full"]


async def test_full_reads_everything_again(store: Store) -> None:
    bench = Bench(store, stage([done(definition(**MEANING), card("1"))], [done(definition(**MEANING))]))
    await bench.sync()
    report = await bench.sync(full=True)
    assert report.kind == "full"
    assert bench.stage.asked == [(None, None), (None, None)]


async def test_a_cut_reading_of_changes_goes_on_from_the_same_state(store: Store) -> None:
    first = Page(records=[card("1", "shut", minute=5, read=6)], resume={"at": 1})
    bench = Bench(
        store,
        stage(
            [done(definition(**MEANING), card("1"), card("2"))],
            [first, Unavailable("the tracker is down")],
            [done(card("2", "shut", minute=5, read=7), since=2)],
            [done(since=3)],
        ),
    )
    await bench.sync()
    complete = (await bench.runs())[0].started_at
    report = await bench.sync()
    assert report.error == "the tracker is down"
    assert await bench.statuses() == {"1": "done", "2": "todo"}
    report = await bench.sync()
    assert (report.error, report.kind) == (None, "incremental")
    assert await bench.statuses() == {"1": "done", "2": "done"}
    assert bench.stage.asked[1:] == [({"since": 1}, None), ({"since": 1}, {"at": 1})]
    checkpoint = await checkpoints.load(store, (await bench.items())["1"].scope)
    assert checkpoint is not None
    assert checkpoint.since == {"since": 2}
    assert checkpoint.started_at > complete


async def test_a_cut_after_definitions_of_another_meaning_leaves_no_item_as_they_were(store: Store) -> None:
    anew = Page(records=[definition(open="in_progress", shut="done")], resume={"at": 0})
    bench = Bench(
        store,
        stage(
            [done(definition(**MEANING), card("1"), card("2", "shut"))],
            [anew, Unavailable("down")],
            [done(since=2)],
        ),
    )
    await bench.sync()
    assert (await bench.sync()).error == "down"
    await bench.sync()
    assert await bench.statuses() == {"1": "in_progress", "2": "done"}


async def test_full_does_not_go_on_with_a_cut_reading_of_changes_but_with_a_cut_whole_one(
    store: Store,
) -> None:
    cut = [Page(records=[card("1")], resume={"at": 1}), Unavailable("down")]
    bench = Bench(
        store,
        stage(
            [Page(records=[definition(**MEANING)], resume={"at": 0}), Unavailable("down")],
            [done(card("1"))],
            list(cut),
            [done(definition(**MEANING), card("1"))],
        ),
    )
    await bench.sync()
    await bench.sync(full=True)
    await bench.sync()
    await bench.sync(full=True)
    assert bench.stage.asked == [(None, None), (None, {"at": 0}), ({"since": 1}, None), (None, None)]


async def test_a_cursor_of_no_use_is_given_up_for_a_whole_reading_with_a_note(store: Store) -> None:
    stale = StaleCursor("The sync token of this project expired; the scope is read anew, whole.")
    bench = Bench(
        store,
        stage(
            [done(definition(**MEANING), card("1"))],
            [stale],
            [done(definition(**MEANING), card("1", "shut", minute=3, read=4), since=9)],
            [done(since=10)],
        ),
    )
    await bench.sync()
    report = await bench.sync()
    assert (report.error, report.kind, report.notes) == (None, "full", [str(stale)])
    assert await bench.statuses() == {"1": "done"}
    await bench.sync()
    assert bench.stage.asked[1:] == [({"since": 1}, None), (None, None), ({"since": 9}, None)]
    assert [run.state for run in await bench.runs()] == ["done", "done", "failed", "done"]


async def test_a_stale_cursor_and_a_tracker_that_is_down_leave_the_state_before(store: Store) -> None:
    bench = Bench(
        store,
        stage(
            [done(definition(**MEANING), card("1"))],
            [StaleCursor("expired")],
            [Unavailable("down")],
            [done(definition(**MEANING), card("1"))],
        ),
    )
    await bench.sync()
    complete = await bench.complete_at()
    report = await bench.sync()
    assert report.error == "down"
    assert await bench.statuses() == {"1": "todo"}
    assert await bench.complete_at() == complete
    assert (await bench.sync()).error is None
    assert bench.stage.asked[2:] == [(None, None), (None, None)]


async def test_a_definition_that_means_something_else_is_laid_over_all_items_without_asking_for_them(
    store: Store,
) -> None:
    bench = Bench(
        store,
        stage(
            [done(definition(**MEANING), card("1"), card("2", "shut"), card("3"))],
            [done(definition(open="in_progress", shut="done"), card("3", minute=5, read=6), since=2)],
        ),
    )
    await bench.sync()
    level = (await bench.feed())[-1].seq
    await bench.sync()
    assert await bench.statuses() == {"1": "in_progress", "2": "done", "3": "in_progress"}
    told = {event.remote_id: event.kind for event in await bench.feed(level)}
    assert told == {"1": "modified", "3": "modified"}
    assert bench.stage.fetched == []


async def test_a_definition_that_only_tells_of_activity_maps_nothing_again(store: Store) -> None:
    bench = Bench(
        store,
        stage(
            [done(definition(**MEANING, dateLastActivity="monday"), card("1"))],
            [done(definition(**MEANING, dateLastActivity="tuesday"), since=2)],
        ),
    )
    await bench.sync()
    await bench.sync()
    (latest, _) = await bench.runs()
    assert latest.records == 1  # the definition itself


@pytest.mark.parametrize("cards", [1, 2500])
async def test_definitions_that_come_last_hold_for_all_that_the_reading_brought(
    store: Store, cards: int
) -> None:
    """In the same batch of pages, or in a later one."""
    everything = [str(number) for number in range(cards)]
    brought = [card(id) for id in everything]
    again = [card(id, minute=5, read=6) for id in everything]
    bench = Bench(
        store,
        stage(
            [
                Page(records=[definition(**MEANING), *brought], resume={"at": 1}),
                done(definition(open="in_progress", shut="done"), listed=everything),
            ],
            [Page(records=again, resume={"at": 1}), done(definition(open="done", shut="done"))],
        ),
    )
    for meaning in ("in_progress", "done"):
        await bench.sync()
        assert set((await bench.statuses()).values()) == {meaning}
