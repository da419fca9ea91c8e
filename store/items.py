"""Writing items: the version guard, moves and former keys, and which fields changed."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from connectors.base import Record
from normalizer.model import Item, Placement
from store.codec import digest, item_from, item_text
from store.figures import due_day
from store.folding import searchable, sort_key, sort_text
from store.membership import Held
from store.quarantine import keeping
from store.schema import assignments, item_texts, items, placements
from store.session import Session

SEARCHED = {"title", "remote_key", "former_keys", "description_md"}


@dataclass(frozen=True, slots=True)
class Incoming:
    """An item as one record tells it, with its canonical text and the digest of that. ``lost`` are the fields
    of it that the record tells and that could not be read."""

    item: Item
    text: str
    hash: bytes
    record: Record
    lost: Collection[str] = ()

    @property
    def version(self) -> tuple[datetime | None, datetime]:
        return self.item.remote_updated_at, self.record.read_at


@dataclass(slots=True)
class Written:
    """What came of the items of a page. ``before`` and ``after`` hold the written ones only."""

    before: dict[str, Held] = field(default_factory=dict)
    after: dict[str, Held] = field(default_factory=dict)
    fields: dict[str, set[str]] = field(default_factory=dict)
    """The changed fields of those that were there before."""
    rekeyed: set[str] = field(default_factory=set)
    """New ones, and those that go by another key now."""
    unchanged: int = 0
    stale: int = 0


def incoming(item: Item, record: Record, scope_id: str, lost: Collection[str] = ()) -> Incoming:
    """An item that names no place stands in the scope that it was read from."""
    if not item.placements:
        item = replace(item, placements=(Placement(scope_id=scope_id),))
    return _told(item, record, lost)


def _told(item: Item, record: Record, lost: Collection[str] = ()) -> Incoming:
    item, text = item_text(item)
    return Incoming(item, text, digest(text.encode()), record, lost)


def newest(arrived: Iterable[Incoming]) -> dict[str, Incoming]:
    """One for each item: a page may bring an item twice."""
    chosen: dict[str, Incoming] = {}
    for one in arrived:
        held = chosen.get(one.item.id)
        if held is None or not older(one.version, held.version):
            chosen[one.item.id] = one
    return chosen


def older(one: tuple[datetime | None, datetime], other: tuple[datetime | None, datetime]) -> bool:
    """By the tracker's own version where both have one and they differ, then by when they were read."""
    if one[0] and other[0] and one[0] != other[0]:
        return one[0] < other[0]
    return one[1] < other[1]


def home(item: Item, known: Collection[str], read_in: str) -> str:
    """The scope of the primary placement; of the others, and of the reading, the first that is known."""
    ordered = sorted(item.placements, key=lambda placement: not placement.primary)
    return next((p.scope_id for p in ordered if p.scope_id in known), read_in)


def keeping_former_keys(arrived: Incoming, held: Row[Any]) -> Incoming:
    """An item keeps every key it ever had, so that an old link still finds it."""
    item = arrived.item
    had = [*(held.former_keys or ()), held.remote_key, *item.former_keys]
    former = tuple(key for key in dict.fromkeys(had) if key and key != item.remote_key)
    if former == tuple(item.former_keys):
        return arrived
    return _told(replace(item, former_keys=former), arrived.record)


def changed_fields(old: str, new: str) -> set[str]:
    before, after = json.loads(old), json.loads(new)
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


@dataclass(frozen=True, slots=True)
class ItemWriter:
    """Writes the items of one page that was read in ``read_in``; ``scopes`` are all that are known."""

    session: Session
    scopes: Collection[str]
    read_in: str
    now: datetime

    async def write(self, arrived: Mapping[str, Incoming]) -> Written:
        outcome = Written()
        changed: dict[str, Incoming] = {}
        held = {row.id: row for row in await self.session.fetch(STAMPS, items.c.id, arrived)}
        kept = await self._keeping([item_id for item_id in held if arrived[item_id].lost])
        for item_id, one in arrived.items():
            row = held.get(item_id)
            if item_id in kept:
                one = _told(keeping(one.item, kept[item_id], one.lost), one.record)
            if row is None:
                changed[item_id] = one
            elif older(one.version, (row.remote_updated_at, row.read_at)):
                outcome.stale += 1
            elif self._told_at_home(one, row) or self._same(one := keeping_former_keys(one, row), row):
                outcome.unchanged += 1
            else:
                changed[item_id] = one
        await self._compare(changed, held, outcome)
        await self._store(changed, held, outcome)
        return outcome

    async def _keeping(self, item_ids: Collection[str]) -> dict[str, Item]:
        """The held items of those of which a field could not be read."""
        bodies = await self.session.fetch([items.c.id, items.c.body], items.c.id, item_ids)
        return {row.id: item_from(row.body) for row in bodies}

    def _told_at_home(self, one: Incoming, row: Row[Any]) -> bool:
        """An item in several scopes is told by the one where it is at home: another's words and sections
        would only differ, and each reading would undo the one before."""
        version = one.item.remote_updated_at
        return bool(
            version is not None
            and version == row.remote_updated_at
            and home(one.item, self.scopes, self.read_in) == row.scope_id != self.read_in
        )

    def _same(self, one: Incoming, row: Row[Any]) -> bool:
        return bool(
            one.hash == row.hash
            and one.item.presence == row.presence
            and home(one.item, self.scopes, self.read_in) == row.scope_id
        )

    async def _compare(
        self, changed: Mapping[str, Incoming], held: Mapping[str, Row[Any]], outcome: Written
    ) -> None:
        bodies = await self.session.fetch(
            [items.c.id, items.c.body], items.c.id, changed.keys() & held.keys()
        )
        texts = {row.id: row.body for row in bodies}
        for item_id, one in changed.items():
            scope_id = home(one.item, self.scopes, self.read_in)
            outcome.after[item_id] = Held(one.item, scope_id, one.item.presence)
            row = held.get(item_id)
            if row is None or row.remote_key != one.item.remote_key:
                outcome.rekeyed.add(item_id)
            if row is None:
                continue
            outcome.before[item_id] = Held(item_from(texts[item_id]), row.scope_id, row.presence)
            fields = changed_fields(texts[item_id], one.text)
            fields |= {"presence"} if row.presence != one.item.presence else set()
            outcome.fields[item_id] = fields | ({"placements"} if row.scope_id != scope_id else set())

    async def _store(
        self, changed: Mapping[str, Incoming], held: Mapping[str, Row[Any]], outcome: Written
    ) -> None:
        rows = [
            self._row(one, outcome.after[item_id].scope_id, held.get(item_id))
            for item_id, one in changed.items()
        ]
        await self.session.upsert(items, rows)

        def touched(names: set[str]) -> list[Item]:
            return [
                one.item
                for item_id, one in changed.items()
                if not outcome.fields.get(item_id, names).isdisjoint(names)
            ]

        texts = [{"item_id": item.id, "text": searchable(item)} for item in touched(SEARCHED)]
        await self.session.upsert(item_texts, texts, key=["item_id"])
        await self._replace(placements, touched({"placements"}), outcome, _placement_rows)
        await self._replace(assignments, touched({"assignments"}), outcome, _assignment_rows)

    async def _replace(self, table: Any, of: Sequence[Item], outcome: Written, rows: Any) -> None:
        there = [item.id for item in of if item.id in outcome.before]
        await self.session.remove(table.c.item_id, there)
        await self.session.add(table, [row for item in of for row in rows(item)])

    def _row(self, one: Incoming, scope_id: str, held: Row[Any] | None) -> dict[str, Any]:
        item = one.item
        standing = next((p for p in item.placements if p.scope_id == scope_id), None)
        if held is None:
            since = None if item.presence == "present" else self.now
        else:
            since = held.presence_since if held.presence == item.presence else self.now
        return {
            "id": item.id,
            "scope_id": scope_id,
            "system": item.system,
            "remote_id": item.remote_id,
            "remote_key": item.remote_key,
            "former_keys": list(item.former_keys) or None,
            "parent_id": item.parent_id,
            "type": item.type,
            "status_category": item.status_category,
            "restricted": item.visibility == "restricted",
            "presence": item.presence,
            "presence_since": since,
            "title_sort": sort_text(item.title),
            "key_sort": sort_key(item.remote_key) if item.remote_key else None,
            "due_sort": _due_sort(item),
            "due_day": due_day(item.due),
            "section_id": standing.section_id if standing else None,
            "remote_updated_at": item.remote_updated_at,
            "record_kind": one.record.kind,
            "record_id": one.record.id,
            "record_scope": self.read_in,
            "read_at": one.record.read_at,
            "written_at": self.now,
            "hash": one.hash,
            "body": one.text,
        }


STAMPS = [
    items.c.id,
    items.c.hash,
    items.c.scope_id,
    items.c.remote_key,
    items.c.former_keys,
    items.c.presence,
    items.c.presence_since,
    items.c.remote_updated_at,
    items.c.read_at,
]


def _due_sort(item: Item) -> str | None:
    """A day comes before the instants in it."""
    if item.due is None:
        return None
    if item.due.at:
        return item.due.at.strftime("%Y-%m-%dT%H:%M:%S.%f").zfill(26)
    return item.due.date.isoformat() if item.due.date else None


def _placement_rows(item: Item) -> list[dict[str, Any]]:
    return [
        {"item_id": item.id, "position": n, "scope_id": p.scope_id, "section_id": p.section_id}
        for n, p in enumerate(item.placements)
    ]


def _assignment_rows(item: Item) -> list[dict[str, Any]]:
    return [
        {"item_id": item.id, "position": n, "account_id": a.account_id, "role": a.role}
        for n, a in enumerate(item.assignments)
    ]
