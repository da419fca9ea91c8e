"""Run after run on a site where people work: nothing is missed, and nothing is asked in vain."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from connectors.errors import Unauthorized
from tests.connectors.kept import Kept, Office, office
from tests.contract.transports import Revoked

SLUGS = {"trello": "dc-move", "smartsheet": "depot-cutover"}
BIG = 10_000


@pytest.fixture(params=SLUGS)
def place(request: pytest.FixtureRequest) -> Iterator[Office]:
    with office(request.param, SLUGS[request.param]) as made:
        yield made


def title(kept: Kept, id: str) -> str:
    """As it is called on a card, or in the first cell of a row."""
    body = kept.items[id]
    return str(body["name"] if "name" in body else body["cells"][0]["value"])


def leaves(place: Office) -> list[str]:
    """Items that stand alone: nothing is below them."""
    return [place.create() for _ in range(4)]


async def test_a_run_after_which_nothing_happened_costs_no_request(place: Office) -> None:
    kept = Kept()
    await kept.run(place)
    assert len(place.asked()) >= 3
    for _ in range(3):
        place.wait(minutes=15)
        (page,) = await kept.run(place)
        assert (place.asked(), page.records) == ([], ())


async def test_after_an_hour_one_request_tells_what_the_list_does_not(place: Office) -> None:
    kept = Kept()
    await kept.run(place)
    place.wait(minutes=61)
    await kept.run(place)
    assert len([path for path in place.asked() if not path.endswith(("/summary", "/shares"))]) == 1
    place.wait(minutes=30)
    await kept.run(place)
    assert place.asked() == []


async def test_run_after_run_all_is_as_if_read_whole(place: Office) -> None:
    kept, rng = Kept(), Random(11)  # noqa: S311 - a story, not a secret
    await kept.run(place)
    mine = leaves(place)
    stages = list(place.sandbox.world.project(place.slug).lists)
    for _ in range(8):
        for _ in range(rng.randrange(4)):
            id = rng.choice(mine)
            one_of: list[dict[str, Any]] = [
                {"title": f"Edit {rng.random()}"}, {"stage": rng.choice(stages)}, {"due": "2031-05-06"},
                {"labels": [f"label {rng.randrange(3)}"]}, {"priority": "high"},
            ]  # fmt: skip
            place.set(id, **rng.choice(one_of))
            place.wait(seconds=rng.choice([0, 0.2, 30]))
        place.wait(seconds=rng.choice([0, 0.4, 20, 50, 300, 4000]))
        await kept.run(place)
        assert await kept.same_as_whole(place)


async def test_a_hot_item_is_current_after_each_run(place: Office) -> None:
    kept, hot, edits = Kept(), place.create(), 0

    def edit() -> None:
        nonlocal edits
        edits += 1
        place.wait(seconds=0.25)
        place.set(hot, title=f"Edit {edits:05}")

    place.sandbox.wires[place.tracker].between = edit
    for _ in range(4):
        began = edits
        await kept.run(place, page_size=BIG if place.tracker == "smartsheet" else 6)
        assert f"Edit {began:05}" <= title(kept, hot) <= f"Edit {edits:05}"
        place.wait(minutes=2)
    place.sandbox.wires[place.tracker].between = None
    await kept.run(place)
    assert await kept.same_as_whole(place)


async def test_what_goes_or_moves_between_two_pages_is_right_after_the_next_run(place: Office) -> None:
    kept = Kept()
    deleted, moved, back, edited = leaves(place)
    await kept.run(place)
    happened: list[str] = []

    def happen() -> None:
        if not happened:
            happened.append("once")
            place.edit("delete", task=deleted)
            place.edit("move", task=moved, project=place.other())
            place.set(edited, title="Edited")
            if place.tracker == "trello":
                place.set(back, archived=True)

    place.wait(minutes=3)
    place.set(edited, stage="doing")
    place.sandbox.wires[place.tracker].between = happen
    await kept.run(place)
    assert happened
    place.sandbox.wires[place.tracker].between = None
    place.wait(minutes=3)
    if place.tracker == "trello":
        place.set(back, archived=False)
    await kept.run(place)
    assert await kept.same_as_whole(place)
    found = {deleted: kept.gone[deleted], moved: kept.gone[moved]}
    trello = {deleted: "deleted", moved: "moved"}
    assert found == (trello if place.tracker == "trello" else dict.fromkeys(trello, "not_found"))


async def test_a_card_that_moves_away_and_comes_back_is_here() -> None:
    with office("trello", SLUGS["trello"]) as place:
        kept, (id, *_) = Kept(), leaves(place)
        await kept.run(place)
        place.wait(minutes=3)
        place.edit("move", task=id, project=place.other())
        await kept.run(place)
        assert (id in kept.items, kept.gone.get(id)) == (False, "moved")
        place.edit("move", task=id, project=place.slug)
        await kept.run(place)
        assert await kept.same_as_whole(place)


@pytest.mark.parametrize(
    ("tracker", "op"),
    [
        ("trello", {"op": "rename_stage", "stage": "ready", "name": "Next up"}),
        ("trello", {"op": "close_list", "stage": "ready"}),
        ("trello", {"op": "rename_project", "name": "Another name"}),
        ("smartsheet", {"op": "rename_stage", "stage": "ready", "name": "Next up"}),
        ("smartsheet", {"op": "rename_project", "name": "Another name"}),
        ("smartsheet", {"op": "drop_column", "column": "cost"}),
    ],
    ids=lambda value: value if isinstance(value, str) else value["op"],
)
async def test_an_edit_of_the_scope_itself_is_told_by_its_definitions(
    tracker: str, op: dict[str, str]
) -> None:
    with office(tracker, SLUGS[tracker]) as place:
        kept = Kept()
        await kept.run(place)
        before = dict(kept.definitions)
        place.wait(minutes=3)
        place.sandbox.edit({**op, "project": place.slug})
        await kept.run(place)
        assert kept.definitions != before
        assert await kept.same_as_whole(place)


@pytest.mark.parametrize("hours", [-3, 3])
async def test_a_clock_of_ours_that_is_hours_off_changes_nothing(place: Office, hours: int) -> None:
    kept, off = Kept(), timedelta(hours=hours)
    await kept.run(place, off=off)
    id = place.create()
    for step in range(4):
        place.wait(minutes=2)
        place.set(id, title=f"Edit {step}")
        await kept.run(place, off=off)
        assert await kept.same_as_whole(place)
    place.wait(minutes=2)
    await kept.run(place, off=off)
    place.asked()
    place.wait(minutes=2)
    await kept.run(place, off=off)
    assert place.asked() == []


async def test_a_reading_cut_anywhere_goes_on_though_people_work_on(place: Office) -> None:
    hot = leaves(place)
    whole = len(await Kept().run(place))
    for cut in {1, 2, whole // 2, whole - 2, whole - 1}:
        kept = Kept()
        await kept.run(place, most=cut)
        place.set(hot[0], title=f"Cut {cut}")
        new = place.create()
        await kept.run(place)
        place.wait(minutes=2)
        await kept.run(place)
        assert new in kept.items
        assert await kept.same_as_whole(place)


async def test_a_reading_of_changes_cut_anywhere_goes_on(place: Office) -> None:
    mine = [place.create() for _ in range(40)]
    kept = Kept()
    await kept.run(place)
    place.wait(minutes=3)
    for id in mine:
        place.set(id, title="Edited")
    place.edit("delete", task=mine[0])
    for cut in (1, 3, 6):
        again = Kept(dict(kept.items), dict(kept.changes), dict(kept.definitions), since=kept.since)
        await again.run(place, most=cut)
        assert again.resume is not None
        await again.run(place)
        assert await again.same_as_whole(place)
    assert {title(again, id) for id in mine[1:]} == {"Edited"}


async def test_a_token_that_dies_half_way_leaves_the_state_before(place: Office) -> None:
    kept, ids = Kept(), leaves(place)
    await kept.run(place)
    place.wait(minutes=3)
    for id in ids:
        place.set(id, title="Edited")
    state = kept.since
    probe = Kept(dict(kept.items), since=state)
    await probe.run(place)
    for after in range(len(place.asked())):
        with pytest.raises(Unauthorized):
            await kept.run(place, transport=Revoked(r"/boards/|/batch|/sheets/\d|/shares", after))
        assert kept.since == state
    kept.resume = None
    await kept.run(place)
    assert await kept.same_as_whole(place)
