"""What a Trello site holds, as full bodies that the routes select from: of the story, or of a recording."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

Body = Mapping[str, Any]


class Shelf(Protocol):
    """One board with everything on it. Card bodies carry their nested resources: checklists, attachments,
    customFieldItems. Cards and actions come in any order."""

    @property
    def body(self) -> Body: ...
    @property
    def lists(self) -> Sequence[Body]: ...
    @property
    def labels(self) -> Sequence[Body]: ...
    @property
    def custom_fields(self) -> Sequence[Body]: ...
    @property
    def members(self) -> Sequence[Body]: ...
    @property
    def memberships(self) -> Sequence[Body]: ...
    @property
    def cards(self) -> Sequence[Body]: ...
    @property
    def actions(self) -> Sequence[Body]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedShelf:
    """A board as somebody exported it."""

    body: Body
    lists: Sequence[Body] = ()
    labels: Sequence[Body] = ()
    custom_fields: Sequence[Body] = ()
    members: Sequence[Body] = ()
    memberships: Sequence[Body] = ()
    cards: Sequence[Body] = ()
    actions: Sequence[Body] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TrelloSite:
    """All boards that the token reaches, and the ids of boards and cards that exist beyond its reach."""

    me: Body
    organization: Body
    shelves: Sequence[Shelf]
    hidden_boards: frozenset[str] = frozenset()
    hidden_cards: frozenset[str] = frozenset()
    _by_board: dict[str, Shelf] = field(default_factory=dict, repr=False)
    _by_card: dict[str, tuple[Shelf, Body]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        for shelf in self.shelves:
            self._by_board.update(dict.fromkeys(_names(shelf.body), shelf))

    def board(self, name: str) -> Shelf | None:
        """By id or short link."""
        return self._by_board.get(name)

    def card(self, name: str) -> tuple[Shelf, Body] | None:
        """By id or short link, with the board it is on."""
        if not self._by_card:
            self._by_card.update(
                (one, (shelf, card)) for shelf in self.shelves for card in shelf.cards for one in _names(card)
            )
        return self._by_card.get(name)


def _names(body: Body) -> tuple[str, ...]:
    return tuple(str(body[key]) for key in ("id", "shortLink") if body.get(key))


def recorded(export: Mapping[str, Any]) -> RecordedShelf:
    """A shelf from a board export (Menu, Print and export, JSON), whose cards lack their checklists."""
    parts = ("cards", "lists", "labels", "customFields", "members", "memberships", "actions", "checklists")
    checklists: dict[str, list[Body]] = {}
    for checklist in export.get("checklists") or ():
        checklists.setdefault(checklist["idCard"], []).append(checklist)
    return RecordedShelf(
        body={key: value for key, value in export.items() if key not in parts},
        lists=export.get("lists") or (),
        labels=export.get("labels") or (),
        custom_fields=export.get("customFields") or (),
        members=export.get("members") or (),
        memberships=export.get("memberships") or (),
        cards=[{"checklists": checklists.get(card["id"], []), **card} for card in export.get("cards") or ()],
        actions=export.get("actions") or (),
    )
