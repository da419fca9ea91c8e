"""A reconciliation makes the store equal to the trackers, whatever was missed, and proves it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from store.open import Store
from store.prints import digest_of
from store.receipts import verify
from sync.census import NIGHTS, due, night_of
from tests.sync.boards import HIDDEN, Town, boards, many, print_of


async def test_an_unchanged_scope_costs_its_census_and_the_share_of_the_night(store: Store) -> None:
    town = Town(store, boards(A=many(50)))
    await town.sync()
    receipt = await town.receipt()
    share = {id for id in many(50) if due(id, night_of(receipt.started_at))}
    assert share
    assert set(town.boards.fetched) == share
    assert receipt.complete
    assert receipt.reason is None
    assert (receipt.source_count, receipt.count_before, receipt.count_after) == (50, 50, 50)
    assert (dict(receipt.differences), dict(receipt.fetched)) == ({}, {"deep": len(share)})
    prints = {id: print_of(body) for id, body in town.boards.cards["A"].items()}
    assert receipt.source_digest == receipt.our_digest == digest_of(prints)
    assert (await town.complete())["A"] == receipt.started_at
    (run,) = await town.runs()
    assert (run.state, run.written) == ("done", 0)
    (chain,) = await verify(store)
    assert chain.current


async def test_whatever_was_missed_is_found_and_counted_by_cause(store: Store) -> None:
    town = Town(store, boards(A=many(10), B=["b"]))
    town.boards.put("A", "c0001", "shut")
    town.boards.cards["A"].pop("c0002")
    await town.sync()
    tracker = town.boards
    tracker.cards["A"]["c0002"] = tracker.cards["A"]["c0003"]  # older than the sync, which did not see it
    tracker.put("A", "c0004", "shut")  # newer than the sync
    tracker.move("c0005", "B")
    tracker.take("c0006", "deleted")
    tracker.take("c0007")
    tracker.take("c0008", "filtered")
    receipts = {name: report.receipt for name, report in (await town.reconcile()).items()}
    ours, other = receipts["A"], receipts["B"]
    assert ours is not None
    assert other is not None
    assert ours.complete
    assert other.complete
    assert dict(ours.differences) == {
        "missed": 1,
        "late": 1,
        "moved": 1,
        "deleted": 1,
        "gone": 1,
        "filtered": 1,
    }
    assert {why: n for why, n in ours.fetched.items() if why != "deep"} == {
        "differing": 1,
        "missing": 1,
        "absent": 4,
    }
    assert (ours.source_count, ours.count_before, ours.count_after) == (6, 9, 6)
    assert await town.shown() == {
        **{id: ("present", "A") for id in ("c0000", "c0001", "c0002", "c0003", "c0004", "c0009")},
        "c0005": ("present", "B"),
        "c0006": ("deleted", "A"),
        "c0007": ("gone", "A"),
        "c0008": ("filtered_out", "A"),
        "b": ("present", "B"),
    }
    again = await town.receipt()
    assert again.complete
    assert dict(again.differences) == {}


async def test_within_a_week_every_item_was_read_whole(store: Store) -> None:
    """What no print shows is found by that."""
    town = Town(store, boards(A=many(30)))
    await town.sync()
    for body in town.boards.cards["A"].values():
        body[HIDDEN] = "new"
    for _ in range(NIGHTS):
        assert (await town.receipt()).complete
        town.clock.now += timedelta(days=1)
    assert set((await town.titles()).values()) == {"open new"}


@pytest.mark.parametrize("first", ["A", "B"])
async def test_an_item_that_moved_there_and_back_is_where_it_is(store: Store, first: str) -> None:
    """No tracker need count it as a change, and the scopes come in any order."""
    names = {"A": ["x", "1"], "B": ["2"]}
    town = Town(store, boards(**{name: names[name] for name in (first, *({"A", "B"} - {first}))}))
    await town.sync()
    town.boards.move("x", "B")
    assert all(one.receipt and one.receipt.complete for one in (await town.reconcile()).values())
    assert (await town.shown())["x"] == ("present", "B")
    town.boards.move("x", "A")
    assert all(one.receipt and one.receipt.complete for one in (await town.reconcile()).values())
    assert (await town.shown())["x"] == ("present", "A")


async def test_what_is_there_again_is_there_again(store: Store) -> None:
    town = Town(store, boards(A=many(3)))
    await town.sync()
    body = town.boards.cards["A"]["c0001"]
    town.boards.take("c0001")
    await town.receipt()
    assert (await town.presence())["c0001"] == "gone"
    town.boards.cards["A"]["c0001"] = body
    assert (await town.receipt()).complete
    assert (await town.presence())["c0001"] == "present"


async def test_an_item_of_several_scopes_is_compared_where_it_is_at_home(store: Store) -> None:
    town = Town(store, boards(A=["1"], B=["2"]))
    town.boards.cards["A"]["x"] = town.boards.cards["B"]["x"] = {
        **town.boards.cards["A"]["1"],
        "boards": ["A", "B"],
    }
    await town.sync()
    told = await town.reconcile()
    ours, other = told["A"].receipt, told["B"].receipt
    assert ours is not None
    assert other is not None
    assert (ours.complete, ours.source_count, ours.count_after, ours.elsewhere) == (True, 2, 2, 0)
    assert (other.complete, other.source_count, other.count_after, other.elsewhere) == (True, 2, 1, 1)
    assert town.boards.fetched.count("x") <= 2  # the share of the night
    town.boards.cards["A"]["x"]["word"] = "shut"
    assert all(one.receipt and one.receipt.complete for one in (await town.reconcile()).values())
    assert (await town.titles())["x"] == "shut"


async def test_what_cannot_be_read_is_counted_and_raises_nothing_once_it_is_gone(store: Store) -> None:
    town = Town(store, boards(A=many(2)))
    town.boards.put("A", "bad", None)  # type: ignore[arg-type]
    await town.sync()
    receipt = await town.receipt()
    assert (receipt.complete, receipt.source_count, receipt.count_after, receipt.rejected) == (True, 3, 2, 1)
    assert [one.kind for one in await town.findings()] == ["rejected_record"]
    town.boards.take("bad")
    receipt = await town.receipt()
    assert (receipt.complete, receipt.rejected) == (True, 0)
    assert await town.findings() == []


async def test_definitions_that_mean_something_else_are_laid_over_all_items(store: Store) -> None:
    town = Town(store, boards(A=many(3)))
    await town.sync()
    town.boards.meaning["open"] = "in_progress"
    assert (await town.receipt()).complete
    assert set((await town.statuses()).values()) == {"in_progress"}


async def test_what_may_not_be_read_is_touched_by_nothing_and_said(store: Store) -> None:
    town = Town(store, boards(A=many(5)))
    await town.sync()
    town.boards.take("c0001", "forbidden")
    receipt = await town.receipt()
    assert (await town.presence())["c0001"] == "present"
    assert not receipt.complete
    assert "1 items may not be read" in (receipt.reason or "")
    assert dict(receipt.differences) == {"access": 1}


async def test_what_changes_while_it_is_compared_is_asked_for_once_more(store: Store) -> None:
    town = Town(store, boards(A=many(5)))
    await town.sync()
    town.boards.put("A", "c0001", "shut")
    asked: list[int] = []

    def meanwhile(_board: str, ids: object) -> None:
        """An item that was listed is gone, one that was gone is back, both between census and question."""
        asked.append(len(asked))
        if len(asked) == 1:
            town.boards.put("A", "c0001", "open")

    town.boards.before_fetch = meanwhile
    receipt = await town.receipt()
    assert receipt.complete
    assert (await town.titles())["c0001"] == "open"


async def test_a_scope_that_was_never_read_is_read_by_name(store: Store) -> None:
    town = Town(store, boards(A=many(7)))
    receipt = await town.receipt()
    assert receipt.complete
    assert (receipt.count_before, receipt.count_after, dict(receipt.differences)) == (0, 7, {"late": 7})


async def test_what_moved_back_is_found_by_the_scope_that_lists_it_alone(store: Store) -> None:
    """Whatever the other scope, where it was last, says or does not say of it."""
    town = Town(store, boards(A=many(10), B=["b"]))
    await town.sync()
    for there in ("B", "A"):
        for id in many(10):
            town.boards.move(id, there)
        town.wanted = lambda scope, there=there: scope.name == there  # type: ignore[misc]
        assert (await town.receipt(there)).complete
        shown = await town.shown()
        assert {shown[id] for id in many(10)} == {("present", there)}
