"""One call to a route: what was asked for, found on the site or refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sandbox.trello_query import Query, check_id
from sandbox.trello_refusals import Refused, not_found, unauthorized
from sandbox.trello_shelf import Body, Shelf, TrelloSite


@dataclass(frozen=True, slots=True)
class Call:
    site: TrelloSite
    query: Query
    ids: Sequence[str]
    token: Body

    def shelf(self) -> Shelf:
        name = check_id(self.ids[0])
        if name in self.site.hidden_boards:
            raise self._hidden("unauthorized permission requested")
        shelf = self.site.board(name)
        if shelf is None:
            raise not_found()
        return shelf

    def card(self) -> tuple[Shelf, Body]:
        name = check_id(self.ids[0])
        if name in self.site.hidden_cards:
            raise self._hidden("unauthorized card permission requested")
        found = self.site.card(name)
        if found is None:
            raise not_found()
        return found

    def _hidden(self, text: str) -> Refused:
        return unauthorized(text) if self.query.quirks.hidden_board_401 else Refused(403, text)

    def list(self) -> tuple[Shelf, Body]:
        name = check_id(self.ids[0])
        for shelf in self.site.shelves:
            for one in shelf.lists:
                if one["id"] == name:
                    return shelf, one
        raise not_found()
