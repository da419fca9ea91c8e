"""Statements for many rows at once. SQLAlchemy's own way turns every value of every row by itself, and took
longer than the databases do; here a statement is compiled once, and values are turned a column at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Dialect, UpdateBase

from store.types import Binder, binder

Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Bulk:
    """``binders`` go by the names of the parameters, in the driver's order."""

    text: str
    binders: Mapping[str, Binder]
    positional: bool

    def parameters(self, rows: Rows) -> list[Any]:
        """The rows as the driver takes them."""
        columns = [bind([row[name] for row in rows]) for name, bind in self.binders.items()]
        made = zip(*columns, strict=True)
        return list(made) if self.positional else [dict(zip(self.binders, row, strict=True)) for row in made]


def compiled(statement: UpdateBase, names: Sequence[str], dialect: Dialect) -> Bulk:
    """The statement for rows that name exactly these columns or parameters."""
    made = statement.compile(dialect=dialect, column_keys=list(names))
    order = made.positiontup or list(made.binds)
    return Bulk(str(made), {name: binder(made.binds[name].type, dialect) for name in order}, made.positional)
