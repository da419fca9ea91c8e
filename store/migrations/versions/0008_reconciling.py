"""Reconciliations with their receipts, decided findings, freshness targets, and who does the work. Frozen:
later steps alter this."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Boolean, Column, DateTime, ForeignKey, Integer, LargeBinary, Text

revision = "0008"
down_revision = "0007"

WORDS = Text().with_variant(Text(collation="C"), "postgresql")
INSTANT = DateTime(timezone=True)


def upgrade() -> None:
    _columns()
    _reconciliations()
    _receipts()
    _work()


def _columns() -> None:
    op.add_column("records", Column("fingerprint", LargeBinary))
    op.add_column("runs", Column("cancel_asked_at", INSTANT))
    op.add_column("connections", Column("declared_at", INSTANT))
    op.add_column("scopes", Column("first_listed_at", INSTANT))
    op.add_column("scopes", Column("receipt_id", WORDS))
    op.add_column("scopes", Column("compared_at", INSTANT))
    for table in ("scopes", "scope_specs"):
        op.add_column(table, Column("freshness_seconds", Integer))
    for column in (
        Column("decision", WORDS),
        Column("decided_by", WORDS),
        Column("why", WORDS),
        Column("decided_at", INSTANT),
    ):
        op.add_column("findings", column)
    fields = ["scope_id", "kind", "remote_id", "fingerprint"]
    op.create_index("ix_records_scope_id_kind_remote_id_fingerprint", "records", fields)
    op.create_index("ix_items_scope_id_presence_remote_id", "items", ["scope_id", "presence", "remote_id"])
    op.drop_index("ix_items_scope_id", "items")


def _reconciliations() -> None:
    op.create_table(
        "reconciliations",
        Column("id", WORDS, primary_key=True),
        Column("connection_id", WORDS, ForeignKey("connections.id"), nullable=False),
        Column("state", WORDS, nullable=False),
        Column("started_at", INSTANT, nullable=False),
        Column("finished_at", INSTANT),
        Column("error", WORDS),
    )
    op.create_index("ix_reconciliations_started_at_id", "reconciliations", ["started_at", "id"])
    op.create_table(
        "worklists",
        Column("scope_id", WORDS, ForeignKey("scopes.id"), primary_key=True),
        Column("reconciliation_id", WORDS, ForeignKey("reconciliations.id"), nullable=False),
        Column("run_id", WORDS, nullable=False),
        Column("started_at", INSTANT, nullable=False),
        Column("census", LargeBinary, nullable=False),
        Column("done", Integer, nullable=False),
        Column("tally", Text, nullable=False),
    )


def _receipts() -> None:
    op.create_table(
        "receipts",
        Column("id", WORDS, primary_key=True),
        Column("scope_id", WORDS, ForeignKey("scopes.id"), nullable=False),
        Column("number", Integer, nullable=False),
        Column("reconciliation_id", WORDS, ForeignKey("reconciliations.id"), nullable=False),
        Column("started_at", INSTANT, nullable=False),
        Column("finished_at", INSTANT, nullable=False),
        Column("complete", Boolean, nullable=False),
        Column("body", WORDS, nullable=False),
        Column("previous", WORDS),
        Column("hash", WORDS, nullable=False),
    )
    op.create_index("ix_receipts_reconciliation_id", "receipts", ["reconciliation_id"])
    op.create_index("uq_receipts_scope_id", "receipts", ["scope_id", "number"], unique=True)
    op.create_table(
        "held_absences",
        Column("finding_id", WORDS, ForeignKey("findings.id"), primary_key=True),
        Column("item_id", WORDS, ForeignKey("items.id"), primary_key=True),
        Column("presence", WORDS, nullable=False),
        Column("evidence", WORDS, nullable=False),
        Column("at", INSTANT, nullable=False),
    )


def _work() -> None:
    op.create_table(
        "leases",
        Column("name", WORDS, primary_key=True),
        Column("holder", WORDS, nullable=False),
        Column("since", INSTANT, nullable=False),
        Column("until", INSTANT, nullable=False),
    )
    op.create_table(
        "executors",
        Column("id", WORDS, primary_key=True),
        Column("role", WORDS, nullable=False),
        Column("host", WORDS, nullable=False),
        Column("pid", Integer, nullable=False),
        Column("version", WORDS, nullable=False),
        Column("started_at", INSTANT, nullable=False),
        Column("beat_at", INSTANT, nullable=False),
    )
    op.create_table(
        "outages",
        Column("id", WORDS, primary_key=True),
        Column("connection_id", WORDS, ForeignKey("connections.id"), nullable=False),
        Column("scope_id", WORDS, ForeignKey("scopes.id")),
        Column("subject", WORDS, nullable=False),
        Column("began_at", INSTANT, nullable=False),
        Column("ended_at", INSTANT),
        Column("reason", WORDS, nullable=False),
    )
    op.create_index("ix_outages_ended_at", "outages", ["ended_at"])
