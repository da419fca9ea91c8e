"""The tables of people: who there is, and how each account came to be whose."""

from __future__ import annotations

from sqlalchemy import Column, Float, ForeignKey, Index, Table

from store.schema import Serial, metadata
from store.types import Instant, Json, Words

people = Table(
    "people",
    metadata,
    Column("id", Words, primary_key=True),
    Column("name_sort", Words, nullable=False),
    Index(None, "name_sort", "id"),
)

account_links = Table(
    "account_links",
    metadata,
    Column("n", Serial, primary_key=True),
    Column("account_id", Words, ForeignKey("accounts.id"), nullable=False, index=True),
    Column("person_id", Words, ForeignKey("people.id"), nullable=False, index=True),
    Column("state", Words, nullable=False),
    Column("other_id", Words),
    Column("decision_id", Words, index=True),
    Column("undoes", Words),
    Column("score", Float),
    Column("evidence", Json, nullable=False),
    Column("decided_by", Words),
    Column("decided_at", Instant, nullable=False),
    sqlite_autoincrement=True,
)
"""Append-only, so that undoing is one row more. What one decision wrote has its ``decision_id``; what wrote
itself has none. ``other_id`` is the account that ``account_id`` was set beside or apart from; ``undoes`` is
the decision that a row takes back."""
