"""Trello's pages: latest first, unordered, capped, and changing while they are read."""

from __future__ import annotations

import pytest

from connectors.base import Absence
from connectors.errors import Unexpected
from tests.conformance.recorded_trello import serving
from tests.connectors.trello_site import (
    BOARD_ID,
    SCOPE,
    Nameless,
    Rewritten,
    action,
    card,
    card_id,
    connector,
    ids,
    shelf,
)


@pytest.mark.parametrize("number", [0, 1, 3, 4, 5, 8, 9])
async def test_cards_of_one_second_come_all_and_once_wherever_pages_end(number: int) -> None:
    cards = [card(n) for n in range(number)]
    with serving(shelf(cards, [action(n) for n in range(number)])) as base:
        async with connector(base, page_size=4) as trello:
            pages = [page async for page in trello.read(SCOPE)]
            census = [one.id async for one in trello.census(SCOPE)]
    assert sorted(ids(pages)) == sorted(census) == [one["id"] for one in cards]
    assert sorted(ids(pages, "change")) == [card_id(n) for n in range(number)]
    assert [page.resume is None for page in pages] == [False] * (len(pages) - 1) + [True]


async def test_a_cap_that_nobody_told_us_of_does_not_cut_a_listing_short() -> None:
    cards = [card(n) for n in range(11)]
    with serving(shelf(cards, [action(n) for n in range(11)])) as base:
        for ending in ("/cards/all", "/actions"):
            async with connector(base, transport=Rewritten(ending, limit="3")) as trello:
                pages = [page async for page in trello.read(SCOPE)]
            assert len(ids(pages)) == 11
            assert len(ids(pages, "change")) == 11


async def test_a_tracker_that_ignores_the_cursor_is_noticed() -> None:
    with serving(shelf([card(n) for n in range(9)])) as base:
        stuck = Rewritten("/cards/all", before=card_id(9))
        async with connector(base, transport=stuck, page_size=4) as trello:
            with pytest.raises(Unexpected, match="same page"):
                [page async for page in trello.read(SCOPE)]


async def test_what_is_deleted_or_made_between_two_pages_moves_nothing_else() -> None:
    cards = [card(n) for n in range(10, 19)]
    with serving(shelf(cards)) as base:
        async with connector(base, page_size=4) as trello:
            pages = []
            async for page in trello.read(SCOPE):
                pages.append(page)
                if len(pages) == 2:
                    first = set(ids(pages))
                    cards.remove(card(10))
                    cards[:] = [one for one in cards if one["id"] not in first]
                    cards.append(card(99))
    assert sorted(ids(pages)) == [card_id(n) for n in range(11, 19)]


async def test_an_id_that_cannot_be_compared_is_unexpected() -> None:
    with serving(shelf([{**card(1), "id": "short"}])) as base:
        async with connector(base) as trello:
            with pytest.raises(Unexpected, match="24-digit id"):
                [page async for page in trello.read(SCOPE)]


async def test_a_card_without_an_id_stops_no_other() -> None:
    cards = [card(n) for n in range(5)]
    nameless = Nameless("/cards/all")
    with serving(shelf(cards)) as base:
        async with connector(base, page_size=2, transport=nameless) as trello:
            pages = [page async for page in trello.read(SCOPE)]
    read = set(ids(pages))
    assert {one["id"] for one in cards} <= read
    (odd,) = read - {one["id"] for one in cards}
    assert odd.startswith("unreadable-")


async def test_the_first_page_tells_the_board_its_lists_and_people() -> None:
    people = [{"id": "ada", "fullName": "Ada Abbott", "username": "ada"}]
    fields = [{"id": "f", "name": "Cost", "type": "number"}]
    labels = [{"id": "l", "name": "A", "color": "red"}]
    board = shelf(members=people, custom_fields=fields, labels=labels, memberships=[{"idMember": "ada"}])
    with serving(board) as base:
        async with connector(base) as trello:
            first = await anext(aiter(trello.read(SCOPE)))
    assert [(record.kind, record.id) for record in first.records] == [
        ("definition", "board"),
        ("section", "list-1"),
        ("account", "ada"),
    ]
    body = first.records[0].body
    assert (body["customFields"], body["labels"], body["memberships"]) == (
        fields,
        labels,
        [{"idMember": "ada"}],
    )


async def test_an_action_that_says_deleted_is_evidence() -> None:
    gone = action(5, type="deleteCard", data={"card": {"id": card_id(7), "idShort": 7}})
    with serving(shelf([card(1)], [gone, action(6)])) as base:
        async with connector(base) as trello:
            absent = [one async for page in trello.read(SCOPE) for one in page.gone]
    assert absent == [
        Absence(
            id=card_id(7),
            reason="deleted",
            evidence=f"action deleteCard {card_id(5)} of 2024-02-17T14:21:18.000Z",
        )
    ]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"name": "New"}, True),
        ({"pos": 7}, True),
        ({"closed": True}, True),
        ({"idMembers": ["ben", "ada", "cy"]}, True),
        ({"idMembers": ["ben", "ada"]}, False),
        ({"labels": [{"id": "l", "name": "Renamed", "color": "red"}]}, True),
        ({"labels": [{"id": "l", "name": "A", "color": "red", "uses": 9}]}, False),
        ({"customFieldItems": [{"idCustomField": "f", "value": {"number": "2"}, "idValue": None}]}, True),
        ({"badges": {"checkItems": 2, "checkItemsChecked": 2}}, True),
        ({"badges": {"checkItems": 2, "checkItemsChecked": 1, "viewingMemberVoted": True}}, False),
    ],
)
async def test_a_fingerprint_tells_what_changed_and_nothing_else(
    change: dict[str, object], told: bool
) -> None:
    plain = card(
        1,
        idMembers=["ada", "ben"],
        pos=1,
        labels=[{"id": "l", "name": "A", "color": "red"}],
        badges={"checkItems": 2, "checkItemsChecked": 1},
        customFieldItems=[{"idCustomField": "f", "value": {"number": "1"}, "idValue": None}],
    )
    assert (await _print(plain) != await _print({**plain, **change})) is told


async def test_an_odd_card_spoils_no_census() -> None:
    odd = card(1, labels=["no object"])
    with serving(shelf([odd, card(2)])) as base:
        async with connector(base) as trello:
            found = {one.id: one.value async for one in trello.census(SCOPE)}
    assert set(found) == {odd["id"], card(2)["id"]}
    assert found[odd["id"]] != await _print({**odd, "closed": True})


@pytest.mark.parametrize("change", [{"name": "Done"}, {"closed": True}])
async def test_a_fingerprint_tells_that_the_list_changed(change: dict[str, object]) -> None:
    lists = [{"id": "list-1", "name": "Doing", "closed": False, "idBoard": BOARD_ID}]
    assert await _print(card(1), lists) != await _print(card(1), [{**lists[0], **change}])


async def _print(one: dict[str, object], lists: list[dict[str, object]] | None = None) -> bytes:
    board = shelf([one])
    if lists is not None:
        board = type(board)(body=board.body, cards=board.cards, lists=lists)
    with serving(board) as base:
        async with connector(base) as trello:
            return (await anext(aiter(trello.census(SCOPE)))).value
