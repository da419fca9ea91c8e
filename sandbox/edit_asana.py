"""Edits of what Asana alone has: declared states, logged time, several projects for one task."""

from __future__ import annotations

from typing import Any

from sandbox import ids
from sandbox.edit_fields import BadEdit, Step
from sandbox.edit_tasks import record
from sandbox.people import READER, account
from sandbox.story import Project, Task
from sandbox.story_resources import DeclaredRag, StatusReport, TimeEntry
from sandbox.world import World


def report(world: World, project: Project, rag: DeclaredRag, text: str) -> StatusReport:
    _check(project)
    made = StatusReport(
        id=ids.gid("report", project.slug, "edit", len(world.story.resources.reports)),
        project=project.slug,
        rag=rag,
        title=f"{project.name}: {rag}",
        text=text,
        author=READER,
        at=world.now(),
    )
    world.story.resources.reports.append(made)
    return made


def log_time(world: World, task: Task, person: Any, minutes: Any) -> TimeEntry:
    """``person`` is a number of the story with an account there, ``minutes`` a whole number above 0."""
    project = world.project(task.project)
    _check(project)
    who = world.story.people.get(person) if type(person) is int else None
    if who is None or account(who, "asana") is None:
        raise BadEdit(f"person must be the number of somebody with an account on asana, not {person!r}.")
    if type(minutes) is not int or minutes < 1:
        raise BadEdit(f"minutes must be a whole number above 0, not {minutes!r}.")
    entry = TimeEntry(
        id=ids.gid("time", task.remote_id, "edit", len(world.story.resources.time_entries)),
        task=task.number,
        person=who.id,
        minutes=minutes,
        day=world.now().date(),
        billable=None,
        approval=None,
    )
    world.story.resources.time_entries.append(entry)
    task.spent_minutes = (task.spent_minutes or 0) + minutes
    project.members = sorted({*project.members, who.id})
    return entry


def place(world: World, task: Task, target: Project) -> None:
    """As Asana has it, this does not touch the task's own time of change."""
    _check(world.project(task.project))
    _check(target)
    if task.type == "subtask" or target.slug in (task.project, *task.also_in):
        raise BadEdit(f"{task.key} is a sub-task or already stands in {target.name}.")
    if any(other.parent == task.number for other in world.story.tasks.values()):
        raise BadEdit(f"{task.key} has sub-tasks; place something else.")
    updated = task.updated
    section = next(iter(target.components), None)
    task.also_in = {**task.also_in, target.slug: section}
    record(world, task, [lambda _: iter([Step("placement", None, target.slug)])])
    task.updated = updated


def _check(project: Project) -> None:
    if project.home != "asana":
        raise BadEdit(f"{project.name} is on {project.home}; only Asana has this.")
