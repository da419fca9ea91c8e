"""The rows of a sheet: in their order as a tree, and what stands in each of their cells."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from sandbox.smartsheet_cells import (
    Before,
    Chosen,
    Clock,
    Contact,
    Contacts,
    Content,
    Days,
    Failed,
    Money,
    Percent,
    Predecessors,
)
from sandbox.smartsheet_columns import Habit, habit_of
from sandbox.story import Person, Project, Story, Task

BROKEN = "=SUM([Unit cost]@row * )"
SUPPLIERS = (Contact("Night shift desk"), Contact("Hauke (Wartung)"))
"""Typed in by hand, without an address."""
_WORKDAY = ("T08:00:00", "T16:59:59")
_PRIORITIES = {"urgent": "High", "high": "High", "medium": "Medium", "low": "Low"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """``above`` is the row that it is indented under, ``before`` the one before it at the same level."""

    task: Task
    number: int
    above: int | None
    before: int | None
    summary: bool

    @property
    def id(self) -> int:
        return int(self.task.remote_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What the cells of a sheet are filled from."""

    project: Project
    people: Mapping[int, Person]
    rows: Mapping[int, Row]
    """By the number of the task."""

    @property
    def habit(self) -> Habit:
        return habit_of(self.project)


def ground_of(story: Story, project: Project, tasks: Sequence[Task]) -> Ground:
    rows = {row.task.number: row for row in _ordered(tasks)}
    return Ground(project=project, people=story.people, rows=rows)


def _ordered(tasks: Sequence[Task]) -> Iterator[Row]:
    """Depth first; who came first stands first."""
    here = {task.number: task for task in tasks}
    children: dict[int | None, list[Task]] = defaultdict(list)
    for task in sorted(tasks, key=lambda one: one.number):
        children[task.parent if task.parent in here else None].append(task)
    before: dict[int | None, int] = {}
    waiting: list[tuple[Task | None, Task]] = [(None, task) for task in reversed(children[None])]
    number = 0
    while waiting:
        above, task = waiting.pop()
        number += 1
        below = children[task.number]
        parent = None if above is None else int(above.remote_id)
        yield Row(task=task, number=number, above=parent, before=before.get(parent), summary=bool(below))
        before[parent] = int(task.remote_id)
        waiting += [(task, one) for one in reversed(below)]


def content(ground: Ground, row: Row, key: str) -> Content | None:
    """What stands in the column ``key``; None in an empty cell. Of work a summary row tells only what
    Smartsheet sums up of the rows below."""
    if row.summary and key in _OWN:
        return None
    return _CONTENTS[key](ground, row)


def contact(person: Person) -> Contact:
    return Contact(person.name, person.smartsheet_id)


def day(ground: Ground, value: date | datetime | None, *, ends: bool) -> Content | None:
    """A day, on a project sheet with the wall clock of its working day."""
    if value is None:
        return None
    return (
        Clock(f"{value.isoformat()}{_WORKDAY[ends]}") if ground.habit.dates == "ABSTRACT_DATETIME" else value
    )


def people(ground: Ground, numbers: Sequence[int]) -> Contacts | None:
    return Contacts([contact(ground.people[number]) for number in numbers]) if numbers else None


def status(ground: Ground, stage: str) -> str | None:
    return next((word for one, word in ground.project.lists.items() if one == stage), None)


def priority(level: str) -> str | None:
    return _PRIORITIES.get(level)


def _due(ground: Ground, row: Row) -> Content | None:
    milestone = row.task.duration_days == 0
    return row.task.bad_cells.get("due") or day(ground, row.task.due, ends=not milestone)


def _cost(ground: Ground, row: Row) -> Content | None:
    error, cost = row.task.bad_cells.get("cost"), row.task.cost
    if error is not None:
        return Failed(error, BROKEN)
    if cost is None:
        return None
    return str(cost) if ground.project.cost_is_text else Money(cost)


def _predecessors(ground: Ground, row: Row) -> Content | None:
    known = [(wait, ground.rows[wait.number]) for wait in row.task.waits_for if wait.number in ground.rows]
    if not known:
        return None
    return Predecessors([Before(one.id, one.number, wait.kind, wait.lag_days) for wait, one in known])


def _number(ground: Ground, row: Row) -> Content:
    return f"{ground.project.numbered}{row.task.position:04d}"


def _supplier(_ground: Ground, row: Row) -> Content | None:
    return SUPPLIERS[row.task.position % len(SUPPLIERS)] if row.task.stage == "vendor" else None


def writer(ground: Ground, row: Row) -> Person:
    """Who changed the row last."""
    history = row.task.history
    return ground.people[history[-1].author if history else row.task.reporter]


_OWN = frozenset({"status", "rag", "assignees", "priority", "labels", "customer", "cost", "done", "flag"})
"""What a summary row has nothing of."""
_CONTENTS: Mapping[str, Callable[[Ground, Row], Content | None]] = MappingProxyType(
    {
        "title": lambda _, row: row.task.title,
        "rag": lambda _, row: row.task.rag,
        "status": lambda ground, row: status(ground, row.task.stage),
        "percent": lambda _, row: None if row.task.percent is None else Percent(row.task.percent),
        "start": lambda ground, row: day(ground, row.task.start, ends=False),
        "due": _due,
        "duration": lambda _, row: None if row.task.duration_days is None else Days(row.task.duration_days),
        "predecessors": _predecessors,
        "assignees": lambda ground, row: people(ground, row.task.assignees),
        "done": lambda _, row: row.task.stage == "done",
        "flag": lambda _, row: row.task.rag == "Red" or None,
        "supplier": _supplier,
        "priority": lambda _, row: priority(row.task.priority),
        "labels": lambda _, row: Chosen(row.task.labels) if row.task.labels else None,
        "description": lambda _, row: row.task.description or None,
        "customer": lambda _, row: row.task.customer,
        "cost": _cost,
        "number": _number,
        "created": lambda _, row: row.task.created,
        "created_by": lambda ground, row: contact(ground.people[row.task.reporter]),
        "modified": lambda _, row: row.task.updated,
        "modified_by": lambda ground, row: contact(writer(ground, row)),
    }
)
