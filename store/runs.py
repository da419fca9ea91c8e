"""Runs: one execution of a sync job each, with its counters (put adds to them)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import uuid4

from sqlalchemy import select, update

from store.feed import touch
from store.open import Store
from store.schema import runs, scopes

READINGS = ("full", "incremental")
"""The kinds of runs that read a scope to its end, so that how one ends says how the scope is."""
OPEN = ("running", "paused")


LEASED = (*READINGS, "refresh", "drain", "reconcile")
"""The kinds that only who holds the lease of their connection is at."""


async def abandon(store: Store, connection: str, at: datetime) -> None:
    """Close what a dead process left running on the connection, of which the caller holds the lease."""
    async with store.database.writing() as session:
        closed = await session.run(
            update(runs)
            .where(runs.c.state == "running", runs.c.connection_id == connection, runs.c.kind.in_(LEASED))
            .values(state="abandoned", finished_at=at, waiting_until=None)
        )
        if closed.rowcount:
            await touch(session)


async def begin(store: Store, kind: str, connection: str, scope: str | None, at: datetime) -> str:
    """Open a run and answer its id. ``kind`` is the job's name, ``scope`` our id of the scope (None: the
    connection as a whole). What a dead process left running for the same job is abandoned."""
    run_id = str(uuid4())
    same = (
        runs.c.kind == kind,
        runs.c.connection_id == connection,
        runs.c.scope_id.is_not_distinct_from(scope),
    )
    async with store.database.writing() as session:
        await session.run(
            update(runs)
            .where(runs.c.state == "running", *same)
            .values(state="abandoned", finished_at=at, waiting_until=None)
        )
        row = {
            "id": run_id,
            "kind": kind,
            "connection_id": connection,
            "scope_id": scope,
            "state": "running",
            "started_at": at,
        }
        await session.add(runs, [row])
        await touch(session)
    return run_id


async def go_on(store: Store, run_id: str) -> bool:
    """Open a paused run again. Says whether it was one."""
    async with store.database.writing() as session:
        opened = await session.run(
            update(runs)
            .where(runs.c.id == run_id, runs.c.state == "paused")
            .values(state="running", finished_at=None)
        )
        await touch(session)
    return bool(opened.rowcount)


async def wait(store: Store, run_id: str, until: datetime | None) -> None:
    """The run waits for a rate limit until then; None: it goes on."""
    async with store.database.writing() as session:
        await session.run(
            update(runs).where(runs.c.id == run_id, runs.c.state == "running").values(waiting_until=until)
        )
        await touch(session)


async def cancel(store: Store, run_id: str, at: datetime) -> None:
    """Ask a run that is under way or paused to stop at the end of its page. Asking twice is asking once."""
    async with store.database.writing() as session:
        asked = await session.run(
            update(runs)
            .where(runs.c.id == run_id, runs.c.state.in_(OPEN), runs.c.cancel_asked_at.is_(None))
            .values(cancel_asked_at=at)
        )
        if asked.rowcount:
            await touch(session)


async def cancel_asked(store: Store, run_id: str) -> bool:
    async with store.database.reading() as session:
        found = await session.run(select(runs.c.cancel_asked_at).where(runs.c.id == run_id))
        return found.scalar() is not None


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended: ``error`` is the sentence of a failed one, ``note`` what else is to be said of it."""

    state: Literal["done", "failed", "paused", "cancelled"]
    error: str | None = None
    note: str | None = None


async def finish(store: Store, run_id: str, ending: Ending, at: datetime) -> None:
    """Close the run. A failed reading leaves its sentence on its scope until the next that is done: one that
    stopped before its end tells nothing of what failed."""
    async with store.database.writing() as session:
        await session.run(
            update(runs)
            .where(runs.c.id == run_id)
            .values(
                state=ending.state,
                error=ending.error,
                note=ending.note,
                finished_at=at,
                waiting_until=None,
            )
        )
        if ending.state in ("done", "failed"):
            read = select(runs.c.scope_id).where(runs.c.id == run_id, runs.c.kind.in_(READINGS))
            of = scopes.c.id == read.scalar_subquery()
            await session.run(update(scopes).where(of).values(error=ending.error))
        await touch(session)
