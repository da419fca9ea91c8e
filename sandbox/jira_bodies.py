"""Bodies of what issues refer to: users, projects, components, versions, sprints, other issues."""

from __future__ import annotations

from hashlib import sha256
from uuid import UUID

from sandbox.jira_catalogue import (
    PRIORITY_OF,
    TYPES,
    Body,
    link,
    priority_body,
    site_of,
    status_body,
    type_body,
)
from sandbox.jira_site import Site, board_id, team_managed
from sandbox.jira_text import zulu
from sandbox.story import Person, Project, Sprint, Task


def user_body(person: Person | None, version: str) -> Body | None:
    """Without an address where the person's privacy settings hide it, which Data Center does not know."""
    if version == "dc":
        return _dc_user_body(person)
    if person is None or person.jira_id is None:
        return None
    shown = {"emailAddress": person.email} if person.email_shown else {}
    return {
        "self": f"{link(version, 'user')}?accountId={person.jira_id}",
        "accountId": person.jira_id,
        **shown,
        "avatarUrls": _avatars(person.jira_id, version),
        "displayName": person.name,
        "active": person.active,
        "timeZone": "Europe/Zurich",
        "accountType": "app" if person.bot else "atlassian",
    }


def _dc_user_body(person: Person | None) -> Body | None:
    """A key that stays and a login name, no accountId."""
    if person is None or person.dc_key is None:
        return None
    return {
        "self": f"{link('dc', 'user')}?username={person.handle}",
        "name": person.handle,
        "key": person.dc_key,
        "emailAddress": person.email,
        "avatarUrls": _avatars(person.handle, "dc"),
        "displayName": person.name,
        "active": person.active,
        "timeZone": "Europe/Zurich",
    }


def project_ref(project: Project, version: str) -> Body:
    return {
        "self": link(version, "project", project.remote_id),
        "id": project.remote_id,
        "key": project.key,
        "name": project.name,
        "projectTypeKey": "software",
        **({} if version == "dc" else {"simplified": team_managed(project)}),
        "avatarUrls": _avatars(project.remote_id, version),
    }


def project_body(project: Project, version: str) -> Body:
    return {
        "expand": "description,lead,issueTypes,url,projectKeys,permissions,insight",
        **project_ref(project, version),
        "style": "next-gen" if team_managed(project) else "classic",
        "isPrivate": False,
        "properties": {},
        **({"archived": True} if project.closed else {}),
    }


def component_body(project: Project, name: str, version: str) -> Body:
    number = f"{project.remote_id}{project.components.index(name):02d}"
    return {"self": link(version, "component", number), "id": number, "name": name}


def version_body(project: Project, version: str) -> Body:
    """The one version of a project: what its target end delivers."""
    number = f"{project.remote_id}90"
    return {
        "self": link(version, "version", number),
        "id": number,
        "name": "Hand-over",
        "archived": False,
        "released": False,
        "releaseDate": project.target_end.isoformat(),
    }


def sprint_body(sprint: Sprint, project: Project) -> Body:
    """As the Sprint field carries it; the agile API's own sprints name the board differently."""
    body: Body = {
        "id": sprint.id,
        "name": sprint.name,
        "state": sprint.state,
        "boardId": board_id(project),
        "goal": sprint.goal,
        "startDate": zulu(sprint.start),
        "endDate": zulu(sprint.end),
    }
    if sprint.completed:
        body["completeDate"] = zulu(sprint.completed)
    return body


def team_body(name: str) -> Body:
    number = str(UUID(bytes=sha256(name.encode()).digest()[:16], version=4))
    return {"id": number, "name": name, "avatarUrl": "", "isVisible": True, "title": name, "isShared": True}


def option_body(field: str, value: str, version: str = "3") -> Body:
    number = str(10_100 + int(sha256(f"{field}{value}".encode()).hexdigest()[:4], 16))
    return {"self": link(version, "customFieldOption", number), "value": value, "id": number}


def issue_ref(site: Site, task: Task, version: str) -> Body:
    """Another issue as ``parent``, ``subtasks`` and ``issuelinks`` show it."""
    priority = PRIORITY_OF[task.priority]
    return {
        "id": task.remote_id,
        "key": task.key,
        "self": link(version, "issue", task.remote_id),
        "fields": {
            "summary": task.title,
            "status": status_body(site.statuses[task.stage], version),
            "priority": priority_body(priority, version) if priority else None,
            "issuetype": type_body(TYPES[task.type], version),
        },
    }


def _avatars(owner: str, version: str) -> Body:
    path = "secure/useravatar" if version == "dc" else "rest/api/3/universal_avatar/view/type/user/avatar"
    return {f"{size}x{size}": f"{site_of(version)}/{path}/{owner}?size={size}" for size in (16, 24, 32, 48)}
