"""How many requests a perfect client needs to compare every scope with its tracker, term by term, from the
vendors' own limits. Nothing in here comes from a connector.

What a first reading asks once and for a scope beside its items (:mod:`benchmarks.least`) is asked again,
since definitions may have changed. Then each item's id and cheap fields in the largest pages, and what is to
be read whole by name: so many in each scope as there are, in the largest calls that take names.

| tracker | the listing | by name, a call |
|---|---|---|
| Jira Cloud | ids 5000 a page, fields 100 a request | 100 |
| Jira Data Center | 1000 a page | 1000 |
| Asana | tasks 100 a page, the sub-tasks of ten tasks in a batch | 10 in a batch |
| Trello | cards 1000 a page | 10 in a batch, or the scope's pages once more |
| Smartsheet | 10 000 rows an answer, which bring the columns along | all, as long as the address takes them |
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from benchmarks.facts import Facts
from benchmarks.least import Terms, least

BY_NAME: Mapping[str, int] = {
    "asana": 10,
    "jira_cloud": 100,
    "jira_dc": 1000,
    "smartsheet": 400,
    "trello": 10,
}
TRELLO_PAGE = 1000
PEOPLE = ("people", "who is away", "seven listings of a project", "token for events", "people with access")
"""A reading asks these of people, money and time; a comparison of items does not."""
DEFINED = {"asana": {"sections and fields": 1}, "smartsheet": {}}
"""What takes their place, a scope."""


def least_census(tracker: str, facts: Facts, named: Sequence[int]) -> Terms:
    """Requests by what they are for. ``named`` is how many items of each scope are to be read by name."""
    terms = {what: n for what, n in least(tracker, facts, history=False).items() if what not in PEOPLE}
    for what, times in DEFINED.get(tracker, {}).items():
        terms[what] = times * len(facts.scopes)
    size = BY_NAME[tracker]
    by_name = [-(-number // size) for number in named]
    if tracker == "trello":
        pages = [-(-scope.items // TRELLO_PAGE) for scope in facts.scopes]
        by_name = [min(pair) for pair in zip(by_name, pages, strict=True)]
    terms["by name"] = sum(by_name)
    return terms
