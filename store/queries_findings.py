"""Findings as they may be seen: what is open, what was decided of the others, and what one holds back."""

from __future__ import annotations

from typing import Any, Literal, get_args
from uuid import uuid5

from sqlalchemy import Row, Subquery, Table, case, func, select

from store.codec import item_from
from store.finding_views import FindingDetail, HeldItem
from store.findings import FINDING
from store.lateness import unknown_name
from store.queries_late import late_findings
from store.queries_outgoing import outgoing_findings
from store.schema import finding_records, findings, items
from store.schema_reconciling import held_absences
from store.session import Session
from store.settle import REST
from store.sight import Sight, may_see
from store.views import FindingState, FindingView

Asked = Literal["open", "approved", "dismissed", "all"]
STATES: tuple[FindingState, ...] = get_args(FindingState)


async def finding_views(session: Session, sight: Sight, asked: Asked = "open") -> list[FindingView]:
    """By connection and kind, the most frequent first. Those that follow from the configuration are always
    open: nothing is decided of them."""
    found = await kept_findings(session, sight, *(STATES if asked == "all" else (asked,)))
    if asked in ("open", "all"):
        found += await _following(session, sight)
    return sorted(found, key=lambda one: (one.connection or "", one.kind, -one.count, one.id))


async def _following(session: Session, sight: Sight) -> list[FindingView]:
    """What follows from how things are, and is kept nowhere."""
    return [*_derived(sight), *late_findings(sight), *await outgoing_findings(session, sight)]


async def finding_detail(session: Session, sight: Sight, finding_id: str, limit: int) -> FindingDetail | None:
    """One of them, with up to ``limit`` of the items that it holds back."""
    every = [*await kept_findings(session, sight, *STATES), *await _following(session, sight)]
    view = next((one for one in every if one.id == finding_id), None)
    if view is None:
        return None
    rows = await session.all(
        select(held_absences, items.c.body, items.c.scope_id, items.c.restricted)
        .join(items, items.c.id == held_absences.c.item_id)
        .where(held_absences.c.finding_id == view.id)
        .order_by(items.c.title_sort, items.c.id)
    )
    seen = [row for row in rows if _seen(sight, row)]
    told = {name: getattr(view, name) for name in FindingView.__dataclass_fields__}
    return FindingDetail(**told, held=[_held_item(row) for row in seen[:limit]], hidden=len(rows) - len(seen))


async def kept_findings(session: Session, sight: Sight, *states: FindingState) -> list[FindingView]:
    """Those that records and scopes raised, in these states."""
    raising, holding = _counted(finding_records), _counted(held_absences)
    decided, raised = findings.c.decision, raising.c.n.is_not(None)
    state = case((decided.is_not(None), decided), (raised, "open"), else_="over")
    rows = await session.all(
        select(findings, state.label("state"), raising.c.n.label("raising"), holding.c.n.label("holding"))
        .outerjoin(raising, raising.c.finding_id == findings.c.id)
        .outerjoin(holding, holding.c.finding_id == findings.c.id)
        .where(state.in_(states))
    )
    operated = sight.operated
    return [_view(sight, row) for row in rows if row.scope_id in operated]


def _counted(table: Table) -> Subquery:
    return select(table.c.finding_id, func.count().label("n")).group_by(table.c.finding_id).subquery()


def _view(sight: Sight, row: Row[Any]) -> FindingView:
    return FindingView(
        id=row.id,
        kind=row.kind,
        connection=sight.shown[row.scope_id].connection_id,
        scope=row.scope_id,
        subject=row.subject,
        detail=row.detail,
        count=row.holding or row.raising or 0,
        first_seen=row.first_seen,
        last_seen=row.last_seen,
        state=row.state,
        decided_by=row.decided_by,
        why=row.why,
        decided_at=row.decided_at,
    )


def _seen(sight: Sight, row: Row[Any]) -> bool:
    return row.scope_id in sight.unrestricted or (row.scope_id in sight.visible and not row.restricted)


def _held_item(row: Row[Any]) -> HeldItem:
    item = item_from(row.body)
    return HeldItem(
        item_id=row.item_id,
        remote_id=item.remote_id,
        remote_key=item.remote_key,
        title=item.title,
        url=item.url,
        presence=row.presence,
        evidence=row.evidence,
        at=row.at,
    )


def _derived(sight: Sight) -> list[FindingView]:
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
                    detail=unknown_name(one.connection, one.remote),
                    count=1,
                    first_seen=listed_at,
                    last_seen=listed_at,
                )
            )
    return made
