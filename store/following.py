"""How far the feed is: what whoever follows it asks again and again."""

from __future__ import annotations

from sqlalchemy import func, select

from store.open import Store
from store.schema import feed


async def newest(store: Store) -> int:
    """The number of the last event, 0 while there is none."""
    async with store.database.reading() as session:
        return (await session.run(select(func.max(feed.c.seq)))).scalar() or 0
