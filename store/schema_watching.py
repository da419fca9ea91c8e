"""The tables of the inbox: webhooks that we keep, what they hint at, and how they fare. They have no foreign
keys, since on SQLite they lie in a file of their own."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, MetaData, Table

from store.schema import metadata
from store.types import Instant, Words

watching = MetaData(naming_convention=metadata.naming_convention)


def _id(name: str = "id") -> Column[str]:
    return Column(name, Words, primary_key=True)


def _count(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False, server_default="0")


watches = Table(
    "watches",
    watching,
    _id(),
    Column("connection_id", Words, nullable=False),
    Column("scope", Words, nullable=False),
    Column("callback_url", Words, nullable=False),
    Column("secret", Words),
    Column("remote_id", Words),
    Column("making", Boolean, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("health", Words, nullable=False),
    Column("expires_at", Instant),
    Column("checked_at", Instant),
    _count("deliveries"),
    _count("hints"),
    _count("ignored"),
    _count("refused"),
    Column("last_at", Instant),
    Index("uq_watches_connection_id_scope", "connection_id", "scope", unique=True),
)
"""One a connection (``scope`` empty), or one a scope (the tracker's id). ``id`` is the digest of the token in
the callback URL. ``refused`` counts deliveries that were not let in or could not be read."""

unknown_events = Table("unknown_events", watching, _id("watch_id"), _id("name"), _count("n"))
"""Events that no connector knows, by name."""

hints = Table(
    "hints",
    watching,
    _id("connection_id"),
    _id("scope"),
    _id("item"),
    Column("n", Integer, nullable=False),
    Column("first_at", Instant, nullable=False),
)
"""What is to be looked at again, in the tracker's ids: ``item`` empty is the whole scope, ``scope`` empty an
unknown one. ``n`` is how often it was hinted at since ``first_at``."""

hearings = Table(
    "hearings",
    watching,
    _id("connection_id"),
    _id("scope"),
    _count("told"),
    Column("receipt_id", Words),
    _count("heard"),
    _count("lost"),
    Column("reckoned_at", Instant),
)
"""How much of a scope is told by webhooks: hints since its last comparison with the tracker, and of the time
before that how many were ``heard`` and how many changes the comparison found that nobody had told."""
