"""Records as the trackers sent them, and the named things beside items: sections, iterations, releases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, Table, bindparam, select, update

from connectors.base import Record
from store.codec import pack, unpack
from store.schema import records
from store.session import Session, chunks

Key = tuple[str, str]
"""Kind and remote id of a record in its scope."""


KEYS = ("scope_id", "kind", "remote_id")
STAMPS = [records.c[name] for name in ("kind", "remote_id", "hash", "read_at", "outcome")]


def key_of(record: Record) -> Key:
    return record.kind, record.id


def record_row(record: Record, scope_id: str, compressor: Any) -> dict[str, Any]:
    hashed, body = pack(record.body, compressor)
    return {
        "scope_id": scope_id,
        "kind": record.kind,
        "remote_id": record.id,
        "hash": hashed,
        "body": body,
        "read_at": record.read_at,
    }


async def write_records(session: Session, arrived: Mapping[Key, dict[str, Any]]) -> set[Key]:
    """Write those that are new or differ, and of those that are the same what they became; answers those that
    are older than what is held."""
    late: set[Key] = set()
    fresh: list[dict[str, Any]] = []
    mapped: list[dict[str, Any]] = []
    for chunk in chunks(arrived.items()):
        scope_id = chunk[0][1]["scope_id"]
        held = {
            (row.kind, row.remote_id): row
            for row in await session.all(
                select(*STAMPS).where(
                    records.c.scope_id == scope_id,
                    records.c.kind.in_({kind for (kind, _), _ in chunk}),
                    records.c.remote_id.in_({remote_id for (_, remote_id), _ in chunk}),
                )
            )
        }
        for key, row in chunk:
            there = held.get(key)
            if there is None or (there.hash != row["hash"] and there.read_at <= row["read_at"]):
                fresh.append(row)
            elif there.read_at > row["read_at"]:
                late.add(key)
            elif there.outcome != row["outcome"]:
                mapped.append({f"of_{name}": row[name] for name in (*KEYS, "outcome")})
    await session.upsert(records, fresh)
    if mapped:
        of = [records.c[name] == bindparam(f"of_{name}") for name in KEYS]
        await session.run(update(records).where(*of).values(outcome=bindparam("of_outcome")), mapped)
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
