"""The feed as one principal may follow it, all of it or a part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, or_, select, true

from store.codec import item_from
from store.feed import marks
from store.queries_items import in_scopes
from store.queries_portfolio import project_tree
from store.schema import feed, item_projects, items
from store.session import Session
from store.sight import Sight, in_project
from store.views import FeedEvent, FeedFilter, ItemQuery


@dataclass(frozen=True, slots=True)
class _Chosen:
    """What is followed: events in the ``scopes`` of items that belong; and what goes from ``left`` elsewhere
    is gone for the follower."""

    scopes: set[str]
    left: set[str]
    belongs: ColumnElement[bool]


async def changes(
    session: Session, sight: Sight, page: tuple[int, int], asked: FeedFilter
) -> tuple[list[FeedEvent], int]:
    """``page`` is the number to go on after, and how many at most. Whoever loses sight of an item, since it
    moved or was restricted, is told that it was removed."""
    after, limit = page
    chosen = await _chosen(session, sight, asked)
    entered = and_(feed.c.scope_id.in_(sorted(chosen.scopes)), chosen.belongs)
    rows = await session.all(
        select(
            feed,
            entered.label("entered"),
            items.c.body,
            items.c.remote_id,
            items.c.restricted,
            items.c.scope_id.label("home"),
        )
        .join(items, items.c.id == feed.c.item_id)
        .where(feed.c.seq > after)
        .where(or_(entered, feed.c.former_scope_id.in_(sorted(chosen.left))))
        .order_by(feed.c.seq)
        .limit(limit)
    )
    last, _ = await marks(session)
    reached = rows[-1].seq if len(rows) == limit else max(last, after)
    events = [event for row in rows if (event := _event(sight, chosen, row))]
    return [event for event in events if asked.wants(event)], reached


async def _chosen(session: Session, sight: Sight, asked: FeedFilter) -> _Chosen:
    query = ItemQuery(tracker=asked.tracker, scope=asked.scope)
    scopes = {s for s in sight.visible if in_scopes(sight, sight.shown[s], query)}
    if not asked.project:
        return _Chosen(scopes, scopes, true())
    named = (await project_tree(session, sight)).under(asked.project)
    taken = set[str]().union(*(in_project(sight, one) for one in named))
    belonging = select(item_projects.c.item_id).where(item_projects.c.project_id.in_(sorted(named)))
    belongs = or_(feed.c.item_id.in_(belonging), feed.c.scope_id.in_(sorted(named)))
    return _Chosen(scopes, scopes & taken, belongs)


def _event(sight: Sight, chosen: _Chosen, row: Row[Any]) -> FeedEvent | None:
    left = row.former_scope_id if row.former_scope_id in chosen.left else None
    hidden = row.home not in sight.visible or (row.restricted and row.home not in sight.unrestricted)
    if not row.entered or (hidden and row.restricted and "visibility" in row.fields):
        presence = "access_lost" if row.entered else "moved_out"
        return _tombstone(sight, row, left or row.scope_id, presence)
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
