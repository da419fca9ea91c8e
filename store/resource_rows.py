"""Rows of resource tables as the answers show them: with names for the ids in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Generic, TypeVar

import msgspec
from sqlalchemy import Row, Table

from normalizer.model import StatusReport
from store.resource_views import ResourceView, StatusReportView
from store.resources import Resource
from store.schema import accounts, items
from store.schema_resources import resource_records, status_reports
from store.session import Session
from store.sight import Sight

V = TypeVar("V", bound=ResourceView)


@dataclass(frozen=True, slots=True)
class Kind(Generic[V]):
    """A resource: its table, what its rows hold, and what is shown of them."""

    table: Table
    model: type[Resource]
    view: type[V]

    @property
    def name(self) -> str:
        return str(self.table.name)

    @property
    def columns(self) -> list[Any]:
        """A row, with the home of its item where that is known."""
        home = [items.c.scope_id.label("home")] if "item_id" in self.table.c else []
        return [*self.table.c, *home]


REPORTS = Kind(status_reports, StatusReport, StatusReportView)


async def resource_views(
    session: Session, sight: Sight, kind: Kind[V], rows: Sequence[Row[Any]], seen: Collection[str]
) -> list[V]:
    """``seen`` are the visible scopes that were asked for: of several that it was read in, one is named."""
    read_in = await _read_in(session, [row.id for row in rows if not _place(row)], seen)
    named = {row.account_id for row in rows if "account_id" in kind.table.c and row.account_id}
    of = accounts.c
    whose = {row.id: row for row in await session.fetch([of.id, of.name, of.person_id], of.id, named)}
    return [_view(sight, kind, row, _place(row) or read_in[row.id], whose) for row in rows]


def _place(row: Row[Any]) -> str | None:
    """Its item's home, or its own scope; None where it has neither."""
    told = row._mapping
    place: str | None = told.get("home") or told.get("scope_id")
    return place


async def _read_in(session: Session, ids: Sequence[str], seen: Collection[str]) -> dict[str, str]:
    of = resource_records.c
    found: dict[str, set[str]] = defaultdict(set)
    for row in await session.fetch([of.resource_id, of.scope_id], of.resource_id, ids):
        if row.scope_id in seen:
            found[row.resource_id].add(row.scope_id)
    return {resource_id: min(scopes) for resource_id, scopes in found.items()}


def _view(sight: Sight, kind: Kind[V], row: Row[Any], scope_id: str, whose: Mapping[str, Row[Any]]) -> V:
    one = msgspec.convert(row.body, kind.model)
    scope = sight.shown[scope_id]
    values: dict[str, Any] = {
        "connection": scope.connection_id,
        "tracker": sight.connections[scope.connection_id].tracker,
        "scope": scope_id,
        "scope_name": scope.name,
        "read_at": row.read_at,
    }
    if "account_id" in kind.table.c:
        account = whose.get(row.account_id)
        values |= {
            "account_id": row.account_id,
            "person": account.person_id if account else None,
            "name": account.name if account else None,
        }
    names = [field.name for field in fields(kind.view)]
    return kind.view(**{name: values[name] if name in values else getattr(one, name) for name in names})
