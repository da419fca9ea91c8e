"""New, moved and deleted tasks, and the history that an edit leaves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from random import Random

from sandbox import ids
from sandbox.edit_fields import BadEdit, Change, Step
from sandbox.history import ENDED
from sandbox.people import READER
from sandbox.story import JIRA, Event, Project, Task
from sandbox.world import Gone, World


def create(world: World, project: Project, title: str) -> Task:
    """An unassigned task that is ready, reported by the owner of the credentials."""
    story, now = world.story, world.now()
    number = max((task.number for task in _ever(world)), default=0) + 1
    rng = Random(f"{story.seed}/{number}")  # noqa: S311  # an id in a story, not a secret
    position = _next_position(world, project)
    remote_id, key = _identity(world, project, position, rng)
    task = Task(
        number=number,
        project=project.slug,
        remote_id=remote_id,
        key=key,
        position=position,
        title=title,
        description="",
        stage="ready",
        type="task",
        priority="medium" if project.home in JIRA else "none",
        created=now.replace(microsecond=0),
        updated=now,
        reporter=READER,
    )
    if project.home == "asana":
        task.component = next(iter(project.components), None)
    if project.home == "smartsheet":
        task.percent = 0
    story.tasks[number] = task
    _append(world, task, [Step("created", None, None)])
    return task


def _identity(world: World, project: Project, position: int, rng: Random) -> tuple[str, str]:
    """Remote id and key."""
    if project.home == "trello":
        return ids.card_id(world.now(), rng), ids.short_link(rng)
    if project.home in JIRA:
        return str(_next_issue_id(world, project)), f"{project.key}-{position}"
    remote_id = ids.gid("task", project.remote_id, position)
    return remote_id, remote_id


def record(world: World, task: Task, changes: Iterable[Change]) -> list[str]:
    """Make the changes, append their events, and answer the fields that they changed."""
    steps = [step for change in changes for step in change(task)]
    _append(world, task, steps)
    if any(step.field == "stage" for step in steps):
        task.done_at = task.updated if task.stage in ENDED else None
    return list(dict.fromkeys(step.field for step in steps))


def delete(world: World, task: Task) -> list[Task]:
    """The task, all below it and its mirrors; issues whose epic it was go without one, links to it vanish."""
    story, now = world.story, world.now()
    gone = [task]
    for one in gone:
        rows = story.projects[one.project].home == "smartsheet"
        gone += [other for other in story.tasks.values() if _falls_with(one, other, rows)]
    numbers = {one.number for one in gone}
    for number in numbers:
        world.gone.append(Gone(story.tasks.pop(number), now))
    for other in story.tasks.values():
        other.parent = None if other.parent in numbers else other.parent
    _forget(world, numbers)
    return gone


def _forget(world: World, numbers: set[int]) -> None:
    for other in world.story.tasks.values():
        other.links = [link for link in other.links if link[1] not in numbers]
        other.waits_for = [wait for wait in other.waits_for if wait.number not in numbers]


def _falls_with(task: Task, other: Task, rows: bool) -> bool:
    below = other.parent == task.number and (rows or other.type == "subtask")
    return below or other.mirror_of == task.number


def move(world: World, task: Task, target: Project) -> None:
    """New number, on Jira a new key, on Smartsheet a new id; a parent and sprints do not come along."""
    source = world.project(task.project)
    if source.home != target.home or source is target:
        raise BadEdit(f"{task.key} can only move to another project on {source.home}.")
    rows = source.home == "smartsheet"
    children = [t for t in world.story.tasks.values() if _falls_with(task, t, rows) and t.parent]
    if task.type == "subtask" or children or task.also_in:
        raise BadEdit(
            f"{task.key} belongs to sub-tasks, is one, or stands in several projects; move something else."
        )
    before = _mark(source, task)
    if rows:
        world.gone.append(Gone(replace(task), world.now()))
    task.position, task.project = _next_position(world, target), target.slug
    if target.home in JIRA:
        task.key = f"{target.key}-{task.position}"
        task.parent, task.component, task.sprints = None, None, []
    if target.home == "asana":
        task.component = next(iter(target.components), None)
    if rows:
        task.remote_id = task.key = ids.gid("task", target.remote_id, task.position)
        task.parent, task.waits_for = None, []
        _forget(world, {task.number})
    target.members = sorted({*target.members, *task.assignees, task.reporter})
    target.labels += [label for label in task.labels if label not in target.labels]
    _append(world, task, [Step("project", before, _mark(target, task))])


def _mark(project: Project, task: Task) -> str:
    return f"{project.slug}/{task.key if project.home in JIRA else task.position}"


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


def _next_issue_id(world: World, project: Project) -> int:
    """Each Jira site counts for itself."""
    homes = {slug: one.home for slug, one in world.story.projects.items()}
    here = (int(task.remote_id) for task in _ever(world) if homes[task.project] == project.home)
    return max(here, default=10_000) + 1


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
