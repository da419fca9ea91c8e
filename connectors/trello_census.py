"""What a census reads of a card: its id, and the print of what the card and its list say."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

import msgspec

from connectors.http import decoded
from connectors.prints import Part, digest, taken
from connectors.trello_calls import CARD_PARAMS, Row
from connectors.trello_reading import id_of

COVERS = (
    "remote_key", "url", "title", "type", "original_type", "status_category", "original_status", "hold",
    "hold_reason", "priority", "original_priority", "rank", "start", "start_source", "due",
    "estimates", "progress", "assignments", "reporter_account_id", "placements", "labels", "custom", "flags",
    "presence", "remote_created_at", "remote_updated_at",
)  # fmt: skip
"""Not the description; and not when a card was completed, which its actions tell where it was not ticked."""


class Label(Part):
    id: str
    name: Any = None
    color: Any = None


class Value(Part):
    idCustomField: str
    idValue: Any = None
    value: Any = None


class Badges(Part):
    checkItems: Any = None
    checkItemsChecked: Any = None


class Card(Part):
    """Without what depends on who looks. The names of its labels are part of it: renaming one changes many
    cards and bumps none."""

    id: str
    name: Any = None
    closed: Any = None
    idBoard: Any = None
    idList: str | None = None
    idMembers: list[str] | None = None
    idMemberCreator: Any = None
    due: Any = None
    dueComplete: Any = None
    start: Any = None
    pos: Any = None
    shortLink: Any = None
    url: Any = None
    isTemplate: Any = None
    cardRole: Any = None
    mirrorSourceId: Any = None
    dateLastActivity: Any = None
    dateCompleted: Any = None
    labels: list[Label] | None = None
    badges: Badges | None = None
    customFieldItems: list[Value] | None = None


CENSUS_PARAMS = {
    "fields": ",".join(name for name in Card.__struct_fields__ if name != "customFieldItems"),
    "customFieldItems": CARD_PARAMS["customFieldItems"],
}
PAGE = msgspec.json.Decoder(list[Card])
ID, FIELD = attrgetter("id"), attrgetter("idCustomField")


class Prints:
    """Prints the cards of a board that has these ``lists``. Of a ``closed`` board all cards are archived."""

    def __init__(self, lists: Sequence[Row], *, closed: bool) -> None:
        self._lists = {str(one.get("id")): (one.get("name"), one.get("closed")) for one in lists}
        self._closed = closed

    def page(self, body: bytes) -> Any:
        """A page of cards. Raises ValueError or RecursionError."""
        try:
            cards = PAGE.decode(body)
        except msgspec.DecodeError:  # half a character, or a card of another form
            return self._each(decoded(body))
        return [{"id": card.id, "print": self._print(card)} for card in cards]

    def _each(self, told: Any) -> Any:
        """Of what is no list of objects the caller complains."""
        if not isinstance(told, list):
            return told
        return [{"id": id_of(one), "print": self.of(one)} if isinstance(one, dict) else one for one in told]

    def of(self, body: Row) -> bytes:
        """A card of another form than Trello tells prints as it came."""
        card = taken(body, Card)
        return digest(body) if card is None else self._print(card)

    def _print(self, card: Card) -> bytes:
        """The name of its list is part of it too, for that is its status."""
        if card.labels:
            card.labels.sort(key=ID)
        if card.idMembers:
            card.idMembers.sort()
        if card.customFieldItems:
            card.customFieldItems.sort(key=FIELD)
        return digest((card, self._lists.get(card.idList or ""), self._closed))
