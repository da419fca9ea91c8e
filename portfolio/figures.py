"""The counted facts of one project, and how those of several become one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TypeVar

K = TypeVar("K")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Only counted items that are present: no templates, separators or mirrors.

    ``open_due`` maps a due day (in UTC where the due is an instant) to the open items due then, ``people``
    a person's id to the open items that they hold. The three point figures leave out cancelled items.
    """

    categories: Mapping[str, int] = field(default_factory=dict)
    open_due: Mapping[date, int] = field(default_factory=dict)
    blocked: int = 0
    unassigned: int = 0
    people: Mapping[str, int] = field(default_factory=dict)
    points_all: Decimal = Decimal(0)
    points_done: Decimal = Decimal(0)
    estimated: int = 0
    """Items with an estimate in points."""
    archived: int = 0
    uncounted: int = 0


def combine(parts: Iterable[Figures]) -> Figures:
    """The sum of several projects' figures. An item that belongs to two of them counts twice; a person who
    works in two of them is one person."""
    listed = list(parts)
    return Figures(
        categories=_added(part.categories for part in listed),
        open_due=_added(part.open_due for part in listed),
        blocked=sum(part.blocked for part in listed),
        unassigned=sum(part.unassigned for part in listed),
        people=_added(part.people for part in listed),
        points_all=sum((part.points_all for part in listed), Decimal(0)),
        points_done=sum((part.points_done for part in listed), Decimal(0)),
        estimated=sum(part.estimated for part in listed),
        archived=sum(part.archived for part in listed),
        uncounted=sum(part.uncounted for part in listed),
    )


def _added(counts: Iterable[Mapping[K, int]]) -> dict[K, int]:
    total: Counter[K] = Counter()
    for count in counts:
        total.update(count)
    return dict(total)
