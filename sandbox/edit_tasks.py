"""New, moved and deleted tasks, and the history that an edit leaves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from random import Random

from sandbox import ids
from sandbox.edit_fields import BadEdit, Change, Step
from sandbox.history import ENDED
from sandbox.people import READER
from sandbox.story import Event, Project, Task
from sandbox.world import Gone, World


def create(world: World, project: Project, title: str) -> Task:
    """An unassigned task that is ready, reported by the owner of the credentials."""
    story, now = world.story, world.now()
    number = max((task.number for task in _ever(world)), default=0) + 1
    rng = Random(f"{story.seed}/{number}")  # noqa: S311  # an id in a story, not a secret
    position = _next_position(world, project)
    on_trello = project.home == "trello"
    task = Task(
        number=number,
        project=project.slug,
        remote_id=ids.card_id(now, rng) if on_trello else str(_next_issue_id(world)),
        key=ids.short_link(rng) if on_trello else f"{project.key}-{position}",
        position=position,
        title=title,
        description="",
        stage="ready",
        type="task",
        priority="none" if on_trello else "medium",
        created=now.replace(microsecond=0),
        updated=now,
        reporter=READER,
    )
    story.tasks[number] = task
    _append(world, task, [Step("created", None, None)])
    return task


def record(world: World, task: Task, changes: Iterable[Change]) -> list[str]:
    """Make the changes, append their events, and answer the fields that they changed."""
    steps = [step for change in changes for step in change(task)]
    _append(world, task, steps)
    if any(step.field == "stage" for step in steps):
        task.done_at = task.updated if task.stage in ENDED else None
    return list(dict.fromkeys(step.field for step in steps))


def delete(world: World, task: Task) -> list[Task]:
    """The task, its sub-tasks and mirrors; those whose epic it was go without one, links to it vanish."""
    story, now = world.story, world.now()
    gone = [task, *(t for t in story.tasks.values() if _falls_with(t, task))]
    numbers = {one.number for one in gone}
    for number in numbers:
        world.gone.append(Gone(story.tasks.pop(number), now))
    for other in story.tasks.values():
        other.parent = None if other.parent in numbers else other.parent
        other.links = [link for link in other.links if link[1] not in numbers]
    return gone


def _falls_with(task: Task, other: Task) -> bool:
    return task.mirror_of == other.number or (task.type == "subtask" and task.parent == other.number)


def move(world: World, task: Task, target: Project) -> None:
    """Same id, new number (on Jira also a new key); a parent and sprints do not come along."""
    source = world.project(task.project)
    if source.home != target.home or source is target:
        raise BadEdit(f"{task.key} can only move to another project on {source.home}.")
    children = [t for t in world.story.tasks.values() if t.parent == task.number and t.type == "subtask"]
    if task.type == "subtask" or children:
        raise BadEdit(f"{task.key} belongs to sub-tasks or is one; move something else.")
    before = _mark(source, task)
    task.position, task.project = _next_position(world, target), target.slug
    if target.home == "jira_cloud":
        task.key = f"{target.key}-{task.position}"
        task.parent, task.component, task.sprints = None, None, []
    target.members = sorted({*target.members, *task.assignees, task.reporter})
    target.labels += [label for label in task.labels if label not in target.labels]
    _append(world, task, [Step("project", before, _mark(target, task))])


def _mark(project: Project, task: Task) -> str:
    return f"{project.slug}/{task.key if project.home == 'jira_cloud' else task.position}"


def _append(world: World, task: Task, steps: Iterable[Step]) -> None:
    """Events by the owner of the credentials, now, but never before what has already happened."""
    at = world.now()
    if task.history:
        at = max(at, task.history[-1].at + timedelta(milliseconds=1))
    number = _next_event(world)
    for offset, step in enumerate(steps):
        event = Event(
            id=number + offset,
            at=task.created if step.field == "created" else at,
            author=READER,
            field=step.field,
            before=step.before,
            after=step.after,
        )
        task.history.append(event)
        task.updated = event.at


def _ever(world: World) -> Iterator[Task]:
    yield from world.story.tasks.values()
    yield from (gone.task for gone in world.gone)


def _next_event(world: World) -> int:
    return max((event.id for task in _ever(world) for event in task.history), default=0) + 1


def _next_issue_id(world: World) -> int:
    return max((int(task.remote_id) for task in _ever(world) if len(task.remote_id) < 24), default=10_000) + 1


def _next_position(world: World, project: Project) -> int:
    """Numbers are not given twice, also not those of tasks that moved away or were deleted."""
    left = [
        int(event.before.split("/")[1].rpartition("-")[2])
        for task in _ever(world)
        for event in task.history
        if event.field == "project" and event.before and event.before.startswith(f"{project.slug}/")
    ]
    held = [task.position for task in _ever(world) if task.project == project.slug]
    return max(held + left, default=0) + 1
