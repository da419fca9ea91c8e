"""Edits of what Asana alone has: declared states, logged time, several projects for one task, a trash."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sandbox import ids
from sandbox.edit_fields import BadEdit, Step
from sandbox.edit_tasks import record
from sandbox.people import READER, account
from sandbox.story import Project, Task
from sandbox.story_resources import DeclaredRag, StatusReport, TimeEntry
from sandbox.world import World

TRASH_LIFE = timedelta(days=30)


def report(world: World, project: Project, rag: DeclaredRag, text: str) -> StatusReport:
    _check(project)
    made = StatusReport(
        id=ids.gid("report", project.slug, "edit", len(world.story.resources.reports)),
        project=project.slug,
        rag=rag,
        title=f"{project.name}: {rag}",
        text=text,
        author=READER,
        at=world.now("asana"),
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
        day=world.now("asana").date(),
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
    if any(other.parent == task.number for other in world.there()):
        raise BadEdit(f"{task.key} has sub-tasks; place something else.")
    updated = task.updated
    section = next(iter(target.components), None)
    task.also_in = {**task.also_in, target.slug: section}
    record(world, task, [lambda _: iter([Step("placement", None, target.slug)])])
    task.updated = updated


def undelete(world: World, task_id: str) -> Task:
    """Takes a task out of the trash, with the sub-tasks that went there with it. What pointed to it does so
    no more. https://developers.asana.com/reference/deletetask"""
    found = next((one for one in reversed(world.gone) if one.task.remote_id == task_id), None)
    if found is None or world.now("asana") - found.at > TRASH_LIFE:
        raise BadEdit(
            f"There is no task {task_id!r} in the trash, where one stays for {TRASH_LIFE.days} days."
        )
    _check(world.project(found.task.project))
    if found.task.parent is not None and found.task.parent not in {one.number for one in world.there()}:
        raise BadEdit(
            f"{found.task.key} is a sub-task of one that is in the trash itself; take out that one."
        )
    back = [one for one in world.gone if one.at == found.at and _within(one.task, found.task, world)]
    world.gone[:] = [one for one in world.gone if one not in back]
    tasks = world.story.tasks
    there = {**tasks, **{one.task.number: one.task for one in back}}
    tasks.clear()
    tasks.update(sorted(there.items()))
    known = {one.number for one in world.there()}
    for task in (one.task for one in back):
        task.links = [link for link in task.links if link[1] in known]
        task.waits_for = [wait for wait in task.waits_for if wait.number in known]
    return found.task


def _within(task: Task, top: Task, world: World) -> bool:
    known = {one.task.number: one.task for one in world.gone}
    above: Task | None = task
    while above is not None and above is not top:
        above = known.get(above.parent or 0)
    return above is top


def _check(project: Project) -> None:
    if project.home != "asana":
        raise BadEdit(f"{project.name} is on {project.home}; only Asana has this.")
