"""What is out of date by what became of another item: marked together with that, and asked for again by
whoever reads its connection next, so that a cut in between loses none."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from store.open import Store
from store.schema_reconciling import stale_items
from store.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Stale:
    """An item (by the tracker's id) of a scope, and when it was marked last."""

    scope_id: str
    remote_id: str
    at: datetime


async def mark_stale(session: Session, items: Mapping[str, Collection[str]], now: datetime) -> None:
    """Those items (the tracker's ids by our scope), in the order in which they are unmarked as well, so that
    no two wait for each other."""
    rows = [
        {"scope_id": scope_id, "remote_id": id, "at": now}
        for scope_id, ids in sorted(items.items())
        for id in sorted(ids)
    ]
    await session.upsert(stale_items, rows)


async def stale_in(store: Store, scope_ids: Collection[str]) -> dict[str, list[Stale]]:
    """By scope, in their order; those without any are not named."""
    of, found = stale_items.c, dict[str, list[Stale]]()
    async with store.database.reading() as session:
        rows = await session.fetch(list(of), of.scope_id, scope_ids)
    for row in sorted(rows, key=lambda row: (row.scope_id, row.remote_id)):
        one = Stale(scope_id=row.scope_id, remote_id=row.remote_id, at=row.at)
        found.setdefault(row.scope_id, []).append(one)
    return found


async def asked_again(store: Store, stale: Sequence[Stale]) -> None:
    """What was marked once more meanwhile stays."""
    async with store.database.writing() as session:
        await session.drop(stale_items, [asdict(one) for one in stale])
