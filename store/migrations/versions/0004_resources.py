"""Declared status, time entries, allocations, availabilities, budgets and rates, and the records that tell
of them. Frozen: later steps alter these."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Date, DateTime, ForeignKey, PrimaryKeyConstraint, Text

revision = "0004"
down_revision = "0003"

WORDS = Text().with_variant(Text(collation="C"), "postgresql")
INSTANT = DateTime(timezone=True)

TABLES = {
    "status_reports": ("scope_id", "item_id", "account_id"),
    "time_entries": ("item_id", "account_id"),
    "allocations": ("scope_id", "account_id"),
    "availabilities": ("account_id",),
    "budgets": ("scope_id",),
    "rates": ("scope_id", "account_id"),
}
"""By name, what each row refers to."""


def upgrade() -> None:
    for name, referring in TABLES.items():
        op.create_table(
            name,
            Column("id", WORDS, nullable=False),
            *(_referring(name, column) for column in referring),
            Column("first_day", Date),
            Column("last_day", Date),
            Column("time_sort", WORDS, nullable=False),
            Column("read_at", INSTANT, nullable=False),
            Column("body", Text, nullable=False),
            PrimaryKeyConstraint("id", name=f"pk_{name}"),
        )
        for column in referring:
            op.create_index(f"ix_{name}_{column}", name, [column])
        op.create_index(f"ix_{name}_time_sort_id", name, ["time_sort", "id"])
    op.create_index("ix_status_reports_scope_id_time_sort", "status_reports", ["scope_id", "time_sort"])
    _create_records()


def _referring(table: str, name: str) -> Column[str]:
    if name != "scope_id":
        return Column(name, WORDS)
    key = ForeignKey("scopes.id", name=f"fk_{table}_scope_id")
    return Column(name, WORDS, key, nullable=table == "rates")


def _create_records() -> None:
    keys = ("scope_id", "record_kind", "record_id", "resource_id")
    op.create_table(
        "resource_records",
        _referring("resource_records", keys[0]),
        *(Column(name, WORDS, nullable=False) for name in keys[1:]),
        Column("resource", WORDS, nullable=False),
        PrimaryKeyConstraint(*keys, name="pk_resource_records"),
    )
    op.create_index("ix_resource_records_resource_id", "resource_records", ["resource_id"])
