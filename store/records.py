"""Records as the trackers sent them, and the named things beside items: sections, iterations, releases."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import zstandard
from sqlalchemy import Column, Row, Table, exists, select

from connectors.base import Record
from store.codec import content, digest, unpack
from store.schema import records
from store.session import Session

Key = tuple[str, str]
"""Kind and remote id of a record in its scope."""


def key_of(record: Record) -> Key:
    return record.kind, record.id


def record_row(record: Record, scope_id: str) -> dict[str, Any]:
    """The row, its body not compressed yet: mostly it is held already."""
    body = content(record.body)
    return {
        "scope_id": scope_id,
        "kind": record.kind,
        "remote_id": record.id,
        "hash": digest(body),
        "body": body,
        "read_at": record.read_at,
    }


def _compressed(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """As they are to be written: no census has asked of them yet."""
    compressor = zstandard.ZstdCompressor()
    return [{**row, "body": compressor.compress(row["body"]), "fingerprint": None} for row in rows]


@dataclass(frozen=True, slots=True)
class Naming:
    """The columns by which the rows of a table name a record."""

    scope: Column[str]
    kind: Column[str]
    id: Column[str]

    async def fetch(
        self, session: Session, columns: Sequence[Column[Any]], scope_id: str, keys: Iterable[Key]
    ) -> list[Row[Any]]:
        """The rows about these records of the scope."""
        by_kind: dict[str, list[str]] = defaultdict(list)
        for kind, remote_id in keys:
            by_kind[kind].append(remote_id)
        found: list[Row[Any]] = []
        for kind in await self._there(session, scope_id, sorted(by_kind)):
            here = self.scope == scope_id, self.kind == kind
            found.extend(await session.fetch(columns, self.id, by_kind[kind], *here))
        return found

    async def _there(self, session: Session, scope_id: str, kinds: Sequence[str]) -> list[str]:
        """Of these kinds, those that have any row: mostly there is nothing to look up a page's ids for."""
        if not kinds:
            return []
        asked = [exists().where(self.scope == scope_id, self.kind == kind) for kind in kinds]
        there = (await session.all(select(*asked)))[0]
        return [kind for kind, any_there in zip(kinds, there, strict=True) if any_there]


NAMING = Naming(records.c.scope_id, records.c.kind, records.c.remote_id)
KEYS = ("scope_id", "kind", "remote_id")
STAMPS = [records.c[name] for name in ("kind", "remote_id", "hash", "read_at", "outcome")]


async def write_records(session: Session, scope_id: str, arrived: Mapping[Key, dict[str, Any]]) -> set[Key]:
    """Write those that are new or differ, and of those that are the same what they became; answers those that
    are older than what is held."""
    found = await NAMING.fetch(session, STAMPS, scope_id, arrived)
    held = {(row.kind, row.remote_id): row for row in found}
    late: set[Key] = set()
    fresh: list[dict[str, Any]] = []
    mapped: list[dict[str, Any]] = []
    for key, row in arrived.items():
        there = held.get(key)
        if there is None or (there.hash != row["hash"] and there.read_at <= row["read_at"]):
            fresh.append(row)
        elif there.read_at > row["read_at"]:
            late.add(key)
        elif there.outcome != row["outcome"]:
            mapped.append({name: row[name] for name in (*KEYS, "outcome")})
    await session.upsert(records, await asyncio.to_thread(_compressed, fresh))
    await session.change(records, mapped, key=KEYS)
    return late


async def load_definitions(session: Session, scope_id: str) -> dict[str, dict[str, Any]]:
    found = await session.all(
        select(records.c.remote_id, records.c.body).where(
            records.c.scope_id == scope_id, records.c.kind == "definition"
        )
    )
    return {row.remote_id: unpack(row.body) for row in found}


async def write_bodies(
    session: Session, table: Table, rows: Sequence[Mapping[str, Any]]
) -> dict[str, Row[Any] | None]:
    """Write those that are new or differ. Answers for each of them what was held (None: it is new)."""
    arrived = {row["id"]: row for row in rows}
    held = {row.id: row for row in await session.fetch(list(table.c), table.c.id, arrived)}
    changed = {
        key: row
        for key, row in arrived.items()
        if (there := held.get(key)) is None or (there.body != row["body"] and there.read_at <= row["read_at"])
    }
    await session.upsert(table, list(changed.values()))
    return {key: held.get(key) for key in changed}


async def write_entities(
    session: Session, table: Table, rows: Sequence[Mapping[str, Any]]
) -> dict[str, bool]:
    """Write sections, accounts … that are new or differ. Answers for each of those whether people now
    call it by another name."""
    names = {row["id"]: row["name"] for row in rows}
    written = await write_bodies(session, table, rows)
    return {key: held is None or held.name != names[key] for key, held in written.items()}
