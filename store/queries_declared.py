"""What people last declared of each scope. It stands beside the figures and is in none of them."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from store.resource_rows import REPORTS, resource_views
from store.resource_views import StatusReportView
from store.schema import scopes
from store.schema_resources import status_reports
from store.session import Session
from store.sight import Sight


async def latest_reports(
    session: Session, sight: Sight, visible: Collection[str]
) -> dict[str, StatusReportView]:
    """By scope. What rows declare of themselves is no word on the scope. One without a time counts only
    where none has one."""
    of = status_reports.c
    newest = (
        select(of.id)
        .where(of.scope_id == scopes.c.id, of.item_id.is_(None))
        .order_by(of.time_sort.desc(), of.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    found = await session.all(select(newest.label("report")).where(scopes.c.id.in_(visible)))
    chosen = [row.report for row in found if row.report is not None]
    rows = await session.fetch(list(of), of.id, chosen)
    return {view.scope: view for view in await resource_views(session, sight, REPORTS, rows, visible)}
