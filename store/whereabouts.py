"""Where things are that only a tracker's id is known of."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from store.open import Store
from store.schema import connections, items, sections


async def site_of(store: Store, connection: str) -> tuple[str, str] | None:
    """The system and the site that a connection reads; None before it was ever checked."""
    of = connections.c
    async with store.database.reading() as session:
        rows = await session.all(select(of.system, of.site).where(of.id == connection))
    return (rows[0].system, rows[0].site) if rows and rows[0].site else None


async def homes_of(store: Store, item_ids: Collection[str]) -> dict[str, str]:
    """The scope where each of these items is at home, of those that we ever saw."""
    of = items.c
    async with store.database.reading() as session:
        rows = await session.fetch([of.id, of.scope_id], of.id, item_ids)
    return {row.id: row.scope_id for row in rows}


async def sections_among(store: Store, scope_id: str, remote_ids: Collection[str]) -> set[str]:
    """Those of the tracker's ids by which a section of the scope goes."""
    of = sections.c
    async with store.database.reading() as session:
        rows = await session.fetch([of.remote_id], of.remote_id, remote_ids, of.scope_id == scope_id)
    return {row.remote_id for row in rows}
