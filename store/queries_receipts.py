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
from store.database import StoreError
from store.receipt_views import Cause, Receipt, ReceiptPage, ReconciliationView, read
from store.schema_reconciling import receipts, reconciliations
from store.session import Session
from store.sight import Sight
from store.types import storable


def _told(row: Row[Any]) -> Receipt:
    """Raises StoreError for one that was changed: what it says now nobody found out."""
    try:
        told = read(row.body)
    except msgspec.DecodeError:
        told = None
    if told is None or told.hash != row.hash:
        raise StoreError(
            f"Receipt {row.number} of scope {row.scope_id} was changed after it was issued, and cannot be "
            "shown; tspmo receipts verify tells more, to whoever runs this installation."
        )
    return told


async def receipt_page(
    session: Session, sight: Sight, scope_id: str, limit: int, after: str | None
) -> ReceiptPage | None:
    """A scope's receipts, newest first; None where the scope may not be seen. Raises CursorError."""
    if scope_id not in sight.operated:
        return None
    chosen = select(receipts).where(receipts.c.scope_id == scope_id)
    if after is not None:
        chosen = chosen.where(receipts.c.number < _number(cursor.decode(after, _order(scope_id))))
    rows = await session.all(chosen.order_by(receipts.c.number.desc()).limit(limit + 1))
    more, rows = len(rows) > limit, rows[:limit]
    last = Cursor(_order(scope_id), None, str(rows[-1].number)) if more else None
    return ReceiptPage(
        receipts=[_told(row) for row in rows],
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
    found = await session.fetch(list(receipts.c), receipts.c.id, [storable(receipt_id)])
    return _told(found[0]) if found and found[0].scope_id in sight.operated else None


async def newest_receipts(session: Session, sight: Sight) -> list[Receipt]:
    """Of each scope that was ever compared, by the scopes' names."""
    ends = [row.receipt_id for s, row in sight.shown.items() if s in sight.operated and row.receipt_id]
    newest = {row.scope_id: row for row in await session.fetch(list(receipts.c), receipts.c.id, ends)}
    return [_told(newest[scope_id]) for scope_id in sight.shown if scope_id in newest]


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
