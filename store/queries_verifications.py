"""Verifications as they may be seen, and a fair sample of items to verify."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, func, select

from store.item_views import Extras, item_views
from store.schema import items
from store.schema_verifications import differences, verifications
from store.session import Session
from store.sight import Sight
from store.verification_views import Difference, VerificationView
from store.views import ItemView

PRESENT = ("present", "archived")


async def sample(session: Session, sight: Sight, scope: str, pivot: str, size: int) -> list[ItemView]:
    """Up to ``size`` items of a scope that its tracker should have. Ids are digests, so that those which
    follow a random ``pivot`` (round the end) are a fair sample, found without counting."""
    if scope not in sight.visible:
        return []
    chosen = select(items).where(items.c.scope_id == scope, items.c.presence.in_(PRESENT))
    if scope not in sight.unrestricted:
        chosen = chosen.where(items.c.restricted.is_(False))
    ordered = chosen.order_by(items.c.id)
    rows = list(await session.all(ordered.where(items.c.id >= pivot).limit(size)))
    if len(rows) < size:
        rows += await session.all(ordered.where(items.c.id < pivot).limit(size - len(rows)))
    return await item_views(session, sight, rows, Extras())


async def verification_views(
    session: Session, sight: Sight, connection: str, limit: int
) -> list[VerificationView]:
    """Newest first. A difference is shown to whoever may see the item; the others are counted."""
    rows = await session.all(
        select(verifications)
        .where(verifications.c.connection_id == connection)
        .order_by(verifications.c.started_at.desc(), verifications.c.id.desc())
        .limit(limit)
    )
    found = await _differences(session, [row.id for row in rows])
    return [_view(sight, row, found[row.id]) for row in rows]


async def _differences(session: Session, ids: Sequence[str]) -> Mapping[str, list[Row[Any]]]:
    closed = func.coalesce(items.c.restricted, differences.c.restricted).label("closed")
    found: dict[str, list[Row[Any]]] = defaultdict(list)
    joined = select(differences, closed).outerjoin(items, items.c.id == differences.c.item_id)
    for row in await session.all(
        joined.where(differences.c.verification_id.in_(ids)).order_by(differences.c.position)
    ):
        found[row.verification_id].append(row)
    return found


def _view(sight: Sight, row: Row[Any], found: Sequence[Row[Any]]) -> VerificationView:
    seen = [one for one in found if _seen(sight, one)]
    return VerificationView(
        id=row.id,
        connection=row.connection_id,
        mode=row.mode,
        started_at=row.started_at,
        finished_at=row.finished_at,
        items=row.items,
        fields=row.fields,
        differing=row.differing,
        unexplained=row.unexplained,
        error=row.error,
        differences=[_difference(one) for one in seen],
        hidden=len(found) - len(seen),
    )


def _seen(sight: Sight, row: Row[Any]) -> bool:
    return row.scope_id in sight.unrestricted or (row.scope_id in sight.visible and not row.closed)


def _difference(row: Row[Any]) -> Difference:
    return Difference(
        scope=row.scope_id,
        item_id=row.item_id,
        remote_id=row.remote_id,
        remote_key=row.remote_key,
        title=row.title,
        restricted=row.closed,
        field=row.field,
        ours=row.ours,
        theirs=row.theirs,
        read_at=row.read_at,
        updated_at=row.updated_at,
        explained=row.explained,
    )
