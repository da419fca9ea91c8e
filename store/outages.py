"""Outages: that something is past its target is noted once, and once that it is over, whoever looks and
however often processes begin anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Row, select

from store.feed import touch
from store.lateness import Late
from store.open import Store
from store.principal import LOCAL
from store.queries_late import named
from store.schema_work import outages
from store.sight import Sight, look

Key = tuple[str, str | None, str]
"""A connection, our id of a scope (None: it has none yet), and what people call it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """``scope`` is None for a name that means no scope. ``ended_at`` is when somebody saw that it is over."""

    connection: str
    scope: str | None
    subject: str
    began_at: datetime
    ended_at: datetime | None
    reason: str


async def note_outages(store: Store, now: datetime) -> Sequence[Outage]:
    """What began or ended since somebody looked the last time."""
    async with store.database.writing() as session:
        late = _late(await look(session, LOCAL, now))
        rows = await session.all(select(outages).where(outages.c.ended_at.is_(None)))
        known = {_key(row.connection_id, row.scope_id, row.subject): row for row in rows}
        begun = [_begun(key, one) for key, one in late.items() if _key(*key) not in known]
        over = [row for key, row in known.items() if key not in {_key(*one) for one in late}]
        await session.add(outages, begun)
        await session.change(outages, [{"id": row.id, "ended_at": now} for row in over])
        if begun or over:
            await touch(session)
    return [*(_outage(row) for row in begun), *(_outage({**_values(row), "ended_at": now}) for row in over)]


def _late(sight: Sight) -> Mapping[Key, Late]:
    scopes: dict[Key, Late] = {
        (sight.shown[one].connection_id, one, named(sight, one)): late for one, late in sight.late.items()
    }
    names: dict[Key, Late] = {
        (one.connection, None, named(sight, one)): late for one, late in sight.late_missing.items()
    }
    return {**scopes, **names}


def _key(connection: str, scope: str | None, subject: str) -> tuple[str, str]:
    """What stays the same while it is renamed, or read through another connection."""
    return ("scope", scope) if scope is not None else (connection, subject)


def _begun(key: Key, late: Late) -> dict[str, Any]:
    connection, scope, subject = key
    return {
        "id": str(uuid4()),
        "connection_id": connection,
        "scope_id": scope,
        "subject": subject,
        "began_at": late.since,
        "ended_at": None,
        "reason": late.reason,
    }


def _values(row: Row[Any]) -> dict[str, Any]:
    return dict(row._mapping)


def _outage(row: Mapping[str, Any]) -> Outage:
    return Outage(
        connection=row["connection_id"],
        scope=row["scope_id"],
        subject=row["subject"],
        began_at=row["began_at"],
        ended_at=row["ended_at"],
        reason=row["reason"],
    )
