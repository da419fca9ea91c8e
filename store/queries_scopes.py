"""Scopes as the answers show them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Row, func, select

from store.lateness import unlisted
from store.schema import figures, finding_records, findings
from store.session import Session
from store.sight import Sight
from store.views import Coverage, ScopeState, ScopeView

REJECTED = ("rejected_record", "rejected_field")


async def scope_views(session: Session, sight: Sight, chosen: Collection[str]) -> dict[str, ScopeView]:
    """In the order of their names."""
    held = await session.all(
        select(figures.c.scope_id, func.sum(figures.c.n).label("n"))
        .where(
            figures.c.project_id == figures.c.scope_id,
            figures.c.name.in_(["category", "archived", "uncounted"]),
        )
        .group_by(figures.c.scope_id)
    )
    refused = await session.all(
        select(finding_records.c.scope_id, finding_records.c.record_kind, finding_records.c.record_id)
        .join(findings, findings.c.id == finding_records.c.finding_id)
        .where(findings.c.kind.in_(REJECTED))
        .distinct()
    )
    items = {row.scope_id: int(row.n) for row in held}
    rejected: dict[str, int] = {}
    for row in refused:
        rejected[row.scope_id] = rejected.get(row.scope_id, 0) + 1
    return {
        scope_id: _view(sight, row, items.get(scope_id, 0), rejected.get(scope_id, 0))
        for scope_id, row in sight.shown.items()
        if scope_id in chosen
    }


async def whole_coverage(session: Session, sight: Sight) -> Coverage:
    closed = sight.visible - sight.unrestricted
    found = await session.all(
        select(figures.c.scope_id, figures.c.n).where(
            figures.c.project_id == figures.c.scope_id, figures.c.name == "restricted"
        )
    )
    return sight.coverage(sight.shown, sight.missing, sum(row.n for row in found if row.scope_id in closed))


def _view(sight: Sight, row: Row[Any], items: int, rejected: int) -> ScopeView:
    error = row.error if row.listed else row.error or unlisted(row)
    late = sight.late.get(row.id)
    return ScopeView(
        id=row.id,
        connection=row.connection_id,
        tracker=sight.connections[row.connection_id].tracker,
        remote_id=row.remote_id,
        key=row.key,
        name=row.name,
        kind=row.kind,
        url=row.url,
        sharing=row.sharing,
        team=row.team,
        state=_state(row, error, reading=row.id in sight.running),
        complete_at=row.complete_at,
        error=error,
        items=items,
        rejected=rejected,
        target_seconds=sight.target(row),
        late=late is not None,
        late_reason=late.reason if late else None,
        absent=row.absent,
    )


def _state(row: Row[Any], error: str | None, *, reading: bool) -> ScopeState:
    if reading:
        return "reading"
    if error:
        return "failed"
    return "complete" if row.complete_at else "never_read"
