"""From figures to what a person reads: a summary per project, and programs and portfolios as the sum of
what stands under them.

Worked example, asked on 10 March. Figures: 2 todo, 3 in progress, 4 done, 1 cancelled; of the open ones
1 is due on 3 March, 1 on 12 March and 2 on 30 March; no estimates.

- total = 2 + 3 + 4 + 1 = 10; open = 10 - 4 done - 1 cancelled = 5
- progress: cancelled items leave the denominator, 4 of 9 = 44.4 %, by items
- overdue = 1 (3 March); next due = 12 March; last due = 30 March

Had 8 of those 9 items estimates (88.9 %, at least 80 %), of 40 points in all with 26 done, progress would be
26 of 40 points = 65.0 %, by points.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_DOWN, Decimal
from typing import Literal, Protocol, TypeVar

from normalizer.model import StatusCategory
from portfolio.figures import Figures, combine
from portfolio.freshness import Coverage, Freshness, Reach, freshness

CATEGORIES: tuple[StatusCategory, ...] = (
    "triage", "backlog", "todo", "in_progress", "done", "cancelled", "unknown",
)  # fmt: skip
POINTS_SHARE = Decimal("0.8")
"""Points measure progress only where at least this share of the items carries an estimate in points."""


class InTree(Protocol):
    """Anything with an id and the id of what it stands under."""

    @property
    def id(self) -> str: ...
    @property
    def parent(self) -> str | None: ...


Placed = TypeVar("Placed", bound=InTree)


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One portfolio, program or project: its own figures, the id of its parent, and the reach of all that
    stands under it (which only the store knows, since hidden scopes have no name here)."""

    id: str
    parent: str | None
    figures: Figures
    reach: Reach


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectProgress:
    """``percent`` is cut to one decimal, so that 100 means all; None when nothing is left to count.
    ``basis`` says in words what was divided by what."""

    percent: Decimal | None
    method: Literal["points", "items"]
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectSummary:
    """``counts`` names every status category. Due days, overdue, blocked, unassigned and people are of open
    items: neither done nor cancelled, so that an unmapped status counts as open."""

    counts: Mapping[StatusCategory, int]
    total: int
    open: int
    done: int
    progress: ProjectProgress
    next_due: date | None
    """The first due day from today on."""
    last_due: date | None
    overdue: int
    blocked: int
    unassigned: int
    people: int
    archived: int
    uncounted: int
    """Templates, separators and mirrors: kept and shown, in no other number."""
    as_of: datetime | None
    freshness: Freshness
    coverage: Coverage
    receipt: str | None


def summarise(figures: Figures, reach: Reach, now: datetime) -> ProjectSummary:
    """``now`` tells the age, and its day in UTC what is overdue."""
    today = now.date()
    counts: dict[StatusCategory, int] = {name: figures.categories.get(name, 0) for name in CATEGORIES}
    total = sum(counts.values())
    days = sorted(day for day, items in figures.open_due.items() if items)
    return ProjectSummary(
        counts=counts,
        total=total,
        open=total - counts["done"] - counts["cancelled"],
        done=counts["done"],
        progress=progress(figures),
        next_due=next((day for day in days if day >= today), None),
        last_due=days[-1] if days else None,
        overdue=sum(items for day, items in figures.open_due.items() if day < today),
        blocked=figures.blocked,
        unassigned=figures.unassigned,
        people=sum(1 for items in figures.people.values() if items),
        archived=figures.archived,
        uncounted=figures.uncounted,
        as_of=reach.as_of,
        freshness=freshness(reach, now),
        coverage=reach.coverage,
        receipt=reach.receipt,
    )


def progress(figures: Figures) -> ProjectProgress:
    """By points where they are kept well enough, else by items; cancelled items are in neither."""
    done = figures.categories.get("done", 0)
    items = sum(figures.categories.values()) - figures.categories.get("cancelled", 0)
    if not items:
        return ProjectProgress(percent=None, method="items", basis="no items to count")
    if Decimal(figures.estimated) / items >= POINTS_SHARE and figures.points_all > 0:
        return ProjectProgress(
            percent=_percent(figures.points_done, figures.points_all),
            method="points",
            basis=f"{figures.points_done.normalize():f} of {figures.points_all.normalize():f} points done; "
            f"{figures.estimated} of {items} items have an estimate; cancelled left out",
        )
    return ProjectProgress(
        percent=_percent(Decimal(done), Decimal(items)),
        method="items",
        basis=f"{done} of {items} items done; {_why_items(figures.estimated, items)}; cancelled left out",
    )


def _why_items(estimated: int, items: int) -> str:
    if not estimated:
        return "no item has an estimate in points"
    if Decimal(estimated) / items < POINTS_SHARE:
        return f"{estimated} have an estimate in points, points count from {POINTS_SHARE:.0%} of them on"
    return "the estimates in points add up to 0"


def _percent(part: Decimal, whole: Decimal) -> Decimal:
    return (part * 100 / whole).quantize(Decimal("0.1"), rounding=ROUND_DOWN)


def roll_up(nodes: Iterable[Node], now: datetime) -> dict[str, ProjectSummary]:
    """Every node's summary by id: its own figures and those of all that stand under it.

    Raises ValueError where a node stands under itself.
    """
    listed = list(nodes)
    under = children(listed)
    return {
        node.id: summarise(combine(member.figures for member in _family(node, under)), node.reach, now)
        for node in listed
    }


def children(nodes: Sequence[Placed]) -> Mapping[str | None, Sequence[Placed]]:
    """The nodes by parent, in the order given; under None the roots. A node whose parent is not among them
    (the caller may not see it) is a root."""
    known = {node.id for node in nodes}
    under: dict[str | None, list[Placed]] = defaultdict(list)
    for node in nodes:
        under[node.parent if node.parent in known else None].append(node)
    return under


def _family(node: Node, under: Mapping[str | None, Sequence[Node]]) -> list[Node]:
    """The node and all that stand under it."""
    family: dict[str, Node] = {}
    waiting = [node]
    while waiting:
        member = waiting.pop()
        if member.id in family:
            raise ValueError(f"{member.id} stands under itself in the portfolio")
        family[member.id] = member
        waiting.extend(under.get(member.id, ()))
    return list(family.values())
