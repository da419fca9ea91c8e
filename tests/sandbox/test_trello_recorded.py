"""A board that somebody exported is served like one of the story's."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx

from sandbox.trello import CREDENTIALS, Door, open_door
from sandbox.trello_shelf import TrelloSite, recorded

BOARD, CARD, LIST = (f"5b000000000000000000000{n}" for n in (1, 2, 3))
EXPORT: dict[str, Any] = {
    "id": BOARD,
    "name": "Exported",
    "closed": False,
    "shortLink": "abcdefgh",
    "lists": [{"id": LIST, "name": "Doing", "closed": False}],
    "cards": [{"id": CARD, "name": "One", "idList": LIST, "closed": False, "idMembers": []}],
    "checklists": [{"id": "5b0000000000000000000004", "idCard": CARD, "checkItems": []}],
    "actions": [{"id": "5b0000000000000000000005", "type": "createCard", "data": {"card": {"id": CARD}}}],
}


async def test_the_routes_answer_of_a_recorded_board() -> None:
    site = TrelloSite(
        me={"id": "5b0000000000000000000009", "username": "me"},
        organization={"id": "5b0000000000000000000008", "name": "org"},
        shelves=[recorded(EXPORT)],
    )
    door = Door(site=lambda: site, now=lambda: datetime(2026, 11, 23, tzinfo=UTC))
    transport = httpx.ASGITransport(open_door(door))
    async with httpx.AsyncClient(transport=transport, base_url="http://trello") as http:
        board = await http.get("/1/boards/abcdefgh", params={**CREDENTIALS, "lists": "all"})
        cards = await http.get(f"/1/boards/{BOARD}/cards/all", params={**CREDENTIALS, "checklists": "all"})
        actions = await http.get(f"/1/cards/{CARD}/actions", params={**CREDENTIALS, "filter": "all"})
    assert board.json()["lists"] == EXPORT["lists"]
    assert "cards" not in board.json()
    assert [(card["name"], len(card["checklists"])) for card in cards.json()] == [("One", 1)]
    assert actions.json() == EXPORT["actions"]
