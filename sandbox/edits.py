"""Changes to the story while it is served. Each is a mapping with ``op`` and what that operation needs:

| op | needs | does |
|---|---|---|
| create | project, title; any field of ``set`` | a new task at the end of its project |
| set | task, fields | changes fields: one event each, all at this moment |
| delete | task | takes it away, its sub-tasks and mirrors included |
| move | task, project | to another project of the same tracker, with a new key there |
| rename_project | project, name | |
| rename_stage | project, stage, name | another word for a stage: of the list, section or status (not Jira) |
| close_list, open_list | project, stage | puts the list of a stage away or back (Trello) |
| close_project, open_project | project | (not Smartsheet, where a sheet is there or is deleted) |
| revoke, restore | project | takes the token's access away or gives it back |
| report | project, rag, text | somebody declares the state of the project (Asana) |
| log_time | task, person, minutes | time spent today (Asana) |
| hide | task | takes it out of the token's sight, with its sub-tasks and mirrors |
| unhide | task | gives it back, with all that was hidden together with it |
| undelete | task | takes it out of the trash, with the sub-tasks that went there with it (Asana) |
| place | task, project | also stands in that project from now on (Asana) |
| comment | task, text | somebody comments (Jira) |
| drop_column | project, column | deletes ``customer`` or ``cost`` and all that stands in it (Smartsheet) |

``task`` is its remote id, key or number; ``project`` its slug. Fields: title, description, stage, due, start,
assignees, labels, points, priority, hold, archived, checked (ids of check items that are done).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, get_args

from sandbox import edit_asana, edit_smartsheet
from sandbox.edit_fields import FIELDS, BadEdit, Change, Step, one_of
from sandbox.edit_hide import hide, unhide
from sandbox.edit_tasks import create, delete, move, record
from sandbox.story import JIRA, Project, Stage, Story, Task
from sandbox.story_resources import DeclaredRag
from sandbox.world import World

__all__ = ["BadEdit", "edit"]

Told = dict[str, Any]
Op = Callable[[World, Mapping[str, Any]], Told]


def edit(world: World, asked: Mapping[str, Any]) -> Told:
    """Do one operation and answer what changed. Raises BadEdit, and then nothing has changed."""
    if not isinstance(asked, Mapping):
        raise BadEdit("An edit is an object with an op, or a list of such objects.")
    name = asked.get("op")
    if not isinstance(name, str) or name not in OPS:
        raise BadEdit(f"There is no edit op {name!r}; there are {', '.join(sorted(OPS))}.")
    with world.changing():
        return {"op": name, **OPS[name](world, asked)}


def _project(story: Story, asked: Mapping[str, Any], key: str = "project") -> Project:
    slug = asked.get(key)
    if not isinstance(slug, str) or slug not in story.projects:
        known = ", ".join(sorted(story.projects))
        raise BadEdit(f"There is no project {slug!r} for {key}; there are {known}.")
    return story.projects[slug]


def _task(story: Story, asked: Mapping[str, Any]) -> Task:
    wanted = str(asked.get("task"))
    for task in story.tasks.values():
        if wanted in (_id(story, task), task.remote_id, task.key, str(task.number)):
            return task
    raise BadEdit(f"There is no task {wanted!r}; give its id, key or number in the story as task.")


def _name(asked: Mapping[str, Any], key: str) -> str:
    name = asked.get(key)
    if not isinstance(name, str) or not name.strip():
        raise BadEdit(f"{key} must be text that is not empty, not {name!r}.")
    return name


def _fields(story: Story, project: Project, asked: Mapping[str, Any]) -> list[Change]:
    fields = asked.get("fields", {})
    if not isinstance(fields, Mapping):
        raise BadEdit("fields must be an object of field names and their new values.")
    unknown = sorted(set(fields) - set(FIELDS))
    if unknown:
        raise BadEdit(f"There is no field {unknown[0]!r} to set; there are {', '.join(sorted(FIELDS))}.")
    return [FIELDS[name](story, project, value) for name, value in fields.items()]


def _create(world: World, asked: Mapping[str, Any]) -> Told:
    project = _project(world.story, asked)
    title = _name(asked, "title")
    changes = _fields(world.story, project, asked)
    task = create(world, project, title)
    return {**_shown(world, task), "changed": record(world, task, changes)}


def _set(world: World, asked: Mapping[str, Any]) -> Told:
    task = _task(world.story, asked)
    changes = _fields(world.story, world.project(task.project), asked)
    if not changes:
        raise BadEdit("fields names nothing to set.")
    return {**_shown(world, task), "changed": record(world, task, changes)}


def _delete(world: World, asked: Mapping[str, Any]) -> Told:
    task = _task(world.story, asked)
    shown = _shown(world, task)
    return {**shown, "deleted": [_id(world.story, one) for one in delete(world, task)]}


def _move(world: World, asked: Mapping[str, Any]) -> Told:
    task, target = _task(world.story, asked), _project(world.story, asked)
    former = task.key
    move(world, task, target)
    return {**_shown(world, task), "former_key": former}


def _rename_project(world: World, asked: Mapping[str, Any]) -> Told:
    project = _project(world.story, asked)
    former, project.name = project.name, _name(asked, "name")
    return {"project": project.slug, "before": former, "after": project.name}


def _list(world: World, asked: Mapping[str, Any]) -> tuple[Project, Stage]:
    project = _project(world.story, asked)
    if not project.lists:
        raise BadEdit(f"{project.name} is on {project.home} and has no lists.")
    return project, one_of(tuple(project.lists), asked.get("stage"), "stage")


def _trello_list(world: World, asked: Mapping[str, Any]) -> tuple[Project, Stage]:
    project, stage = _list(world, asked)
    if project.home != "trello":
        raise BadEdit(f"{project.name} is on {project.home}, whose lists cannot be put away.")
    return project, stage


def _rename_stage(world: World, asked: Mapping[str, Any]) -> Told:
    project, stage = _list(world, asked)
    former, project.lists[stage] = project.lists[stage], _name(asked, "name")
    return {"project": project.slug, "stage": stage, "before": former, "after": project.lists[stage]}


def _put_list_away(away: bool) -> Op:
    def do(world: World, asked: Mapping[str, Any]) -> Told:
        project, stage = _trello_list(world, asked)
        others = [one for one in project.closed_lists if one != stage]
        project.closed_lists = [*others, stage] if away else others
        return {"project": project.slug, "closed_lists": project.closed_lists}

    return do


def _flag(name: str, value: bool) -> Op:
    def do(world: World, asked: Mapping[str, Any]) -> Told:
        project = _project(world.story, asked)
        setattr(project, name, value)
        return {"project": project.slug, name: value}

    return do


def _closing(closed: bool) -> Op:
    def do(world: World, asked: Mapping[str, Any]) -> Told:
        project = _project(world.story, asked)
        if project.home == "smartsheet":
            raise BadEdit(f"{project.name} is on Smartsheet, where a sheet cannot be closed.")
        return _flag("closed", closed)(world, asked)

    return do


def _report(world: World, asked: Mapping[str, Any]) -> Told:
    project = _project(world.story, asked)
    rag: DeclaredRag = one_of(get_args(DeclaredRag), asked.get("rag"), "rag")
    report = edit_asana.report(world, project, rag, _name(asked, "text"))
    return {"project": project.slug, "report": report.id}


def _log_time(world: World, asked: Mapping[str, Any]) -> Told:
    task = _task(world.story, asked)
    entry = edit_asana.log_time(world, task, asked.get("person"), asked.get("minutes"))
    return {**_shown(world, task), "time_entry": entry.id}


def _place(world: World, asked: Mapping[str, Any]) -> Told:
    task, target = _task(world.story, asked), _project(world.story, asked)
    edit_asana.place(world, task, target)
    return {**_shown(world, task), "placed_in": target.slug}


def _comment(world: World, asked: Mapping[str, Any]) -> Told:
    task, text = _task(world.story, asked), _name(asked, "text")
    if world.home_of(task) not in JIRA:
        raise BadEdit(f"{task.key} is on {world.home_of(task)}; only Jira has comments here.")
    return {
        **_shown(world, task),
        "changed": record(world, task, [lambda _: iter([Step("comment", None, text)])]),
    }


def _hide(world: World, asked: Mapping[str, Any]) -> Told:
    task = _task(world.story, asked)
    return {**_shown(world, task), "hidden": [_id(world.story, one) for one in hide(world, task)]}


def _unhide(world: World, asked: Mapping[str, Any]) -> Told:
    back = unhide(world, str(asked.get("task")))
    return {**_shown(world, back[0]), "unhidden": [_id(world.story, one) for one in back]}


def _undelete(world: World, asked: Mapping[str, Any]) -> Told:
    return _shown(world, edit_asana.undelete(world, str(asked.get("task"))))


def _drop_column(world: World, asked: Mapping[str, Any]) -> Told:
    project = _project(world.story, asked)
    column = one_of(edit_smartsheet.COLUMNS, asked.get("column"), "column")
    edit_smartsheet.drop_column(world, project, column)
    return {"project": project.slug, "dropped_columns": project.dropped_columns}


def _id(story: Story, task: Task) -> str:
    """As the truth tells it."""
    project = story.projects[task.project]
    return f"{project.remote_id}:{task.remote_id}" if project.home == "smartsheet" else task.remote_id


def _shown(world: World, task: Task) -> Told:
    return {"task": _id(world.story, task), "key": task.key, "number": task.number, "project": task.project}


OPS: Mapping[str, Op] = {
    "create": _create,
    "set": _set,
    "delete": _delete,
    "move": _move,
    "rename_project": _rename_project,
    "rename_stage": _rename_stage,
    "close_list": _put_list_away(True),
    "open_list": _put_list_away(False),
    "close_project": _closing(True),
    "open_project": _closing(False),
    "revoke": _flag("revoked", True),
    "restore": _flag("revoked", False),
    "report": _report,
    "log_time": _log_time,
    "place": _place,
    "comment": _comment,
    "hide": _hide,
    "unhide": _unhide,
    "undelete": _undelete,
    "drop_column": _drop_column,
}
