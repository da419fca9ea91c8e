"""Gives drafts what the rows of a sheet have: a tree with summary rows, durations, predecessors, symbols."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from random import Random
from typing import Literal

from sandbox.drafts import Writer
from sandbox.history import Draft
from sandbox.story import Dependency, Project, Task

_KINDS: tuple[Literal["FS", "SS", "FF", "SF"], ...] = ("FS", "FS", "FS", "SS", "FF", "SF")
PHASE, GROUP = 9, 5
"""Every ninth row opens a phase; the fifth of a phase a group in it."""
_PERCENT: dict[str, tuple[int, ...]] = {
    "idea": (0,), "ready": (0,), "doing": (10, 20, 35, 50, 75), "review": (90,), "done": (100,),
    "dropped": (0,), "vendor": (50,), "parked": (50,),
}  # fmt: skip


def shape_smartsheet(writer: Writer, project: Project, drafts: list[Draft]) -> None:
    rng = writer.rng
    rows = [draft.task for draft in drafts]
    _give_parents(rows)
    parents = {row.parent for row in rows}
    leaves: list[Task] = []
    for row in rows:
        row.hold, row.component = False, None
        row.priority = "high" if row.priority == "urgent" else row.priority
        if row.number in parents:
            continue
        row.percent = rng.choice(_PERCENT[row.stage])
        if rng.random() < 0.08:
            row.type = "milestone"
        schedule(row, project, rng)
        row.rag = rng.choice(("Green", "Green", "Yellow", "Red", None))
        if leaves and rng.random() < 0.3:
            row.waits_for = [_dependency(rng, rng.choice(leaves))]
        leaves.append(row)


def restage(row: Task) -> None:
    """Percent complete after the stage was changed."""
    row.percent = _PERCENT[row.stage][0]


def _give_parents(rows: Sequence[Task]) -> None:
    phase = group = None
    for index, row in enumerate(rows):
        place = index % PHASE
        row.parent = None if place == 0 else phase if place <= GROUP else group
        if place == 0:
            phase = row.number
        elif place == GROUP:
            group = row.number


def schedule(row: Task, project: Project, rng: Random) -> None:
    """Both days on working days with the duration between them, or none of the three."""
    if row.due is None and row.type != "milestone":
        row.start = row.duration_days = None
        return
    due = _working(row.due or row.created.date(), project)
    start = (
        due if row.type == "milestone" else _working(row.start or due - timedelta(rng.randrange(9)), project)
    )
    row.start, row.due = min(start, due), due
    row.duration_days = 0 if row.type == "milestone" else working_days(row.start, due, project)


def _working(day: date, project: Project) -> date:
    """That day, or the next one on which the sheet works."""
    while day.weekday() > 4 or day in project.holidays:
        day += timedelta(days=1)
    return day


def working_days(start: date, end: date, project: Project) -> int:
    days = (start + timedelta(days=n) for n in range((end - start).days + 1))
    return sum(day.weekday() < 5 and day not in project.holidays for day in days)


def _dependency(rng: Random, other: Task) -> Dependency:
    return Dependency(number=other.number, kind=rng.choice(_KINDS), lag_days=rng.choice((0, 0, 0, 1, 3, -2)))


def roll_up(rows: Iterable[Task], project: Project) -> None:
    """Summary rows are what their children make them: days, duration, percent, and so the stage."""
    children: dict[int, list[Task]] = defaultdict(list)
    for row in rows:
        if row.parent is not None:
            children[row.parent].append(row)
    by_number = {row.number: row for row in rows}
    for number in sorted(children, reverse=True):
        _summarise(by_number[number], children[number], project)


def _summarise(row: Task, below: list[Task], project: Project) -> None:
    starts = [child.start for child in below if child.start]
    dues = [child.due for child in below if child.due]
    row.start, row.due = min(starts, default=None), max(dues, default=None)
    row.duration_days = working_days(row.start, row.due, project) if row.start and row.due else None
    row.percent = round(sum(child.percent or 0 for child in below) / len(below))
    row.stage = "done" if row.percent == 100 else "doing" if row.percent else "ready"
    row.type, row.priority, row.rag, row.cost, row.customer = "task", "none", None, None, None
    row.assignees, row.labels, row.waits_for, row.bad_cells = [], [], [], {}
