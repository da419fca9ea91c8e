"""Status reports, time, allocations, absence and money: filters, who is shown what, pages.

Each stands where its item is at home; without a known item in its own scope; without that wherever it was
read. Status reports are shown as items are. What is of a person is shown to pmo and admin, to the lead of the
scope's team, and to that person. Money is shown to the former only.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, true

from normalizer.resources import Allocation, Availability, Budget, Rate, TimeEntry
from store import cursor
from store.cursor import Cursor
from store.queries_portfolio import project_tree
from store.resource_rows import REPORTS as REPORTS
from store.resource_rows import Kind, resource_views
from store.resource_views import (
    AllocationView,
    AvailabilityView,
    BudgetView,
    RateView,
    ResourceQuery,
    ResourceView,
    TimeEntryView,
)
from store.schema import accounts, item_projects, items
from store.schema_resources import (
    allocations,
    availabilities,
    budgets,
    rates,
    resource_records,
    time_entries,
)
from store.session import Session
from store.sight import Missing, Sight, in_project
from store.views import ResourcePage

V = TypeVar("V", bound=ResourceView)

TIME = Kind(time_entries, TimeEntry, TimeEntryView)
ALLOCATIONS = Kind(allocations, Allocation, AllocationView)
ABSENCE = Kind(availabilities, Availability, AvailabilityView)
BUDGETS = Kind(budgets, Budget, BudgetView)
RATES = Kind(rates, Rate, RateView)

Condition = ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A query resolved: the scopes whose state bears on the answer (seen or not), those that what is asked
    for may stand in, and the condition that the projects asked for make."""

    touched: set[str]
    readable: set[str]
    awaited: Collection[Missing]
    belongs: Condition


async def resource_page(
    session: Session, sight: Sight, kind: Kind[V], query: ResourceQuery
) -> ResourcePage[V]:
    table = kind.table
    after = cursor.decode(query.cursor, kind.name) if query.cursor else None
    asked = await _asked(session, sight, kind, query)
    allowed = and_(asked.belongs, _permitted(sight, kind, asked.readable))
    conditions = [allowed, *_filters(kind, query)]
    if after:
        at, last = table.c.time_sort, after.value or ""
        conditions.append(or_(at < last, and_(at == last, table.c.id < after.id)))
    newest = _from(kind, *kind.columns).where(*conditions)
    rows = await session.all(
        newest.order_by(table.c.time_sort.desc(), table.c.id.desc()).limit(query.limit + 1)
    )
    more, rows = len(rows) > query.limit, rows[: query.limit]
    return ResourcePage(
        rows=await resource_views(session, sight, kind, rows, asked.readable),
        next_cursor=cursor.encode(Cursor(kind.name, rows[-1].time_sort, rows[-1].id)) if more else None,
        coverage=sight.coverage(asked.touched, asked.awaited, await _withheld(session, sight, kind, asked)),
    )


def _from(kind: Kind[Any], *columns: Any) -> Select[Any]:
    chosen = select(*columns).select_from(kind.table)
    if "item_id" not in kind.table.c:
        return chosen
    return chosen.outerjoin(items, items.c.id == kind.table.c.item_id)


async def _withheld(session: Session, sight: Sight, kind: Kind[Any], asked: _Asked) -> int:
    """How many there are besides in the scopes and projects asked for."""
    if _office(sight):
        return 0
    there = await _count(session, kind, asked, _stands_in(kind, asked.readable))
    return there - await _count(session, kind, asked, _permitted(sight, kind, asked.readable))


async def _count(session: Session, kind: Kind[Any], asked: _Asked, condition: Condition) -> int:
    counted = _from(kind, func.count()).where(asked.belongs, condition)
    return int((await session.run(counted)).scalar_one())


async def _asked(session: Session, sight: Sight, kind: Kind[Any], query: ResourceQuery) -> _Asked:
    wanted = set(query.scope)
    chosen = {
        scope_id
        for scope_id, row in sight.shown.items()
        if not wanted or not wanted.isdisjoint({row.id, row.remote_id, row.key, row.name})
    }
    readable = chosen & sight.visible
    if not query.project:
        return _Asked(chosen, readable, () if wanted else sight.missing, true())
    tree = await project_tree(session, sight)
    named = tree.under(query.project)
    taken = set[str]().union(*(in_project(sight, project) for project in named))
    awaited = () if wanted else tree.awaited(named)
    if "item_id" not in kind.table.c:
        return _Asked(chosen & taken, readable & taken, awaited, true())
    return _Asked(chosen & taken, readable, awaited, _belongs(kind, named, taken & sight.visible))


def _belongs(kind: Kind[Any], projects: Collection[str], scopes: Collection[str]) -> Condition:
    """What is of an item goes with it; anything else belongs to every project that takes of its scope."""
    of_item = kind.table.c.item_id
    members = select(item_projects.c.item_id).where(item_projects.c.project_id.in_(projects))
    whole = and_(of_item.is_(None), _own_place(kind, scopes))
    return or_(of_item.in_(members), items.c.scope_id.in_(projects), whole)


def _stands_in(kind: Kind[Any], scopes: Collection[str]) -> Condition:
    place = _own_place(kind, scopes)
    if "item_id" not in kind.table.c:
        return place
    return or_(items.c.scope_id.in_(scopes), and_(items.c.id.is_(None), place))


def _own_place(kind: Kind[Any], scopes: Collection[str]) -> Condition:
    """Its own scope, or where it was read, is one of these."""
    of, told = kind.table.c, resource_records.c
    read_there = exists().where(told.resource_id == of.id, told.scope_id.in_(scopes))
    if "scope_id" not in of:
        return read_there
    own: Condition = of.scope_id.in_(scopes)
    return or_(own, and_(of.scope_id.is_(None), read_there)) if of.scope_id.nullable else own


def _office(sight: Sight) -> bool:
    """Whoever sees all that stands in a visible scope."""
    return sight.principal.role in ("pmo", "admin")


def _permitted(sight: Sight, kind: Kind[Any], readable: set[str]) -> Condition:
    of, office = kind.table.c, _office(sight)
    led = _stands_in(kind, readable & sight.unrestricted)
    if kind is REPORTS:
        return or_(led, and_(_stands_in(kind, readable), items.c.restricted.is_not(true())))
    if office or kind is BUDGETS:
        return led
    if kind is RATES:
        return and_(led, of.scope_id.is_not(None))
    if sight.principal.person is None:
        return led
    own = select(accounts.c.id).where(accounts.c.person_id == sight.principal.person)
    return or_(led, and_(_stands_in(kind, readable), of.account_id.in_(own)))


def _filters(kind: Kind[Any], query: ResourceQuery) -> list[Condition]:
    of = kind.table.c
    conditions: list[Condition] = []
    if query.person and "account_id" in of:
        theirs = select(accounts.c.id).where(accounts.c.person_id.in_(query.person))
        conditions.append(or_(of.account_id.in_(query.person), of.account_id.in_(theirs)))
    if query.day_from is not None:
        conditions.append(or_(of.last_day.is_(None), of.last_day >= query.day_from))
    if query.day_to is not None:
        conditions.append(or_(of.first_day.is_(None), of.first_day <= query.day_to))
    return conditions
