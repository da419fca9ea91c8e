"""The tables of verifications: what the vendors' own clients said of items in the store."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table

from store.schema import metadata
from store.types import Instant, Json, Words

verifications = Table(
    "verifications",
    metadata,
    Column("id", Words, primary_key=True),
    Column("connection_id", Words, ForeignKey("connections.id"), nullable=False),
    Column("mode", Words, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant, nullable=False),
    Column("items", Integer, nullable=False),
    Column("fields", Integer, nullable=False),
    Column("differing", Integer, nullable=False),
    Column("unexplained", Integer, nullable=False),
    Column("error", Words),
    Index(None, "connection_id", "started_at"),
)

differences = Table(
    "differences",
    metadata,
    Column("verification_id", Words, ForeignKey("verifications.id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("scope_id", Words, ForeignKey("scopes.id"), nullable=False),
    Column("item_id", Words),
    Column("remote_id", Words, nullable=False),
    Column("remote_key", Words),
    Column("title", Words, nullable=False),
    Column("restricted", Boolean, nullable=False),
    Column("field", Words, nullable=False),
    Column("ours", Json),
    Column("theirs", Json),
    Column("read_at", Instant),
    Column("updated_at", Instant),
    Column("explained", Boolean, nullable=False),
)
"""``restricted`` is for items that the store does not hold, or not any more."""
