"""The address by which accounts are joined, and who decided whose an account is. Frozen: later steps alter
these."""

from __future__ import annotations

import json

from alembic import op
from sqlalchemy import Column, Float, MetaData, Table, Text, bindparam, select, update

revision = "0006"
down_revision = "0005"

WORDS = Text().with_variant(Text(collation="C"), "postgresql")
STATES = {"own": "own", "email": "joined_by_email"}
"""What an account's link was called before."""


def upgrade() -> None:
    op.add_column("accounts", Column("email", WORDS))
    op.add_column("accounts", Column("joined", WORDS))
    op.create_index("ix_accounts_email", "accounts", ["email"])
    op.add_column("account_links", Column("state", WORDS, nullable=False, server_default="own"))
    for name in ("other_id", "decision_id", "undoes", "decided_by"):
        op.add_column("account_links", Column(name, WORDS))
    op.add_column("account_links", Column("score", Float))
    op.create_index("ix_account_links_decision_id", "account_links", ["decision_id"])
    _name_states()
    _note_addresses()


def _name_states() -> None:
    names = ("n", "account_id", "evidence", "state")
    links = Table("account_links", MetaData(), *(Column(name, Text) for name in names))
    accounts = Table("accounts", MetaData(), Column("id", Text), Column("joined", Text))
    connection = op.get_bind()
    for old, new in STATES.items():
        op.execute(update(links).where(links.c.evidence == old).values(state=new, evidence="[]"))
    last = {
        row.account_id: row.state
        for row in connection.execute(select(links.c.account_id, links.c.state).order_by(links.c.n))
    }
    statement = update(accounts).where(accounts.c.id == bindparam("of")).values(joined=bindparam("how"))
    if last:
        connection.execute(statement, [{"of": account, "how": how} for account, how in last.items()])


def _note_addresses() -> None:
    accounts = Table("accounts", MetaData(), *(Column(name, Text) for name in ("id", "email", "body")))
    connection = op.get_bind()
    shown = [
        {"of": row.id, "address": address}
        for row in connection.execute(select(accounts.c.id, accounts.c.body))
        if (address := _address(json.loads(row.body)))
    ]
    statement = update(accounts).where(accounts.c.id == bindparam("of")).values(email=bindparam("address"))
    if shown:
        connection.execute(statement, shown)


def _address(body: dict[str, str | None]) -> str | None:
    shown = body["email"] if body["email_visibility"] == "shown" else None
    return (shown or "").strip().casefold() or None
