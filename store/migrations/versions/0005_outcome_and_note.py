"""What came of each record when it was last mapped, and what a run has to say. Frozen: later steps alter
these."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, LargeBinary, Text

revision = "0005"
down_revision = "0004"

WORDS = Text().with_variant(Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("records", Column("outcome", LargeBinary))
    op.add_column("runs", Column("note", WORDS))
