"""Receipts and reconciliations as they may be seen. They count and name no item: whoever may see the state of
a scope may see its receipts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Row, select

from store import cursor
from store.cursor import FOREIGN, Cursor, CursorError
from store.receipt_views import Cause, Receipt, ReceiptPage, ReconciliationView, read
from store.schema_reconciling import receipts, reconciliations
from store.session import Session
from store.sight import Sight
from store.types import storable


async def receipt_page(
    session: Session, sight: Sight, scope_id: str, limit: int, after: str | None
) -> ReceiptPage | None:
    """A scope's receipts, newest first; None where the scope may not be seen. Raises CursorError."""
    if scope_id not in sight.operated:
        return None
    chosen = select(receipts.c.number, receipts.c.body).where(receipts.c.scope_id == scope_id)
    if after is not None:
        chosen = chosen.where(receipts.c.number < _number(cursor.decode(after, _order(scope_id))))
    rows = await session.all(chosen.order_by(receipts.c.number.desc()).limit(limit + 1))
    more, rows = len(rows) > limit, rows[:limit]
    last = Cursor(_order(scope_id), None, str(rows[-1].number)) if more else None
    return ReceiptPage(
        receipts=[read(row.body) for row in rows],
        next_cursor=cursor.encode(last) if last else None,
        coverage=sight.coverage([scope_id]),
    )


def _order(scope_id: str) -> str:
    return f"receipts of {scope_id}"


def _number(given: Cursor) -> int:
    """Raises CursorError: a text of ours it is, and not by us."""
    if not given.id.isascii() or not given.id.isdigit() or len(given.id) > 9:
        raise CursorError(FOREIGN)
    return int(given.id)


async def one_receipt(session: Session, sight: Sight, receipt_id: str) -> Receipt | None:
    found = await session.fetch([receipts.c.scope_id, receipts.c.body], receipts.c.id, [storable(receipt_id)])
    return read(found[0].body) if found and found[0].scope_id in sight.operated else None


async def newest_receipts(session: Session, sight: Sight) -> list[Receipt]:
    """Of each scope that was ever compared, by the scopes' names."""
    ends = [row.receipt_id for s, row in sight.shown.items() if s in sight.operated and row.receipt_id]
    found = await session.fetch([receipts.c.scope_id, receipts.c.body], receipts.c.id, ends)
    told = {row.scope_id: row.body for row in found}
    return [read(told[scope_id]) for scope_id in sight.shown if scope_id in told]


async def reconciliation_views(session: Session, sight: Sight, limit: int) -> list[ReconciliationView]:
    """Newest first, each over the scopes that may be seen."""
    of = reconciliations.c
    rows = await session.all(
        select(reconciliations)
        .where(of.connection_id.in_(list(sight.connections)))
        .order_by(of.started_at.desc(), of.id.desc())
        .limit(limit)
    )
    told = [receipts.c[name] for name in ("reconciliation_id", "scope_id", "complete", "body")]
    issued: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in await session.fetch(told, receipts.c.reconciliation_id, [row.id for row in rows]):
        if row.scope_id in sight.operated:
            issued[row.reconciliation_id].append(row)
    return [_view(row, issued[row.id]) for row in rows]


def _view(row: Row[Any], issued: Sequence[Row[Any]]) -> ReconciliationView:
    complete = sum(one.complete for one in issued)
    return ReconciliationView(
        id=row.id,
        connection=row.connection_id,
        state=row.state,
        started_at=row.started_at,
        finished_at=row.finished_at,
        error=row.error,
        complete=complete,
        partial=len(issued) - complete,
        differences=_summed(issued),
    )


@dataclass(frozen=True, slots=True)
class _Counted:
    """The part of a receipt's body that is summed."""

    differences: Mapping[Cause, int]


def _summed(issued: Sequence[Row[Any]]) -> Mapping[Cause, int]:
    found: Counter[Cause] = Counter()
    for row in issued:
        found.update(msgspec.json.decode(row.body, type=_Counted).differences)
    return dict(sorted(found.items()))
