"""The inbox: where deliveries leave their hints. On SQLite a file of its own, so that no delivery waits for
what a sync writes; on PostgreSQL in the store's database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, make_url, text
from sqlalchemy.exc import DBAPIError

from store.beside import inbox_url, on_one_machine
from store.database import Database, StoreError, refused
from store.dialect import dialect_of
from store.schema_watching import watching

FORM = 1
"""Of the SQLite file. One of another form is made anew: what it held comes again, since webhooks are looked
after and a reconciliation finds what nobody told."""


@dataclass(frozen=True, slots=True)
class Inbox:
    """``database`` is for this package alone."""

    database: Database


@asynccontextmanager
async def opened_inbox(url: str) -> AsyncIterator[Inbox]:
    """The inbox of the store at the URL, which is there. Raises StoreError."""
    parsed = make_url(inbox_url(url))
    label, dialect = parsed.render_as_string(hide_password=True), dialect_of(parsed)
    if dialect is None:
        raise StoreError(f"The database {label} is not one this program can use.")
    database = Database(dialect.engine(parsed), dialect, label)
    try:
        if on_one_machine(url):
            await _made(database)
        yield Inbox(database)
    finally:
        await database.aclose()


async def _made(database: Database) -> None:
    try:
        async with database.aside() as session:
            await session.connection.run_sync(_make)
    except DBAPIError as error:
        raise StoreError(refused(database.label, error.orig)) from error


def _make(connection: Connection) -> None:
    if connection.execute(text("PRAGMA user_version")).scalar() == FORM:
        return
    watching.drop_all(connection)
    watching.create_all(connection)
    connection.execute(text(f"PRAGMA user_version = {FORM}"))
