"""Runs as they may be seen: how far each is, how fast it goes, and how long it will take."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, false, func, or_, select

from store.schema import runs
from store.session import Session
from store.sight import Sight
from store.views import RunFilter, RunState, RunView

PAGED = ("full", "incremental", "reconcile")
"""The kinds that ask at the end of each page whether they shall go on."""
OPEN = ("running", "waiting", "paused")


async def run_views(session: Session, sight: Sight, limit: int, asked: RunFilter) -> list[RunView]:
    """Newest first."""
    found = select(runs).where(_seen(sight))
    if asked.states:
        found = found.where(or_(false(), *(_in_state(state, sight.now) for state in asked.states)))
    if asked.connections:
        found = found.where(runs.c.connection_id.in_(asked.connections))
    found = found.order_by(runs.c.started_at.desc(), runs.c.id.desc()).limit(limit)
    return [_view(row, sight.now) for row in await session.all(found)]


async def one_run(session: Session, sight: Sight, run_id: str) -> RunView | None:
    rows = await session.all(select(runs).where(_seen(sight), runs.c.id == run_id))
    return _view(rows[0], sight.now) if rows else None


async def waiting(session: Session, now: datetime) -> int:
    """How many runs wait now."""
    of = select(func.count()).select_from(runs).where(_in_state("waiting", now))
    return int((await session.run(of)).scalar_one())


def _seen(sight: Sight) -> ColumnElement[bool]:
    return and_(
        runs.c.connection_id.in_(list(sight.connections)),
        or_(runs.c.scope_id.is_(None), runs.c.scope_id.in_(sorted(sight.operated))),
    )


def _in_state(state: RunState, now: datetime) -> ColumnElement[bool]:
    """A run whose waiting time is over is running, whether or not its process lived to say so."""
    if state == "waiting":
        return and_(runs.c.state == "running", runs.c.waiting_until > now)
    if state == "running":
        return and_(
            runs.c.state == "running", or_(runs.c.waiting_until.is_(None), runs.c.waiting_until <= now)
        )
    return runs.c.state == state


def _view(row: Row[Any], now: datetime) -> RunView:
    waiting = row.state == "running" and row.waiting_until is not None and row.waiting_until > now
    state: RunState = "waiting" if waiting else row.state
    rate = pace(row.items, now - row.started_at) if row.state == "running" else None
    wait = (row.waiting_until - now).total_seconds() if waiting else 0.0
    return RunView(
        id=row.id,
        kind=row.kind,
        connection=row.connection_id,
        scope=row.scope_id,
        state=state,
        started_at=row.started_at,
        finished_at=row.finished_at,
        pages=row.pages,
        records=row.records,
        items=row.items,
        written=row.written,
        rejected=row.rejected,
        expected=row.expected,
        rate=rate,
        eta_seconds=remaining(row.items, row.expected, rate, wait),
        waiting_until=row.waiting_until if waiting else None,
        cancel_asked_at=row.cancel_asked_at,
        cancellable=state in OPEN and row.kind in PAGED and row.cancel_asked_at is None,
        error=row.error,
        note=row.note,
    )


def pace(items: int, taken: timedelta) -> float | None:
    """Items a second since the run began, what it waited included; unknown before the first of them."""
    seconds = taken.total_seconds()
    return round(items / seconds, 2) if items and seconds > 0 else None


def remaining(items: int, expected: int | None, rate: float | None, wait: float) -> int | None:
    """Seconds to the end at this pace, and no less than the wait that is under way; unknown where the tracker
    did not say how much there is."""
    if expected is None or not rate:
        return None
    return round(max((expected - items) / rate, wait, 0.0))
