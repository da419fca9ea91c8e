"""New, moved and deleted tasks, and the history that an edit leaves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Literal

from sandbox import ids
from sandbox.edit_fields import BadEdit, Change, Step
from sandbox.edit_smartsheet import clear_dropped
from sandbox.history import ENDED
from sandbox.people import READER
from sandbox.story import JIRA, Event, Project, Removal, Task
from sandbox.world import Gone, World


def create(world: World, project: Project, title: str) -> Task:
    """An unassigned task that is ready, reported by the owner of the credentials."""
    story, now = world.story, world.now(project.home)
    number = max((task.number for task in world.ever()), default=0) + 1
    rng = Random(f"{story.seed}/{number}")  # noqa: S311  # an id in a story, not a secret
    position = _next_position(world, project)
    remote_id, key = _identity(world, project, position, now, rng)
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


def _identity(world: World, project: Project, position: int, made: datetime, rng: Random) -> tuple[str, str]:
    """Remote id and key. An id of Trello tells when it was made."""
    if project.home == "trello":
        return ids.card_id(made, rng), ids.short_link(rng)
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
    story = world.story
    gone = family(world, task)
    numbers = {one.number for one in gone}
    for one in gone:
        now = world.now(world.home_of(one))
        for slug in (one.project, *one.also_in):
            note_removal(world, "deleted", one, slug)
        world.gone.append(Gone(one, now))
        story.tasks.pop(one.number, None)
        story.hidden.pop(one.number, None)
    for other in world.there():
        other.parent = None if other.parent in numbers else other.parent
    _forget(world, numbers)
    return gone


def family(world: World, task: Task) -> list[Task]:
    """The task and all that goes with it: what is below it, and mirrors."""
    found = [task]
    for one in found:
        rows = world.home_of(one) == "smartsheet"
        found += [other for other in world.there() if _falls_with(one, other, rows)]
    return found


def note_removal(
    world: World,
    how: Literal["deleted", "hidden", "moved"],
    task: Task,
    slug: str,
    to: tuple[str, str] | None = None,
) -> None:
    project = world.project(slug)
    seen = not project.revoked and task.number not in world.story.hidden
    world.story.removals.append(
        Removal(how=how, project=slug, id=task.remote_id, at=world.now(project.home), seen=seen, to=to)
    )


def _forget(world: World, numbers: set[int]) -> None:
    for other in world.there():
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
    children = [t for t in world.there() if _falls_with(task, t, rows) and t.parent]
    if task.type == "subtask" or children or task.also_in:
        raise BadEdit(
            f"{task.key} belongs to sub-tasks, is one, or stands in several projects; move something else."
        )
    before, former = _mark(source, task), replace(task)
    if rows:
        world.gone.append(Gone(former, world.now(source.home)))
    task.position, task.project = _next_position(world, target), target.slug
    if target.home in JIRA:
        task.key = f"{target.key}-{task.position}"
        task.parent, task.component, task.sprints = None, None, []
    if target.home == "asana":
        task.component = next(iter(target.components), None)
    if rows:
        task.remote_id = task.key = ids.gid("task", target.remote_id, task.position)
        task.parent, task.waits_for = None, []
        clear_dropped(task, target)
        _forget(world, {task.number})
    note_removal(world, "moved", former, source.slug, (target.slug, task.remote_id))
    target.members = sorted({*target.members, *task.assignees, task.reporter})
    target.labels += [label for label in task.labels if label not in target.labels]
    _append(world, task, [Step("project", before, _mark(target, task))])


def _mark(project: Project, task: Task) -> str:
    return f"{project.slug}/{task.key if project.home in JIRA else task.position}"


def _append(world: World, task: Task, steps: Iterable[Step]) -> None:
    """Events by the owner of the credentials, now, but never before what has already happened."""
    at = world.now(world.home_of(task))
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


def _next_event(world: World) -> int:
    return max((event.id for task in world.ever() for event in task.history), default=0) + 1


def _next_issue_id(world: World, project: Project) -> int:
    """Each Jira site counts for itself."""
    homes = {slug: one.home for slug, one in world.story.projects.items()}
    here = (int(task.remote_id) for task in world.ever() if homes[task.project] == project.home)
    return max(here, default=10_000) + 1


def _next_position(world: World, project: Project) -> int:
    """Numbers are not given twice, also not those of tasks that moved away or were deleted."""
    left = [
        int(event.before.split("/")[1].rpartition("-")[2])
        for task in world.ever()
        for event in task.history
        if event.field == "project" and event.before and event.before.startswith(f"{project.slug}/")
    ]
    held = [task.position for task in world.ever() if task.project == project.slug]
    return max(held + left, default=0) + 1
