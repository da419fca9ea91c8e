"""Receipts: a comparison is written down once, at the end of its scope's chain, and never changed. Whoever
changes, removes or exchanges one breaks the chain, and ``verify`` says where."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import Row, func, select

from store.codec import content, plain
from store.feed import touch
from store.open import Store
from store.prints import digest_of, kept_prints
from store.receipt_views import Cause as Cause
from store.receipt_views import Chain as Chain
from store.receipt_views import Comparison as Comparison
from store.receipt_views import Receipt as Receipt
from store.receipt_views import read as read
from store.schema import items, scopes
from store.schema_reconciling import receipts
from store.session import Session

COLUMNS = (
    "id", "hash", "scope_id", "reconciliation_id", "started_at", "finished_at", "complete", "number",
    "previous",
)  # fmt: skip
"""What stands in the row, and follows from the body."""


async def issue(store: Store, comparison: Comparison) -> Receipt:
    """Write it down as the scope's next receipt."""
    async with store.database.writing() as session:
        return await issue_in(session, comparison)


async def issue_in(session: Session, comparison: Comparison) -> Receipt:
    """The same, in a transaction that is under way."""
    of = receipts.c
    chain = select(of.number, of.hash).where(of.scope_id == comparison.scope_id)
    last = (await session.run(chain.order_by(of.number.desc()).limit(1))).first()
    follows = {"number": last.number + 1 if last else 1, "previous": last.hash if last else None}
    issued = read(content({**plain(comparison), **follows}).decode())
    await session.add(receipts, [{name: getattr(issued, name) for name in (*COLUMNS, "body")}])
    end = {"id": issued.scope_id, "receipt_id": issued.id, "compared_at": issued.started_at}
    await session.change(scopes, [end])
    await touch(session)
    return issued


async def verify(store: Store, scope_ids: Collection[str] | None = None) -> list[Chain]:
    """Walk the chain of each of these scopes; None: of all that have, or had, a receipt. By their ids."""
    async with store.database.reading() as session:
        ends = {row.id: row.receipt_id for row in await session.all(select(scopes.c.id, scopes.c.receipt_id))}
        known = {row.scope_id for row in await session.all(select(receipts.c.scope_id).distinct())}
        known |= {scope_id for scope_id, end in ends.items() if end is not None}
        wanted = known if scope_ids is None else set(scope_ids) & ends.keys()
        return [await _walked(session, scope_id, ends.get(scope_id)) for scope_id in sorted(wanted)]


async def _walked(session: Session, scope_id: str, end: str | None) -> Chain:
    of = receipts.c
    rows = await session.all(select(receipts).where(of.scope_id == scope_id).order_by(of.number))
    broken = [*_breaks(rows), *_lost(rows, end)]
    told = None if broken or not rows else read(rows[-1].body)
    return Chain(
        scope_id=scope_id,
        receipts=len(rows),
        head=rows[-1].hash if rows else None,
        broken=broken,
        current=told is not None and digest_of(await kept_prints(session, scope_id)) == told.our_digest,
        read_since=await _read_since(session, scope_id, told) if told else 0,
    )


def _breaks(rows: Sequence[Row[Any]]) -> Iterator[str]:
    """What is wrong with the receipts that are there, and between them."""
    number, before = 0, None
    for row in rows:
        if row.number != number + 1:
            yield f"{_named(number + 1, row.number - 1)} missing"
            before = row.previous
        if not _as_issued(row):
            yield f"receipt {row.number} does not say any more what it said when it was issued"
        elif row.previous != before:
            yield f"receipt {row.number} does not follow the one before it, which was exchanged"
        number, before = row.number, row.hash


def _as_issued(row: Row[Any]) -> bool:
    """The columns say what the body does, and the hash is of that body."""
    try:
        told = read(row.body)
    except msgspec.DecodeError:
        return False
    return all(getattr(told, name) == getattr(row, name) for name in COLUMNS)


def _lost(rows: Sequence[Row[Any]], end: str | None) -> Iterator[str]:
    """The scope knows the end of its chain, so that a chain that was cut short is found as well."""
    if end is not None and end not in [row.id for row in rows[-1:]]:
        after = f"after receipt {rows[-1].number}" if rows else "at all"
        yield f"the newest receipt is missing: there is none {after}"


def _named(first: int, last: int) -> str:
    return f"receipt {first} is" if first == last else f"receipts {first} to {last} are"


async def _read_since(session: Session, scope_id: str, told: Receipt) -> int:
    here = items.c.scope_id == scope_id, items.c.read_at > told.finished_at
    return int((await session.run(select(func.count()).where(*here))).scalar_one())
