"""Which processes work: each tells now and then that it lives, by the clock of the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from store.open import Store
from store.party import host_and_pid
from store.schema_work import executors, leases

SILENCE = timedelta(seconds=30)
"""Who was not heard of for so long is dead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Executor:
    """``silent``: it has not told that it lives for too long."""

    id: str
    role: str
    host: str
    pid: int
    version: str
    started_at: datetime
    beat_at: datetime
    silent: bool


async def beat(store: Store, role: str, version: str) -> None:
    """Whoever opened this store lives."""
    host, pid = host_and_pid(store.party)
    async with store.database.aside() as session:
        now = await session.now()
        row = {
            "id": store.party,
            "role": role,
            "host": host,
            "pid": pid,
            "version": version,
            "started_at": now,
            "beat_at": now,
        }
        await session.upsert(executors, [row], keep=("started_at",))


async def known(store: Store) -> Sequence[Executor]:
    """All that have not been forgotten, the oldest first."""
    async with store.database.reading() as session:
        now = await session.now()
        rows = await session.all(select(executors).order_by(executors.c.started_at, executors.c.id))
    return [Executor(**row._mapping, silent=row.beat_at < now - SILENCE) for row in rows]


async def forget(store: Store, ids: Sequence[str]) -> None:
    """They work no more, and hold nothing."""
    async with store.database.aside() as session:
        await session.remove(executors.c.id, ids)
        await session.run(delete(leases).where(leases.c.holder.in_(ids)))
