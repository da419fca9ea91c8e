"""The tables of whoever does the work: which process is alive, which of them may read a connection, and what
was late for a time."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, Table

from store.schema import metadata
from store.types import Instant, Words

leases = Table(
    "leases",
    metadata,
    Column("name", Words, primary_key=True),
    Column("holder", Words, nullable=False),
    Column("since", Instant, nullable=False),
    Column("until", Instant, nullable=False),
)
"""By the database's clock, which all processes share."""

executors = Table(
    "executors",
    metadata,
    Column("id", Words, primary_key=True),
    Column("role", Words, nullable=False),
    Column("host", Words, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("version", Words, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("beat_at", Instant, nullable=False),
)

outages = Table(
    "outages",
    metadata,
    Column("id", Words, primary_key=True),
    Column("connection_id", Words, ForeignKey("connections.id"), nullable=False),
    Column("scope_id", Words, ForeignKey("scopes.id")),
    Column("subject", Words, nullable=False),
    Column("began_at", Instant, nullable=False),
    Column("ended_at", Instant, index=True),
    Column("reason", Words, nullable=False),
)
"""What was past its target, and until when. Without a scope it is a name that the configuration has, or all
of a connection."""
