"""Whether items are still where they were: which a scope holds, and noting that some are not there now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy import or_, select

from normalizer.model import Change, Presence
from store import changes, feed
from store.figures import Ledger
from store.items import Written
from store.membership import Assigner, Held, load_claims, load_held
from store.open import Store
from store.schema import items, records
from store.session import Session

SEEN: tuple[Presence, ...] = ("present", "archived")
NAMED_AT_ONCE = 50
"""Ids looked for in one statement: each is a comparison of its own."""
CHANGE = UUID("5f2a1f0e-6c0b-5a55-8f0a-5d0c8a0f3b1d")


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """An item (by our id) that is not where it was, and what says so. ``at`` is when that was asked."""

    item_id: str
    presence: Presence
    evidence: str
    at: datetime


async def held_in(store: Store, scope_id: str) -> dict[str, str]:
    """The items that are at home in the scope and, as far as we know, there: our ids by the tracker's."""
    of = items.c
    chosen = select(of.id, of.remote_id).where(of.scope_id == scope_id, of.presence.in_(SEEN))
    async with store.database.reading() as session:
        return {row.remote_id: row.id for row in await session.all(chosen)}


async def gone_since(store: Store, scope_id: str, at: datetime) -> set[str]:
    """The items (by our ids) that are at home in the scope and were noted to be gone then or later."""
    of = items.c
    chosen = select(of.id).where(of.scope_id == scope_id, of.presence == "gone", of.presence_since >= at)
    async with store.database.reading() as session:
        return {row.id for row in await session.all(chosen)}


async def to_ask_for(store: Store, scope_id: str, listed: Mapping[str, str]) -> list[str]:
    """Of these items (our ids by the tracker's), which a scope's listing shows, those that we take for gone
    and those of which we have nothing at all, not even a record that cannot be read."""
    async with store.database.reading() as session:
        held = await session.fetch([items.c.id, items.c.presence], items.c.id, listed.values())
        kept = await session.fetch([records.c.remote_id, records.c.scope_id], records.c.remote_id, listed)
    presence = {row.id: row.presence for row in held}
    read = {row.remote_id for row in kept if row.scope_id == scope_id}
    return sorted(
        remote_id
        for remote_id, item_id in listed.items()
        if (presence[item_id] not in SEEN if item_id in presence else remote_id not in read)
    )


async def note_absent(
    store: Store, scope_id: str, absent: Sequence[Absent], now: datetime
) -> Mapping[str, Presence]:
    """Note it of those that are at home in the scope and were not read since; answers which those were. Their
    content and history stay, the figures follow, the feed tells."""
    async with store.database.writing() as session:
        return await note_absent_in(session, scope_id, absent, now)


async def note_absent_in(
    session: Session, scope_id: str, absent: Sequence[Absent], now: datetime
) -> Mapping[str, Presence]:
    """The same, in a transaction that is under way."""
    asked = {one.item_id: one for one in absent}
    rows = await session.fetch(
        [items.c.id, items.c.scope_id, items.c.presence, items.c.read_at], items.c.id, asked
    )
    due = [
        asked[row.id]
        for row in rows
        if row.scope_id == scope_id
        and row.read_at <= asked[row.id].at
        and row.presence != asked[row.id].presence
    ]
    if due:
        await _note(session, due, now)
    return {one.item_id: one.presence for one in due}


async def _note(session: Session, due: Sequence[Absent], now: datetime) -> None:
    before = await load_held(session, [one.item_id for one in due])
    after = {
        one.item_id: Held(before[one.item_id].item, before[one.item_id].scope_id, one.presence) for one in due
    }
    await session.change(
        items,
        [
            {"id": one.item_id, "presence": one.presence, "presence_since": now, "read_at": one.at}
            for one in due
        ],
    )
    ledger = Ledger()
    await Assigner(session, await load_claims(session), ledger).move(before, after)
    await ledger.apply(session)
    await changes.append(session, [_change(one, before[one.item_id].presence) for one in due], now)
    fields = {one.item_id: {"presence"} for one in due}
    await feed.publish(session, Written(before=before, after=after, fields=fields), {}, now)
    await feed.touch(session)


def _change(one: Absent, before: str) -> Change:
    return Change(
        id=str(uuid5(CHANGE, f"{one.item_id}|{one.presence}|{one.at.isoformat()}")),
        item_id=one.item_id,
        field="presence",
        before=before,
        after=one.presence,
        original_before=None,
        original_after=one.evidence,
        at=one.at,
        source="observed_diff",
    )


async def referring(store: Store, item_ids: Collection[str]) -> dict[str, list[str]]:
    """The items that are there and name one of these, as their parent or in a link: the tracker's ids of them
    by the scope where they are at home."""
    of = items.c
    found: dict[str, set[str]] = defaultdict(set)
    async with store.database.reading() as session:
        for start in range(0, len(item_ids), NAMED_AT_ONCE):
            part = sorted(item_ids)[start : start + NAMED_AT_ONCE]
            names = or_(of.parent_id.in_(part), *(of.body.contains(one) for one in part))
            chosen = select(of.scope_id, of.remote_id).where(of.presence.in_(SEEN), names)
            for row in await session.all(chosen):
                found[row.scope_id].add(row.remote_id)
    return {scope_id: sorted(ids) for scope_id, ids in found.items()}
