"""Opening a store: connect, migrate, or say in one sentence why not."""

from __future__ import annotations

import sqlite3
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, field

from alembic.util import CommandError
from sqlalchemy import delete, false, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError

from store.database import Database, refused, told
from store.database import StoreError as StoreError
from store.dialect import dialect_of, sqlite_file
from store.migrate import check_current, upgrade
from store.party import new_party
from store.principal import Principal
from store.reader import Clock, Reader
from store.schema import meta


@dataclass(frozen=True, slots=True)
class Store:
    """An open store. ``url`` hides the password; ``database`` is for this package alone. ``party`` tells
    whoever opened it from all others that share the database."""

    url: str
    database: Database
    party: str = field(default_factory=new_party)

    def told(self) -> AbstractContextManager[None]:
        """Trouble with the jobs' database, which lies where the store lies, is told as the store's is."""
        return told(self.url)

    def reader(self, principal: Principal, clock: Clock) -> Reader:
        return Reader(self.database, principal, clock)

    async def aclose(self) -> None:
        await self.database.aclose()


async def open_store(url: str, *, migrate: bool = True) -> Store:
    """Open ``sqlite:///path`` or ``postgresql://…``. ``migrate`` brings it to this version's schema (and
    makes it if there is none). Raises StoreError."""
    parsed = _parsed(url)
    label = parsed.render_as_string(hide_password=True)
    dialect = dialect_of(parsed)
    if dialect is None:
        raise StoreError(_expected(label))
    _place(parsed, label, make=migrate)
    database = Database(dialect.engine(parsed), dialect, label)
    try:
        async with database.writing() as session:
            await session.connection.run_sync(upgrade if migrate else check_current)
            # Removes nothing, and is refused where nothing can be written.
            await session.run(delete(meta).where(false()))
    except DBAPIError as error:
        await database.aclose()
        raise StoreError(refused(label, error.orig)) from error
    except (StoreError, CommandError):
        await database.aclose()
        raise
    return Store(label, database)


def _parsed(url: str) -> URL:
    try:
        return make_url(url)
    except ArgumentError as error:
        raise StoreError(_expected("in the configuration")) from error


def _expected(label: str) -> str:
    return (
        f"The database {label} is not one this program can use: expected sqlite:///path/to/file or "
        "postgresql://user:password@host/name; whoever wrote the configuration can mend it."
    )


def _place(url: URL, label: str, *, make: bool) -> None:
    """See that a SQLite file is there or can be made."""
    path = sqlite_file(url)
    if path is None:
        return
    if path.name in ("", ":memory:"):
        raise StoreError(_expected(label))
    if not make and not path.exists():
        raise StoreError(f"There is no database at {path} yet; the first `tspmo sync` makes one.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"The database {label} cannot be made: {error.strerror} ({path.parent}); whoever runs this "
            "installation can choose another path or mend its permissions."
        ) from error
    try:
        # Tried here since aiosqlite, when it cannot connect, leaves a thread that complains to the terminal.
        with closing(sqlite3.connect(path)) as probe:
            probe.execute("PRAGMA schema_version")
    except sqlite3.Error as error:
        raise StoreError(refused(label, error)) from error
