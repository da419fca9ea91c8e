"""The tables of reconciliations: what is to be compared, what came of it, and what is held back."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, Table

from store.schema import metadata
from store.types import Instant, Json, Words

reconciliations = Table(
    "reconciliations",
    metadata,
    Column("id", Words, primary_key=True),
    Column("connection_id", Words, ForeignKey("connections.id"), nullable=False),
    Column("state", Words, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant),
    Column("error", Words),
    Index(None, "started_at", "id"),
)
"""One pass over a connection's scopes."""

worklists = Table(
    "worklists",
    metadata,
    Column("scope_id", Words, ForeignKey("scopes.id"), primary_key=True),
    Column("reconciliation_id", Words, ForeignKey("reconciliations.id"), nullable=False),
    Column("run_id", Words, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("census", LargeBinary, nullable=False),
    Column("done", Integer, nullable=False),
    Column("tally", Json, nullable=False),
)
"""A reconciliation of a scope that is under way: its census, how many of the items to fetch are done, and
what was counted so far. A process that dies leaves it to the next, which goes on there."""

receipts = Table(
    "receipts",
    metadata,
    Column("id", Words, primary_key=True),
    Column("scope_id", Words, ForeignKey("scopes.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("reconciliation_id", Words, ForeignKey("reconciliations.id"), nullable=False, index=True),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant, nullable=False),
    Column("complete", Boolean, nullable=False),
    Column("body", Words, nullable=False),
    Column("previous", Words),
    Column("hash", Words, nullable=False),
    Index("uq_receipts_scope_id", "scope_id", "number", unique=True),
)
"""Append-only, a chain a scope: ``hash`` is over ``body``, which names ``previous``."""

held_absences = Table(
    "held_absences",
    metadata,
    Column("finding_id", Words, ForeignKey("findings.id"), primary_key=True),
    Column("item_id", Words, ForeignKey("items.id"), primary_key=True),
    Column("presence", Words, nullable=False),
    Column("evidence", Words, nullable=False),
    Column("at", Instant, nullable=False),
)
"""What vanished all at once, and waits for a person's word."""

stale_items = Table(
    "stale_items",
    metadata,
    Column("scope_id", Words, ForeignKey("scopes.id"), primary_key=True),
    Column("remote_id", Words, primary_key=True),
    Column("at", Instant, nullable=False),
)
"""What hangs on an item that went or is linked to it, since when: it is to be asked for again."""
