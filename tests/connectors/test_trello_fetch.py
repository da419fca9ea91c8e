"""Named cards, by name or among the pages of their board: whichever costs less."""

from __future__ import annotations

from connectors.base import Absence, Connector, Record
from tests.connectors.test_trello_refusals import EMPTY, ME, listed, paths
from tests.connectors.trello_site import BOARD_ID, SCOPE, card, card_id, connector
from tests.connectors.wire import Wire, answer, wire

LISTING = f"/1/boards/{BOARD_ID}/cards/all"


def entries(*numbers: int) -> bytes:
    return listed(*[{"200": card(n)} for n in numbers])


async def fetched(trello: Connector, count: int) -> list[Record | Absence]:
    return [one async for one in trello.fetch(SCOPE, [card_id(n) for n in range(count)])]


def asked(made: Wire) -> list[str]:
    return [path.rsplit("/", 1)[1] for path in paths(made)]


async def test_a_page_of_the_board_brings_many_and_the_rest_comes_by_name() -> None:
    page = listed(*[card(n) for n in (40, *range(10))])
    gone = listed({"name": "NotFound", "message": "not found", "statusCode": 404})
    async with wire(page, gone) as made, connector(made.base) as trello:
        found = await fetched(trello, 11)
    assert paths(made) == [LISTING, "/1/batch"]
    assert [one.id for one in found] == [card_id(n) for n in range(11)]
    assert isinstance(found[10], Absence)
    assert all(isinstance(one, Record) and one.body == card(n) for n, one in enumerate(found[:10]))


async def test_no_more_pages_are_asked_for_than_calls_by_name_would_be() -> None:
    async with (
        wire(listed(card(50)), listed(card(49)), entries(*range(10)), entries(*range(10, 20))) as made,
        connector(made.base) as trello,
    ):
        found = await fetched(trello, 20)
    assert asked(made) == ["all", "all", "batch", "batch"]
    assert [one.id for one in found] == [card_id(n) for n in range(20)]


async def test_no_page_is_asked_for_once_all_are_found() -> None:
    async with wire(listed(*[card(n) for n in range(30)])) as made, connector(made.base) as trello:
        await fetched(trello, 30)
    assert asked(made) == ["all"]


async def test_what_a_board_refuses_its_cards_tell_one_by_one() -> None:
    refused = answer("401 Unauthorized", b"unauthorized permission requested")
    hidden = {"401": "unauthorized"}
    async with (
        wire(refused, ME, listed(*[hidden] * 10), listed(hidden), EMPTY) as made,
        connector(made.base) as trello,
    ):
        found = await fetched(trello, 11)
    assert asked(made) == ["all", "me", "batch", "batch"]
    assert {one.reason for one in found if isinstance(one, Absence)} == {"forbidden"}
