"""How much of what changes in a scope webhooks tell: by what a comparison with the tracker found beside."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from store.inbox import Inbox
from store.schema_watching import hearings


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """Of a scope (the tracker's id): ``told`` counts the hints since its last comparison. Between that one
    and the one before, ``heard`` hints came, and ``lost`` changes were found that nobody had told."""

    connection: str
    scope: str
    told: int
    heard: int
    lost: int
    reckoned_at: datetime | None

    @property
    def loss(self) -> float | None:
        """The share that was lost; None where nothing changed, or nothing is known yet."""
        changes = self.heard + self.lost
        return self.lost / changes if changes else None


async def hearings_of(inbox: Inbox, connections: Collection[str]) -> list[Hearing]:
    """By connection and scope."""
    of = hearings.c
    columns = [of.connection_id, of.scope, of.told, of.heard, of.lost, of.reckoned_at]
    async with inbox.database.reading() as session:
        rows = await session.fetch(columns, of.connection_id, connections, of.scope != "")
    found = [
        Hearing(
            connection=row.connection_id,
            scope=row.scope,
            told=row.told,
            heard=row.heard,
            lost=row.lost,
            reckoned_at=row.reckoned_at,
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: (one.connection, one.scope))


async def reckon(inbox: Inbox, connection: str, found: Mapping[str, tuple[str, int]], at: datetime) -> None:
    """``found`` is by scope the newest receipt and how many changes it found that nobody had told. The first
    receipt of a scope begins its counting, and one that was reckoned with counts once."""
    of = hearings.c
    async with inbox.database.aside() as session:
        new = [{"connection_id": connection, "scope": scope, "told": 0} for scope in sorted(found)]
        await session.add_missing(hearings, new)
        chosen = select(of.scope, of.receipt_id).where(of.connection_id == connection)
        before = {row.scope: row.receipt_id for row in await session.all(chosen)}
        for scope, (receipt_id, lost) in sorted(found.items()):
            if before[scope] == receipt_id:
                continue
            counted = {"heard": of.told, "lost": lost} if before[scope] else {}
            await session.run(
                update(hearings)
                .where(of.connection_id == connection, of.scope == scope)
                .values(told=0, receipt_id=receipt_id, reckoned_at=at, **counted)
            )
