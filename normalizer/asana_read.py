"""The typed values that only Asana's records need, beside those of every tracker."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from normalizer.dates import day
from normalizer.model import DateValue, Named
from normalizer.numbers import exact
from normalizer.reading import Reading, clean

Body = Mapping[str, Any]


def gid_of(reading: Reading, body: Body, key: str) -> str | None:
    """The gid of the object under ``key``; None where there is none."""
    gid = reading.text(reading.mapping(body, key), "gid")
    return gid or None


def named(value: object) -> Named | None:
    """A compact object by its name and gid; None where it has no name."""
    if not isinstance(value, dict):
        return None
    name, gid = value.get("name"), value.get("gid")
    if not isinstance(name, str) or not name:
        return None
    return Named(clean(name), clean(gid) if isinstance(gid, str) else None)


def names(values: object) -> list[str]:
    listed = values if isinstance(values, list) else []
    return [one.name for one in map(named, listed) if one]


def day_of(reading: Reading, body: Body, key: str) -> date | None:
    value = body.get(key)
    if value is None:
        return None
    if isinstance(value, str):
        try:
            return day(value)
        except ValueError:
            pass
    reading.reject(key, "a day written YYYY-MM-DD", value)
    return None


def date_of(reading: Reading, body: Body, instant_key: str, day_key: str) -> DateValue | None:
    """An instant where one is set; the day beside it is only that instant's in somebody's zone."""
    moment = reading.moment(body, instant_key)
    if moment is not None:
        return DateValue(at=moment)
    found = day_of(reading, body, day_key)
    return None if found is None else DateValue(date=found)


def decimal_of(reading: Reading, body: Body, key: str) -> Decimal | None:
    value = reading.number(body, key)
    if value is None:
        return None
    try:
        return exact(value)
    except ValueError:
        reading.reject(key, "a number", value)
        return None
