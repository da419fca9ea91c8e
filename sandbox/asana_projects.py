"""Asana projects as things: their sections, fields, custom types, members."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sandbox import ids
from sandbox.asana_tasks import CUSTOM_TYPES, SITE, Desk
from sandbox.asana_things import Choice, Thing
from sandbox.history import ENDED
from sandbox.people import READER
from sandbox.story import Project, Stage
from sandbox.times import iso

COMPLETION: Mapping[Stage, str] = {"idea": "not_started", "ready": "not_started"}
"""Of a custom type's status options; of what is neither closed nor here it is ``in_progress``."""


def add_project(desk: Desk, project: Project, team: Thing, founded: datetime) -> Thing:
    thing = desk.projects[project.slug] = Thing(project.remote_id, "project")
    users = desk.users
    thing.fields |= {
        "name": project.name,
        "archived": project.closed,
        "color": "light-blue", "icon": "list",
        "completed": False, "completed_at": None, "completed_by": None,
        "created_at": iso(founded), "modified_at": iso(founded),
        "default_view": "board" if project.status_by == "section" else "list",
        "due_on": project.target_end.isoformat(), "due_date": project.target_end.isoformat(),
        "start_on": None,
        "notes": f"{project.team}: {project.method}", "public": True,
        "privacy_setting": "public_to_workspace", "default_access_level": "editor",
        "owner": users[project.owner],
        "members": [users[id] for id in project.members],
        "followers": [users[project.owner]],
        "team": team, "workspace": desk.workspace,
        "custom_fields": [],
        "permalink_url": f"{SITE}/1/{desk.workspace.gid}/project/{project.remote_id}",
    }  # fmt: skip
    _add_sections(desk, project, thing, founded)
    _add_settings(desk, project, thing)
    _add_types(desk, project, thing)
    _add_members(desk, project, thing, team)
    return thing


def _add_sections(desk: Desk, project: Project, thing: Thing, founded: datetime) -> None:
    """One a stage, or the parts of the work where the status is a field."""
    named: dict[str, str] = {stage: word for stage, word in project.lists.items()}
    if project.status_by == "field":
        named = {part: part for part in project.components}
    sections = desk.sections[project.slug] = {
        key: Thing(
            ids.gid("section", project.slug, key),
            "section",
            {"name": name, "created_at": iso(founded), "project": thing, "projects": [thing]},
        )
        for key, name in named.items()
    }
    thing.lists["sections"] = list(sections.values())


def _add_settings(desk: Desk, project: Project, thing: Thing) -> None:
    for name in desk.fields.of(project):
        field = desk.fields.definition(name, project)
        setting = Thing(
            ids.gid("setting", project.slug, name),
            "custom_field_setting",
            {"custom_field": field, "is_important": True, "parent": thing, "project": thing},
        )
        thing.put("custom_field_settings", setting)
    thing.fields["custom_field_settings"] = thing.lists["custom_field_settings"]


def _add_types(desk: Desk, project: Project, thing: Thing) -> None:
    types = desk.types[project.slug] = {name: _custom_type(project, name) for name in CUSTOM_TYPES.values()}
    thing.lists["custom_types"] = [type.thing for type in types.values()]


def _custom_type(project: Project, name: str) -> Choice:
    options = {
        str(stage): Thing(
            ids.gid("custom_type_option", project.slug, name, stage),
            "custom_type_status_option",
            {"name": word, "enabled": True, "color": "none", "completion_state": _completion(stage)},
        )
        for stage, word in project.lists.items()
    }
    body = {"name": name, "status_options": list(options.values())}
    return Choice(Thing(ids.gid("custom_type", project.slug, name), "custom_type", body), options)


def _completion(stage: Stage) -> str:
    return "completed" if stage in ENDED else COMPLETION.get(stage, "in_progress")


def _add_members(desk: Desk, project: Project, thing: Thing, team: Thing) -> None:
    """People, and the team that the project is shared with. The two ways to ask have types of their own."""
    for member in (*(desk.users[id] for id in project.members), team):
        admin = member in (desk.users[project.owner], desk.users[READER])
        body = {"parent": thing, "member": member, "access_level": "admin" if admin else "editor"}
        gid = ids.gid("membership", project.slug, member.gid)
        membership = Thing(gid, "membership", {"resource_subtype": "project_membership", **body})
        thing.put("memberships", membership)
        thing.put("project_memberships", Thing(gid, "project_membership", body))
        member.put("memberships", membership)


def founded(today: datetime) -> datetime:
    return today - timedelta(days=200)
