"""What the vendors' own clients said of items in the store, and every difference they found."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Boolean, Column, DateTime, ForeignKey, Integer, Text

revision = "0003"
down_revision = "0002"

WORDS = Text().with_variant(Text(collation="C"), "postgresql")
INSTANT = DateTime(timezone=True)


def upgrade() -> None:
    _verifications()
    _differences()


def _verifications() -> None:
    op.create_table(
        "verifications",
        Column("id", WORDS, primary_key=True),
        Column("connection_id", WORDS, ForeignKey("connections.id"), nullable=False),
        Column("mode", WORDS, nullable=False),
        Column("started_at", INSTANT, nullable=False),
        Column("finished_at", INSTANT, nullable=False),
        Column("items", Integer, nullable=False),
        Column("fields", Integer, nullable=False),
        Column("differing", Integer, nullable=False),
        Column("unexplained", Integer, nullable=False),
        Column("error", WORDS),
    )
    op.create_index(
        "ix_verifications_connection_id_started_at", "verifications", ["connection_id", "started_at"]
    )


def _differences() -> None:
    op.create_table(
        "differences",
        Column("verification_id", WORDS, ForeignKey("verifications.id"), primary_key=True),
        Column("position", Integer, primary_key=True, autoincrement=False),
        Column("scope_id", WORDS, ForeignKey("scopes.id"), nullable=False),
        Column("item_id", WORDS),
        Column("remote_id", WORDS, nullable=False),
        Column("remote_key", WORDS),
        Column("title", WORDS, nullable=False),
        Column("restricted", Boolean, nullable=False),
        Column("field", WORDS, nullable=False),
        Column("ours", Text),
        Column("theirs", Text),
        Column("read_at", INSTANT),
        Column("updated_at", INSTANT),
        Column("explained", Boolean, nullable=False),
    )
