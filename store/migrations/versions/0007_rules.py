"""By which rules a scope is mapped. Frozen: later steps alter this."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, LargeBinary

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("scopes", Column("rules", LargeBinary))
