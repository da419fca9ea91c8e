"""One transaction's hands: reading and writing many rows in few statements."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import (
    Column,
    CursorResult,
    Executable,
    Row,
    Table,
    bindparam,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from store.dialect import Dialect

T = TypeVar("T")
CHUNK = 500
"""Ids in one IN, rows in one statement: well under every driver's limit of parameters."""

Rows = Sequence[Mapping[str, Any]]


def chunks(values: Iterable[T]) -> Iterator[list[T]]:
    waiting = iter(values)
    while chunk := list(islice(waiting, CHUNK)):
        yield chunk


@dataclass(frozen=True, slots=True)
class Session:
    """A connection inside one transaction."""

    connection: AsyncConnection
    dialect: Dialect

    async def run(self, statement: Executable, rows: Rows | None = None) -> CursorResult[Any]:
        return await self.connection.execute(statement, rows)

    async def all(self, statement: Executable) -> Sequence[Row[Any]]:
        return (await self.connection.execute(statement)).all()

    async def fetch(
        self, columns: Sequence[Column[Any]], by: Column[Any], ids: Collection[str]
    ) -> list[Row[Any]]:
        """The rows whose ``by`` is among the ids."""
        found: list[Row[Any]] = []
        for chunk in chunks(ids):
            found.extend(await self.all(select(*columns).where(by.in_(chunk))))
        return found

    async def remove(self, by: Column[Any], ids: Collection[str]) -> None:
        """Delete the rows whose ``by`` is among the ids."""
        for chunk in chunks(ids):
            await self.run(delete(by.table).where(by.in_(chunk)))

    async def change(self, table: Table, rows: Rows) -> None:
        """Set, in the row with each row's ``id``, the other columns it names. All name the same ones."""
        if not rows:
            return
        named: dict[str, Any] = {name: bindparam(f"new_{name}") for name in rows[0] if name != "id"}
        statement = update(table).where(table.c.id == bindparam("of_id")).values(named)
        for chunk in chunks(rows):
            await self.run(
                statement,
                [{"of_id" if n == "id" else f"new_{n}": v for n, v in row.items()} for row in chunk],
            )

    async def add(self, table: Table, rows: Rows) -> None:
        for chunk in chunks(rows):
            await self.run(insert(table), chunk)

    async def add_missing(self, table: Table, rows: Rows) -> None:
        """Insert the rows whose key is not there yet."""
        for chunk in chunks(rows):
            await self.run(self.dialect.insert(table).on_conflict_do_nothing(), chunk)

    async def upsert(
        self, table: Table, rows: Rows, key: Sequence[str] = (), keep: Collection[str] = ()
    ) -> None:
        """Insert; where the key (by default the primary one) is there, set what the rows name but for
        ``keep``. All rows name the same columns."""
        if not rows:
            return
        keys = key or [column.name for column in table.primary_key]
        statement = self.dialect.insert(table)
        changed = {name: statement.excluded[name] for name in rows[0] if name not in {*keys, *keep}}
        ready = statement.on_conflict_do_update(index_elements=keys, set_=changed)
        for chunk in chunks(rows):
            await self.run(ready, chunk)
