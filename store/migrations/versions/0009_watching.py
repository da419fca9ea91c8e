"""Webhooks and their hints. On SQLite they lie in a file of their own, which makes itself
(store/inbox.py). Frozen: later steps alter this."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Boolean, Column, DateTime, Integer, Text

revision = "0009"
down_revision = "0008"

WORDS = Text(collation="C")
INSTANT = DateTime(timezone=True)


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        _watches()
        _hints()


def _key(*names: str) -> list[Column[str]]:
    return [Column(name, WORDS, primary_key=True) for name in names]


def _counts(*names: str) -> list[Column[int]]:
    return [Column(name, Integer, nullable=False, server_default="0") for name in names]


def _watches() -> None:
    op.create_table(
        "watches",
        *_key("id"),
        Column("connection_id", WORDS, nullable=False),
        Column("scope", WORDS, nullable=False),
        Column("callback_url", WORDS, nullable=False),
        Column("secret", WORDS),
        Column("remote_id", WORDS),
        Column("making", Boolean, nullable=False),
        Column("active", Boolean, nullable=False),
        Column("health", WORDS, nullable=False),
        Column("expires_at", INSTANT),
        Column("checked_at", INSTANT),
        *_counts("deliveries", "hints", "ignored", "refused"),
        Column("last_at", INSTANT),
    )
    op.create_index("uq_watches_connection_id_scope", "watches", ["connection_id", "scope"], unique=True)
    op.create_table("unknown_events", *_key("watch_id", "name"), *_counts("n"))


def _hints() -> None:
    op.create_table(
        "hints",
        *_key("connection_id", "scope", "item"),
        Column("n", Integer, nullable=False),
        Column("first_at", INSTANT, nullable=False),
    )
    op.create_table(
        "hearings",
        *_key("connection_id", "scope"),
        *_counts("told"),
        Column("receipt_id", WORDS),
        *_counts("heard", "lost"),
        Column("reckoned_at", INSTANT),
    )
