"""The tables of what trackers tell beside items: declared status, time, people promised and away, money."""

from __future__ import annotations

from sqlalchemy import Column, Date, ForeignKey, Index, Table
from sqlalchemy.schema import SchemaItem

from store.schema import metadata
from store.types import Instant, Json, Words


def _entity(name: str, *more: SchemaItem) -> Table:
    return Table(
        name,
        metadata,
        Column("id", Words, primary_key=True),
        Column("first_day", Date),
        Column("last_day", Date),
        Column("time_sort", Words, nullable=False),
        Column("read_at", Instant, nullable=False),
        Column("body", Json, nullable=False),
        *more,
        Index(None, "time_sort", "id"),
    )


def _scope(*, nullable: bool = False) -> Column[str]:
    return Column("scope_id", Words, ForeignKey("scopes.id"), nullable=nullable, index=True)


def _named(name: str) -> Column[str]:
    return Column(name, Words, index=True)


status_reports = _entity(
    "status_reports",
    _scope(),
    _named("item_id"),
    _named("account_id"),
    Index(None, "scope_id", "time_sort"),
)
"""``account_id`` is the author's. ``item_id`` is set where a row declares, and not its scope."""

time_entries = _entity("time_entries", _named("item_id"), _named("account_id"))
allocations = _entity("allocations", _scope(), _named("account_id"))
availabilities = _entity("availabilities", _named("account_id"))
budgets = _entity("budgets", _scope())
rates = _entity("rates", _scope(nullable=True), _named("account_id"))

resource_records = Table(
    "resource_records",
    metadata,
    Column("scope_id", Words, ForeignKey("scopes.id"), primary_key=True),
    Column("record_kind", Words, primary_key=True),
    Column("record_id", Words, primary_key=True),
    Column("resource_id", Words, primary_key=True, index=True),
    Column("resource", Words, nullable=False),
)
"""Which records tell of a resource now, and so in which scopes it was read; ``resource`` is the name of its
table. One that no record tells of any more is dropped."""
