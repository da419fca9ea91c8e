"""Takes typed values out of the cells of a row. A column of any type may hold free text or a formula error:
what is not of its type is left out and noted, and the row is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar

from normalizer.dates import day, instant
from normalizer.model import DateValue
from normalizer.numbers import exact
from normalizer.reading import Reading, clean
from normalizer.smartsheet_columns import Column
from normalizer.smartsheet_words import word

T = TypeVar("T")

ERRORS = frozenset(
    {
        "#BLOCKED", "#BOOLEAN EXPECTED", "#CALENDAR ERROR", "#CIRCULAR REFERENCE", "#CONTACT EXPECTED",
        "#DATE EXPECTED", "#DIVIDE BY ZERO", "#IMBALANCED PARENTHESES", "#INCORRECT ARGUMENT",
        "#INCORRECT ARGUMENT SET", "#INVALID COLUMN NAME", "#INVALID COLUMN TYPE", "#INVALID COLUMN VALUE",
        "#INVALID DATA TYPE", "#INVALID FUNCTION", "#INVALID OPERATION", "#INVALID REF", "#INVALID VALUE",
        "#NESTED CRITERIA", "#NO MATCH", "#NUMBER EXPECTED", "#OVERFLOW", "#PERMISSION ERROR", "#REF",
        "#UNPARSEABLE", "#UNSUPPORTED OPERATION",
    }
)  # fmt: skip
"""What a formula writes where it fails. The API's pages name two of them; the others are told by users."""
HUNDRED = Decimal(100)
BALLS: Mapping[str, Decimal] = {
    "empty": Decimal(0),
    "quarter": Decimal(25),
    "half": Decimal(50),
    "three quarter": Decimal(75),
    "full": Decimal(100),
}
"""The values of the symbols HARVEY_BALLS and PROGRESS."""


class Cell(NamedTuple):
    """A cell that holds something. ``shown`` is what people see; ``computed``: a formula wrote it."""

    column: Column
    value: Any
    shown: str
    computed: bool = False

    @property
    def field(self) -> str:
        return f"cells.{self.column.title}"


def filled(body: Mapping[str, Any], known: Mapping[int, Column], reading: Reading) -> dict[int, Cell]:
    """The cells that hold something, by column. Formula errors and columns nobody told us of are noted."""
    found: dict[int, Cell] = {}
    for one in reading.mappings(body, "cells"):
        value = _held(one)
        column_id = one.get("columnId")
        if value is None or not isinstance(column_id, int):
            continue
        column = known.get(column_id)
        if column is None:
            reading.unknown("custom", str(column_id))
            continue
        shown = one.get("displayValue")
        if shown != value or not isinstance(shown, str):
            shown = clean(shown if isinstance(shown, str) and shown else _text(value))
        cell = Cell(column, value, shown, bool(one.get("formula")))
        if isinstance(value, str) and "#" in value and value.strip() in ERRORS:
            reading.reject(cell.field, "a value and no formula error", value)
        else:
            found[column_id] = cell
    return found


def is_blank(body: Mapping[str, Any]) -> bool:
    """Whether no cell of the row holds anything: people leave rows empty to set others apart."""
    cells = body.get("cells") or []
    return isinstance(cells, list) and all(_held(one) is None for one in cells if isinstance(one, dict))


def _held(one: Mapping[str, Any]) -> Any:
    """The object where there is one, else the plain value; None for an empty cell."""
    told = one.get("objectValue")
    value = told if isinstance(told, dict) else one.get("value", told)
    if isinstance(value, str):
        return clean(value) or None
    return value if not isinstance(value, dict) or value.get("values", True) else None


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        inner = value.get("name") or value.get("email") or value.get("value") or value.get("values") or ""
        return ", ".join(_text(one) for one in inner) if isinstance(inner, list) else str(inner)
    return str(value)


def taken(cell: Cell | None, reading: Reading, parse: Callable[[Cell], T], expected: str) -> T | None:
    """``parse(cell)``, or None where there is no cell or it does not fit (then it is noted)."""
    if cell is None:
        return None
    try:
        return parse(cell)
    except ValueError:
        reading.reject(cell.field, expected, cell.value)
        return None


def number(cell: Cell) -> Decimal:
    """Raises ValueError."""
    value = cell.value
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(f"{value!r} is not a number")
    found = exact(value)
    return found.normalize() if found != found.to_integral_value() else found.to_integral_value()


def amount(cell: Cell) -> Decimal:
    """A number that is not below zero. Raises ValueError."""
    found = number(cell)
    if found < 0:
        raise ValueError(f"{found} is below zero")
    return found


def percent(cell: Cell) -> Decimal:
    """0 to 100. A percentage is kept as a fraction (0.5 is shown as ``50%``); a bare number above 1 was typed
    as a percentage. Raises ValueError."""
    ball = BALLS.get(word(cell.shown)) if isinstance(cell.value, str) else None
    if ball is not None:
        return ball
    if isinstance(cell.value, str) and cell.value.endswith("%"):
        found = number(Cell(column=cell.column, value=cell.value.removesuffix("%"), shown=""))
    else:
        found = number(cell)
        found = found * HUNDRED if found <= 1 or cell.shown.endswith("%") else found
    if not 0 <= found <= HUNDRED:
        raise ValueError(f"{found} is no percentage from 0 to 100")
    return found.to_integral_value() if found == found.to_integral_value() else found.normalize()


def tick(cell: Cell) -> bool:
    """Raises ValueError."""
    if isinstance(cell.value, bool):
        return cell.value
    raise ValueError(f"{cell.value!r} is neither true nor false")


def a_date(cell: Cell) -> DateValue:
    """A day stays a day. The date and time of a project sheet are in nobody's zone, so that only the day of
    them can be known; those of system columns are instants. Raises ValueError."""
    value = cell.value.get("value") if isinstance(cell.value, dict) else cell.value
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is not a date")
    if "T" not in value:
        return DateValue(date=day(value))
    moment = datetime.fromisoformat(value)
    return DateValue(date=moment.date()) if moment.tzinfo is None else DateValue(at=instant(value))


def texts(cell: Cell) -> list[str]:
    """The options of a multi-picklist, or the parts of a text between commas, each once."""
    value = cell.value
    if isinstance(value, dict):
        listed = value.get("values")
        parts = [one for one in listed if isinstance(one, str)] if isinstance(listed, list) else []
    else:
        parts = str(value).split(",")
    return list(dict.fromkeys(clean(one.strip()) for one in parts if one.strip()))


def json_days(value: DateValue) -> str:
    """A date of ours in JSON terms."""
    found: date | datetime | None = value.date or value.at
    return found.isoformat() if found else ""


def objects(cell: Cell, key: str) -> Iterator[Mapping[str, Any]]:
    """The objects listed under ``key`` of an object value."""
    listed = cell.value.get(key) if isinstance(cell.value, dict) else None
    yield from (one for one in listed if isinstance(one, dict)) if isinstance(listed, list) else ()
