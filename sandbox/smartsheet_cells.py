"""Cells as Smartsheet writes them: ``value``, ``displayValue`` and ``objectValue`` by what they hold.

https://developers.smartsheet.com/api/smartsheet/openapi/cells
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Any

from sandbox.smartsheet_columns import Body, Column

LOCALE = "de_DE"
"""Of the account that reads."""


@dataclass(frozen=True, slots=True)
class Contact:
    name: str
    email: str | None = None

    def body(self) -> Body:
        return {"objectType": "CONTACT", **({"email": self.email} if self.email else {}), "name": self.name}


@dataclass(frozen=True, slots=True)
class Contacts:
    people: Sequence[Contact]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The options of a multi-picklist."""

    options: Sequence[str]


@dataclass(frozen=True, slots=True)
class Days:
    """A duration in working days."""

    days: int


@dataclass(frozen=True, slots=True)
class Before:
    """A predecessor. ``lag`` is in working days."""

    row_id: int
    row_number: int
    kind: str
    lag: int


@dataclass(frozen=True, slots=True)
class Predecessors:
    rows: Sequence[Before]


@dataclass(frozen=True, slots=True)
class Percent:
    percent: int


@dataclass(frozen=True, slots=True)
class Money:
    amount: float


@dataclass(frozen=True, slots=True)
class Clock:
    """A day and a time of day in no zone."""

    text: str


@dataclass(frozen=True, slots=True)
class Failed:
    """A formula and the error that it came to."""

    error: str
    formula: str


Content = (
    str
    | bool
    | datetime
    | date
    | Contact
    | Contacts
    | Chosen
    | Days
    | Predecessors
    | Percent
    | Money
    | Clock
    | Failed
)
"""Text may stand in a column of any type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """How the caller wants cells. ``level`` is the one of the API; ``local`` durations are in the language of
    the account that reads."""

    level: int = 0
    objects: bool = False
    types: bool = False
    local: bool = True


@dataclass(frozen=True, slots=True)
class _Told:
    value: Any = None
    shown: str | None = None
    object: Any = None
    """None where it is the value again."""
    formula: str | None = None


def cell(column: Column, content: Content | None, how: Shown) -> Body:
    """A cell that holds nothing tells its column only."""
    body: Body = {"columnId": column.id}
    if how.types:
        body["columnType"] = column.shown_type(how.level)
    if content is None:
        return body
    told = _TELLERS[type(content)](content, column, how)
    if told.value is not None:
        body["value"] = told.value
    if how.objects:
        body["objectValue"] = told.value if told.object is None else told.object
    if told.shown is not None:
        body["displayValue"] = told.shown
    if told.formula is not None:
        body["formula"] = told.formula
    return body


def instant(at: datetime) -> str:
    """Whole seconds in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _text(content: Any, _column: Column, _how: Shown) -> _Told:
    return _Told(content, content)


def _tick(content: Any, _column: Column, _how: Shown) -> _Told:
    return _Told(content)


def _day(content: Any, _column: Column, _how: Shown) -> _Told:
    day = content.isoformat()
    return _Told(day, None, {"objectType": "DATE", "value": day})


def _instant(content: Any, _column: Column, _how: Shown) -> _Told:
    at = instant(content)
    return _Told(at, None, {"objectType": "DATETIME", "value": at})


def _clock(content: Any, _column: Column, _how: Shown) -> _Told:
    return _Told(content.text, None, {"objectType": "ABSTRACT_DATETIME", "value": content.text})


def _contact(content: Any, _column: Column, _how: Shown) -> _Told:
    return _Told(content.email or content.name, content.name, content.body())


def _contacts(content: Any, column: Column, how: Shown) -> _Told:
    names = ", ".join(person.name for person in content.people)
    if column.shown_type(how.level) != column.type:
        return _Told(names, names)
    return _Told(
        None, names, {"objectType": "MULTI_CONTACT", "values": [one.body() for one in content.people]}
    )


def _chosen(content: Any, column: Column, how: Shown) -> _Told:
    options = ", ".join(content.options)
    if column.shown_type(how.level) != column.type:
        return _Told(options, options)
    return _Told(None, options, {"objectType": "MULTI_PICKLIST", "values": list(content.options)})


def _days(content: Any, _column: Column, how: Shown) -> _Told:
    text = f"{content.days}{_unit(how)}"
    return _Told(text, text, {"objectType": "DURATION", "days": content.days})


def _predecessors(content: Any, _column: Column, how: Shown) -> _Told:
    """The text counts rows by their numbers; only the object has their ids."""
    text = ", ".join(_before(one, how) for one in content.rows)
    rows = [
        {
            "rowId": one.row_id,
            "rowNumber": one.row_number,
            "type": one.kind,
            **({"lag": _lag(one.lag)} if one.lag else {}),
        }
        for one in content.rows
    ]
    return _Told(text, text, {"objectType": "PREDECESSOR_LIST", "predecessors": rows})


def _before(one: Before, how: Shown) -> str:
    lag = f" {'-' if one.lag < 0 else '+'}{abs(one.lag)}{_unit(how)}" if one.lag else ""
    return f"{one.row_number}" if one.kind == "FS" and not lag else f"{one.row_number}{one.kind}{lag}"


def _lag(days: int) -> Body:
    """The amount is always positive; whether the lag is negative is told beside it."""
    return {"objectType": "DURATION", **({"negative": True} if days < 0 else {}), "days": abs(days)}


def _unit(how: Shown) -> str:
    """Of days: ``t`` in German."""
    return "t" if how.local else "d"


def _percent(content: Any, _column: Column, _how: Shown) -> _Told:
    return _Told(content.percent / 100, f"{content.percent}%")


def _money(content: Any, _column: Column, _how: Shown) -> _Told:
    """Shown by the column's format, in the account's way of writing numbers."""
    shown = f"{content.amount:,.2f} €".translate(str.maketrans(",.", ".,"))
    return _Told(float(content.amount), shown)


def _failed(content: Any, _column: Column, _how: Shown) -> _Told:
    return _Told(content.error, content.error, formula=content.formula)


_TELLERS: Mapping[type, Callable[[Any, Column, Shown], _Told]] = MappingProxyType(
    {
        str: _text,
        bool: _tick,
        datetime: _instant,
        date: _day,
        Contact: _contact,
        Contacts: _contacts,
        Chosen: _chosen,
        Days: _days,
        Predecessors: _predecessors,
        Percent: _percent,
        Money: _money,
        Clock: _clock,
        Failed: _failed,
    }
)
