"""How each scope stands that a question touches: when it was read, and what keeps it from being read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from store.lateness import trouble, under_way
from store.queries_items import in_scopes
from store.queries_portfolio import project_tree
from store.session import Session
from store.sight import Sight, in_project
from store.views import ItemQuery


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """``trouble`` is the sentence of what is in the way, ``reading`` that of a reading under way."""

    scope: str
    name: str
    connection: str
    complete_at: datetime | None
    trouble: str | None
    reading: str | None


async def standings(session: Session, sight: Sight, query: ItemQuery) -> list[Standing]:
    """Of the scopes that may be seen and that the filters name; without filters, of all. The least recent
    comes first, and before it what was never read."""
    rows = [row for row in sight.shown.values() if row.id in sight.visible and in_scopes(sight, row, query)]
    if query.project:
        named = (await project_tree(session, sight)).under(query.project)
        taken = set[str]().union(*(in_project(sight, project) for project in named))
        rows = [row for row in rows if row.id in taken]
    rows.sort(key=lambda row: (row.complete_at is not None, row.complete_at, row.id))
    return [
        Standing(
            scope=row.id,
            name=row.name,
            connection=row.connection_id,
            complete_at=row.complete_at,
            trouble=trouble(row, sight.connections[row.connection_id], sight.now),
            reading=under_way(row, run, sight.now) if (run := sight.running.get(row.id)) else None,
        )
        for row in rows
    ]
