"""Items: filters, order, pages. What is seen is decided by the scope an item is at home in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import ge, le
from typing import Any

from sqlalchemy import ColumnElement, Row, Text, and_, false, func, or_, select, type_coerce

from store import cursor
from store.cursor import Cursor, CursorError
from store.folding import sort_key, words
from store.item_views import Extras, item_views
from store.queries_portfolio import project_tree
from store.schema import accounts, assignments, item_projects, item_texts, items
from store.session import Session
from store.sight import Sight, in_project
from store.types import canonical
from store.views import ItemPage, ItemQuery, ItemView

SORTED = {
    "updated": items.c.remote_updated_at,
    "due": items.c.due_sort,
    "title": items.c.title_sort,
    "key": items.c.key_sort,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A query resolved: the scopes whose state bears on the answer (seen or not), those that its items may
    be at home in, and the conditions on items. An item of a project may be at home in a scope that the
    project takes nothing from, when it stands in several."""

    touched: set[str]
    readable: set[str]
    conditions: list[ColumnElement[bool]]


async def item_page(session: Session, sight: Sight, query: ItemQuery) -> ItemPage:
    after = cursor.decode(query.cursor, query.sort) if query.cursor else None
    asked = await _asked(session, sight, query)
    rows = await _rows(session, [*asked.conditions, _permitted(sight)], query, after)
    more = len(rows) > query.limit
    rows = rows[: query.limit]
    views = await item_views(session, sight, rows, Extras(history=query.history, raw=query.raw))
    restricted = await _restricted(session, sight, asked)
    return ItemPage(
        items=views,
        next_cursor=_cursor(rows[-1], query.sort) if more else None,
        coverage=sight.coverage(asked.touched, await _awaited(session, sight, query), restricted),
    )


async def one_item(session: Session, sight: Sight, name: str, extras: Extras) -> ItemView | None:
    """By our id, by the tracker's key, or by a key that it had before."""
    seen = [items.c.scope_id.in_(sight.visible), _permitted(sight)]
    had = type_coerce(items.c.former_keys, Text())
    former = items.c.former_keys.is_not(None) & had.contains(canonical(name), autoescape=True)
    for named in (items.c.id == name, items.c.key_sort == sort_key(name), former):
        rows = await session.all(select(items).where(named, *seen).order_by(items.c.id).limit(1))
        if rows:
            return (await item_views(session, sight, rows, extras))[0]
    return None


def _permitted(sight: Sight) -> ColumnElement[bool]:
    return or_(items.c.restricted.is_(False), items.c.scope_id.in_(sight.unrestricted))


async def _restricted(session: Session, sight: Sight, asked: Asked) -> int:
    """How many items the page would have had besides."""
    closed = asked.readable - sight.unrestricted
    if not closed:
        return 0
    counted = select(func.count()).select_from(items)
    found = await session.run(
        counted.where(items.c.restricted, items.c.scope_id.in_(closed), *asked.conditions)
    )
    return int(found.scalar_one())


async def _awaited(session: Session, sight: Sight, query: ItemQuery) -> list[Any]:
    """The scopes that the question would touch if their trackers showed them."""
    missing = list(sight.missing)
    if query.scope or query.team:
        return []
    if query.project:
        tree = await project_tree(session, sight)
        missing = tree.awaited(tree.under(query.project))
    trackers = {name: row.tracker for name, row in sight.connections.items()}
    return [
        one
        for one in missing
        if (not query.connection or one.connection in query.connection)
        and (not query.tracker or trackers[one.connection] in query.tracker)
    ]


async def _asked(session: Session, sight: Sight, query: ItemQuery) -> Asked:
    chosen = {scope_id for scope_id, row in sight.shown.items() if in_scopes(sight, row, query)}
    touched, readable = chosen, chosen & sight.visible
    conditions: list[ColumnElement[bool]] = []
    if query.project:
        tree = await project_tree(session, sight)
        named = tree.under(query.project)
        touched = chosen.intersection(set[str]().union(*(in_project(sight, project) for project in named)))
        belonging = select(item_projects.c.item_id).where(item_projects.c.project_id.in_(named))
        conditions.append(or_(items.c.id.in_(belonging), items.c.scope_id.in_(named)))
    if len(readable) < sight.all_scopes or not readable:
        conditions.append(items.c.scope_id.in_(readable))
    conditions.extend(_plain_conditions(query))
    if query.assignee:
        conditions.append(await _assigned(session, query.assignee))
    if query.text is not None:
        conditions.append(_text(session, query.text))
    return Asked(touched, readable, conditions)


def in_scopes(sight: Sight, row: Row[Any], query: ItemQuery) -> bool:
    tracker = sight.connections[row.connection_id].tracker
    names = {row.id, row.remote_id, row.key, row.name}
    return (
        (not query.tracker or tracker in query.tracker)
        and (not query.connection or row.connection_id in query.connection)
        and (not query.scope or not names.isdisjoint(query.scope))
        and (not query.team or row.team in query.team)
    )


def _plain_conditions(query: ItemQuery) -> list[ColumnElement[bool]]:
    of = items.c
    chosen = ((of.status_category, query.status), (of.type, query.type), (of.presence, query.presence))
    bounds: tuple[tuple[Any, Any, Any], ...] = (
        (ge, of.due_day, query.due_from),
        (le, of.due_day, query.due_to),
        (ge, of.remote_updated_at, query.updated_from),
        (le, of.remote_updated_at, query.updated_to),
    )
    return [
        *(column.in_(values) for column, values in chosen if values),
        *(within(column, bound) for within, column, bound in bounds if bound is not None),
    ]


async def _assigned(session: Session, wanted: Sequence[str]) -> ColumnElement[bool]:
    of = select(accounts.c.id).where(accounts.c.person_id.in_(wanted))
    held = {row.id for row in await session.all(of)} | set(wanted)
    theirs = select(assignments.c.item_id).where(assignments.c.account_id.in_(held))
    condition: ColumnElement[bool] = items.c.id.in_(theirs)
    if "none" in wanted:
        nobody = ~select(assignments.c.item_id).where(assignments.c.item_id == items.c.id).exists()
        condition = or_(condition, nobody)
    return condition


def _text(session: Session, text: str) -> ColumnElement[bool]:
    asked = words(text)
    if not asked:
        return false()
    found = select(item_texts.c.item_id).where(session.dialect.finds(asked))
    return items.c.id.in_(found)


async def _rows(
    session: Session, conditions: Sequence[ColumnElement[bool]], query: ItemQuery, after: Cursor | None
) -> list[Row[Any]]:
    """Rows with a value first, in either direction, then those without; one more than asked for tells
    that there is a next page. Two statements, so that each can follow an index."""
    descending = query.sort.startswith("-")
    column = SORTED[query.sort.lstrip("-")]
    rows: list[Row[Any]] = []
    if after is None or after.value is not None:
        beyond = [_beyond(column, after, descending)] if after else []
        rows.extend(
            await session.all(
                select(items)
                .where(column.is_not(None), *conditions, *beyond)
                .order_by(
                    column.desc() if descending else column, items.c.id.desc() if descending else items.c.id
                )
                .limit(query.limit + 1)
            )
        )
    wanted = query.limit + 1 - len(rows)
    if wanted and column.nullable:
        start = [_past_id(after.id, descending)] if after and after.value is None else []
        rows.extend(
            await session.all(
                select(items)
                .where(column.is_(None), *conditions, *start)
                .order_by(items.c.id.desc() if descending else items.c.id)
                .limit(wanted)
            )
        )
    return rows


def _past_id(item_id: str, descending: bool) -> ColumnElement[bool]:
    return items.c.id < item_id if descending else items.c.id > item_id


def _beyond(column: Any, after: Cursor, descending: bool) -> ColumnElement[bool]:
    value: Any = after.value
    if column is items.c.remote_updated_at:
        value = _instant(after.value or "")
    further = column < value if descending else column > value
    return or_(further, and_(column == value, _past_id(after.id, descending)))


def _instant(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise CursorError(cursor.FOREIGN) from error
    if moment.tzinfo is None:
        raise CursorError(cursor.FOREIGN)
    return moment


def _cursor(row: Row[Any], sort: str) -> str:
    value = getattr(row, SORTED[sort.lstrip("-")].name)
    text = value.isoformat() if isinstance(value, datetime) else value
    return cursor.encode(Cursor(sort, text, row.id))
