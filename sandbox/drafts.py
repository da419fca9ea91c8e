"""Drafts the tasks of one project in their final states, so that the portfolio looks alive on ``today``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from random import Random
from typing import TypeVar

from sandbox import ids, times
from sandbox.history import ENDED, Draft
from sandbox.names import CUSTOMERS, PLACES, VERBS, Outline
from sandbox.story import JIRA, CheckItem, Level, Project, Stage, Task, TaskType

T = TypeVar("T")

STAGES: dict[str, tuple[tuple[Stage, int], ...]] = {
    "on_track": (("idea", 12), ("ready", 18), ("doing", 16), ("review", 7), ("done", 42), ("dropped", 5)),
    "at_risk": (("idea", 12), ("ready", 24), ("doing", 20), ("review", 8), ("done", 31), ("dropped", 5)),
    "off_track": (("idea", 10), ("ready", 30), ("doing", 26), ("review", 6), ("done", 22), ("dropped", 6)),
}
LEVELS: tuple[tuple[Level, int], ...] = (("urgent", 5), ("high", 20), ("medium", 55), ("low", 20))
DESCRIPTIONS = ("", "Agreed in the weekly call.", "See the run book — section *3*.\n\n- one\n- two")
EFFORTS = (240, 480, 960, 1440)
"""Minutes; spent in quarters, so that time progress is a whole percent."""
CHECKLIST_SIZES = (2, 4, 5, 10)
"""Checklist progress is a whole percent, too."""


@dataclass(slots=True)
class Writer:
    """Hands out what is unique in the whole story."""

    rng: Random
    today: date
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    checks: Iterator[int] = field(default_factory=lambda: count(1))
    issue_ids: Iterator[int] = field(default_factory=lambda: count(10_001))
    positions: dict[str, Iterator[int]] = field(default_factory=dict)

    def position(self, slug: str) -> int:
        return next(self.positions.setdefault(slug, count(1)))

    def pick(self, weighted: tuple[tuple[T, int], ...]) -> T:
        values = [value for value, _ in weighted]
        return self.rng.choices(values, [weight for _, weight in weighted])[0]


def write_drafts(writer: Writer, project: Project, outline: Outline, number: int) -> list[Draft]:
    """``number`` tasks; on Jira with epics, sub-tasks, milestones, sprints and effort."""
    drafts = [_draft(writer, project, outline) for _ in range(number)]
    if project.home in JIRA:
        _give_types(writer, [d.task for d in drafts])
        _give_effort(writer, project, [d.task for d in drafts])
    elif project.home == "trello":
        for draft in drafts:
            _give_card_facts(writer, project, draft.task)
    return drafts


def identity(writer: Writer, project: Project, created: datetime, position: int) -> tuple[str, str]:
    """The remote id and the key of a new task."""
    if project.home == "trello":
        return ids.card_id(created, writer.rng), ids.short_link(writer.rng)
    if project.home in JIRA:
        return str(next(writer.issue_ids)), f"{project.key}-{position}"
    remote_id = ids.gid("task", project.remote_id, position)
    return remote_id, remote_id


def _draft(writer: Writer, project: Project, outline: Outline) -> Draft:
    rng = writer.rng
    on_trello = project.home == "trello"
    stage = writer.pick(STAGES[project.declared])
    if stage == "doing" and rng.random() < 0.15:
        stage = "parked" if on_trello else "vendor"
    created, updated = _life(writer, stage)
    position = writer.position(project.slug)
    remote_id, key = identity(writer, project, created, position)
    task = Task(
        number=next(writer.numbers),
        project=project.slug,
        remote_id=remote_id,
        key=key,
        position=position,
        title=f"{rng.choice(VERBS)} {rng.choice(outline.topics)} {rng.choice(PLACES)}",
        description=rng.choice(DESCRIPTIONS),
        stage=stage,
        type="task",
        priority=writer.pick(LEVELS),
        created=created,
        updated=updated,
        reporter=rng.choice(project.members),
    )
    _give_dates(writer, task, on_trello)
    _give_people_and_labels(writer, task, project)
    task.customer = rng.choice(CUSTOMERS) if rng.random() < 0.3 else None
    task.cost = rng.choice((120.0, 349.5, 1200.0, 18500.25)) if rng.random() < 0.2 else None
    return Draft(task)


def _life(writer: Writer, stage: Stage) -> tuple[datetime, datetime]:
    """Created in the last half year, last touched at the latest yesterday."""
    rng = writer.rng
    age = rng.randrange(4, 180)
    born = writer.today - timedelta(days=age)
    quiet = rng.randrange(1, age - 1) if stage in ENDED else rng.randrange(1, min(age - 1, 25))
    return times.office_hour(born, rng), times.office_hour(writer.today - timedelta(days=quiet), rng)


def _give_dates(writer: Writer, task: Task, on_trello: bool) -> None:
    rng = writer.rng
    if rng.random() < 0.3:
        return
    ended = task.stage in ENDED
    anchor = task.updated.date() if ended else writer.today
    day = anchor + timedelta(days=rng.randrange(-6, 7) if ended else rng.randrange(-8, 50))
    task.due = times.office_hour(day, rng) if on_trello else day
    if rng.random() < 0.5:
        task.start = max(task.created.date(), day - timedelta(days=rng.randrange(3, 20)))


def _give_people_and_labels(writer: Writer, task: Task, project: Project) -> None:
    rng = writer.rng
    most = 3 if project.home in ("trello", "smartsheet") else 1
    wanted = 0 if task.stage == "idea" or rng.random() < 0.12 else rng.randint(1, most)
    task.assignees = sorted(rng.sample(project.members[1:-1], min(wanted, len(project.members) - 2)))
    task.labels = sorted(rng.sample(project.labels, rng.choice((0, 0, 1, 1, 2))))
    task.component = rng.choice((*project.components, None)) if project.components else None
    task.hold = task.stage in ("ready", "doing", "review") and rng.random() < 0.07


def _give_card_facts(writer: Writer, project: Project, card: Task) -> None:
    rng = writer.rng
    if rng.random() < 0.5:
        card.priority = "none"
    if project.method == "hybrid" and rng.random() < 0.7:
        card.points = rng.choice((1, 2, 3, 5, 8))
    if card.stage == "done" and rng.random() < 0.7:
        card.ticked_in = "review" if rng.random() < 0.15 else "done"
    if rng.random() < 0.35:
        size = rng.choice(CHECKLIST_SIZES)
        done = (
            size if card.stage == "done" else rng.randint(0, size) if card.stage in ("doing", "review") else 0
        )
        card.checklist = [
            CheckItem(id=next(writer.checks), text=f"Step {n}", done=n <= done) for n in range(1, size + 1)
        ]
    card.archived = card.stage in ENDED and rng.random() < 0.2


def _give_types(writer: Writer, tasks: list[Task]) -> None:
    """The first of every ten is an epic; sub-tasks belong to an earlier task, the others to an epic."""
    rng = writer.rng
    epics: list[Task] = []
    bases: list[Task] = []
    kinds: tuple[tuple[TaskType, int], ...] = (
        ("story", 35), ("task", 25), ("bug", 18), ("subtask", 19), ("milestone", 3),
    )  # fmt: skip
    for index, task in enumerate(tasks):
        task.type = "epic" if index % 10 == 0 else writer.pick(kinds) if bases else "story"
        if task.type == "epic":
            epics.append(task)
        elif task.type == "subtask":
            task.parent = rng.choice(bases).number
        else:
            bases.append(task)
            task.parent = rng.choice(epics).number if rng.random() < 0.7 else None
        if task.type == "milestone":
            day = task.due or writer.today + timedelta(days=rng.randrange(5, 60))
            task.due, task.component = day, None


def _give_effort(writer: Writer, project: Project, tasks: list[Task]) -> None:
    rng = writer.rng
    for task in tasks:
        if task.type in ("epic", "milestone"):
            continue
        if project.sprints and task.type != "subtask":
            task.points = rng.choice((1, 2, 3, 5, 8, None))
            task.sprints = _sprints(writer, project, task)
        elif not project.sprints and rng.random() < 0.8:
            _give_minutes(rng, task)


def _give_minutes(rng: Random, task: Task) -> None:
    total = rng.choice(EFFORTS)
    quarters = 4 if task.stage == "done" else 0 if task.stage in ("idea", "ready") else rng.randint(1, 3)
    task.estimate_minutes = rng.choice((total, total, max(total - 120, 120)))
    task.spent_minutes = total * quarters // 4 or None
    task.remaining_minutes = total - total * quarters // 4


def _sprints(writer: Writer, project: Project, task: Task) -> list[int]:
    """Done work sits in a closed sprint, started work in the active one, often carried over from earlier."""
    rng = writer.rng
    closed = [s.id for s in project.sprints if s.state == "closed"]
    active = [s.id for s in project.sprints if s.state == "active"]
    future = [s.id for s in project.sprints if s.state == "future"]
    if task.stage in ENDED:
        last = rng.randrange(len(closed))
        return closed[max(0, last - rng.choice((0, 0, 1))) : last + 1]
    if task.stage in ("doing", "review", "vendor"):
        return closed[len(closed) - rng.choice((0, 0, 1, 2)) :] + active
    return [] if task.stage == "idea" else rng.choice((active, future, []))
