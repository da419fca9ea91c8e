"""Asana's custom fields: each value comes with its own definition; here it becomes typed.

https://developers.asana.com/docs/custom-fields-guide
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from normalizer.asana_project import Project, kind_of
from normalizer.asana_read import Body, date_of, decimal_of, named, names
from normalizer.model import DateValue, FieldType, FieldValue, Named, Progress, Quantity, Rejection, Unit
from normalizer.reading import Reading, clean
from normalizer.rules import FIELDS, FieldRole
from normalizer.words import word

HUNDRED = Decimal(100)
Typed = tuple[FieldType, Any] | None


@dataclass(slots=True)
class Played:
    """What custom fields say for fields of the item itself."""

    points: list[Quantity] = field(default_factory=list)
    minutes: list[Quantity] = field(default_factory=list)
    start: DateValue | None = None
    due: DateValue | None = None
    priority: Named | None = None
    type: Named | None = None
    progress: Progress | None = None
    status: Named | None = None
    key: str | None = None

    @property
    def estimates(self) -> list[Quantity]:
        """At most one a unit, points first."""
        found: dict[Unit, Quantity] = {}
        for one in (*self.points, *self.minutes):
            found.setdefault(one.unit, one)
        return list(found.values())


def custom_fields(project: Project, body: Body, reading: Reading) -> tuple[dict[str, FieldValue], Played]:
    """The typed values of a task by field gid, and those of them that play a role. A field that is not
    enabled keeps a value that nobody sees any more. Of a type that came later, what Asana shows of it."""
    values: dict[str, FieldValue] = {}
    played, part = Played(), Reading(reading.kind, reading.remote_id)
    for one in reading.mappings(body, "custom_fields"):
        gid, name = reading.text(one, "gid"), reading.text(one, "name")
        if not gid or name is None or one.get("enabled") is False:
            continue
        reader = READERS.get(kind_of(one), _shown)
        found = reader(project, one, part)
        if part.rejections:
            _refuse(project, one, f"custom_fields.{name}", reading, part.rejections)
            part.rejections = []
        if found is None:
            continue
        values[gid] = FieldValue(name=name, type=found[0], value=found[1])
        if one.get("representation_type") == "custom_id":
            played.key = played.key or str(found[1])
        _play(project, one, found, played)
    return values, played


def _refuse(project: Project, one: Body, at: str, reading: Reading, found: Sequence[Rejection]) -> None:
    """What was complained of this field, under its name."""
    for rejection in found:
        reading.reject(
            f"{at}.{rejection.field}",
            rejection.expected,
            one.get(rejection.field),
            lost=_lost(project, one),
        )


def _lost(project: Project, one: Body) -> list[str]:
    """What the item goes without where the field cannot be read."""
    role = project.role(one)
    played = ["status_category"] if project.is_status(one) else [FIELDS.get(role, role)] if role else []
    return [f"custom.{one.get('gid')}", *played]


def _text(_: Project, one: Body, part: Reading) -> Typed:
    text = part.text(one, "text_value")
    return ("text", text) if text else None


def _shown(_: Project, one: Body, part: Reading) -> Typed:
    text = part.text(one, "display_value")
    return ("text", text) if text else None


def _number(_: Project, one: Body, part: Reading) -> Typed:
    number = decimal_of(part, one, "number_value")
    return None if number is None else ("number", number)


def _enum(_: Project, one: Body, part: Reading) -> Typed:
    option = named(part.mapping(one, "enum_value"))
    return ("option", option.name) if option else None


def _multi_enum(_: Project, one: Body, part: Reading) -> Typed:
    options = names(part.mappings(one, "multi_enum_values"))
    return ("options", options) if options else None


def _date(_: Project, one: Body, part: Reading) -> Typed:
    value = part.mapping(one, "date_value")
    found = date_of(part, value, "date_time", "date")
    if found is None:
        return None
    if found.at:
        return "datetime", found.at.isoformat()
    return "date", found.date.isoformat() if found.date else None


def _people(project: Project, one: Body, part: Reading) -> Typed:
    gids = [part.text(person, "gid") for person in part.mappings(one, "people_value")]
    accounts = [project.account_id(gid) for gid in gids if gid]
    return ("accounts", accounts) if accounts else None


def _reference(_: Project, one: Body, part: Reading) -> Typed:
    targets = part.mappings(one, "reference_value")
    told = [{"gid": clean(str(t.get("gid"))), "name": clean(str(t.get("name") or ""))} for t in targets]
    return ("json", told) if told else None


READERS: Mapping[str, Callable[[Project, Body, Reading], Typed]] = {
    "text": _text,
    "number": _number,
    "enum": _enum,
    "multi_enum": _multi_enum,
    "date": _date,
    "people": _people,
    "reference": _reference,
}


def _play(project: Project, one: Body, found: tuple[FieldType, Any], played: Played) -> None:
    kind, value = found
    gid = str(one["gid"])
    choice = named(one.get("enum_value")) or Named(str(value), gid)
    if project.is_status(one):
        played.status = played.status or choice
        return
    role = project.role(one)
    if role == "estimate":
        quantity = Quantity(value, unit_of(one))
        (played.minutes if quantity.unit == "minutes" else played.points).append(quantity)
    elif role in ("start", "due"):
        moment = _moment(one, kind)
        played.start = moment if role == "start" else played.start
        played.due = moment if role == "due" else played.due
    elif role == "percent_complete":
        percent = value * HUNDRED if one.get("format") == "percentage" else value
        played.progress = Progress(min(max(percent, Decimal(0)), HUNDRED), "reported")
    elif role == "priority":
        played.priority = played.priority or choice
    elif role == "type" and (project.ruled("type") or project.type(choice.name)):
        played.type = played.type or choice


def _moment(one: Body, kind: FieldType) -> DateValue | None:
    part = Reading("item", "")
    return date_of(part, part.mapping(one, "date_value"), "date_time", "date") if kind != "text" else None


def unit_of(one: Body) -> Unit:
    """Asana's own estimated time, like every field in the format of a duration, counts minutes."""
    name = word(str(one.get("name") or ""))
    if one.get("format") == "duration" or one.get("asana_created_field") == "estimated_time":
        return "minutes"
    if name == "estimated time":
        return "minutes"
    return "size" if name == "size" else "points"


def role_label(role: FieldRole | None, name: str) -> str:
    """The field of our model that a change of a custom field changes."""
    return FIELDS.get(role, role) if role else f"custom.{name}"
