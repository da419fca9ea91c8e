"""What differs between SQLite and PostgreSQL, all of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import (
    Column,
    ColumnElement,
    Integer,
    Table,
    Text,
    any_,
    event,
    func,
    literal,
    literal_column,
    select,
    table,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, Connection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from store.schema import item_texts
from store.types import Instant, canonical, storable

WRITING = "tspmo_writing"
"""The execution option of a transaction that will write."""
WRITERS = 0x7453504D4F
"""The advisory lock that PostgreSQL's writers queue for."""
BUSY_MS = 30_000
"""How long SQLite waits for another process's write transaction."""
CONNECT_SECONDS = 10

Insert = sqlite.Insert | postgresql.Insert


class Dialect(Protocol):
    """One database's ways. Everything else in the package is the same for both."""

    def engine(self, url: URL) -> AsyncEngine: ...

    def insert(self, target: Table) -> Insert:
        """An insert that knows ``on_conflict_do_update`` and ``on_conflict_do_nothing``."""
        ...

    def among(self, column: Column[Any], texts: Collection[str]) -> ColumnElement[bool]:
        """Whether the column is one of many texts, handed over as one parameter: each of its own costs more
        than the look-up."""
        ...

    async def lock_writers(self, connection: AsyncConnection) -> None:
        """Wait until this is the only transaction that writes."""
        ...

    async def snapshot(self, connection: AsyncConnection) -> AsyncConnection:
        """The connection, set so that all its queries see one committed state."""
        ...

    def now(self) -> ColumnElement[datetime]:
        """The moment by the clock of the database, whatever the clocks of those who use it say."""
        ...

    def finds(self, words: Sequence[str]) -> ColumnElement[bool]:
        """Items of whose text each of these folded words starts a word."""
        ...


@dataclass(frozen=True, slots=True)
class Sqlite:
    def engine(self, url: URL) -> AsyncEngine:
        engine = create_async_engine(url.set(drivername="sqlite+aiosqlite"))
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
        event.listen(engine.sync_engine, "invalidate", _take_back_sqlite)
        return engine

    def insert(self, target: Table) -> Insert:
        return sqlite.insert(target)

    def among(self, column: Column[Any], texts: Collection[str]) -> ColumnElement[bool]:
        listed = func.json_each(canonical([storable(text) for text in texts])).table_valued("value")
        return column.in_(select(listed.c.value))

    async def lock_writers(self, connection: AsyncConnection) -> None:
        """BEGIN IMMEDIATE has taken the lock."""

    async def snapshot(self, connection: AsyncConnection) -> AsyncConnection:
        return connection  # a deferred transaction keeps the state of its first read

    def now(self) -> ColumnElement[datetime]:
        return func.strftime("%Y-%m-%d %H:%M:%f000", "now", type_=Instant())

    def finds(self, words: Sequence[str]) -> ColumnElement[bool]:
        matches = literal_column("item_fts").op("MATCH")(" ".join(f'"{word}"*' for word in words))
        rows = select(literal_column("rowid", Integer)).select_from(table("item_fts")).where(matches)
        return item_texts.c.n.in_(rows)


PRAGMAS = (
    f"busy_timeout = {BUSY_MS}",
    "journal_mode = WAL",
    "synchronous = NORMAL",
    "foreign_keys = ON",
    "cache_size = -8192",
    "temp_store = MEMORY",
)


def _prepare_sqlite(dbapi: Any, _record: Any) -> None:
    dbapi.isolation_level = None  # transactions are begun by _begin_sqlite and by nothing else
    cursor = dbapi.cursor()
    try:
        for pragma in PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()
    except Exception:
        dbapi.close()  # the pool forgets a connection that fails here, and its thread would live on
        raise


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get(WRITING, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _take_back_sqlite(dbapi: Any, _record: Any, _error: BaseException | None) -> None:
    """Of a task that was cancelled within a statement. SQLite lets go of a closed connection only with its
    last cursor, which the task's exception may hold for long, and of the writers' lock no sooner."""
    with suppress(sqlite3.Error):
        dbapi.rollback()


@dataclass(frozen=True, slots=True)
class Postgresql:
    def engine(self, url: URL) -> AsyncEngine:
        return create_async_engine(
            url.set(drivername="postgresql+psycopg"),
            connect_args={"connect_timeout": CONNECT_SECONDS, "application_name": "tspmo"},
        )

    def insert(self, target: Table) -> Insert:
        return postgresql.insert(target)

    def among(self, column: Column[Any], texts: Collection[str]) -> ColumnElement[bool]:
        return column == any_(literal([storable(text) for text in texts], postgresql.ARRAY(Text)))

    async def lock_writers(self, connection: AsyncConnection) -> None:
        await connection.execute(select(func.pg_advisory_xact_lock(WRITERS)))

    async def snapshot(self, connection: AsyncConnection) -> AsyncConnection:
        return await connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    def now(self) -> ColumnElement[datetime]:
        return func.clock_timestamp(type_=Instant())

    def finds(self, words: Sequence[str]) -> ColumnElement[bool]:
        """A folded text has a space before each word; pg_trgm's index, where there is one, serves LIKE."""
        found: ColumnElement[bool] = item_texts.c.text.contains(f" {words[0]}")
        for word in words[1:]:
            found &= item_texts.c.text.contains(f" {word}")
        return found


def dialect_of(url: URL) -> Dialect | None:
    """By the URL's scheme; None when it is neither."""
    backend = url.drivername.partition("+")[0]
    if backend == "sqlite":
        return Sqlite()
    return Postgresql() if backend in ("postgresql", "postgres") else None


def sqlite_file(url: URL) -> Path | None:
    """Where a SQLite store lies; None for PostgreSQL, and for a ``file:`` URI, which SQLite itself reads."""
    name = url.database or ""
    return Path(name) if url.drivername.startswith("sqlite") and not name.startswith("file:") else None
