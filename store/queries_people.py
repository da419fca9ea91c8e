"""People: whoever has an account in a scope that may be seen, with the accounts that were met there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, or_, select

from store import cursor
from store.codec import account_from
from store.cursor import Cursor
from store.folding import words
from store.people_views import PersonAccount
from store.queries_identities import person_account
from store.queries_portfolio import project_tree
from store.schema import account_scopes, accounts, figures
from store.schema_people import people
from store.session import Session
from store.sight import Sight, in_project
from store.views import PeoplePage, PeopleQuery, PersonView

SORT = "name"


async def people_page(session: Session, sight: Sight, query: PeopleQuery) -> PeoplePage:
    after = cursor.decode(query.cursor, SORT) if query.cursor else None
    touched, conditions = set(sight.shown), [_met(sight)]
    if query.project is not None:
        tree = await project_tree(session, sight)
        named = tree.under([query.project])
        touched = set[str]().union(*(in_project(sight, project) for project in named))
        conditions.append(_working_in(named, sight.visible))
    conditions.extend(people.c.name_sort.contains(f" {word}") for word in words(query.text or ""))
    if after:
        name, last = people.c.name_sort, after.value or ""
        conditions.append(or_(name > last, and_(name == last, people.c.id > after.id)))
    rows = await session.all(
        select(people).where(*conditions).order_by(people.c.name_sort, people.c.id).limit(query.limit + 1)
    )
    more, rows = len(rows) > query.limit, rows[: query.limit]
    return PeoplePage(
        people=await _views(session, sight, rows),
        next_cursor=cursor.encode(Cursor(SORT, rows[-1].name_sort, rows[-1].id)) if more else None,
        coverage=sight.coverage(touched, sight.missing if query.project is None else ()),
    )


def _met(sight: Sight) -> ColumnElement[bool]:
    met = account_scopes.c.scope_id.in_(sight.visible)
    return people.c.id.in_(
        select(accounts.c.person_id)
        .join(account_scopes, account_scopes.c.account_id == accounts.c.id)
        .where(met, accounts.c.person_id.is_not(None))
    )


def _working_in(projects: Collection[str], visible: Collection[str]) -> ColumnElement[bool]:
    busy = select(figures.c.bucket).where(
        figures.c.project_id.in_(projects),
        figures.c.scope_id.in_(visible),
        figures.c.name == "account",
        figures.c.n > 0,
    )
    return people.c.id.in_(
        select(accounts.c.person_id).where(accounts.c.id.in_(busy), accounts.c.person_id.is_not(None))
    )


@dataclass(slots=True)
class _Work:
    open_items: int
    projects: set[str]


async def _views(session: Session, sight: Sight, rows: Sequence[Row[Any]]) -> list[PersonView]:
    held: dict[str, list[PersonAccount]] = defaultdict(list)
    of = [accounts.c.id, accounts.c.person_id, accounts.c.joined, accounts.c.body]
    described = await session.fetch(of, accounts.c.person_id, [row.id for row in rows])
    met = await _met_accounts(session, sight, [row.id for row in described])
    for row in described:
        if row.id in met:
            held[row.person_id].append(person_account(account_from(row.body), row.joined))
    work = await _work(session, sight, met)
    return [_view(row.id, held[row.id], work) for row in rows]


async def _met_accounts(session: Session, sight: Sight, ids: Collection[str]) -> set[str]:
    of = account_scopes.c
    found = await session.fetch([of.account_id, of.scope_id], of.account_id, ids)
    return {row.account_id for row in found if row.scope_id in sight.visible}


async def _work(session: Session, sight: Sight, account_ids: Collection[str]) -> dict[str, _Work]:
    """A scope's own figures count each open item once; the projects' say where."""
    work: dict[str, _Work] = defaultdict(lambda: _Work(0, set()))
    of = figures.c
    columns = [of.project_id, of.scope_id, of.name, of.bucket, of.n]
    for row in await session.fetch(columns, of.bucket, account_ids):
        if row.name != "account" or row.n <= 0 or row.scope_id not in sight.visible:
            continue
        if row.project_id == row.scope_id:
            work[row.bucket].open_items += row.n
        if row.project_id != row.scope_id or row.scope_id in sight.unclaimed:
            work[row.bucket].projects.add(row.project_id)
    return work


def _view(person: str, held: list[PersonAccount], work: dict[str, _Work]) -> PersonView:
    ordered = sorted(held, key=lambda account: (account.system, account.remote_id))
    return PersonView(
        id=person,
        name=ordered[0].display_name,
        email=next((account.email for account in ordered if account.email), None),
        accounts=ordered,
        open_items=sum(work[account.id].open_items for account in ordered),
        projects=sorted(set[str]().union(*(work[account.id].projects for account in ordered))),
    )
