"""Records that are held, mapped again: which items they may tell of, and what is noted of the difference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal
from uuid import UUID, uuid5

from sqlalchemy import Row

from normalizer.model import Change, Item, StatusCategory
from store import changes
from store.codec import plain
from store.items import Incoming, Written
from store.schema import items
from store.session import Session
from store.types import canonical

Cause = Literal["reading", "definitions", "correction"]
CORRECTION = UUID("7d0c8c7e-0f51-5c39-9d3c-6f7a1b2e4d90")
THERE = ("present", "archived")
LONGEST = 300
"""Of a value in a correction; the item itself holds it whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remapped:
    """An item that means something else now. ``before`` is None where it is new."""

    item_id: str
    scope_id: str
    remote_id: str
    remote_key: str | None
    title: str
    fields: Sequence[str]
    before: StatusCategory | None
    after: StatusCategory


async def tellers(session: Session, arrived: Mapping[str, Incoming], scope_id: str) -> dict[str, Incoming]:
    """Those of which these records of the scope are the ones that told, as read when they were; and new ones.
    What another record tells, or what is not there any more, is left as it is."""
    of = items.c
    columns = [of.id, of.record_scope, of.record_kind, of.record_id, of.read_at, of.presence]
    held = {row.id: row for row in await session.fetch(columns, of.id, arrived)}
    chosen = {}
    for item_id, one in arrived.items():
        row = held.get(item_id)
        if row is None:
            chosen[item_id] = one
        elif row.presence in THERE and _told_by(row, one, scope_id):
            chosen[item_id] = replace(one, record=replace(one.record, read_at=row.read_at))
    return chosen


def _told_by(row: Row[Any], one: Incoming, scope_id: str) -> bool:
    told = row.record_scope, row.record_kind, row.record_id
    return told == (scope_id, one.record.kind, one.record.id)


def remapped(written: Written) -> list[Remapped]:
    return [
        Remapped(
            item_id=item_id,
            scope_id=after.scope_id,
            remote_id=after.item.remote_id,
            remote_key=after.item.remote_key,
            title=after.item.title,
            fields=sorted(written.fields.get(item_id, ())),
            before=written.before[item_id].item.status_category if item_id in written.before else None,
            after=after.item.status_category,
        )
        for item_id, after in written.after.items()
    ]


async def note_corrections(session: Session, written: Written, now: datetime) -> None:
    """A row of history for each corrected field: nothing happened in the tracker at that time."""
    rows = [
        _correction(before.item, written.after[item_id].item, name, now)
        for item_id, before in written.before.items()
        for name in sorted(written.fields.get(item_id, ()))
        if name in Item.__dataclass_fields__
    ]
    await changes.append(session, rows, now)


def _correction(before: Item, after: Item, name: str, now: datetime) -> Change:
    return Change(
        id=str(uuid5(CORRECTION, f"{after.id}|{name}|{now.isoformat()}")),
        item_id=after.id,
        field=name,
        before=_told(getattr(before, name)),
        after=_told(getattr(after, name)),
        original_before=None,
        original_after=None,
        at=now,
        source="data_correction",
    )


def _told(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return canonical(plain(value))[:LONGEST]
