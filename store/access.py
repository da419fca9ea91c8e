"""Which scopes a connection ever reached, and that the tracker does not show one of them any more."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from connectors.base import ScopeRecord
from store.open import Store
from store.schema import finding_records, findings, reach, scopes
from store.standing import Standing, end_standing, raise_standing

SUBJECT = "scope"


@dataclass(frozen=True, slots=True)
class Reached:
    """A scope as it was last listed; ``listed`` says whether it still is, by any connection that wants it."""

    id: str
    scope: ScopeRecord
    listed: bool


async def reached(store: Store, connection: str) -> list[Reached]:
    of = scopes.c
    chosen = (
        select(scopes, reach.c.listed.label("here"))
        .join(reach, reach.c.scope_id == of.id)
        .where(reach.c.connection_id == connection)
        .order_by(of.name, of.id)
    )
    async with store.database.reading() as session:
        rows = await session.all(chosen)
    return [
        Reached(
            row.id,
            ScopeRecord(
                id=row.remote_id, kind=row.kind, name=row.name, url=row.url, key=row.key, closed=row.closed
            ),
            row.here or row.listed,
        )
        for row in rows
    ]


async def note_access(store: Store, lost: Mapping[str, str], back: Collection[str], now: datetime) -> None:
    """``lost`` are scopes that are not shown to us any more, each with the sentence that a person should
    read, ``back`` some that are. No item is touched by it."""
    of = findings.c
    standing = (
        select(of.scope_id, of.detail)
        .join(finding_records, finding_records.c.finding_id == of.id)
        .where(of.kind == "access_lost")
    )
    async with store.database.reading() as session:
        told = {row.scope_id: row.detail for row in await session.all(standing)}
    raised = {scope_id: detail for scope_id, detail in lost.items() if told.get(scope_id) != detail}
    ended = [scope_id for scope_id in back if scope_id in told]
    if not raised and not ended:
        return
    async with store.database.writing() as session:
        for scope_id, detail in raised.items():
            standing_one = Standing(scope_id=scope_id, kind="access_lost", subject=SUBJECT, detail=detail)
            await raise_standing(session, standing_one, now)
        for scope_id in ended:
            await end_standing(session, scope_id, "access_lost")
