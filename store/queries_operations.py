"""How the connections fare."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row

from store.queries_findings import kept_findings
from store.queries_scopes import REJECTED, scope_views
from store.session import Session
from store.sight import Sight
from store.views import ConnectionView, ScopeView


async def connection_views(session: Session, sight: Sight) -> list[ConnectionView]:
    views = await scope_views(session, sight, sight.operated)
    counted: dict[tuple[str | None, str], int] = defaultdict(int)
    for one in await kept_findings(session, sight, "open"):
        counted[one.connection, one.kind] += 1
    return [_connection(sight, row, list(views.values()), counted) for row in sight.connections.values()]


def _connection(
    sight: Sight, row: Row[Any], views: list[ScopeView], counted: Mapping[tuple[str | None, str], int]
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
