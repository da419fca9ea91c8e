"""What vanishes all at once waits for a person; what is hidden from us is touched by nobody."""

from __future__ import annotations

import pytest

from store.held import Decision, Verb, decide
from store.open import Store
from store.principal import LOCAL
from sync.absences import FEWEST_HELD
from tests.sync.boards import Town, boards, many
from tests.sync.scripted import T0

FEW, TOO_MANY = many(60)[:FEWEST_HELD], many(60)[: FEWEST_HELD + 1]


async def vanished(store: Store, ids: list[str], why: str = "not_found") -> Town:
    town = Town(store, boards(A=many(60)))
    await town.sync()
    for id in ids:
        town.boards.take(id, why)
    return town


def back(town: Town, ids: list[str]) -> None:
    for id in ids:
        town.boards.cards["A"][id] = {"word": "open", "updated": T0.isoformat()}


async def gone(town: Town) -> set[str]:
    return {id for id, presence in (await town.presence()).items() if presence != "present"}


async def word(store: Store, town: Town, verb: Verb, id: str | None = None) -> None:
    open_ones = [one.id for one in await town.findings() if one.kind == "mass_absence"]
    said = Decision(verb=verb, who="Ada", why="the board was cleared", at=town.clock())
    await decide(store, id or open_ones[0], said)


async def test_a_few_that_vanish_are_believed(store: Store) -> None:
    town = await vanished(store, FEW)
    receipt = await town.receipt()
    assert (receipt.complete, dict(receipt.differences)) == (True, {"gone": len(FEW)})
    assert await gone(town) == set(FEW)
    assert await town.findings() == []


async def test_many_that_vanish_at_once_are_held_until_somebody_approves(store: Store) -> None:
    town = await vanished(store, TOO_MANY)
    receipt = await town.receipt()
    assert (receipt.complete, receipt.held, dict(receipt.differences)) == (False, 21, {})
    assert "21 items that are not to be found any more are shown as before" in (receipt.reason or "")
    assert receipt.fetched["absent"] == 21
    assert await gone(town) == set()
    (finding,) = await town.findings()
    assert (finding.kind, finding.count) == ("mass_absence", 21)
    assert "21 of 60 items are not to be found any more" in finding.detail
    await town.receipt()
    assert [one.id for one in await town.findings()] == [finding.id]
    await word(store, town, "approve")
    assert await gone(town) == set(TOO_MANY)
    receipt = await town.receipt()
    assert (receipt.complete, receipt.held) == (True, 0)
    assert await town.findings() == []


async def test_what_was_dismissed_stays_and_is_asked_about_no_more(store: Store) -> None:
    town = await vanished(store, TOO_MANY)
    await town.receipt()
    await word(store, town, "dismiss")
    receipt = await town.receipt()
    assert (receipt.complete, receipt.held) == (False, 21)
    assert (await gone(town), await town.findings()) == (set(), [])
    town.boards.take(many(60)[40])
    await town.receipt()
    assert await gone(town) == {many(60)[40]}


async def test_what_is_there_again_ends_the_finding(store: Store) -> None:
    town = await vanished(store, TOO_MANY)
    await town.receipt()
    back(town, TOO_MANY)
    assert (await town.receipt()).complete
    assert await town.findings() == []


async def test_a_word_is_used_up_when_they_are_back(store: Store) -> None:
    """When they vanish again, that is another matter."""
    town = await vanished(store, TOO_MANY)
    await town.receipt()
    await word(store, town, "dismiss")
    back(town, TOO_MANY)
    assert (await town.receipt()).complete
    for id in TOO_MANY:
        town.boards.take(id)
    await town.receipt()
    assert [one.count for one in await town.findings()] == [21]


@pytest.mark.parametrize(("why", "presence"), [("deleted", "deleted"), ("filtered", "filtered_out")])
async def test_what_the_tracker_itself_tells_of_many_is_believed(
    store: Store, why: str, presence: str
) -> None:
    town = await vanished(store, TOO_MANY, why)
    assert (await town.receipt()).complete
    assert {id for id, told in (await town.presence()).items() if told == presence} == set(TOO_MANY)


async def test_a_mass_move_is_believed_since_each_is_told_where_it_is(store: Store) -> None:
    town = Town(store, boards(A=many(60), B=["b"]))
    await town.sync()
    for id in TOO_MANY:
        town.boards.move(id, "B")
    told = await town.reconcile()
    assert all(one.receipt and one.receipt.complete for one in told.values())
    assert {id for id, (_, board) in (await town.shown()).items() if board == "B"} == {*TOO_MANY, "b"}
    assert await gone(town) == set()


async def test_a_scope_that_is_hidden_touches_no_item_and_is_named_until_it_is_back(store: Store) -> None:
    town = Town(store, boards(A=many(3), B=many(2, "b")))
    await town.sync()
    before = await town.complete()
    town.boards.hidden.add("B")
    report = await town.sync()
    assert report.errors == []
    assert ["trello does not show this scope" in one for one in report.hidden] == [True]
    told = await town.reconcile()
    assert set(told) == {"A"}
    assert set((await town.presence()).values()) == {"present"}
    (finding,) = await town.findings()
    assert (finding.kind, finding.scope) == ("access_lost", town.scope_id("B"))
    reader = store.reader(LOCAL, town.clock)
    receipt = next(one for one in await reader.newest_receipts() if one.scope_id == town.scope_id("B"))
    assert (receipt.complete, receipt.source_count, dict(receipt.differences)) == (False, None, {"access": 2})
    (night,) = await reader.reconciliations()
    assert (night.state, night.complete, night.partial) == ("partial", 1, 1)
    assert (await town.complete())["B"] == before["B"]
    town.boards.hidden.clear()
    await town.sync()
    assert await town.findings() == []


async def test_a_listing_and_an_answer_that_contradict_each_other_bury_nothing(store: Store) -> None:
    """Each of the two may be wrong once."""
    town = Town(store, boards(A=many(30)))
    await town.sync()
    for body in town.boards.cards["A"].values():
        body["word"] = "shut"  # so that each of them is asked for
    all_there = dict(town.boards.cards["A"])

    def once(_board: str, _ids: object) -> None:
        town.boards.cards["A"] = {} if len(town.boards.fetched) == 0 else all_there

    town.boards.before_fetch = once
    assert (await town.receipt()).complete
    assert await gone(town) == set()
    assert set((await town.titles()).values()) == {"shut"}
