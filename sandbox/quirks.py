"""The vendors' own defaults, each of which a test can take away to see that something notices."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Quirks:
    """True is what the vendor does. A False one makes the sandbox kinder than the real thing."""

    page_cap: bool = True
    """Pages end at the vendor's maximum (Trello 1000 cards or actions, Jira Cloud 5000 ids, 100 bodies, Jira
    Data Center what its administrator set, Asana 100)."""
    unordered_cards: bool = True
    """Trello: the latest cards come first page by page, in no order within a page."""
    ids_only_search: bool = True
    """Jira: a search without ``fields`` answers ids only."""
    silent_omission: bool = True
    """Jira: bulk fetch leaves out what it cannot show, without a word."""
    text_401: bool = True
    """Trello: 401 bodies are plain text, never JSON."""
    anonymous_fallthrough: bool = True
    """Jira: bad credentials (Data Center: bad tokens) are let through as anonymous, who sees nothing."""
    nested_actions_403: bool = True
    """Trello: actions nested in a listing of many cards are refused with API_TOO_MANY_CARDS_REQUESTED."""
    text_values: bool = True
    """Trello: every value of a custom field is text, a chosen option an id."""
    hidden_board_401: bool = True
    """Trello: a board out of reach answers 401, as a bad token does, not 403."""
    actions_on_request: bool = True
    """Trello: a card's actions without ``filter`` are its comments and moves only."""
    result_window: bool = True
    """Jira Data Center: ``startAt + maxResults`` beyond the window is an error 500."""
    validated_query: bool = True
    """Jira Data Center: a query that names an unknown issue is refused, unless ``validateQuery`` is false."""
    sprint_strings: bool = True
    """Jira Data Center: the sprint field holds Java's own text of sprints."""
    bare_changes: bool = True
    """Jira Data Center: items of a changelog have no ``fieldId``."""
    zero_retry_after: bool = True
    """Jira Data Center: ``retry-after: 0`` comes with good answers while the rate limit is on."""
    compact_answers: bool = True
    """Asana: a listing holds compact records, unless ``opt_fields`` names more."""
    subtasks_apart: bool = True
    """Asana: sub-tasks stand in no project, and no project lists them."""
    too_large_400: bool = True
    """Asana: a listing of more than a thousand is refused where no ``limit`` is given."""
    offsets_expire: bool = True
    """Asana: the offset of a next page is good for some minutes."""
    first_sync_412: bool = True
    """Asana: events without a sync token, or with an old one, are a 412 that holds a new one."""
    hidden_403: bool = True
    """Asana: what is there but out of reach is 403, not 404."""
    due_day_beside: bool = True
    """Asana: beside a due instant stands the day on which it falls for the reader."""
    batch_counts_each: bool = True
    """Asana: a batch counts as every request in it."""
    refused_count: bool = True
    """Asana: requests over the rate limit count against it too."""
    cost_limit: bool = True
    """Asana: answers cost by the objects they had to look at."""
    paid_plan: bool = True
    """Asana: the workspace pays; without it some things are a 402 and the rate limit is a tenth."""
    text_below_level: bool = True
    """Smartsheet: below ``level`` 2 several contacts or options in a cell are plain text."""
    objects_on_request: bool = True
    """Smartsheet: cells have an ``objectValue`` only where ``include`` asks for it."""
    bare_cells: bool = True
    """Smartsheet: an empty cell is there without a value, unless nonexistentCells are excluded."""
    hundred_rows: bool = True
    """Smartsheet: a page of rows is of 100 where no ``pageSize`` is given."""
    last_page_again: bool = True
    """Smartsheet: a page after the last one is the last one again."""
    empty_token_page: bool = True
    """Smartsheet: a page of nothing may come with a ``lastKey``."""
    rows_left_out: bool = True
    """Smartsheet: rows asked for by id that are not there are left out, without a word."""
    column_gone_fails: bool = True
    """Smartsheet: the id of a deleted column fails the whole call."""
    hidden_sheet_404: bool = True
    """Smartsheet: a sheet that is not shared any more answers as a deleted one, not 403."""
    silent_limit: bool = True
    """Smartsheet: 429 names no time to come back."""
    local_durations: bool = True
    """Smartsheet: the text of a duration is in the language of the account that reads."""
    number_ids: bool = True
    """Smartsheet: ids are numbers of up to 64 bits, also beyond 2^53."""
