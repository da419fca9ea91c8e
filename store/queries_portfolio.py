"""The portfolio, out of the figures that are kept: no item is counted here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, select

from store.figures import MICRO
from store.queries_declared import latest_reports
from store.queries_scopes import scope_views
from store.schema import accounts, figures, project_sources, projects
from store.session import Session
from store.sight import Missing, Sight, in_project, may_see
from store.views import Figures, ProjectView, ScopeView


@dataclass(frozen=True, slots=True)
class Tree:
    """The declared projects that may be seen, in their order; all that are declared; the scopes that are
    projects of their own; and what each project still waits for."""

    rows: Sequence[Row[Any]]
    declared: Sequence[Row[Any]]
    own: Collection[str]
    missing: Mapping[str, Sequence[Missing]]

    def under(self, chosen: Collection[str]) -> set[str]:
        """Those of these projects that may be seen, and all that stands under them, seen or not: what is
        hidden there is missing from their figures and counts as hidden."""
        found = set(chosen).intersection({row.id for row in self.rows}.union(self.own))
        while more := {row.id for row in self.declared if row.parent in found} - found:
            found |= more
        return found

    def awaited(self, projects: Collection[str]) -> list[Missing]:
        return [one for project in sorted(projects) for one in self.missing.get(project, ())]


async def project_tree(session: Session, sight: Sight) -> Tree:
    """A project is seen if one of its scopes may be, or it has none; what stands above it is seen with it."""
    rows = await session.all(select(projects).order_by(projects.c.position))
    waiting = {(one.connection, one.remote): one for one in sight.missing}
    missing: dict[str, list[Missing]] = defaultdict(list)
    for source in await session.all(select(project_sources)):
        if one := waiting.get((source.connection_id, source.remote)):
            missing[source.project_id].append(one)
    return Tree(_seen(rows, sight, missing), rows, sight.unclaimed & sight.visible, missing)


def _seen(rows: Sequence[Row[Any]], sight: Sight, missing: Mapping[str, Sequence[Missing]]) -> list[Row[Any]]:
    visible, by_id = sight.visible, {row.id: row for row in rows}
    parents = {row.parent for row in rows}
    shown: set[str] = set()
    for row in rows:
        own, awaited = sight.claims.get(row.id, frozenset()), missing.get(row.id, ())
        empty = not own and not awaited and row.id not in parents
        open_to_come = any(may_see(sight.principal, one.sharing, one.team) for one in awaited)
        if empty or open_to_come or not visible.isdisjoint(own):
            above: str | None = row.id
            while above is not None and above in by_id and above not in shown:
                shown.add(above)
                above = by_id[above].parent
    return [row for row in rows if row.id in shown]


async def portfolio(session: Session, sight: Sight, only: str | None = None) -> list[ProjectView]:
    tree = await project_tree(session, sight)
    visible = sight.visible
    own = sorted(tree.own, key=lambda scope_id: (sight.shown[scope_id].name, scope_id))
    wanted = [name for name in [*(row.id for row in tree.rows), *own] if only in (None, name)]
    parts = await _parts(session, tree.under(wanted), visible)
    persons = await _persons(session, [bucket for rows in parts.values() for _, bucket in _buckets(rows)])
    views = await scope_views(session, sight, visible)
    reports = await latest_reports(session, sight, visible)
    declared = {row.id: row for row in tree.rows}
    made = []
    for name in wanted:
        rows, below = parts.get(name, []), tree.under([name])
        touched = set[str]().union(*(in_project(sight, one) for one in below))
        withheld = sum(_restricted(parts.get(one, ()), sight) for one in below)
        made.append(
            ProjectView(
                **(_described(declared[name]) if name in declared else _own(views[name])),
                figures=summed(rows, persons),
                scopes=[view for scope_id, view in views.items() if scope_id in in_project(sight, name)],
                coverage=sight.coverage(touched, tree.awaited(below), withheld),
                declared=[reports[s] for s in views if s in touched and s in reports],
            )
        )
    return made


def _described(row: Row[Any]) -> dict[str, Any]:
    names = ("id", "kind", "name", "parent", "owner", "method", "target_end")
    return {name: getattr(row, name) for name in names}


def _own(scope: ScopeView) -> dict[str, Any]:
    """A scope that no project takes, as one."""
    nothing = dict.fromkeys(("parent", "owner", "target_end"))
    return {"id": scope.id, "kind": "project", "name": scope.name, "method": "unspecified", **nothing}


async def _parts(
    session: Session, wanted: Collection[str], visible: Collection[str]
) -> dict[str, list[Row[Any]]]:
    found: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in await session.fetch(list(figures.c), figures.c.project_id, wanted):
        if row.scope_id in visible and (row.n or row.amount):
            found[row.project_id].append(row)
    return found


def _buckets(rows: Sequence[Row[Any]]) -> list[tuple[str, str]]:
    return [(row.name, row.bucket) for row in rows if row.name == "account"]


async def _persons(session: Session, account_ids: Collection[str]) -> dict[str, str | None]:
    columns = [accounts.c.id, accounts.c.person_id]
    return {row.id: row.person_id for row in await session.fetch(columns, accounts.c.id, set(account_ids))}


def _restricted(rows: Sequence[Row[Any]], sight: Sight) -> int:
    """Items that are in the figures and would not be shown."""
    allowed = sight.unrestricted
    return sum(row.n for row in rows if row.name == "restricted" and row.scope_id not in allowed)


def summed(rows: Sequence[Row[Any]], persons: Mapping[str, str | None]) -> Figures:
    """A person's accounts are one; an account that no record described stands for itself, and one that is
    known to be nobody's (a bot, a group) is nobody."""
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    amounts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        bucket = persons.get(row.bucket, row.bucket) if row.name == "account" else row.bucket
        if bucket is not None:
            counts[row.name][bucket] += row.n
            amounts[row.name][bucket] += row.amount
    return Figures(
        categories=dict(counts["category"]),
        open_due={date.fromisoformat(day): n for day, n in sorted(counts["open_due"].items()) if n},
        blocked=counts["blocked"][""],
        unassigned=counts["unassigned"][""],
        people={person: n for person, n in counts["account"].items() if n},
        points_all=Decimal(amounts["points"][""]) / MICRO,
        points_done=Decimal(amounts["points_done"][""]) / MICRO,
        estimated=counts["points"][""],
        archived=counts["archived"][""],
        uncounted=counts["uncounted"][""],
        progress={
            method: (n, Decimal(amounts["progress"][method]) / MICRO)
            for method, n in counts["progress"].items()
            if n
        },
    )
