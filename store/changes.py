"""The history of fields: appended, never altered; and the times that follow from it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime

import msgspec
from sqlalchemy import func, select

from normalizer.model import Change
from store.schema import changes, items
from store.session import Session, chunks


async def append(session: Session, arrived: Iterable[Change], now: datetime) -> set[str]:
    """Append the changes that are not known yet; answers the ids of the items whose times may follow."""
    chosen = {change.id: change for change in arrived}
    known = {row.id for row in await session.fetch([changes.c.id], changes.c.id, chosen)}
    fresh = [change for change in chosen.values() if change.id not in known]
    await session.add(
        changes,
        [
            {
                "id": change.id,
                "item_id": change.item_id,
                "field": change.field,
                "before": change.before,
                "after": change.after,
                "original_before": change.original_before,
                "original_after": change.original_after,
                "at": change.at,
                "author_id": change.author_id,
                "source": change.source,
                "recorded_at": now,
            }
            for change in fresh
        ],
    )
    return {change.item_id for change in fresh if change.field == "status_category"}


async def reword(session: Session, mapped: Iterable[Change]) -> set[str]:
    """Bring our words in the history (``before`` and ``after``) to what the same changes are called now; what
    the tracker called them, when, and by whom stays. Answers the ids of their items."""
    of = changes.c
    chosen = {change.id: change for change in mapped}
    held = await session.fetch([of.id, of.before, of.after], of.id, chosen)
    differing = [
        {"id": row.id, "before": chosen[row.id].before, "after": chosen[row.id].after}
        for row in held
        if (row.before, row.after) != (chosen[row.id].before, chosen[row.id].after)
    ]
    await session.change(changes, differing)
    return {chosen[row["id"]].item_id for row in differing}


class _Told(msgspec.Struct):
    """What the times follow from, of an item as it is stored."""

    status_category: str
    completed_at: datetime | None = None


async def derive_times(session: Session, item_ids: Collection[str]) -> dict[str, set[str]]:
    """Set ``actual_start`` (first begun) and ``completed_at`` (the tracker's own word, else last done while
    the item is done). Answers the names of the columns that changed, by item."""
    altered: dict[str, set[str]] = defaultdict(set)
    for chunk in chunks(item_ids):
        began, ended = await _status_times(session, chunk)
        columns = [items.c.id, items.c.actual_start, items.c.completed_at, items.c.body]
        rows = []
        for row in await session.fetch(columns, items.c.id, chunk):
            item = msgspec.json.decode(row.body, type=_Told)
            done = ended.get(row.id) if item.status_category == "done" else None
            times = {"actual_start": began.get(row.id), "completed_at": item.completed_at or done}
            names = {name for name, moment in times.items() if moment != getattr(row, name)}
            if names:
                altered[row.id] |= names
                rows.append({"id": row.id, **times})
        await session.change(items, rows)
    return altered


async def _status_times(
    session: Session, item_ids: list[str]
) -> tuple[dict[str, datetime], dict[str, datetime]]:
    """When each item was first in progress, and last done."""
    rows = await session.all(
        select(
            changes.c.item_id,
            changes.c.after,
            func.min(changes.c.at).label("first"),
            func.max(changes.c.at).label("last"),
        )
        .where(
            session.dialect.among(changes.c.item_id, item_ids),
            changes.c.field == "status_category",
            changes.c.source != "data_correction",
            changes.c.after.in_(["in_progress", "done"]),
        )
        .group_by(changes.c.item_id, changes.c.after)
    )
    began = {row.item_id: row.first for row in rows if row.after == "in_progress"}
    ended = {row.item_id: row.last for row in rows if row.after == "done"}
    return began, ended
