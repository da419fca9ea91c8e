"""Trello custom fields: every value comes as text in an envelope; here it becomes typed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from normalizer.dates import instant
from normalizer.model import DateValue, FieldValue, Named, Progress, Quantity, Unit
from normalizer.numbers import exact
from normalizer.reading import Reading, clean
from normalizer.rules import FieldRole
from normalizer.trello_board import Board, CustomField
from normalizer.words import word

ENVELOPE = {"text": "text", "number": "number", "datetime": "date", "boolean": "checked"}


@dataclass(slots=True)
class Played:
    """What custom fields say for fields of the item itself."""

    estimates: list[Quantity] = field(default_factory=list)
    start: DateValue | None = None
    due: DateValue | None = None
    priority: Named | None = None
    type: Named | None = None
    progress: Progress | None = None


def custom_fields(
    board: Board, body: Mapping[str, Any], reading: Reading
) -> tuple[dict[str, FieldValue], Played]:
    """The typed values of a card by field id, and those of them that play a role."""
    values: dict[str, FieldValue] = {}
    played = Played()
    for definition, entry in _entries(board, body, reading):
        value = typed(definition, entry, reading)
        if value is None:
            continue
        shown = value.isoformat() if isinstance(value, datetime) else value
        values[definition.id] = FieldValue(name=definition.name, type=definition.type, value=shown)
        role = board.roles.get(definition.id)
        if role is not None:
            _play(played, role, definition, value)
    return values, played


def _entries(
    board: Board, body: Mapping[str, Any], reading: Reading
) -> Iterator[tuple[CustomField, Mapping[str, Any]]]:
    if not body.get("customFieldItems"):
        return
    for entry in reading.mappings(body, "customFieldItems"):
        field_id = reading.text(entry, "idCustomField")
        if field_id in board.fields:
            yield board.fields[field_id], entry
        elif field_id is not None:
            reading.unknown("custom", field_id)


def typed(definition: CustomField, entry: Mapping[str, Any], reading: Reading) -> Any:
    """A Decimal, datetime, bool or text; None where the field is empty or its value cannot be read."""
    name = f"customFieldItems.{definition.name}"
    if definition.type == "option":
        return _option(definition, entry.get("idValue"), name, reading)
    envelope = entry.get("value")
    if envelope is None:
        return None
    value = envelope.get(ENVELOPE[definition.type]) if isinstance(envelope, dict) else None
    if isinstance(value, str):
        try:
            return _parsed(definition, value)
        except ValueError:
            pass
    reading.reject(name, f"a {definition.type} as text", envelope)
    return None


def _option(definition: CustomField, chosen: object, name: str, reading: Reading) -> str | None:
    if chosen is None or chosen == "":
        return None
    if isinstance(chosen, str) and clean(chosen) in definition.options:
        return definition.options[clean(chosen)]
    if isinstance(chosen, str):
        reading.unknown(f"custom.{definition.name}", clean(chosen))
    else:
        reading.reject(name, "the id of an option", chosen)
    return None


def _parsed(definition: CustomField, value: str) -> Decimal | datetime | bool | str:
    match definition.type:
        case "number":
            return exact(value)
        case "datetime":
            return instant(value)
        case "boolean":
            if value not in {"true", "false"}:
                raise ValueError(f"{value!r} is neither true nor false")
            return value == "true"
        case _:
            return clean(value)


def _play(played: Played, role: FieldRole, definition: CustomField, value: Any) -> None:
    match role:
        case "estimate":
            unit: Unit = "size" if word(definition.name) == "size" else "points"
            played.estimates.append(Quantity(value, unit))
        case "start":
            played.start = DateValue(at=value)
        case "due":
            played.due = DateValue(at=value)
        case "priority":
            played.priority = Named(value, definition.id)
        case "type":
            played.type = Named(value, definition.id)
        case "percent_complete":
            played.progress = Progress(min(max(value, Decimal(0)), Decimal(100)), "reported")
