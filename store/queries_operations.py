"""How the installation fares: connections, runs and findings."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any
from uuid import uuid5

from sqlalchemy import Row, func, or_, select

from store.findings import FINDING
from store.queries_scopes import REJECTED, scope_views
from store.schema import finding_records, findings, runs
from store.session import Session
from store.settle import REST
from store.sight import Sight, may_see
from store.views import ConnectionView, FindingView, RunView, ScopeView


async def connection_views(session: Session, sight: Sight) -> list[ConnectionView]:
    views = await scope_views(session, sight, sight.operated)
    counted: dict[tuple[str, bool], int] = defaultdict(int)
    for row in await _open_findings(session, sight):
        counted[sight.shown[row.scope_id].connection_id, row.kind in REJECTED] += 1
    return [_connection(sight, row, list(views.values()), counted) for row in sight.connections.values()]


def _connection(
    sight: Sight, row: Row[Any], views: list[ScopeView], counted: dict[tuple[str, bool], int]
) -> ConnectionView:
    touched = [scope_id for scope_id, scope in sight.shown.items() if scope.connection_id == row.id]
    return ConnectionView(
        id=row.id,
        tracker=row.tracker,
        system=row.system,
        site=row.site,
        account=row.account,
        state=row.state,
        error=row.error,
        checked_at=row.checked_at,
        scopes=[view for view in views if view.connection == row.id],
        unmapped=counted[row.id, False],
        rejected=counted[row.id, True],
        coverage=sight.coverage(touched, [one for one in sight.missing if one.connection == row.id]),
    )


async def run_views(session: Session, sight: Sight, limit: int, now: datetime) -> list[RunView]:
    """A run whose waiting time is over is running, whether or not its process lived to say so."""
    rows = await session.all(
        select(runs)
        .where(
            runs.c.connection_id.in_(list(sight.connections)),
            or_(runs.c.scope_id.is_(None), runs.c.scope_id.in_(sorted(sight.operated))),
        )
        .order_by(runs.c.started_at.desc(), runs.c.id.desc())
        .limit(limit)
    )
    return [_run(row, now) for row in rows]


def _run(row: Row[Any], now: datetime) -> RunView:
    waiting = row.state == "running" and row.waiting_until is not None and row.waiting_until > now
    return RunView(
        id=row.id,
        kind=row.kind,
        connection=row.connection_id,
        scope=row.scope_id,
        state="waiting" if waiting else row.state,
        started_at=row.started_at,
        finished_at=row.finished_at,
        pages=row.pages,
        records=row.records,
        items=row.items,
        written=row.written,
        rejected=row.rejected,
        expected=row.expected,
        waiting_until=row.waiting_until if waiting else None,
        error=row.error,
        note=row.note,
    )


async def waiting(session: Session, now: datetime) -> int:
    """How many runs wait now."""
    of = select(func.count()).where(runs.c.state == "running", runs.c.waiting_until > now)
    return int((await session.run(of)).scalar_one())


async def _open_findings(session: Session, sight: Sight) -> list[Row[Any]]:
    counted = (
        select(finding_records.c.finding_id, func.count().label("count"))
        .group_by(finding_records.c.finding_id)
        .subquery()
    )
    rows = await session.all(
        select(findings, counted.c.count).join(counted, counted.c.finding_id == findings.c.id)
    )
    operated = sight.operated
    return [row for row in rows if row.scope_id in operated]


async def finding_views(session: Session, sight: Sight) -> list[FindingView]:
    found = [
        FindingView(
            id=row.id,
            kind=row.kind,
            connection=sight.shown[row.scope_id].connection_id,
            scope=row.scope_id,
            subject=row.subject,
            detail=row.detail,
            count=row._mapping["count"],
            first_seen=row.first_seen,
            last_seen=row.last_seen,
        )
        for row in await _open_findings(session, sight)
    ]
    return sorted(
        [*found, *_not_found(sight)], key=lambda one: (one.connection, one.kind, -one.count, one.id)
    )


def _not_found(sight: Sight) -> list[FindingView]:
    """Scopes that the configuration names and the last listing did not have."""
    made = []
    for one in sight.missing:
        listed_at = sight.connections[one.connection].listed_at
        known = sight.principal.role == "admin" or may_see(sight.principal, one.sharing, one.team)
        if one.remote != REST and listed_at is not None and known:
            made.append(
                FindingView(
                    id=str(uuid5(FINDING, f"{one.connection}|not_found|{one.remote}")),
                    kind="not_found",
                    connection=one.connection,
                    scope=None,
                    subject=one.remote,
                    detail=f"{one.connection} lists no scope with id, key or name {one.remote!r}: expected "
                    "one that its account sees; mend the configuration, or the account's access there",
                    count=1,
                    first_seen=listed_at,
                    last_seen=listed_at,
                )
            )
    return made
