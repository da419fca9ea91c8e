"""What the configuration declares and what the trackers list: connections, scopes, projects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import Table, delete, select, update

from connectors.base import Identity, ScopeRecord
from store.codec import plain
from store.declared import FRESHNESS, ConnectionSpec, ProjectSpec, ScopeSpec
from store.feed import touch
from store.open import Store
from store.schema import connections, meta, project_sources, projects, reach, scope_specs, scopes
from store.session import Session
from store.settle import FRESHNESS_TARGET, STRICTEST, settle

CheckState = Literal["ok", "unavailable", "unauthorized", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """The configuration as the store needs it. What is no longer declared is kept and no longer shown.
    ``freshness_seconds`` holds for scopes that have no target of their own."""

    connections: Sequence[ConnectionSpec]
    scopes: Sequence[ScopeSpec] = ()
    projects: Sequence[ProjectSpec] = ()
    freshness_seconds: int = FRESHNESS


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenScope:
    """A scope as a connection lists it, with our id for it."""

    id: str
    record: ScopeRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What came of probing a connection: who we are there, or the sentence that says why not."""

    state: CheckState
    at: datetime
    identity: Identity | None = None
    error: str | None = None


async def declare(store: Store, declared: Declared, at: datetime) -> None:
    """Make the store hold exactly this configuration. Idempotent; changed sources move figures at once."""
    async with store.database.writing() as session:
        changed = [
            await _declare_connections(session, declared.connections),
            await _replace(session, scope_specs, _spec_rows(declared.scopes)),
            await _replace(session, projects, _project_rows(declared.projects)),
            await _replace(session, project_sources, _source_rows(declared.projects)),
            await _target(session, declared.freshness_seconds),
            await settle(session),
        ]
        await _note_first(session, at)
        if any(changed):
            await touch(session)


async def _declare_connections(session: Session, specs: Sequence[ConnectionSpec]) -> bool:
    names = ("id", "tracker", "system", "position", "declared")
    wanted = {
        spec.id: dict(zip(names, (spec.id, spec.tracker, spec.system, n, True), strict=True))
        for n, spec in enumerate(specs)
    }
    held = {row.id: row for row in await session.all(select(*(connections.c[name] for name in names)))}
    changed = [row for key, row in wanted.items() if key not in held or dict(held[key]._mapping) != row]
    dropped = [key for key, row in held.items() if row.declared and key not in wanted]
    await session.upsert(connections, changed)
    for key in dropped:
        await session.run(update(connections).where(connections.c.id == key).values(declared=False))
    return bool(changed or dropped)


async def _target(session: Session, seconds: int) -> bool:
    held = (await session.run(select(meta.c.value).where(meta.c.name == FRESHNESS_TARGET))).scalar()
    if held == seconds:
        return False
    await session.upsert(meta, [{"name": FRESHNESS_TARGET, "value": seconds}])
    return True


async def _note_first(session: Session, at: datetime) -> None:
    """Since when each is wanted, and may be waited for: what is wanted again begins anew, and so does what
    was known before anybody noted it."""
    for wanted, since in (
        (connections.c.declared, connections.c.declared_at),
        (scopes.c.shown, scopes.c.first_listed_at),
    ):
        new = update(since.table).where(wanted, since.is_(None))
        gone = update(since.table).where(~wanted, since.is_not(None))
        await session.run(new.values({since.name: at}))
        await session.run(gone.values({since.name: None}))


async def _replace(session: Session, table: Table, rows: list[dict[str, Any]]) -> bool:
    """Make the table hold exactly these rows."""
    keys = [column.name for column in table.primary_key]

    def ordered(of: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return sorted(of, key=lambda row: [row[key] for key in keys])

    held = [dict(row._mapping) for row in await session.all(select(table))]
    if ordered(held) == ordered(rows):
        return False
    await session.run(delete(table))
    await session.add(table, rows)
    return True


def _spec_rows(specs: Sequence[ScopeSpec]) -> list[dict[str, Any]]:
    """One a name; where a scope is declared twice, the last declaration holds."""
    rows = {
        (spec.connection, spec.remote): {
            "connection_id": spec.connection,
            "remote": spec.remote,
            "sharing": spec.sharing,
            "team": spec.team,
            "freshness_seconds": spec.freshness_seconds,
        }
        for spec in specs
    }
    return list(rows.values())


def _project_rows(specs: Sequence[ProjectSpec]) -> list[dict[str, Any]]:
    return [
        {
            "id": spec.id,
            "position": n,
            "kind": spec.kind,
            "name": spec.name,
            "parent": spec.parent,
            "owner": spec.owner,
            "method": spec.method,
            "target_end": date.fromisoformat(spec.target_end) if spec.target_end else None,
        }
        for n, spec in enumerate(specs)
    ]


def _source_rows(specs: Sequence[ProjectSpec]) -> list[dict[str, Any]]:
    return [
        {
            "project_id": spec.id,
            "position": n,
            "connection_id": source.connection,
            "remote": source.remote,
            "selector": plain(source.selector),
        }
        for spec in specs
        for n, source in enumerate(spec.sources)
    ]


async def save_check(store: Store, connection_id: str, check: Check) -> None:
    """Note the outcome of a check; an unsuccessful one keeps what was known of the account."""
    values: dict[str, Any] = {"state": check.state, "error": check.error, "checked_at": check.at}
    if check.identity:
        values |= {
            "site": check.identity.site,
            "account": check.identity.account_name,
        }
    async with store.database.writing() as session:
        await session.run(update(connections).where(connections.c.id == connection_id).values(**values))
        await touch(session)


async def save_scopes(
    store: Store, connection_id: str, seen: Sequence[SeenScope], at: datetime
) -> Mapping[str, str]:
    """Note the complete listing of a connection's scopes; answers our ids by the tracker's.

    A scope that is listed no longer is kept with its items, and counts as not complete.
    """
    async with store.database.writing() as session:
        held = {row.id for row in await session.all(select(scopes.c.id))}
        rows = [_scope_row(one, connection_id) for one in seen]
        await session.add(scopes, [{**row, **UNSETTLED} for row in rows if row["id"] not in held])
        await session.upsert(
            scopes, [{**row, **UNSETTLED} for row in rows if row["id"] in held], keep=SETTLED
        )
        of = reach.c.connection_id == connection_id
        await session.run(update(reach).where(of).values(listed=False))
        listed = [{"connection_id": connection_id, "scope_id": one.id, "listed": True} for one in seen]
        await session.upsert(reach, listed)
        await session.run(update(connections).where(connections.c.id == connection_id).values(listed_at=at))
        await settle(session)
        await _note_first(session, at)
        await touch(session)
    return {one.record.id: one.id for one in seen}


UNSETTLED: dict[str, Any] = {
    "sharing": STRICTEST[0],
    "team": None,
    "shown": False,
    "listed": False,
    "absent": {},
}
"""A new scope is closed until it is settled, in the same transaction."""
SETTLED = ("connection_id", *UNSETTLED)


def _scope_row(seen: SeenScope, connection_id: str) -> dict[str, Any]:
    return {
        "id": seen.id,
        "connection_id": connection_id,
        "remote_id": seen.record.id,
        "key": seen.record.key,
        "name": seen.record.name,
        "kind": seen.record.kind,
        "url": seen.record.url,
        "closed": seen.record.closed,
    }
