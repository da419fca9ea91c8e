"""Which tables a piece of work writes to, told by the database itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text

from store.open import Store
from store.schema import metadata

TABLES = [table.name for table in metadata.sorted_tables]


@asynccontextmanager
async def watching(store: Store) -> AsyncIterator[set[str]]:
    """Fills the set with the tables in which a row was inserted, updated or deleted in the block, also
    where the row looks the same afterwards."""
    touched: set[str] = set()
    if store.url.startswith("sqlite"):
        await _install(store)
        yield touched
        touched |= await _logged(store)
    else:
        before = await _versions(store)
        yield touched
        after = await _versions(store)
        touched |= {name for name in TABLES if before[name] != after[name]}


async def _install(store: Store) -> None:
    """Triggers that note the table."""
    async with store.database.writing() as session:
        await session.run(text("CREATE TABLE IF NOT EXISTS touched (name TEXT)"))
        await session.run(text("DELETE FROM touched"))
        for name in TABLES:
            for event in ("INSERT", "UPDATE", "DELETE"):
                await session.run(
                    text(
                        f"CREATE TRIGGER IF NOT EXISTS touched_{name}_{event} "  # noqa: S608
                        f"AFTER {event} ON {name} BEGIN INSERT INTO touched VALUES ('{name}'); END"
                    )
                )


async def _logged(store: Store) -> set[str]:
    async with store.database.reading() as session:
        return {row.name for row in await session.all(text("SELECT DISTINCT name FROM touched"))}


async def _versions(store: Store) -> dict[str, set[tuple[str, str]]]:
    """PostgreSQL gives every version of a row its place and the transaction that wrote it."""
    async with store.database.reading() as session:
        return {
            name: {
                (row.place, row.writer)
                for row in await session.all(
                    text(f"SELECT ctid::text AS place, xmin::text AS writer FROM {name}")  # noqa: S608
                )
            }
            for name in TABLES
        }
