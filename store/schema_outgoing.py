"""The tables of what we tell others: who wants to be told of which part of the feed, and each delivery."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, Table

from store.schema import metadata
from store.types import Instant, Json, Words

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", Words, primary_key=True),
    Column("url", Words, nullable=False),
    Column("name", Words, nullable=False),
    Column("secret", Words, nullable=False),
    Column("chosen", Json, nullable=False),
    Column("role", Words, nullable=False),
    Column("person", Words),
    Column("team", Words),
    Column("made_by", Words, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("after", BigInteger, nullable=False),
    Column("failing_since", Instant),
    Column("quiet_until", Instant),
    Column("disabled_at", Instant),
    Column("disabled_because", Words),
)
"""``secret`` is kept as it is, since every delivery is signed with it. ``role``, ``person`` and ``team`` are
of whoever made it: it is told what they may see. ``after`` is the number in the feed up to which deliveries
were made. ``failing_since`` is set with the first failure after a success, ``quiet_until`` with each one."""

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Words, primary_key=True),
    Column("subscription_id", Words, ForeignKey("subscriptions.id"), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("type", Words, nullable=False),
    Column("body", Words, nullable=False),
    Column("state", Words, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("next_at", Instant),
    Column("last_at", Instant),
    Column("last_status", Integer),
    Column("last_error", Words),
    Index(None, "subscription_id", "state", "seq"),
    Index(None, "state", "next_at"),
)
"""``id`` is what the receiver knows it by, the same at each attempt, and ``body`` exactly what is sent.
``next_at`` is set while it is ``waiting``; else it is ``delivered`` or ``dead``."""
