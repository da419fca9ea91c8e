"""Runs a JQL query over a site: what it finds, in its order, page by page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.jira_jql import Query, parse
from sandbox.jira_jql_match import Keys, Sight, sort_keys, test
from sandbox.jira_jql_tokens import JqlError
from sandbox.jira_paging import make_token, read_token
from sandbox.story import Task

UNBOUNDED = "Unbounded JQL queries are not allowed here. Please add a search restriction to your query."
MOST_ORDERS = 7


@dataclass(frozen=True, slots=True)
class Row:
    """An issue and where it stands in the order: its keys, and its id where those leave a choice."""

    task: Task
    keys: Keys
    id: int


def found(jql: str, sight: Sight) -> list[Task]:
    """In no order. Raises JqlError."""
    return _matching(parse(jql), sight)


def page(jql: str, sight: Sight, token: str | None, size: int) -> tuple[list[Task], str | None]:
    """One page and the token of the next. Raises JqlError and BadToken.

    The token is the last issue's place in the order, so that pages neither skip nor repeat an issue that
    stays where it is; one whose place changes meanwhile may come twice or not at all.
    """
    place = read_token(jql, token, sight.now, sight.conditions) if token else None
    query = parse(jql)
    rows = _sorted(_matching(query, sight), query, sight)
    if place is not None:
        rows = [row for row in rows if not _passed(row, query, *place)]
    tasks = [row.task for row in rows[:size]]
    if len(rows) <= size:
        return tasks, None
    last = rows[size - 1]
    return tasks, make_token(jql, [last.keys, last.id], sight.now, sight.conditions)


def every(jql: str, sight: Sight) -> list[Task]:
    """All, in order. Raises JqlError; an empty query finds everything, which Jira Cloud no longer allows."""
    query = parse(jql)
    return [row.task for row in _sorted(_matching(query, sight), query, sight)]


def _matching(query: Query, sight: Sight) -> list[Task]:
    if query.where is None:
        if sight.site.home == "jira_cloud":
            raise JqlError(UNBOUNDED)
        return list(sight.searchable())
    if len(query.orders) > MOST_ORDERS:
        raise JqlError(f"The maximum number of fields to order by is {MOST_ORDERS}.")
    holds = test(query.where, sight)
    return [task for task in sight.searchable() if holds(task)]


def _sorted(tasks: list[Task], query: Query, sight: Sight) -> list[Row]:
    keys = sort_keys(query.orders, sight)
    rows = sorted((Row(task, keys(task), int(task.remote_id)) for task in tasks), key=lambda row: row.id)
    for index in reversed(range(len(query.orders))):
        rows.sort(key=_key(index), reverse=query.orders[index].descending)
    return rows


def _key(index: int) -> Callable[[Row], list[float | str]]:
    return lambda row: row.keys[index]


def _passed(row: Row, query: Query, keys: Keys, id: int) -> bool:
    """Whether the row stands before the place, or on it."""
    for order, own, last in zip(query.orders, row.keys, keys, strict=True):
        if own != last:
            return (own < last) != order.descending
    return row.id <= id
