"""How the installation fares: connections and runs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, or_, select

from store.queries_findings import kept_findings
from store.queries_scopes import REJECTED, scope_views
from store.schema import runs
from store.session import Session
from store.sight import Sight
from store.views import ConnectionView, RunView, ScopeView


async def connection_views(session: Session, sight: Sight) -> list[ConnectionView]:
    views = await scope_views(session, sight, sight.operated)
    counted: dict[tuple[str, str], int] = defaultdict(int)
    for one in await kept_findings(session, sight, "open"):
        counted[one.connection, one.kind] += 1
    return [_connection(sight, row, list(views.values()), counted) for row in sight.connections.values()]


def _connection(
    sight: Sight, row: Row[Any], views: list[ScopeView], counted: Mapping[tuple[str, str], int]
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
        unmapped=counted[row.id, "unmapped_value"],
        rejected=sum(counted[row.id, kind] for kind in REJECTED),
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
