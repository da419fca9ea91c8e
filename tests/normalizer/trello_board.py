"""A small Trello board to normalise against, and a card on it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from connectors.base import Kind, Record, ScopeRecord
from normalizer.context import Context
from normalizer.model import Change, Item, Mapper, Normalised
from normalizer.rules import Rules
from normalizer.trello import prepare

READ_AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
BOARD_ID = "66a000000000000000000b0a"
CARD_ID = "65d0c0de0000000000000001"
"""Made on 2024-02-17 at 14:21:18 UTC: the first 8 digits say so."""
LISTS = {"todo": "To do", "doing": "Doing", "done": "Done", "parked": "Parking lot", "old": "Old ideas"}
BOARD: Mapping[str, Any] = {
    "id": BOARD_ID,
    "name": "Data centre",
    "closed": False,
    "lists": [
        {"id": f"list-{key}", "name": name, "closed": key == "old", "pos": n * 1024}
        for n, (key, name) in enumerate(LISTS.items(), 1)
    ],
    "labels": [{"id": "lab-red", "name": "", "color": "red"}, {"id": "lab-blocked", "name": "Blocked"}],
    "members": [{"id": "ada", "fullName": "Ada Abbott", "username": "ada"}],
    "memberships": [{"idMember": "ada", "deactivated": False}, {"idMember": "gone", "deactivated": True}],
    "customFields": [
        {"id": "f-points", "name": "Story Points", "type": "number"},
        {
            "id": "f-prio",
            "name": "Priority",
            "type": "list",
            "options": [
                {"id": "opt-high", "value": {"text": "High"}},
                {"id": "opt-odd", "value": {"text": "Sometime"}},
            ],
        },
        {"id": "f-date", "name": "Kick-off", "type": "date"},
        {"id": "f-tick", "name": "Signed", "type": "checkbox"},
        {"id": "f-text", "name": "Customer", "type": "text"},
        {"id": "f-cost", "name": "Cost", "type": "number"},
    ],
}


def scope(**more: Any) -> ScopeRecord:
    return ScopeRecord(id=BOARD_ID, kind="board", name="Data centre", url="https://trello.com/b/x", **more)


def context(rules: Rules | None = None, board: Mapping[str, Any] = BOARD) -> Context:
    return Context(
        system="trello",
        site="trello.com",
        scope=scope(),
        definitions={"board": board},
        rules=rules or Rules(),
    )


def mapper(rules: Rules | None = None, board: Mapping[str, Any] = BOARD) -> Mapper:
    return prepare(context(rules, board))


def our_id(kind: str, remote_id: str) -> str:
    return context().id(kind, remote_id)


def body(**fields: Any) -> dict[str, Any]:
    """A card as the connector asks for it."""
    return {
        "id": CARD_ID,
        "idShort": 7,
        "name": "Move the rack",
        "desc": "Two *people*",
        "closed": False,
        "idBoard": BOARD_ID,
        "idList": "list-doing",
        "idMembers": [],
        "idLabels": [],
        "labels": [],
        "due": None,
        "dueComplete": False,
        "start": None,
        "pos": 2048.5,
        "shortLink": "aBcD1234",
        "url": "https://trello.com/c/aBcD1234/7-move-the-rack",
        "isTemplate": False,
        "cardRole": None,
        "dateLastActivity": "2024-02-20T08:00:00.123Z",
        "customFieldItems": [],
        "checklists": [],
        **fields,
    }


def record(kind: Kind, body: Mapping[str, Any]) -> Record:
    return Record(kind, str(body.get("id", "")), BOARD_ID, body, READ_AT)


def normalised(rules: Rules | None = None, **fields: Any) -> Normalised:
    return mapper(rules)(record("item", body(**fields)))


def item(rules: Rules | None = None, **fields: Any) -> Item:
    """The one item of a card that has nothing wrong."""
    made = normalised(rules, **fields)
    assert not made.rejections
    return made.items[0]


def action(type: str, data: Mapping[str, Any], **fields: Any) -> dict[str, Any]:
    return {
        "id": "65d0c0ff0000000000000009",
        "type": type,
        "date": "2024-02-21T10:11:12.345Z",
        "idMemberCreator": "ada",
        "data": {"card": {"id": CARD_ID, "name": "Move the rack"}, "board": {"id": BOARD_ID}, **data},
        **fields,
    }


def changes(type: str, data: Mapping[str, Any], rules: Rules | None = None) -> list[Change]:
    made = mapper(rules)(record("change", action(type, data)))
    assert not made.rejections
    return list(made.changes)
