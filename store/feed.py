"""The ordered feed: which items changed, in the order of the commits. Also the counter of everything else
that is visible. Both only grow."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select

from store.items import Written
from store.schema import feed, items, meta
from store.session import Session

STATE = "state"


async def publish(
    session: Session,
    written: Written,
    derived: Mapping[str, set[str]],
    now: datetime,
    *,
    corrected: bool = False,
) -> None:
    """One event an item. ``derived`` names changed fields that the item itself does not hold. ``corrected``:
    what we say of the items changed, and nothing happened to them in their tracker."""
    modified = "corrected" if corrected else "modified"
    rows = []
    for item_id, after in written.after.items():
        before = written.before.get(item_id)
        fields = written.fields.get(item_id, set()) | derived.get(item_id, set())
        event = {"kind": modified, "fields": sorted(fields)} if before else {"kind": "created", "fields": []}
        former = before.scope_id if before and before.scope_id != after.scope_id else None
        place = {"scope_id": after.scope_id, "former_scope_id": former, "presence": after.presence}
        rows.append({"item_id": item_id, **place, **event, "recorded_at": now})
    others = sorted(derived.keys() - written.after.keys())
    columns = [items.c.id, items.c.scope_id, items.c.presence]
    for row in await session.fetch(columns, items.c.id, others):
        event = {"kind": modified, "fields": sorted(derived[row.id])}
        place = {"scope_id": row.scope_id, "former_scope_id": None, "presence": row.presence}
        rows.append({"item_id": row.id, **place, **event, "recorded_at": now})
    await session.add(feed, rows)


async def touch(session: Session) -> None:
    """Something visible changed that the feed does not tell."""
    statement = session.dialect.insert(meta).values(name=STATE, value=1)
    await session.run(
        statement.on_conflict_do_update(index_elements=["name"], set_={"value": meta.c.value + 1})
    )


async def marks(session: Session) -> tuple[int, int]:
    """The last number of the feed, and the counter."""
    last = (await session.run(select(func.max(feed.c.seq)))).scalar()
    state = (await session.run(select(meta.c.value).where(meta.c.name == STATE))).scalar()
    return last or 0, state or 0
