"""One transaction's hands: reading and writing many rows in few statements."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import (
    Column,
    CursorResult,
    Executable,
    Row,
    Table,
    UpdateBase,
    bindparam,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from store.bulk import Bulk, compiled
from store.bulk import Rows as Rows
from store.dialect import Dialect

T = TypeVar("T")
CHUNK = 1000
"""Ids asked for at once, rows in one statement."""


def chunks(values: Iterable[T]) -> Iterator[list[T]]:
    waiting = iter(values)
    while chunk := list(islice(waiting, CHUNK)):
        yield chunk


@dataclass(frozen=True, slots=True)
class Session:
    """A connection inside one transaction. ``bulks`` outlive it: each statement is compiled once."""

    connection: AsyncConnection
    dialect: Dialect
    bulks: dict[Hashable, Bulk]

    async def run(self, statement: Executable) -> CursorResult[Any]:
        return await self.connection.execute(statement)

    async def now(self) -> datetime:
        """By the clock of the database."""
        moment: datetime = (await self.run(select(self.dialect.now()))).scalar_one()
        return moment

    async def all(self, statement: Executable) -> Sequence[Row[Any]]:
        return (await self.connection.execute(statement)).all()

    async def many(self, name: Hashable, make: Callable[[], UpdateBase], rows: Rows) -> None:
        """Run the statement that ``make`` makes once for each row. ``name`` is its own among all; what else
        it depends on is which columns or parameters the rows name: all the same ones."""
        if not rows:
            return
        key = name, *rows[0]
        if key not in self.bulks:
            self.bulks[key] = compiled(make(), list(rows[0]), self.connection.dialect)
        bulk = self.bulks[key]
        for chunk in chunks(rows):
            await self.connection.exec_driver_sql(bulk.text, bulk.parameters(chunk))

    async def fetch(
        self, columns: Sequence[Column[Any]], by: Column[Any], ids: Collection[str], *also: Any
    ) -> list[Row[Any]]:
        """The rows whose ``by`` is among the ids, and for which the other conditions hold."""
        found: list[Row[Any]] = []
        for chunk in chunks(ids):
            found.extend(await self.all(select(*columns).where(*also, self.dialect.among(by, chunk))))
        return found

    async def remove(self, by: Column[Any], ids: Collection[str]) -> None:
        """Delete the rows whose ``by`` is among the ids."""
        for chunk in chunks(ids):
            await self.run(delete(by.table).where(self.dialect.among(by, chunk)))

    async def change(self, table: Table, rows: Rows, key: Sequence[str] = ("id",)) -> None:
        """Set, in the row with each row's key, the other columns it names."""

        def make() -> UpdateBase:
            named = {n: bindparam(f"new_{n}", type_=table.c[n].type) for n in rows[0] if n not in key}
            where = [table.c[name] == bindparam(f"of_{name}") for name in key]
            return update(table).where(*where).values(named)

        renamed = [{f"of_{n}" if n in key else f"new_{n}": v for n, v in row.items()} for row in rows]
        await self.many(("change", table.name), make, renamed)

    async def drop(self, table: Table, rows: Rows) -> None:
        """Delete the rows that hold all that any of these says."""

        def make() -> UpdateBase:
            return delete(table).where(*(table.c[name] == bindparam(f"of_{name}") for name in rows[0]))

        await self.many(("drop", table.name), make, [{f"of_{n}": v for n, v in row.items()} for row in rows])

    async def add(self, table: Table, rows: Rows) -> None:
        await self.many(("add", table.name), lambda: insert(table), rows)

    async def add_missing(self, table: Table, rows: Rows) -> None:
        """Insert the rows whose key is not there yet."""
        await self.many(
            ("add_missing", table.name), lambda: self.dialect.insert(table).on_conflict_do_nothing(), rows
        )

    async def upsert(
        self, table: Table, rows: Rows, key: Sequence[str] = (), keep: Collection[str] = ()
    ) -> None:
        """Insert; where the key (by default the primary one) is there, set what the rows name but for
        ``keep``."""
        keys = key or table.primary_key.columns.keys()

        def make() -> UpdateBase:
            statement = self.dialect.insert(table)
            changed = {name: statement.excluded[name] for name in rows[0] if name not in {*keys, *keep}}
            return statement.on_conflict_do_update(index_elements=keys, set_=changed)

        await self.many(("upsert", table.name, *keys, *keep), make, rows)

    async def increase(self, table: Table, rows: Rows, counts: Collection[str]) -> None:
        """Insert; where the primary key is there, add the counts of the row to it."""

        def make() -> UpdateBase:
            statement = self.dialect.insert(table)
            added = {name: table.c[name] + statement.excluded[name] for name in counts}
            return statement.on_conflict_do_update(index_elements=table.primary_key.columns, set_=added)

        await self.many(("increase", table.name, *counts), make, rows)
