"""What the new actions of a board say: which cards to look at, and which are no longer there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from connectors.base import Absence
from connectors.trello_calls import ACTION_TYPES, Row

CHANGING = frozenset(ACTION_TYPES.split(","))
EVERYWHERE = frozenset(
    {"moveListToBoard", "moveListFromBoard", "updateLabel", "deleteLabel", "updateCustomField",
     "deleteCustomField"}
)  # fmt: skip
"""These change many cards and name none of them."""
LEFT: Mapping[str, str] = {"deleteCard": "deleted", "moveCardFromBoard": "moved"}


def told_changes(actions: Sequence[Row]) -> list[Row]:
    """Those that change a field of an item."""
    return [one for one in actions if one.get("type") in CHANGING]


def touched(actions: Sequence[Row]) -> list[str] | None:
    """The cards that these actions touched and that are still here; None where any card may be among them."""
    if any(one.get("type") in EVERYWHERE for one in actions):
        return None
    last = _last(actions)
    named = dict.fromkeys(card for one in actions for card in _cards(one))
    return [card for card in named if card not in last or last[card].get("type") not in LEFT]


def departed(actions: Sequence[Row]) -> Iterator[Absence]:
    """Cards of which the last action says that they were deleted or are on another board now: the only
    positive evidence that Trello gives."""
    for card, action in _last(actions).items():
        match action.get("type"):
            case "deleteCard":
                yield Absence(id=card, reason="deleted", evidence=_evidence(action))
            case "moveCardFromBoard":
                yield Absence(id=card, reason="moved", evidence=_evidence(action))


def deletions(actions: Sequence[Row]) -> Iterator[Absence]:
    """Of a page of a longer history: what is deleted stays so, whatever the other pages say."""
    return (one for one in departed(actions) if one.reason == "deleted")


def _evidence(action: Row) -> str:
    return f"action {action.get('type')} {action.get('id')} of {action.get('date')}"


def _last(actions: Sequence[Row]) -> dict[str, Row]:
    """The last action of each card. Ids of one second are in no order."""
    ordered = sorted(actions, key=lambda one: (str(one.get("date")), str(one.get("id"))))
    return {card: one for one in ordered if (card := _id(one, "card"))}


def _cards(action: Row) -> Iterator[str]:
    """The source of a copy, or of a check item that became a card, may have changed as well."""
    for key in ("card", "cardSource"):
        if card := _id(action, key):
            yield card


def _id(action: Row, key: str) -> str | None:
    data: Any = action.get("data")
    card = data.get(key) if isinstance(data, dict) else None
    found = card.get("id") if isinstance(card, dict) else None
    return found if isinstance(found, str) and found else None
