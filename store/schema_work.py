"""The tables of whoever does the work: which process is alive, and which of them may read a connection."""

from __future__ import annotations

from sqlalchemy import Column, Integer, Table

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
