"""Writes the whole history of a finished draft, so that replaying it ends in the draft's own state."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count, pairwise
from random import Random

from sandbox import times
from sandbox.story import JIRA, Event, EventField, Project, Stage, Task

PATHS: dict[Stage, tuple[tuple[Stage, ...], ...]] = {
    "idea": (("idea",),),
    "ready": (("ready",), ("idea", "ready")),
    "doing": (("ready", "doing"), ("idea", "ready", "doing"), ("ready", "doing", "review", "doing")),
    "review": (("ready", "doing", "review"), ("idea", "ready", "doing", "review")),
    "done": (("ready", "doing", "done"), ("idea", "ready", "doing", "review", "done"), ("ready", "done")),
    "dropped": (("ready", "dropped"), ("idea", "dropped"), ("ready", "doing", "dropped")),
    "parked": (("ready", "parked"), ("ready", "doing", "parked")),
    "vendor": (("ready", "doing", "vendor"), ("ready", "vendor")),
}
ENDED: tuple[Stage, ...] = ("done", "dropped")


@dataclass(slots=True)
class Draft:
    """A task in its final state with what its history must tell. ``updated`` bounds the history."""

    task: Task
    due_before: list[date | datetime | None] = field(default_factory=list)
    """Earlier due dates, oldest first."""
    moved_from: str | None = None
    """``slug/key`` or ``slug/position`` of the project it was moved out of."""
    planted: bool = False
    path: tuple[Stage, ...] | None = None
    """The stages it went through, where not every way is open to it."""


@dataclass(frozen=True, slots=True)
class Step:
    field: EventField
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Historian:
    """``numbers`` gives event ids, unique in the story."""

    rng: Random
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def write(self, draft: Draft, project: Project) -> None:
        """Fill ``history``; set ``updated`` and ``done_at`` from it."""
        task, rng = draft.task, self.rng
        steps = _interleave(_chains(draft, project, rng), task.stage in ENDED, rng)
        moments = _moments(task.created, task.updated, len(steps), rng)
        authors = [id for id in project.members if id != task.reporter] or [task.reporter]
        task.history = [self._event(task.created, task.reporter, Step("created", None, None))]
        for at, step in zip(moments, steps, strict=True):
            task.history.append(self._event(at, rng.choice(authors), step))
        task.updated = task.history[-1].at
        ends = [e.at for e in task.history if e.field == "stage" and e.after == task.stage]
        task.done_at = ends[-1] if ends and task.stage in ENDED else None

    def _event(self, at: datetime, author: int, step: Step) -> Event:
        return Event(
            id=next(self.numbers),
            at=at,
            author=author,
            field=step.field,
            before=step.before,
            after=step.after,
        )


def _moments(start: datetime, end: datetime, number: int, rng: Random) -> list[datetime]:
    """Distinct, in order, the last one at the end."""
    if number == 0:
        return []
    span = max(int((end - start).total_seconds()), number * 10 + 60)
    ticks = [*sorted(rng.sample(range(60, span), number - 1)), span]
    return [start + timedelta(seconds=tick, milliseconds=rng.randrange(1000)) for tick in ticks]


def _interleave(chains: Sequence[Sequence[Step]], ended: bool, rng: Random) -> list[Step]:
    """Shuffle chains into one line, each in its own order; an ending stage comes after all else."""
    waiting = [iter(chain) for chain in chains]
    order = [index for index, chain in enumerate(chains) for _ in chain]
    rng.shuffle(order)
    steps = [next(waiting[index]) for index in order]
    if ended:
        last = max(index for index, step in enumerate(steps) if step.field == "stage")
        steps.append(steps.pop(last))
    return steps


def _chain(name: EventField, values: Sequence[str | None]) -> list[Step]:
    return [Step(name, before, after) for before, after in pairwise(values) if before != after]


def _chains(draft: Draft, project: Project, rng: Random) -> list[list[Step]]:
    task = draft.task
    dues = [times.text(due) for due in (*draft.due_before, task.due)]
    chains = [
        _chain("stage", list(draft.path or rng.choice(PATHS[task.stage]))),
        _chain("due", dues if draft.due_before or task.due is None else _maybe(rng, 0.4, dues[-1])),
        _chain("start", _maybe(rng, 0.3, times.text(task.start))),
        _assignees(task, project, rng),
        _labels(task, project, rng),
        _chain("priority", _maybe(rng, 0.3, task.priority, "medium" if project.home in JIRA else "none")),
        _chain("points", _maybe(rng, 0.7, _number(task.points))),
        _chain(
            "sprint", ["", *(",".join(map(str, task.sprints[: n + 1])) for n in range(len(task.sprints)))]
        ),
        _chain("parent", _maybe(rng, 0.3, _number(task.parent))),
        _chain("description", _maybe(rng, 0.3, task.description, "")),
        _chain("title", _maybe(rng, 0.05, task.title, task.title.removesuffix("…") + " (draft)")),
        _chain("hold", [None, "yes"] if task.hold else _maybe(rng, 0.04, None, None, "yes")),
        _chain("archived", [None, "yes"] if task.archived else []),
    ]
    chains += [
        _chain("checklist", [f"{check.id}/incomplete", f"{check.id}/complete"])
        for check in task.checklist
        if check.done
    ]
    chains += [_chain("placement", [None, slug]) for slug in task.also_in]
    if draft.moved_from:
        mark = task.key if project.home in JIRA else task.position
        chains.append(_chain("project", [draft.moved_from, f"{project.slug}/{mark}"]))
    return chains


def _number(value: int | None) -> str | None:
    return None if value is None else str(value)


def _growing(values: Sequence[str]) -> list[str | None]:
    """One more at each step."""
    return [",".join(values[:n]) for n in range(len(values) + 1)]


def _maybe(
    rng: Random, chance: float, final: str | None, first: str | None = None, middle: str | None = None
) -> list[str | None]:
    """Sometimes the value was set later; else it has been so since the creation."""
    if rng.random() >= chance:
        return [final]
    return [first, final] if middle is None else [first, middle, final]


def _assignees(task: Task, project: Project, rng: Random) -> list[Step]:
    """Of several, one comes or goes per event; where there is only one, it is replaced."""
    final = [str(id) for id in task.assignees]
    if project.home in ("trello", "smartsheet"):
        return _chain("assignees", _growing(final))
    earlier = str(rng.choice(project.members)) if rng.random() < 0.3 else ""
    return _chain("assignees", ["", earlier, ",".join(final)])


def _labels(task: Task, project: Project, rng: Random) -> list[Step]:
    if project.home not in JIRA:
        return _chain("labels", _growing(task.labels))
    return _chain("labels", _maybe(rng, 0.5, ",".join(task.labels), ""))
