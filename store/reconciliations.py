"""Reconciliations: one pass over the scopes of a connection each, gone on with where it was cut."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal
from uuid import uuid4

from sqlalchemy import select, update

from store.feed import touch
from store.open import Store
from store.receipt_views import Receipt, read
from store.schema_reconciling import receipts, reconciliations

State = Literal["complete", "partial", "failed"]
CUT = "It was cut, and not gone on with."


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """``done`` are the receipts of the scopes, by our ids, that came out complete in it already."""

    id: str
    done: Mapping[str, Receipt] = field(default_factory=dict)


async def begin(store: Store, connection: str, now: datetime) -> Reconciliation:
    """A new one."""
    made = Reconciliation(str(uuid4()))
    row = {"id": made.id, "connection_id": connection, "state": "running", "started_at": now}
    async with store.database.writing() as session:
        await session.add(reconciliations, [row])
        await touch(session)
    return made


async def go_on(store: Store, connection: str, now: datetime, within: timedelta) -> Reconciliation | None:
    """The last one of the connection that did not come to its end, unless it began too long ago: such are
    closed, since what they found out then says little of now."""
    of, told = reconciliations.c, receipts.c
    running = of.connection_id == connection, of.state == "running"
    async with store.database.writing() as session:
        closed = await session.run(
            update(reconciliations)
            .where(*running, of.started_at < now - within)
            .values(state="failed", finished_at=now, error=CUT)
        )
        if closed.rowcount:
            await touch(session)
        left = (await session.all(select(of.id).where(*running).order_by(of.started_at.desc())))[:1]
        if not left:
            return None
        done = await session.all(
            select(told.scope_id, told.body).where(told.reconciliation_id == left[0].id, told.complete)
        )
    return Reconciliation(left[0].id, {row.scope_id: read(row.body) for row in done})


async def issued(store: Store, id: str) -> dict[str, bool]:
    """The scopes, by our ids, that have a receipt in it, and whether the last of them is complete."""
    of = receipts.c
    chosen = select(of.scope_id, of.complete).where(of.reconciliation_id == id).order_by(of.number)
    async with store.database.reading() as session:
        return {row.scope_id: row.complete for row in await session.all(chosen)}


async def end(store: Store, id: str, state: State, now: datetime, error: str | None = None) -> None:
    async with store.database.writing() as session:
        await session.change(
            reconciliations, [{"id": id, "state": state, "finished_at": now, "error": error}]
        )
        await touch(session)
