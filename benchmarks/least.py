"""How many requests a perfect client needs for a first reading, term by term, from the vendors' own limits.

Nothing in here comes from a connector: a term stands for what the tracker's API makes anybody ask who wants
this content, in the largest pages and batches that the vendor allows. A request that only proves something
(that credentials still hold, that a short page is the end) is no term.

Jira Cloud, once: the site, the account, its permissions, the projects (100 a page), fields, statuses, link
types, priorities. A project: itself (components, versions), the boards that show it, a board's columns, the
sprints of a board that may have some (a team-managed one tells only when it is asked), its issue ids (5000 a
page), their bodies (100 a request), and with history their changelogs (1000 issues and 10 000 histories a
request).

Jira Data Center, once: the same, the projects in one list. A project: the same but for its issues, which come
whole with their changelogs, 1000 a page.

Asana, once: the account, the workspaces, the projects (100 a page, with all that is told of a project and of
its custom fields), the people (100 a page), who is away (one listing a member, ten in a batch). A project:
the token from which its events go on, before anything of it is listed (a batch keeps no order); seven
listings in one batch (sections, types, declared states, time, promised people, budgets, rates), its tasks
(100 a page), the sub-tasks of each task that has some (ten listings in a batch), and with history the stories
of each task (ten in a batch).

Trello, once: the account, its boards. A board: itself with lists, labels, fields and members; its cards (1000
a page: a full page may have another after it, a short one has not); and with history its actions (1000 a
page, likewise).

Smartsheet, once: the account, the sheets. A sheet: itself with its rows (10 000 an answer), its summary, the
people with access (a listing by token, whose end here is an empty page); and with history each cell of the
columns that tell status, dates and people.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from benchmarks.facts import Facts, ScopeFacts

Terms = dict[str, int]
BATCH = 10


def least(tracker: str, facts: Facts, *, history: bool) -> Terms:
    """Requests by what they are for."""
    return FORMULAS[tracker](facts, history)


def _pages(number: int, size: int) -> int:
    """Of a listing that says itself where it ends; an empty one is asked for too."""
    return max(1, -(-number // size))


def _open_pages(number: int, size: int) -> int:
    """Of a listing that ends with a page that is not full."""
    return number // size + 1


def _each(facts: Facts, number: Callable[[ScopeFacts], int]) -> int:
    return sum(number(scope) for scope in facts.scopes)


def _jira(facts: Facts, projects: int) -> Terms:
    scopes = len(facts.scopes)
    return {
        "site": 1,
        "account": 1,
        "permissions": 1,
        "projects": projects,
        "fields, statuses, link types, priorities": 4,
        "project": scopes,
        "boards": scopes,
        "columns of a board": scopes,
        "sprints of a board": _each(facts, lambda scope: scope.sprints),
    }


def _jira_cloud(facts: Facts, history: bool) -> Terms:
    terms = _jira(facts, _pages(len(facts.scopes), 100)) | {
        "issue ids": _each(facts, lambda scope: _pages(scope.items, 5000)),
        "issue bodies": _each(facts, lambda scope: _pages(scope.items, 100)),
    }
    if history:
        terms["changelogs"] = _each(
            facts, lambda scope: max(_pages(scope.items, 1000), _pages(scope.events - scope.items, 10_000))
        )
    return terms


def _jira_dc(facts: Facts, _history: bool) -> Terms:
    return _jira(facts, 1) | {"issues": _each(facts, lambda scope: _pages(scope.items, 1000))}


def _asana(facts: Facts, history: bool) -> Terms:
    scopes = len(facts.scopes)
    terms = {
        "account": 1,
        "workspaces": 1,
        "projects": _pages(scopes, 100),
        "people": _pages(facts.people, 100),
        "who is away": _pages(facts.members, BATCH),
        "token for events": scopes,
        "seven listings of a project": scopes,
        "tasks": _each(facts, lambda scope: _pages(scope.items - scope.subitems, 100)),
        "sub-tasks": _each(facts, lambda scope: _pages(scope.parents, BATCH)),
    }
    if history:
        terms["stories"] = _each(facts, lambda scope: _pages(scope.items, BATCH))
    return terms


def _trello(facts: Facts, history: bool) -> Terms:
    terms = {
        "account": 1,
        "boards": 1,
        "board": len(facts.scopes),
        "cards": _each(facts, lambda scope: _open_pages(scope.items, 1000)),
    }
    if history:
        terms["actions"] = _each(facts, lambda scope: _open_pages(scope.events, 1000))
    return terms


def _smartsheet(facts: Facts, history: bool) -> Terms:
    scopes = len(facts.scopes)
    terms = {
        "account": 1,
        "sheets": _pages(scopes, 1000),
        "sheet": _each(facts, lambda scope: _pages(scope.items, 10_000)),
        "summary": scopes,
        "people with access": 2 * scopes,
    }
    if history:
        terms["cells"] = _each(facts, lambda scope: scope.told_cells)
    return terms


FORMULAS: Mapping[str, Callable[[Facts, bool], Terms]] = {
    "asana": _asana,
    "jira_cloud": _jira_cloud,
    "jira_dc": _jira_dc,
    "smartsheet": _smartsheet,
    "trello": _trello,
}
