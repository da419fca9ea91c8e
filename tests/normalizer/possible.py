"""What must be true of everything that a normaliser makes, whatever it was made of. No test."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from connectors.base import Record
from normalizer.model import Named, Normalised
from normalizer.numbers import LARGEST_EXPONENT
from store.codec import item_from, item_text

THEIRS = {"remote_id", "record_id"}


def faults(record: Record, made: Normalised) -> list[str]:
    """What is not as it must be, one line each."""
    return [*_silent(record, made), *_unkept(made), *_odd_values(made, "")]


def _silent(record: Record, made: Normalised) -> Iterator[str]:
    """A record of an item is an item, or its rejection says why it is none."""
    whole = [one for one in made.rejections if one.whole]
    if record.kind == "item" and len(made.items) != (0 if whole else 1):
        yield f"{len(made.items)} items and {len(whole)} rejections of the whole"
    for one in made.rejections:
        if not (one.field and one.expected and one.found) or one.kind != record.kind:
            yield f"a rejection that does not say what it is about: {one}"
        if len(one.found) > 200:
            yield f"a rejection that quotes {len(one.found)} characters"


def _unkept(made: Normalised) -> Iterator[str]:
    """Whatever there is can be written and is the same when it is read again."""
    for item in made.items:
        text = item_text(item)[1]
        if item_text(item_from(text))[1] != text:
            yield "an item that is another one when it is read again"
    for one in fields(made):
        if one.name != "items":
            for thing in getattr(made, one.name):
                msgspec.convert(msgspec.to_builtins(thing), type(thing))


def _odd_values(value: Any, at: str) -> Iterator[str]:
    if is_dataclass(value) and not isinstance(value, type):
        for one in fields(value):
            inner = getattr(value, one.name)
            yield from _odd_values(inner, f"{at}.{one.name}")
            if _is_ours(value, one.name) and inner is not None and not _is_id(inner):
                yield f"{at}.{one.name}: {inner!r:.80} is no id"
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _odd_values(key, f"{at} key")
            yield from _odd_values(inner, f"{at}[{key!r:.20}]")
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _odd_values(inner, f"{at}[]")
    else:
        yield from _odd_leaf(value, at)


def _odd_leaf(value: Any, at: str) -> Iterator[str]:
    match value:
        case str():
            if "\0" in value or value.encode("utf-8", "replace").decode() != value:
                yield f"{at}: a text that no database takes"
        case Decimal():
            if not value.is_finite() or (value and abs(value.adjusted()) > LARGEST_EXPONENT):
                yield f"{at}: {value!r:.40} is no number that can be kept"
        case datetime():
            if value.utcoffset() != timedelta(0):
                yield f"{at}: {value} is not in UTC"
        case None | bool() | int() | date():
            pass
        case _:
            yield f"{at}: {type(value).__name__} is no type of the model"


def _is_ours(holder: object, name: str) -> bool:
    """Whether the field holds an id that we make."""
    return (name == "id" or name.endswith("_id")) and name not in THEIRS and not isinstance(holder, Named)


def _is_id(value: object) -> bool:
    try:
        return isinstance(value, str) and str(UUID(value)) == value
    except ValueError:
        return False
