"""The feed as one principal may follow it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, or_, select

from store.codec import item_from
from store.feed import marks
from store.schema import feed, items
from store.session import Session
from store.sight import Sight
from store.views import FeedEvent


async def changes(session: Session, sight: Sight, after: int, limit: int) -> tuple[list[FeedEvent], int]:
    """Whoever loses sight of an item, since it moved or was restricted, is told that it was removed."""
    visible = sorted(sight.visible)
    rows = await session.all(
        select(feed, items.c.body, items.c.remote_id, items.c.restricted, items.c.scope_id.label("home"))
        .join(items, items.c.id == feed.c.item_id)
        .where(feed.c.seq > after)
        .where(or_(feed.c.scope_id.in_(visible), feed.c.former_scope_id.in_(visible)))
        .order_by(feed.c.seq)
        .limit(limit)
    )
    last, _ = await marks(session)
    reached = rows[-1].seq if len(rows) == limit else max(last, after)
    return [event for row in rows if (event := _event(sight, row))], reached


def _event(sight: Sight, row: Row[Any]) -> FeedEvent | None:
    visible = sight.visible
    entered = row.scope_id in visible
    left = row.former_scope_id if row.former_scope_id in visible else None
    hidden = row.home not in visible or (row.restricted and row.home not in sight.unrestricted)
    if not entered or (hidden and row.restricted and "visibility" in row.fields):
        return _tombstone(sight, row, left or row.scope_id, "access_lost" if entered else "moved_out")
    if hidden:
        return None
    fresh = row.kind == "created" or (row.former_scope_id is not None and left is None)
    return FeedEvent(
        seq=row.seq,
        kind="created" if fresh else row.kind,
        item_id=row.item_id,
        tracker=_tracker(sight, row.scope_id),
        scope=row.scope_id,
        remote_id=row.remote_id,
        title=item_from(row.body).title,
        fields=[] if fresh else row.fields,
        presence=row.presence,
        recorded_at=row.recorded_at,
    )


def _tombstone(sight: Sight, row: Row[Any], scope_id: str, presence: Any) -> FeedEvent:
    return FeedEvent(
        seq=row.seq,
        kind="removed",
        item_id=row.item_id,
        tracker=_tracker(sight, scope_id),
        scope=scope_id,
        remote_id=row.remote_id,
        title="",
        fields=[],
        presence=presence,
        recorded_at=row.recorded_at,
    )


def _tracker(sight: Sight, scope_id: str) -> str:
    tracker: str = sight.connections[sight.shown[scope_id].connection_id].tracker
    return tracker
