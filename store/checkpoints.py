"""Where the reading of a scope stands. Written by :func:`store.put.put`, read at a job's start."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from connectors.base import JsonObject
from store.open import Store
from store.records import load_definitions
from store.schema import checkpoints


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """``resume`` set: a reading was cut. It began at ``started_at`` from the state ``since`` (None: a whole
    reading), in ``run_id``; continue it with both. ``resume`` None: the last reading was whole, and
    ``since`` is the state of the tracker that it reached."""

    resume: JsonObject | None
    since: JsonObject | None
    run_id: str
    started_at: datetime


async def load(store: Store, scope_id: str) -> Checkpoint | None:
    """The scope's checkpoint; None when it was never read."""
    async with store.database.reading() as session:
        found = await session.all(select(checkpoints).where(checkpoints.c.scope_id == scope_id))
    if not found:
        return None
    row = found[0]
    since = row.next_since if row.resume is None else row.since
    return Checkpoint(resume=row.resume, since=since, run_id=row.run_id, started_at=row.started_at)


async def cut(store: Store, scope_ids: Collection[str]) -> set[str]:
    """Those of these scopes of which a reading was cut and is to be gone on with."""
    of = checkpoints.c
    async with store.database.reading() as session:
        rows = await session.fetch([of.scope_id], of.scope_id, scope_ids, of.resume.is_not(None))
    return {row.scope_id for row in rows}


async def forget(store: Store, scope_id: str) -> None:
    """Drop the checkpoint, so that the next reading starts anew and whole (a cursor the tracker refuses)."""
    async with store.database.writing() as session:
        await session.remove(checkpoints.c.scope_id, [scope_id])


async def definitions(store: Store, scope_id: str) -> dict[str, dict[str, Any]]:
    """The bodies of the scope's ``definition`` records as last read, by their id."""
    async with store.database.reading() as session:
        return await load_definitions(session, scope_id)
