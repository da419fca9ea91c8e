"""A reconciliation that is cut, wherever, loses nothing and wrongs no item; the next goes on where it was."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest

from connectors.errors import Unauthorized, Unavailable
from store.open import Store
from store.principal import LOCAL
from sync.course import AT_ONCE
from sync.halt import Halt, Stop
from sync.nightly import Reconcile
from tests.sync.boards import Boards, Town, boards, many

MORE = AT_ONCE + 100


class Killed(BaseException):
    """As the process would end: nothing of ours catches it."""


def in_batch(n: int, error: BaseException, board: str = "A") -> Callable[[str, Sequence[str]], None]:
    """Raised once, when the batch with that number is asked for."""
    asked: list[str] = []

    def before(name: str, _ids: Sequence[str]) -> None:
        if name == board:
            asked.append(name)
            if len(asked) == n:
                raise error

    return before


async def all_changed(store: Store, **cards: Sequence[str]) -> Town:
    """Everything differs, and nobody read that yet."""
    town = Town(store, boards(**cards))
    await town.sync()
    for board in town.boards.cards.values():
        for body in board.values():
            body["word"] = "shut"
    return town


async def test_a_killed_reconciliation_goes_on_at_the_batch_it_had_reached(store: Store) -> None:
    town = await all_changed(store, A=many(MORE))
    town.boards.before_fetch = in_batch(2, Killed())
    with pytest.raises(Killed):
        await town.reconcile()
    assert len(town.boards.fetched) == AT_ONCE
    first = set(town.boards.fetched)
    receipt = await town.receipt()
    assert set(town.boards.fetched) == set(many(MORE)) - first
    assert receipt.complete
    assert dict(receipt.differences) == {"missed": MORE}
    assert receipt.fetched["differing"] == MORE
    assert set((await town.titles()).values()) == {"shut"}
    assert [run.state for run in await town.runs()] == ["done", "failed"]


async def test_what_was_found_gone_before_the_kill_is_noted_after_it(store: Store) -> None:
    town = await all_changed(store, A=many(MORE))
    gone = many(MORE)[3]
    town.boards.before_fetch = vanish_then_kill(town.boards, gone)
    with pytest.raises(Killed):
        await town.reconcile()
    assert (await town.presence())[gone] == "present"
    receipt = await town.receipt()
    assert (receipt.complete, receipt.differences["gone"]) == (True, 1)
    assert (await town.presence())[gone] == "gone"


async def test_what_was_gone_before_the_kill_and_is_back_after_it_is_asked_for_again(store: Store) -> None:
    names = many(2 * MORE)
    town = Town(store, boards(A=names))
    await town.sync()
    for name in names[: AT_ONCE - 50]:
        town.boards.cards["A"][name]["word"] = "shut"
    town.boards.take(names[-1])
    town.boards.before_fetch = in_batch(2, Killed())
    with pytest.raises(Killed):
        await town.reconcile()
    assert names[-1] in town.boards.fetched
    town.boards.put("A", names[-1])
    receipt = await town.receipt()
    assert (receipt.complete, receipt.differences.get("gone")) == (True, None)
    assert (await town.presence())[names[-1]] == "present"


def vanish_then_kill(tracker: Boards, gone: str) -> Callable[[str, Sequence[str]], None]:
    """The card goes after the census listed it."""
    kill = in_batch(2, Killed())

    def before(name: str, ids: Sequence[str]) -> None:
        tracker.take(gone)
        kill(name, ids)

    return before


def once(stop: Stop) -> Halt:
    told: list[str] = []

    async def halt(run_id: str) -> Stop | None:
        told.append(run_id)
        return stop if len(told) == 1 else None

    return halt


@pytest.mark.parametrize(("stop", "runs"), [("paused", ["done"]), ("cancelled", ["done", "cancelled"])])
async def test_halted_it_goes_on_in_the_same_run_unless_somebody_cancelled_it(
    store: Store, stop: Stop, runs: list[str]
) -> None:
    town = await all_changed(store, A=many(MORE))
    report = (await town.reconcile(once(stop)))["A"]
    assert report.halted == stop
    assert report.receipt is None
    receipt = await town.receipt()
    assert len(town.boards.fetched) == MORE - AT_ONCE
    assert receipt.complete
    assert [run.state for run in await town.runs()] == runs


async def test_work_that_was_cut_long_ago_is_begun_anew(store: Store) -> None:
    town = await all_changed(store, A=many(MORE))
    town.boards.before_fetch = in_batch(2, Killed())
    with pytest.raises(Killed):
        await town.reconcile()
    town.clock.now += timedelta(days=1)
    for body in town.boards.cards["A"].values():
        body["word"] = "open"
    assert (await town.receipt()).complete
    assert set((await town.titles()).values()) == {"open"}


async def test_scopes_that_were_complete_before_the_kill_are_not_compared_again(store: Store) -> None:
    town = await all_changed(store, A=many(5), B=many(MORE, "b"))
    town.boards.before_fetch = in_batch(2, Killed(), "B")
    with pytest.raises(Killed):
        await town.reconcile()
    assert (await town.complete())["A"] is not None
    told = await town.reconcile()
    assert not {id for id in town.boards.fetched if id.startswith("c")}
    assert all(one.receipt and one.receipt.complete for one in told.values())
    (night,) = await store.reader(LOCAL, town.clock).reconciliations()
    assert (night.state, night.complete, night.partial) == ("complete", 2, 0)


async def test_one_of_its_own_compares_them_all_the_same(store: Store) -> None:
    town = await all_changed(store, A=many(5), B=many(MORE, "b"))
    town.boards.before_fetch = in_batch(2, Killed(), "B")
    with pytest.raises(Killed):
        await town.reconcile()
    town.wanted = lambda scope: scope.name == "A"
    report = await town.run(Reconcile(anew=True))
    assert [one.receipt is not None and one.receipt.number for one in report.scopes] == [2]


async def test_a_census_that_breaks_off_touches_nothing_and_says_why(store: Store) -> None:
    town = Town(store, boards(A=many(30)))
    await town.sync()
    before = await town.complete()
    town.boards.cards["A"] = {id: body for id, body in town.boards.cards["A"].items() if id < "c0005"}

    def breaks(_board: str, n: int) -> None:
        if n == 3:
            raise Unavailable("the tracker is down", retry_after=town.clock.now)

    town.boards.in_census = breaks
    report = (await town.reconcile())["A"]
    assert (report.error, report.retry_after is not None) == ("the tracker is down", True)
    assert report.receipt is not None
    assert not report.receipt.complete
    assert (report.receipt.reason, report.receipt.source_count) == ("the tracker is down", None)
    assert set((await town.presence()).values()) == {"present"}
    assert await town.complete() == before
    assert town.boards.fetched == []
    assert [run.state for run in await town.runs()] == ["failed"]


async def test_an_item_that_is_listed_twice_spoils_the_census(store: Store) -> None:
    town = Town(store, boards(A=many(3)))
    await town.sync()
    town.boards.take("c0002")
    town.boards.listed_twice = "c0001"
    report = (await town.reconcile())["A"]
    assert "listed item c0001 twice" in (report.error or "")
    assert (await town.presence())["c0002"] == "present"


async def test_a_tracker_that_does_not_answer_for_what_is_missing_buries_nothing(store: Store) -> None:
    town = Town(store, boards(A=many(3)))
    await town.sync()
    town.boards.take("c0002")
    town.boards.before_fetch = in_batch(1, Unavailable("down"))
    assert (await town.reconcile())["A"].error == "down"
    assert (await town.presence())["c0002"] == "present"
    assert (await town.receipt()).complete
    assert (await town.presence())["c0002"] == "gone"


async def test_definitions_that_changed_before_a_kill_are_still_laid_over_all_items(store: Store) -> None:
    town = Town(store, boards(A=many(3)))
    await town.sync()
    town.boards.meaning["open"] = "in_progress"

    def kill(_board: str, _n: int) -> None:
        raise Killed

    town.boards.in_census = kill
    with pytest.raises(Killed):
        await town.reconcile()
    town.boards.in_census = lambda _board, _n: None
    assert (await town.receipt()).complete
    assert set((await town.statuses()).values()) == {"in_progress"}


async def test_definitions_that_are_back_after_a_kill_are_what_all_items_go_by(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They were laid over what is kept, and never put themselves."""
    town = Town(store, boards(A=many(3)))
    await town.sync()
    before = await town.statuses()
    town.boards.meaning["open"] = "in_progress"

    async def kill(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr("sync.opening.put", kill)
        with pytest.raises(Killed):
            await town.reconcile()
    assert await town.statuses() != before
    town.boards.meaning["open"] = "todo"
    assert (await town.receipt()).complete
    assert await town.statuses() == before


async def test_a_connection_that_is_refused_leaves_a_failed_reconciliation(store: Store) -> None:
    town = Town(store, boards(A=["1"]))
    await town.sync()
    town.boards.on_check = Unauthorized("The token is refused.")
    assert (await town.run(Reconcile())).errors == ["The token is refused."]
    (night,) = await store.reader(LOCAL, town.clock).reconciliations()
    assert (night.state, night.error) == ("failed", "The token is refused.")
