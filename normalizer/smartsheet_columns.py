"""Which column of a sheet plays which role: by rule, by system type, by tag, by symbol, by title."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from normalizer.model import Unmapped
from normalizer.reading import clean
from normalizer.rules import FieldRole, Rules
from normalizer.smartsheet_words import by_word, word

Role = Literal[
    "title", "key", "status", "done", "progress", "start", "due", "duration", "predecessors", "assignees",
    "reviewers", "approvers", "priority", "rag", "points", "hours", "spent", "remaining", "labels",
    "description", "type", "blocked", "paused", "created", "created_by", "modified", "modified_by",
]  # fmt: skip

NUMBER = ("TEXT_NUMBER",)
DATES = ("DATE", "DATETIME", "ABSTRACT_DATETIME")
PEOPLE = ("CONTACT_LIST", "MULTI_CONTACT_LIST", "TEXT_NUMBER")
CHOICE = ("PICKLIST", "TEXT_NUMBER")
TICK = ("CHECKBOX",)
# https://developers.smartsheet.com/api/smartsheet/openapi/columns : types, tags, system columns, symbols
TYPES: Mapping[Role, tuple[str, ...]] = {
    "status": CHOICE,
    "done": TICK,
    "progress": CHOICE,
    "start": DATES,
    "due": DATES,
    "duration": NUMBER,
    "assignees": PEOPLE,
    "reviewers": PEOPLE,
    "approvers": PEOPLE,
    "priority": CHOICE,
    "rag": CHOICE,
    "points": NUMBER,
    "hours": NUMBER,
    "spent": NUMBER,
    "remaining": NUMBER,
    "labels": ("MULTI_PICKLIST", "PICKLIST", "TEXT_NUMBER"),
    "description": NUMBER,
    "type": CHOICE,
    "blocked": TICK,
    "paused": TICK,
}
"""The types of column that a title is believed of."""
SYSTEM: Mapping[str, Role] = {
    "AUTO_NUMBER": "key",
    "CREATED_DATE": "created",
    "CREATED_BY": "created_by",
    "MODIFIED_DATE": "modified",
    "MODIFIED_BY": "modified_by",
}
TAGS: Mapping[str, Role] = {
    "CARD_DONE": "done",
    "GANTT_START_DATE": "start",
    "GANTT_END_DATE": "due",
    "GANTT_DURATION": "duration",
    "GANTT_PERCENT_COMPLETE": "progress",
    "GANTT_PREDECESSOR": "predecessors",
    "GANTT_ASSIGNED_RESOURCE": "assignees",
}
CALENDAR_TAGS: Mapping[str, Role] = {
    "CALENDAR_START_DATE": "start",
    "CALENDAR_END_DATE": "due",
}
"""Weaker than those of the Gantt view: a calendar may show any dates."""
BY_TYPE: Mapping[str, Role] = {
    "PREDECESSOR": "predecessors",
    "DURATION": "duration",
}
SYMBOLS: Mapping[str, Role] = {
    "RYG": "rag",
    "RYGB": "rag",
    "RYGG": "rag",
    "PRIORITY": "priority",
    "PRIORITY_HML": "priority",
}
TITLE_WORDS: Mapping[Role, tuple[str, ...]] = {
    "status": ("status, task status, item status, state, stage, statut, estado, stato",),
    "done": ("done, complete, completed, finished, erledigt, terminé, hecho",),
    "progress": ("percent complete, percent completed, percent done, progress, fortschritt, avancement",),
    "start": ("start, start date, begin, planned start, startdatum, date de début, fecha de inicio",),
    "due": (
        "finish, end, due, due date, end date, finish date, deadline, target date, planned finish",
        "enddatum, fällig, date de fin, échéance, fecha de fin",
    ),
    "duration": ("duration, dauer, durée, duración",),
    "assignees": (
        "assigned to, assignee, assignees, owner, task owner, responsible, resource, resources",
        "zugewiesen an, verantwortlich, attribué à, responsable, asignado a",
    ),
    "reviewers": ("reviewer, reviewers",),
    "approvers": ("approver, approvers",),
    "priority": ("priority, priorität, priorité, prioridad",),
    "rag": ("rag, rag status, health, project health, schedule health, overall health, overall status",),
    "points": ("story points, points, story point estimate, estimate",),
    "hours": ("estimated hours, estimate hours, planned hours, effort hours, hours",),
    "spent": ("actual hours, hours spent, spent hours, time spent hours",),
    "remaining": ("remaining hours, hours remaining",),
    "labels": ("tags, labels, label, categories",),
    "description": ("description, details, beschreibung, descripción",),
    "type": ("type, task type, item type, work type",),
    "blocked": ("blocked, blocker, impediment",),
    "paused": ("on hold, hold, paused",),
}
TITLES = by_word(TITLE_WORDS)
FIELDS: Mapping[Role, str] = {
    "title": "title",
    "status": "status_category",
    "done": "status_category",
    "progress": "progress",
    "start": "start",
    "due": "due",
    "duration": "estimates",
    "points": "estimates",
    "hours": "estimates",
    "spent": "spent",
    "remaining": "remaining",
    "predecessors": "links",
    "assignees": "assignments",
    "priority": "priority",
    "labels": "labels",
    "description": "description_md",
    "type": "type",
    "blocked": "hold",
    "paused": "hold",
}
"""The field of the item that a role is for."""
RULED: Mapping[FieldRole, Role] = {
    "estimate": "points",
    "start": "start",
    "due": "due",
    "priority": "priority",
    "percent_complete": "progress",
    "type": "type",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    id: int
    title: str
    type: str
    primary: bool = False
    symbol: str | None = None
    system: str | None = None
    tags: frozenset[str] = frozenset()


def columns(bodies: object) -> dict[int, Column]:
    """Those with an id and a title; hidden and locked ones too, whose data is as good as any."""
    found = (_column(one) for one in bodies) if isinstance(bodies, list) else ()
    return {one.id: one for one in found if one is not None}


def _column(one: Any) -> Column | None:
    if not isinstance(one, dict):
        return None
    id, title = one.get("id"), one.get("title")
    if not isinstance(id, int) or isinstance(id, bool) or not isinstance(title, str):
        return None
    tags = one.get("tags")
    return Column(
        id=id,
        title=clean(title),
        type=_text(one, "type") or "TEXT_NUMBER",
        primary=one.get("primary") is True,
        symbol=_text(one, "symbol"),
        system=_text(one, "systemColumnType"),
        tags=frozenset(tag for tag in tags if isinstance(tag, str))
        if isinstance(tags, list)
        else frozenset(),
    )


def _text(one: Mapping[str, Any], key: str) -> str | None:
    value = one.get(key)
    return value if isinstance(value, str) else None


def roles(known: Mapping[int, Column], rules: Rules) -> tuple[dict[Role, Column], Sequence[Unmapped]]:
    """One column a role, the strongest evidence first, and the rules that found no column."""
    cast: dict[Role, Column] = {}
    complaints = [Unmapped(field="rules.link", value=name) for name in rules.link]
    for wanted, name in rules.fields.items():
        column = next(
            (one for one in known.values() if name == str(one.id) or word(name) == word(one.title)), None
        )
        if column is None:
            complaints.append(Unmapped(field=f"rules.fields.{wanted}", value=name))
        else:
            cast[RULED[wanted]] = column
            rules.met("fields", wanted)
    for evidence in EVIDENCE:
        taken = {one.id for one in cast.values()}
        for column in known.values():
            role = next((one for one in evidence(column) if one not in cast), None)
            if role is not None and column.id not in taken:
                cast[role] = column
                taken.add(column.id)
    return cast, complaints


def _by_system(column: Column) -> Iterator[Role]:
    if column.primary:
        yield "title"
    if column.system is not None and column.system in SYSTEM:
        yield SYSTEM[column.system]


def _by_tag(column: Column) -> Iterator[Role]:
    yield from (role for tag, role in TAGS.items() if tag in column.tags)
    if column.type in BY_TYPE:
        yield BY_TYPE[column.type]


def _by_calendar(column: Column) -> Iterator[Role]:
    yield from (role for tag, role in CALENDAR_TAGS.items() if tag in column.tags)


def _by_symbol(column: Column) -> Iterator[Role]:
    if column.symbol is not None and column.symbol in SYMBOLS:
        yield SYMBOLS[column.symbol]


def _by_title(column: Column) -> Iterator[Role]:
    """``Complete`` is a tick in a checkbox and a percentage elsewhere."""
    role = TITLES.get(word(column.title))
    if role == "done" and column.type != "CHECKBOX":
        role = "progress"
    if role is not None and column.type in TYPES[role] and column.system is None:
        yield role


EVIDENCE: Sequence[Callable[[Column], Iterator[Role]]] = (
    _by_system,
    _by_tag,
    _by_symbol,
    _by_title,
    _by_calendar,
)
