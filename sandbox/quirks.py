"""The vendors' own defaults, each of which a test can take away to see that something notices."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Quirks:
    """True is what the vendor does. A False one makes the sandbox kinder than the real thing."""

    page_cap: bool = True
    """Pages end at the vendor's maximum (Trello 1000 cards or actions, Jira 5000 ids, 100 bodies)."""
    unordered_cards: bool = True
    """Trello: the latest cards come first page by page, in no order within a page."""
    ids_only_search: bool = True
    """Jira: a search without ``fields`` answers ids only."""
    silent_omission: bool = True
    """Jira: bulk fetch leaves out what it cannot show, without a word."""
    text_401: bool = True
    """Trello: 401 bodies are plain text, never JSON."""
    anonymous_fallthrough: bool = True
    """Jira: bad credentials are let through as anonymous, who sees an empty site."""
    nested_actions_403: bool = True
    """Trello: actions nested in a listing of many cards are refused with API_TOO_MANY_CARDS_REQUESTED."""
    text_values: bool = True
    """Trello: every value of a custom field is text, a chosen option an id."""
    hidden_board_401: bool = True
    """Trello: a board out of reach answers 401, as a bad token does, not 403."""
    actions_on_request: bool = True
    """Trello: a card's actions without ``filter`` are its comments and moves only."""
