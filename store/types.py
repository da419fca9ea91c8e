"""Column types that mean the same on both databases."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, LargeBinary, Text
from sqlalchemy.types import TypeDecorator, TypeEngine, UserDefinedType

Binder = Callable[[list[Any]], Sequence[Any]]
"""Turns the values of a column into the driver's."""


def storable(text: str) -> str:
    """The text without what a database refuses: NUL, and halves of surrogate pairs (a tracker that cuts
    text in the middle of an emoji sends those)."""
    if "\x00" in text:
        text = text.replace("\x00", "\N{REPLACEMENT CHARACTER}")
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _all_storable(texts: list[str | None]) -> bool:
    together = "".join(filter(None, texts))
    if "\x00" in together:
        return False
    try:
        together.encode()
    except UnicodeEncodeError:
        return False
    return True


class Words(TypeDecorator[str]):
    """Text that sorts by code point, whatever the locale of the server."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        return Text(collation="C") if dialect.name == "postgresql" else Text()

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> str | None:
        return None if value is None else storable(value)

    def bind_all(self, values: list[str | None], _dialect: Dialect) -> list[str | None]:
        return values if _all_storable(values) else [value and storable(value) for value in values]


class _InstantText(UserDefinedType[str]):
    """SQLite's instants are text, which Instant itself writes and reads: in C, where SQLAlchemy does not."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "DATETIME"


class Instant(TypeDecorator[datetime]):
    """An aware datetime, in UTC on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return self.impl_instance if dialect.name == "postgresql" else _InstantText()

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | str | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        moment = value.astimezone(UTC)
        if dialect.name == "postgresql":
            return moment
        return moment.replace(tzinfo=None).isoformat(" ", "microseconds")

    def bind_all(self, values: list[datetime | None], dialect: Dialect) -> list[Any]:
        """Most rows of a page tell the same few instants."""
        made = {value: self.process_bind_param(value, dialect) for value in dict.fromkeys(values)}
        return [made[value] for value in values]

    def process_result_value(self, value: datetime | str | None, _dialect: Dialect) -> datetime | None:
        if isinstance(value, str):
            return datetime.fromisoformat(value).replace(tzinfo=UTC)
        return None if value is None else value.astimezone(UTC)


class Json(TypeDecorator[Any]):
    """JSON as text, in one canonical form, so that equal content is equal text. None is NULL."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, _dialect: Dialect) -> str | None:
        return None if value is None else canonical(value)

    def process_result_value(self, value: str | None, _dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)


def canonical(value: Any) -> str:
    """ASCII only: any text that JSON can hold passes through it unchanged."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), default=dict)


def binder(of: TypeEngine[Any], dialect: Dialect) -> Binder:
    if isinstance(of, Words | Instant):
        return lambda values: of.bind_all(values, dialect)
    if isinstance(of, LargeBinary):
        return lambda values: values  # both drivers take bytes as they are
    process = of.dialect_impl(dialect).bind_processor(dialect)
    return (lambda values: [process(value) for value in values]) if process else (lambda values: values)
