"""A board is asked again only for what may have changed: by the list of boards, and by its new actions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from connectors.base import JsonObject, Page
from connectors.errors import StaleCursor
from connectors.trello_board import MOST_BY_ID
from tests.conformance.recorded_trello import serving
from tests.connectors.trello_site import (
    BOARD_ID,
    SCOPE,
    Rewritten,
    action,
    card,
    card_id,
    connector,
    ids,
    shelf,
)
from tests.faketime import FakeTime

LATER = "2024-02-17T16:00:00.000Z"
AT_FOUR = "65d0d800"
"""The second of LATER in ids."""


class Board:
    """A board whose list of boards is asked before each reading, and what each reading asked beyond that."""

    def __init__(self, cards: Sequence[Any], actions: Sequence[Any] = (), **more: Any) -> None:
        self.cards, self.actions = list(cards), list(actions)
        self.shelf = shelf(self.cards, self.actions, **more)
        self.body: dict[str, Any] = self.shelf.body  # type: ignore[assignment]
        self.asked: list[str] = []

    def happens(self, *actions: Any, at: str = LATER) -> None:
        self.actions.extend(actions)
        self.body["dateLastActivity"] = at

    async def read(
        self, since: JsonObject | None = None, resume: JsonObject | None = None, **settings: Any
    ) -> list[Page]:
        seen = Rewritten("-")
        with serving(self.shelf) as base:
            async with connector(base, transport=seen, **settings) as trello:
                scope = [one async for one in trello.scopes()][0]
                pages = [page async for page in trello.read(scope, _kept(since), _kept(resume))]
        paths = [url.path.removeprefix("/1/").replace(BOARD_ID, "b") for url in seen.urls]
        self.asked = sorted(paths[1:])
        return pages


def _kept(cursor: JsonObject | None) -> Any:
    return json.loads(json.dumps(cursor))


def later(number: int, **more: Any) -> dict[str, Any]:
    """An action at four o'clock."""
    return action(number, AT_FOUR, date=LATER, **more)


def on(number: int, type: str = "updateCard", **data: Any) -> dict[str, Any]:
    """What is done to a card at four o'clock."""
    return later(900 + number, type=type, data={"card": {"id": card_id(number)}, **data})


async def test_a_whole_reading_lists_every_card_and_asks_for_the_board_beside_the_first() -> None:
    board = Board([card(n) for n in range(5)], [action(1)])
    pages = await board.read()
    assert sorted(pages[-1].listed or ()) == [card_id(n) for n in range(5)]
    assert all(page.listed is None for page in pages[:-1])
    assert board.asked == ["boards/b", *["boards/b/actions"] * 2, *["boards/b/cards/all"] * 2]


async def test_a_resumed_reading_has_not_listed_every_card() -> None:
    board = Board([card(n) for n in range(9)])
    pages = await board.read(page_size=4)
    rest = await board.read(resume=pages[1].resume, page_size=4)
    assert pages[-1].listed is not None
    assert rest[-1].listed is None


async def test_a_board_on_which_nothing_happened_costs_no_request() -> None:
    board = Board([card(1)], [action(1)])
    since = (await board.read())[-1].next_since
    (page,) = await board.read(since)
    assert board.asked == []
    assert page == Page(records=(), next_since=page.next_since)
    assert _kept(page.next_since) == _kept(since)


async def test_a_board_read_a_moment_after_something_happened_is_asked_again() -> None:
    board = Board([card(1)])
    board.happens(at="2099-01-01T00:00:00.000Z")
    since = (await board.read())[-1].next_since
    (page,) = await board.read(since)
    assert board.asked == ["boards/b", "boards/b/actions"]
    assert ids([page]) == []


async def test_definitions_an_hour_old_are_read_again_where_nothing_happened() -> None:
    board = Board([card(1)], labels=(labels := [{"id": "l", "name": "A", "color": "red"}]))
    since = dict((await board.read())[-1].next_since or {})
    labels[0]["name"] = "Renamed"
    for long_ago in ("2020-01-01T00:00:00Z", None):
        (page,) = await board.read({**since, "defined": long_ago})
        assert board.asked == ["boards/b"]
        assert page.records[0].body["labels"][0]["name"] == "Renamed"
        assert ids([page]) == []
    await board.read(page.next_since)
    assert board.asked == []


async def test_an_old_list_of_boards_is_not_believed() -> None:
    board, time, seen = Board([card(1)]), FakeTime(), Rewritten("-")
    since = (await board.read())[-1].next_since
    with serving(board.shelf) as base:
        async with connector(base, time, transport=seen) as trello:
            scope = [one async for one in trello.scopes()][0]
            await time.sleep(700)
            _ = [page async for page in trello.read(scope, since)]
    assert len(seen.urls) == 3


async def test_new_actions_name_the_cards_to_read_and_are_told_once() -> None:
    board = Board([card(n) for n in range(50)], [action(1)])
    since = (await board.read())[-1].next_since
    board.cards[3] = card(3, name="Edited")
    board.cards[4] = card(4, badges={"comments": 1})
    board.happens(on(3), on(4, "commentCard"), on(5, "aTypeOfTomorrow"))
    (page,) = await board.read(since)
    assert board.asked == ["batch", "boards/b", *["boards/b/actions"] * 2]
    assert sorted(ids([page])) == [card_id(3), card_id(4), card_id(5)]
    assert {one.body["name"] for one in page.records if one.kind == "item"} >= {"Edited"}
    assert ids([page], "change") == [on(3)["id"]]
    assert page.listed is None
    board.happens(on(6, "addMemberToCard"), at="2024-02-17T16:05:00.000Z")
    (again,) = await board.read(page.next_since)
    assert ids([again]) == [card_id(6)]
    assert ids([again], "change") == [on(6)["id"]]


async def test_a_check_item_that_became_a_card_changes_the_card_that_it_left() -> None:
    board = Board([card(1), card(2), card(3)])
    since = (await board.read())[-1].next_since
    board.happens(on(2, "convertToCardFromCheckItem", cardSource={"id": card_id(1)}))
    (page,) = await board.read(since)
    assert sorted(ids([page])) == [card_id(1), card_id(2)]


async def test_an_action_that_comes_late_is_not_missed() -> None:
    board = Board([card(n) for n in range(9)])
    since = (await board.read())[-1].next_since
    board.happens(on(1))
    (page,) = await board.read(since)
    late = action(7, "65d0d6d4", date="2024-02-17T15:55:00.000Z", data={"card": {"id": card_id(7)}})
    board.happens(late, on(2), at="2024-02-17T16:01:00.000Z")
    (again,) = await board.read(page.next_since)
    assert sorted(ids([again])) == [card_id(2), card_id(7)]


async def test_what_happened_while_a_whole_reading_was_under_way_is_read_next_time() -> None:
    board = Board([card(n) for n in range(9)], [action(1)])
    with serving(board.shelf) as base:
        async with connector(base, page_size=4) as trello:
            scope = [one async for one in trello.scopes()][0]
            pages = []
            async for page in trello.read(scope):
                pages.append(page)
                if len(pages) == 2:
                    read_first = page.records[0].id
                    index = [one["id"] for one in board.cards].index(read_first)
                    board.cards[index] = {**board.cards[index], "name": "Edited"}
                    edited = {"card": {"id": read_first}}
                    board.happens(action(800, "65d0c9f8", date="2024-02-17T15:00:08.000Z", data=edited))
    assert "Edited" not in {one.body.get("name") for page in pages for one in page.records}
    (page,) = await board.read(pages[-1].next_since)
    assert "Edited" in {one.body.get("name") for one in page.records}


async def test_a_board_that_was_active_though_no_action_says_how_is_read_by_pages() -> None:
    board = Board([card(n) for n in range(9)], [action(1)])
    since = (await board.read())[-1].next_since
    board.cards[2] = card(2, pos=7)
    board.happens()
    pages = await board.read(since)
    assert len(ids(pages)) == 9
    assert pages[-1].listed is not None
    await board.read(pages[-1].next_since)
    assert board.asked == []


@pytest.mark.parametrize(
    "happened",
    [
        [on(n) for n in range(MOST_BY_ID + 1)],
        [later(1, type="updateLabel", data={"label": {"id": "l"}})],
        [later(1, type="moveListFromBoard", data={"list": {"id": "l"}})],
    ],
    ids=["many cards", "a label", "a list"],
)
async def test_what_touches_many_cards_has_all_read_by_pages(happened: Sequence[Any]) -> None:
    board = Board([card(n) for n in range(40)], [action(1)])
    since = (await board.read())[-1].next_since
    board.happens(*happened)
    pages = await board.read(since)
    assert "batch" not in board.asked
    assert len(ids(pages)) == len(pages[-1].listed or ()) == 40
    assert [page.resume is None for page in pages] == [*[False] * (len(pages) - 1), True]
    changes = [one["id"] for one in happened if one["type"] == "updateCard"]
    assert sorted(ids(pages, "change")) == changes
    (rest,) = await board.read({**(pages[-1].next_since or {}), "mark": None})
    assert (ids([rest]), ids([rest], "change")) == ([], [])


async def test_a_reading_of_many_changes_is_resumed_where_it_was() -> None:
    board = Board([card(n) for n in range(40)], [action(1)])
    since = (await board.read())[-1].next_since
    board.happens(*(on(n) for n in range(MOST_BY_ID + 1)), on(99, "deleteCard"))
    whole = await board.read(since, page_size=7)
    for cut in range(1, len(whole)):
        rest = await board.read(since, whole[cut - 1].resume, page_size=7)
        assert sorted(ids(whole[:cut]) + ids(rest)) == sorted(ids(whole))
        assert [one.id for one in rest[0].gone] == [card_id(99)]
        assert rest[-1].next_since == whole[-1].next_since


async def test_the_last_word_on_a_card_tells_whether_it_is_here() -> None:
    board = Board([card(1), card(2)])
    since = (await board.read())[-1].next_since
    there = {"boardTarget": {"id": "6" * 24}}
    board.happens(
        on(7, "deleteCard"),
        later(10, type="moveCardFromBoard", data={"card": {"id": card_id(1)}, **there}),
        later(11, type="moveCardToBoard", data={"card": {"id": card_id(1)}}),
        later(12, type="moveCardFromBoard", data={"card": {"id": card_id(8)}, **there}),
        later(13, type="updateCard", data={"card": {"id": card_id(9)}, "old": {"name": "x"}}),
    )
    (page,) = await board.read(since)
    assert ids([page]) == [card_id(1)]
    reasons = {one.id: (one.reason, one.evidence.split()[:3]) for one in page.gone}
    assert reasons == {
        card_id(7): ("deleted", ["action", "deleteCard", on(7)["id"]]),
        card_id(8): ("moved", ["action", "moveCardFromBoard", card_id(12, AT_FOUR)]),
        card_id(9): ("not_found", ["GET", f"/cards/{card_id(9)}", "answered"]),
    }


async def test_without_history_actions_still_say_what_to_read_and_are_not_handed_over() -> None:
    board = Board([card(1), card(2)], [action(1)])
    since = (await board.read(history=False))[-1].next_since
    board.happens(on(2), on(7, "deleteCard"))
    (page,) = await board.read(since, history=False)
    assert ids([page]) == [card_id(2)]
    assert ids([page], "change") == []
    assert [one.reason for one in page.gone] == ["deleted"]


async def test_a_board_that_tells_no_time_is_read_whole_each_time() -> None:
    board = Board([card(1), card(2)], [action(1)])
    del board.body["dateLastActivity"]
    since = (await board.read())[-1].next_since
    pages = await board.read(since)
    assert len(ids(pages)) == 2
    assert ids(pages, "change") == [action(1)["id"]]


async def test_a_board_on_which_too_much_happened_is_read_anew() -> None:
    board = Board([card(1)])
    since = (await board.read())[-1].next_since
    board.happens(*(later(n) for n in range(10_001)))
    with pytest.raises(StaleCursor, match="read anew, whole"):
        await board.read(since)


@pytest.mark.parametrize(
    "broken", [{"form": "trello.since.1"}, {"after": 7}, {"known": "x"}, {"defined": "yesterday"}], ids=str
)
async def test_a_since_that_cannot_be_gone_on_from_is_stale(broken: JsonObject) -> None:
    board = Board([card(1)])
    since = dict((await board.read())[-1].next_since or {})
    for given in ({"action": card_id(1)}, {**since, **broken}):
        with pytest.raises(StaleCursor, match="read anew, whole"):
            await board.read(given)
    with pytest.raises(StaleCursor, match="reads history"):
        await board.read(since, history=False)
    with pytest.raises(StaleCursor):
        await board.read(resume={"phase": "cards", "limit": 4, "before": None})


async def test_a_scope_that_this_connector_did_not_list_is_asked() -> None:
    board = Board([card(1)])
    since = (await board.read())[-1].next_since
    with serving(board.shelf) as base:
        async with connector(base, transport=(seen := Rewritten("-"))) as trello:
            (page,) = [page async for page in trello.read(SCOPE, since)]
    assert len(seen.urls) == 2
    assert ids([page]) == []
