"""One field of a task with a new value, such as its tracker lets somebody give it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from random import Random
from typing import Any, get_args

from sandbox.names import CUSTOMERS, MILESTONE, PLACES, VERBS
from sandbox.people import account
from sandbox.story import JIRA, Home, Level, Stage, Task
from sandbox.times import iso, office_hour
from sandbox.world import World

EVERYWHERE = ("title", "description", "stage", "priority", "assignees", "labels", "due", "start")
MORE: Mapping[Home, tuple[str, ...]] = {
    "trello": ("points", "hold", "archived", "checked"),
    "jira_cloud": ("points", "hold"),
    "jira_dc": ("points", "hold"),
    "asana": ("points", "hold"),
    "smartsheet": (),
}
OF_SUBTASKS = ("title", "description", "stage", "assignees", "labels", "due")
"""Asana: a sub-task stands in no project, so it has no section and no custom fields."""
TEXTS = ("", "Agreed in the weekly call.", "See https://status.northlight.example/7 for more.")
Value = Callable[[World, Random, Task], Any]


def new_title(rng: Random) -> str:
    return f"{rng.choice(VERBS)} {rng.choice(CUSTOMERS)} {rng.choice(PLACES)} {rng.randrange(1000)}"


def some_field(world: World, rng: Random, task: Task) -> Mapping[str, Any]:
    """As the edit ``set`` takes it."""
    name = rng.choice(_names(world, task))
    return {name: VALUES[name](world, rng, task)}


def _names(world: World, task: Task) -> list[str]:
    home = world.home_of(task)
    names = OF_SUBTASKS if home == "asana" and task.type == "subtask" else (*EVERYWHERE, *MORE[home])
    barred = {"checked"} if not task.checklist else set()
    if task.type == "approval":
        barred.add("stage")
    if home == "trello" and task.type == "milestone":
        barred.add("labels")  # which say that it is one
    if task.type == "milestone" or task.bad_cells or (home == "asana" and _no_start(task)):
        barred.add("start")
    if task.bad_cells or (home == "smartsheet" and task.type == "milestone"):
        barred.add("due")
    return [name for name in names if name not in barred]


def _no_start(task: Task) -> bool:
    """Asana has a start day only beside a due day."""
    return task.due is None or len(str(task.due)) > len("2026-01-01")


def _stage(world: World, rng: Random, task: Task) -> str:
    stages = tuple(world.project(task.project).lists) or get_args(Stage)
    if world.home_of(task) == "asana" and task.type == "subtask":
        stages = ("ready", "done")
    return str(rng.choice(stages))


def _priority(world: World, rng: Random, task: Task) -> str:
    """Smartsheet's symbols know three levels."""
    levels: tuple[str, ...] = get_args(Level)
    return rng.choice(levels[1:] if world.home_of(task) == "smartsheet" else levels)


def _assignees(world: World, rng: Random, task: Task) -> list[int]:
    project, people = world.project(task.project), world.story.people
    can = [id for id in project.members if account(people[id], project.home)]
    most = 1 if project.home in (*JIRA, "asana") else 3
    return sorted(rng.sample(can, min(rng.randint(0, most), len(can))))


def _labels(world: World, rng: Random, task: Task) -> list[str]:
    """None that would make a card something else."""
    known = [label for label in world.project(task.project).labels if label != MILESTONE]
    wanted = rng.sample(known, min(rng.randint(0, 2), len(known)))
    return sorted({*wanted, f"wave-{rng.randrange(4)}"}) if rng.random() < 0.3 else wanted


def _due(world: World, rng: Random, task: Task) -> str | None:
    """Asana: a task with a start day keeps a due day that comes after it."""
    day = world.story.today + timedelta(days=rng.randrange(-20, 60))
    home = world.home_of(task)
    if home == "asana" and task.start is not None:
        return max(day, task.start).isoformat()
    if rng.random() < 0.2:
        return None
    at_an_hour = home == "trello" or (home == "asana" and rng.random() < 0.3)
    return iso(office_hour(day, rng)) if at_an_hour else day.isoformat()


def _start(world: World, rng: Random, task: Task) -> str | None:
    last = task.due if isinstance(task.due, date) else world.story.today
    day = date(last.year, last.month, last.day) - timedelta(days=rng.randrange(20))
    return None if rng.random() < 0.2 else day.isoformat()


VALUES: Mapping[str, Value] = {
    "title": lambda _world, rng, _task: new_title(rng),
    "description": lambda _world, rng, _task: rng.choice(TEXTS),
    "stage": _stage,
    "priority": _priority,
    "assignees": _assignees,
    "labels": _labels,
    "due": _due,
    "start": _start,
    "points": lambda _world, rng, _task: rng.choice((None, 1, 2, 3, 5, 8)),
    "hold": lambda _world, _rng, task: not task.hold,
    "archived": lambda _world, _rng, task: not task.archived,
    "checked": lambda _world, rng, task: [one.id for one in task.checklist if rng.random() < 0.5],
}
