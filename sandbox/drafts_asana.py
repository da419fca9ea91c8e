"""Gives drafts what Asana tasks have: types, sub-tasks at every depth, dependencies, logged time."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from sandbox import ids, times
from sandbox.drafts import Writer
from sandbox.history import ENDED, Draft
from sandbox.story import Dependency, Project, Task, TaskType
from sandbox.story_resources import TimeEntry

DEPTH = 3
MINUTES = (60, 120, 240, 480, 960)
_TYPES: tuple[tuple[TaskType, int], ...] = (
    ("task", 52), ("subtask", 26), ("bug", 8), ("incident", 4), ("approval", 5), ("milestone", 5),
)  # fmt: skip


def shape_asana(writer: Writer, project: Project, drafts: list[Draft]) -> None:
    depths: dict[int, int] = {}
    tops: list[Task] = []
    for draft in drafts:
        task = draft.task
        task.hold, task.type = False, writer.pick(_TYPES) if tops else "task"
        _give_dates(writer.rng, task)
        if task.type == "subtask":
            parent = writer.rng.choice([number for number, depth in depths.items() if depth < DEPTH])
            depths[task.number] = depths[parent] + 1
            make_subtask(draft, parent)
        else:
            _give_facts(writer, project, task, tops)
            tops.append(task)
            if task.type not in ("milestone", "approval"):
                depths[task.number] = 0


def make_subtask(draft: Draft, parent: int) -> None:
    """It stands in no project of its own: neither section nor custom fields, only done or not."""
    task = draft.task
    task.type, task.parent, task.component = "subtask", parent, None
    task.stage = "done" if task.stage in ENDED else "ready"
    draft.path = ("ready", "done") if task.stage == "done" else ("ready",)
    task.priority, task.customer, task.cost = "none", None, None
    task.points = task.estimate_minutes = None
    task.waits_for = []


def _give_dates(rng: Random, task: Task) -> None:
    """A due day or a due instant; a start day only where there is a due day that comes after it."""
    if task.due is None:
        return
    if rng.random() < 0.25:
        task.due, task.start = times.office_hour(task.due, rng), None
    elif task.start is not None and task.start > task.due:
        task.start = None


def _give_facts(writer: Writer, project: Project, task: Task, before: list[Task]) -> None:
    rng = writer.rng
    if task.type == "milestone":
        task.start = None
        task.due = task.due or writer.today + timedelta(days=rng.randrange(5, 60))
    if task.type == "approval":
        task.stage = "done" if task.stage in ENDED else task.stage
        task.approval = rng.choice(("approved", "rejected")) if task.stage == "done" else "pending"
    if project.components:
        task.component = task.component or project.components[0]
    if project.method == "hybrid" and rng.random() < 0.6:
        task.points = rng.choice((1, 2, 3, 5, 8))
    if task.type in ("task", "bug") and rng.random() < 0.5:
        task.estimate_minutes = rng.choice(MINUTES)
    if before and rng.random() < 0.2:
        others = rng.sample(before, min(len(before), rng.choice((1, 1, 2))))
        task.waits_for = [Dependency(number=other.number) for other in others]


def log_time(rng: Random, project: Project, drafts: list[Draft]) -> list[TimeEntry]:
    """Up to four entries on started tasks, by who works on them; ``spent_minutes`` is their sum."""
    entries: list[TimeEntry] = []
    for task in (draft.task for draft in drafts):
        started = task.stage in ("doing", "review", "done") and task.type in ("task", "bug", "subtask")
        if not started or rng.random() < 0.5:
            continue
        own = [_entry(rng, project, task, n) for n in range(rng.randint(1, 4))]
        task.spent_minutes = sum(entry.minutes for entry in own)
        entries += own
    return entries


def _entry(rng: Random, project: Project, task: Task, index: int) -> TimeEntry:
    span = (task.updated.date() - task.created.date()).days
    return TimeEntry(
        id=ids.gid("time", task.remote_id, index),
        task=task.number,
        person=rng.choice(task.assignees or project.members),
        minutes=rng.choice((15, 30, 45, 60, 90, 120)),
        day=task.created.date() + timedelta(days=rng.randint(0, span)),
        billable=rng.choice((True, True, False, None)),
        approval=rng.choice(("draft", "submitted", "approved", "approved", "rejected", None)),
    )
