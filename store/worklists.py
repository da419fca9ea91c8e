"""Work lists: what a reconciliation of a scope found out and has still to fetch, so that whoever goes on with
it goes on at the batch that it had reached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
import zstandard
from sqlalchemy import case, update

from connectors.base import JsonObject
from store.open import Store
from store.receipt_views import Comparison, Fetched, Receipt
from store.receipts import issue_in
from store.schema import scopes
from store.schema_reconciling import worklists
from store.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Worklist:
    """``source`` is what the tracker listed, with what it said since when it was asked by name. Of ``todo``
    the first ``done`` were asked. ``tally`` is what the one who works counted so far."""

    reconciliation_id: str
    run_id: str
    started_at: datetime
    source: Mapping[str, bytes]
    todo: Sequence[tuple[str, Fetched]]
    done: int
    tally: JsonObject


@dataclass(frozen=True, slots=True)
class Advance:
    """How far the work came with a batch."""

    done: int
    tally: JsonObject


async def load(store: Store, scope_id: str) -> Worklist | None:
    """What was left of the scope's last reconciliation, if it did not come to its end."""
    async with store.database.reading() as session:
        found = await session.fetch(list(worklists.c), worklists.c.scope_id, [scope_id])
    if not found:
        return None
    row = found[0]
    source, todo = msgspec.msgpack.decode(
        zstandard.ZstdDecompressor().decompress(row.census),
        type=tuple[dict[str, bytes], list[tuple[str, Fetched]]],
    )
    return Worklist(
        reconciliation_id=row.reconciliation_id,
        run_id=row.run_id,
        started_at=row.started_at,
        source=source,
        todo=todo,
        done=row.done,
        tally=row.tally,
    )


async def save(store: Store, scope_id: str, work: Worklist) -> None:
    """Instead of what there was of the scope."""
    census = zstandard.compress(msgspec.msgpack.encode((work.source, work.todo)))
    row: dict[str, Any] = {
        "scope_id": scope_id,
        "reconciliation_id": work.reconciliation_id,
        "run_id": work.run_id,
        "started_at": work.started_at,
        "census": census,
        "done": work.done,
        "tally": work.tally,
    }
    async with store.database.writing() as session:
        await session.upsert(worklists, [row])


async def hand_over(store: Store, scope_id: str, run_id: str, reconciliation_id: str) -> None:
    """Another run goes on with it."""
    taken = {"scope_id": scope_id, "run_id": run_id, "reconciliation_id": reconciliation_id}
    async with store.database.writing() as session:
        await session.change(worklists, [taken], key=("scope_id",))


async def advance(session: Session, scope_id: str, to: Advance) -> None:
    """In the transaction that puts the batch."""
    await session.change(
        worklists, [{"scope_id": scope_id, "done": to.done, "tally": to.tally}], key=("scope_id",)
    )


async def conclude(store: Store, comparison: Comparison) -> Receipt:
    """The end of a comparison: its receipt is issued and its work list is done with. A complete one says of
    the scope what a complete reading does."""
    of = scopes.c
    async with store.database.writing() as session:
        receipt = await issue_in(session, comparison)
        await session.remove(worklists.c.scope_id, [comparison.scope_id])
        if comparison.complete:
            began = comparison.started_at
            later = case((of.complete_at > began, of.complete_at), else_=began)
            whole = update(scopes).where(of.id == comparison.scope_id).values(error=None, complete_at=later)
            await session.run(whole)
    return receipt
