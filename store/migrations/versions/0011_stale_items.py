"""Items to be asked for again, since one that they name went. Frozen: later steps alter this."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, DateTime, ForeignKey, Text

revision = "0011"
down_revision = "0010"

WORDS = Text().with_variant(Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "stale_items",
        Column("scope_id", WORDS, ForeignKey("scopes.id"), primary_key=True),
        Column("remote_id", WORDS, primary_key=True),
        Column("at", DateTime(timezone=True), nullable=False),
    )
