"""Large Trello boards: cards beyond the first thousand, checklists that are too many at once, and a history
of more than a thousand actions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.trello import Door, open_door
from sandbox.trello_shelf import TrelloSite
from tests.conformance.recorded_trello import ME, WORKSPACE
from tests.connectors.trello_site import BOARD_ID, SCOPE, card, connector, ids, shelf
from tests.loopback import serving

CARDS, ACTIONS, MOST_WITH_CHECKLISTS = 2_500, 3_200, 400
BORN = datetime(2024, 2, 17, 12, tzinfo=UTC)
LATER = 4 * 3600
"""Seconds from then; the board was last active an hour before."""


class Strict:
    """Refuses a listing of more cards than that with their checklists, as Trello does with heavy boards."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.refused = 0
        self.asked: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        params = parse_qs(scope["query_string"].decode())
        self.asked.append(scope["path"].rpartition("/")[2])
        many = int(params.get("limit", ["0"])[0]) > MOST_WITH_CHECKLISTS
        if scope["path"].endswith("/cards/all") and "checklists" in params and many:
            self.refused += 1
            await send({"type": "http.response.start", "status": 403, "headers": []})
            await send({"type": "http.response.body", "body": b"Too many checklists"})
            return
        await self._app(scope, receive, send)


def _at(seconds: int) -> str:
    return f"{int((BORN + timedelta(seconds=seconds)).timestamp()):08x}{seconds:016x}"


def _action(number: int) -> dict[str, Any]:
    return {
        "id": _at(number),
        "type": "updateCard",
        "date": (BORN + timedelta(seconds=number)).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "idMemberCreator": "ada",
        "data": {"old": {"name": "x"}, "card": {"id": _at(number % CARDS), "name": "y"}},
    }


@pytest.fixture
def actions() -> list[dict[str, Any]]:
    return [_action(n) for n in range(ACTIONS)]


@pytest.fixture
def heavy(actions: list[dict[str, Any]]) -> Strict:
    cards = [card(n, id=_at(n), checklists=[{"id": "c", "checkItems": []}]) for n in range(CARDS)]
    site = TrelloSite(me=ME, organization=WORKSPACE, shelves=[shelf(cards, actions)])
    return Strict(open_door(Door(site=lambda: site, now=lambda: datetime.now(UTC))))


async def test_every_card_and_every_action_comes_once_in_as_few_requests_as_the_board_bears(
    heavy: Strict,
) -> None:
    with serving(heavy) as base:
        async with connector(base, rate_share=1) as trello:
            pages = [page async for page in trello.read(SCOPE)]
    assert sorted(ids(pages)) == sorted(pages[-1].listed or ()) == [_at(n) for n in range(CARDS)]
    assert sorted(ids(pages, "change")) == [_at(n) for n in range(ACTIONS)]
    assert heavy.refused == 1
    assert heavy.asked.count(BOARD_ID) == 1
    assert heavy.asked.count("all") == 1 + -(-CARDS // 333) + 1  # the refused one, the cards, the end
    assert heavy.asked.count("actions") == -(-ACTIONS // 1000) + 1


async def test_a_census_of_it_is_whole(heavy: Strict) -> None:
    with serving(heavy) as base:
        async with connector(base, rate_share=1) as trello:
            prints = [one.id async for one in trello.census(SCOPE)]
    assert sorted(prints) == [_at(n) for n in range(CARDS)]
    assert heavy.refused == 0  # a census asks for no checklists


async def test_of_a_board_of_thousands_a_change_costs_four_requests(
    heavy: Strict, actions: list[dict[str, Any]]
) -> None:
    with serving(heavy) as base:
        async with connector(base, rate_share=1) as trello:
            since = [page async for page in trello.read(SCOPE)][-1].next_since
            heavy.asked.clear()
            new = _action(LATER)
            actions.append(new)
            moved = replace(SCOPE, body={**SCOPE.body, "dateLastActivity": new["date"]})
            (page,) = [page async for page in trello.read(moved, since)]
    assert sorted(heavy.asked) == [BOARD_ID, "actions", "actions", "batch"]
    assert (ids([page]), ids([page], "change")) == ([_at(LATER % CARDS)], [new["id"]])
