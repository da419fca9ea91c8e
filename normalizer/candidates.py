"""Which of a tracker's own fields may play a role, told by how people fill it and not only by its name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from normalizer.model import FieldType, FieldValue, Item
from normalizer.rules import FieldRole

WORDS: Mapping[FieldRole, Sequence[str]] = {
    "estimate": ("story points", "points", "estimate", "estimation", "effort", "size", "sp"),
    "start": ("start date", "start", "begin", "planned start"),
    "due": ("due date", "due", "deadline", "target date", "end date", "finish"),
    "priority": ("priority", "urgency", "importance", "severity"),
    "percent_complete": ("% complete", "percent complete", "progress", "done %"),
    "type": ("type", "kind", "category", "work type"),
}
TYPES: Mapping[FieldRole, Sequence[FieldType]] = {
    "estimate": ("number",),
    "start": ("date", "datetime"),
    "due": ("date", "datetime"),
    "priority": ("option", "options", "text"),
    "percent_complete": ("number",),
    "type": ("option", "options", "text"),
}
"""The types of fields that can play a role; another one is no candidate."""
LIKELY = {"estimate": Decimal(100), "percent_complete": Decimal(100)}
"""Numbers above this are rather an amount of money or an identifier."""
NAMED, FILLED, SHAPED = 0.5, 0.3, 0.2
"""What the name, the share of items that have it, and its values weigh in the score."""
SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """``score`` 0 to 1; ``filled`` items of ``of`` have the field; ``values`` are its commonest, with how
    often each stands there; ``why`` are the reasons in words."""

    field: str
    name: str
    type: FieldType
    score: float
    filled: int
    of: int
    values: Sequence[tuple[str, int]]
    why: Sequence[str]


def candidates(items: Sequence[Item], role: FieldRole) -> list[Candidate]:
    """The fields of these items that could play the role, the likeliest first. A field that plays a role
    already is not among them: it is part of the item itself."""
    found: dict[str, list[FieldValue]] = {}
    for item in items:
        for field, value in item.custom.items():
            if value.type in TYPES[role]:
                found.setdefault(field, []).append(value)
    ranked = [_candidate(field, values, len(items), role) for field, values in found.items()]
    return sorted(ranked, key=lambda one: (-one.score, one.name, one.field))


def _candidate(field: str, values: Sequence[FieldValue], of: int, role: FieldRole) -> Candidate:
    name, counted = values[-1].name, Counter(_shown(one.value) for one in values)
    named, shaped = _named(name, role), _shaped([one.value for one in values], role)
    filled = len(values) / of
    return Candidate(
        field=field,
        name=name,
        type=values[-1].type,
        score=round(NAMED * named + FILLED * filled + SHAPED * shaped, 3),
        filled=len(values),
        of=of,
        values=counted.most_common(SHOWN),
        why=[
            _said(named, "its name says so", "its name says something like it", "its name does not say so"),
            f"{filled:.0%} of the items have it",
            _said(shaped, "its values look like it", "some of its values look like it", "its values do not"),
        ],
    )


def _said(share: float, all_of_it: str, some: str, none: str) -> str:
    return all_of_it if share > 0.9 else some if share > 0.1 else none


def _named(name: str, role: FieldRole) -> float:
    """1 where the name is one that such a field usually has, less where one is part of it."""
    words = " ".join(re.findall(r"[%\w]+", name.casefold()))
    if words in WORDS[role]:
        return 1.0
    padded = f" {words} "
    return 0.6 if any(f" {word} " in padded for word in WORDS[role]) else 0.0


def _shaped(values: Sequence[Any], role: FieldRole) -> float:
    """The share of values such as the role has: small numbers, words that come again; any date will do."""
    if role in LIKELY:
        fitting = [
            one for one in values if isinstance(one, Decimal | int | float) and 0 <= one <= LIKELY[role]
        ]
        return len(fitting) / len(values)
    if role in ("priority", "type"):
        return 1.0 - len({_shown(one) for one in values}) / len(values)
    return 1.0


def _shown(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(_shown(one) for one in value)
    return str(value)[:60]
