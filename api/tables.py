"""Tables as CSV: RFC 4180, UTF-8, a header row, and no cell that a spreadsheet would run as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import msgspec

from normalizer.model import DateValue, Named, Progress, Quantity
from normalizer.resources import Money

JSON = msgspec.json.Encoder(decimal_format="number")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a cell must not begin with: https://owasp.org/www-community/attacks/CSV_Injection"""


def to_csv(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Rows are read by column name; a missing one is an empty cell."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([cell(row.get(column)) for column in columns] for row in rows)
    return out.getvalue().encode()


def cell(value: Any) -> str:
    """Numbers stay numbers; text that begins like a formula is led by an apostrophe."""
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return f"{value:f}" if isinstance(value, Decimal) else str(value)
    text = _text(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return str(value).lower()
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case DateValue():
            return _text(value.date if value.date is not None else value.at)
        case Named():
            return value.name
        case Quantity():
            return f"{value.value:f} {value.unit}"
        case Money():
            return f"{value.amount:f} {value.currency}"
        case Progress():
            return f"{value.percent:f}"
        case list() | tuple():
            return "; ".join(_text(part) for part in value)
        case _ if getattr(value, "name", None):
            return str(value.name)
        case _:
            return JSON.encode(value).decode()


def from_fields(columns: Sequence[str], things: Iterable[Any]) -> Iterable[Mapping[str, Any]]:
    """A row for each thing: its attributes by the names of the columns."""
    return ({column: getattr(thing, column) for column in columns} for thing in things)
