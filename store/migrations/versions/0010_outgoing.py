"""Subscriptions to the feed, and what is delivered to them. Frozen: later steps alter this."""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Column, DateTime, ForeignKey, Integer, Text

revision = "0010"
down_revision = "0009"

WORDS = Text().with_variant(Text(collation="C"), "postgresql")
INSTANT = DateTime(timezone=True)


def upgrade() -> None:
    _subscriptions()
    _deliveries()


def _subscriptions() -> None:
    op.create_table(
        "subscriptions",
        Column("id", WORDS, primary_key=True),
        Column("url", WORDS, nullable=False),
        Column("name", WORDS, nullable=False),
        Column("secret", WORDS, nullable=False),
        Column("chosen", Text, nullable=False),
        Column("role", WORDS, nullable=False),
        Column("person", WORDS),
        Column("team", WORDS),
        Column("made_by", WORDS, nullable=False),
        Column("created_at", INSTANT, nullable=False),
        Column("after", BigInteger, nullable=False),
        Column("failing_since", INSTANT),
        Column("quiet_until", INSTANT),
        Column("disabled_at", INSTANT),
        Column("disabled_because", WORDS),
    )


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        Column("id", WORDS, primary_key=True),
        Column("subscription_id", WORDS, ForeignKey("subscriptions.id"), nullable=False),
        Column("seq", BigInteger, nullable=False),
        Column("type", WORDS, nullable=False),
        Column("body", WORDS, nullable=False),
        Column("state", WORDS, nullable=False),
        Column("attempts", Integer, nullable=False),
        Column("created_at", INSTANT, nullable=False),
        Column("next_at", INSTANT),
        Column("last_at", INSTANT),
        Column("last_status", Integer),
        Column("last_error", WORDS),
    )
    op.create_index(
        "ix_deliveries_subscription_id_state_seq", "deliveries", ["subscription_id", "state", "seq"]
    )
    op.create_index("ix_deliveries_state_next_at", "deliveries", ["state", "next_at"])
