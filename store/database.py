"""One database behind an engine: write transactions (one at a time) and read snapshots. The store's own;
no other package reads or writes through it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Hashable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

from store.bulk import Bulk
from store.dialect import WRITING, Dialect
from store.session import Session


class StoreError(Exception):
    """The database cannot be used. The message is one sentence: what, why, who can mend it."""


@dataclass(frozen=True, slots=True)
class Database:
    """``label`` names the database without its password."""

    engine: AsyncEngine
    dialect: Dialect
    label: str
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    bulks: dict[Hashable, Bulk] = field(default_factory=dict)

    @asynccontextmanager
    async def writing(self, *, keep: bool = True) -> AsyncIterator[Session]:
        """One transaction, committed at the end of the block, or without ``keep`` taken back. Writers go
        one after the other, in all processes together, so that the feed is committed in its order."""
        async with self.lock:
            try:
                async with self.engine.connect() as plain:
                    connection = await plain.execution_options(**{WRITING: True})
                    async with connection.begin() as transaction:
                        await self.dialect.lock_writers(connection)
                        yield Session(connection, self.dialect, self.bulks)
                        if not keep:
                            await transaction.rollback()
            except OperationalError as error:
                raise StoreError(refused(self.label, error.orig)) from error

    @asynccontextmanager
    async def aside(self) -> AsyncIterator[Session]:
        """A short transaction that waits for no other writer where the database can do that: for what is no
        part of the feed, and must not be late."""
        try:
            async with self.engine.connect() as plain:
                connection = await plain.execution_options(**{WRITING: True})
                async with connection.begin():
                    yield Session(connection, self.dialect, self.bulks)
        except OperationalError as error:
            raise StoreError(refused(self.label, error.orig)) from error

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Session]:
        """A snapshot: every query in the block sees the same committed state."""
        try:
            async with self.engine.connect() as plain:
                connection = await self.dialect.snapshot(plain)
                async with connection.begin():
                    yield Session(connection, self.dialect, self.bulks)
        except OperationalError as error:
            raise StoreError(refused(self.label, error.orig)) from error

    async def aclose(self) -> None:
        await self.engine.dispose()


@contextmanager
def told(label: str) -> Iterator[None]:
    """Any trouble with a database that is used through a library, as a StoreError."""
    try:
        yield
    except DBAPIError as error:
        raise StoreError(refused(label, error.orig)) from error


def refused(label: str, error: BaseException | None) -> str:
    """The database's own reason in a sentence."""
    reason = " ".join(str(error).split()).rstrip(".")
    return (
        f"The database {label} cannot be used: {reason}; whoever runs this installation can mend its "
        "path, permissions or free space."
    )
