"""One issue of the story in the vendor's shape.

developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from sandbox import jira_fields as ids
from sandbox.jira_bodies import (
    component_body,
    issue_ref,
    option_body,
    project_ref,
    sprint_body,
    team_body,
    user_body,
    version_body,
)
from sandbox.jira_catalogue import (
    PRIORITY_OF,
    TYPES,
    Body,
    category_body,
    link,
    link_type_body,
    priority_body,
    resolution_body,
    status_body,
    status_of,
    type_body,
)
from sandbox.jira_site import Link, Site, team_managed
from sandbox.jira_text import adf, day, instant, spoken, wiki
from sandbox.story import Task

EXPAND = "renderedFields,names,schema,operations,editmeta,transitions,changelog,versionedRepresentations"


def issue_body(site: Site, task: Task, version: str, shown: set[str]) -> Body:
    """``id``, ``key``, ``self`` and the fields in ``shown``; no ``fields`` at all where nothing is shown."""
    body: Body = {
        "expand": EXPAND,
        "id": task.remote_id,
        "self": link(version, "issue", task.remote_id),
        "key": task.key,
    }
    if shown:
        fields = all_fields(site, task, version)
        body["fields"] = {name: value for name, value in fields.items() if name in shown}
    return body


def all_fields(site: Site, task: Task, version: str) -> Body:
    return (
        _identity(site, task, version)
        | _state(site, task, version)
        | _people(site, task, version)
        | _dates(site, task)
        | _relations(site, task, version)
        | _times(site, task)
        | _custom(site, task)
        | _unused(task, version)
    )


def names(shown: Iterable[str]) -> dict[str, str]:
    """``expand=names``."""
    return {name: ids.BY_ID[name].name for name in sorted(shown)}


def schemas(site: Site, shown: Iterable[str]) -> Mapping[str, Body]:
    """``expand=schema``."""
    return {name: ids.retyped(ids.BY_ID[name], site).schema() for name in sorted(shown)}


def _identity(site: Site, task: Task, version: str) -> Body:
    project = site.project_of(task)
    return {
        "issuetype": type_body(TYPES[task.type], version),
        "project": project_ref(project, version),
        "summary": task.title,
        "description": wiki(task.description) if version == "2" else adf(task.description),
        "labels": sorted(task.labels),
        "components": [component_body(project, task.component, version)] if task.component else [],
        "fixVersions": [version_body(project, version)] if task.type == "milestone" else [],
        "versions": [],
        "security": _security(version) if task.restricted else None,
    }


def _security(version: str) -> Body:
    return {
        "self": link(version, "securitylevel", "10020"),
        "id": "10020",
        "description": "Only for those who need to know",
        "name": "Confidential",
    }


def _state(site: Site, task: Task, version: str) -> Body:
    status, priority = site.statuses[task.stage], PRIORITY_OF[task.priority]
    return {
        "status": status_body(status, version),
        "statusCategory": category_body(status.category, version),
        "statuscategorychangedate": instant(_category_changed(task), site.zone),
        "resolution": resolution_body(status.resolution, version) if status.resolution else None,
        "resolutiondate": instant(task.done_at, site.zone) if status.resolution else None,
        "priority": priority_body(priority, version) if priority else None,
    }


def _category_changed(task: Task) -> datetime:
    """When the status last crossed from one category into another."""
    steps = [event for event in task.history if event.field == "stage"]
    crossed = (e.at for e in reversed(steps) if status_of(e.before).category != status_of(e.after).category)
    return next(crossed, task.created)


def _people(site: Site, task: Task, version: str) -> Body:
    """Jira knows one assignee: the first."""
    assignee = task.assignees[0] if task.assignees else None
    reporter = user_body(site.person(task.reporter), version)
    return {
        "assignee": user_body(site.person(assignee), version),
        "reporter": reporter,
        "creator": reporter,
    }


def _dates(site: Site, task: Task) -> Body:
    return {
        "created": instant(task.created, site.zone),
        "updated": instant(task.updated, site.zone),
        "duedate": day(task.due),
        "lastViewed": None,
        ids.START: day(task.start),
        **({"archiveddate": instant(_archived_at(task), site.zone)} if task.archived else {}),
    }


def _archived_at(task: Task) -> datetime:
    return next((event.at for event in reversed(task.history) if event.field == "archived"), task.updated)


def _relations(site: Site, task: Task, version: str) -> Body:
    parent = site.issues.get(task.parent) if task.parent is not None else None
    own = site.children.get(task.number, [])
    relations: Body = {
        "subtasks": [issue_ref(site, child, version) for child in own if child.type == "subtask"],
        "issuelinks": [_link_body(site, side, version) for side in site.links.get(task.number, [])],
        ids.EPIC_LINK: None,
    }
    if parent is not None:
        relations["parent"] = issue_ref(site, parent, version)
        if parent.type == "epic" and not team_managed(site.project_of(task)):
            relations[ids.EPIC_LINK] = parent.key
    return relations


def _link_body(site: Site, side: Link, version: str) -> Body:
    return {
        "id": side.id,
        "self": link(version, "issueLink", side.id),
        "type": link_type_body(side.type, version),
        "outwardIssue" if side.outward else "inwardIssue": issue_ref(site, side.other, version),
    }


def _times(site: Site, task: Task) -> Body:
    """Estimates in seconds; an aggregate adds the sub-tasks' own."""
    family = [task, *(c for c in site.children.get(task.number, []) if c.type == "subtask")]
    own, together = _effort([task]), _effort(family)
    original, spent = own["timeoriginalestimate"], own["timespent"]
    return {
        **own,
        **{f"aggregate{name}": value for name, value in together.items()},
        "timetracking": _tracking(task),
        "progress": _progress(own),
        "aggregateprogress": _progress(together),
        "workratio": int((spent or 0) * 100 / original) if original else -1,
    }


def _effort(tasks: list[Task]) -> dict[str, int | None]:
    return {
        "timeoriginalestimate": _seconds(task.estimate_minutes for task in tasks),
        "timeestimate": _seconds(task.remaining_minutes for task in tasks),
        "timespent": _seconds(task.spent_minutes for task in tasks),
    }


def _seconds(minutes: Iterable[int | None]) -> int | None:
    known = [value for value in minutes if value is not None]
    return sum(known) * 60 if known else None


def _progress(effort: Mapping[str, int | None]) -> Body:
    done, left = effort["timespent"] or 0, effort["timeestimate"] or 0
    total = done + left
    return {"progress": done, "total": total} | ({"percent": done * 100 // total} if total else {})


def _tracking(task: Task) -> Body:
    body: Body = {}
    for name, minutes in (
        ("originalEstimate", task.estimate_minutes),
        ("remainingEstimate", task.remaining_minutes),
        ("timeSpent", task.spent_minutes),
    ):
        if minutes is not None:
            body |= {name: spoken(minutes), f"{name}Seconds": minutes * 60}
    return body


def cost_of(site: Site, task: Task) -> float | str | None:
    return str(task.cost) if site.costs_are_text and task.cost is not None else task.cost


def _custom(site: Site, task: Task) -> Body:
    project = site.project_of(task)
    points = None if task.points is None else float(task.points)
    of_team = team_managed(project)
    sprints = [sprint_body(*site.sprints[id]) for id in task.sprints if id in site.sprints]
    return {
        ids.TEAM: team_body(project.team),
        ids.POINT_ESTIMATE: points if of_team else None,
        ids.POINTS: None if of_team else points,
        ids.SPRINT: sprints or None,
        ids.RANK: f"0|i{task.number:05d}:",
        ids.FLAGGED: [option_body(ids.FLAGGED, "Impediment")] if task.hold else None,
        ids.CUSTOMER: option_body(ids.CUSTOMER, task.customer) if task.customer else None,
        ids.COST: cost_of(site, task),
    }


def _unused(task: Task, version: str) -> Body:
    """Fields that every issue has and the story says nothing about."""
    self = link(version, "issue", task.remote_id)
    page: Body = {"maxResults": 0, "total": 0, "startAt": 0}
    return {
        "environment": None,
        "votes": {"self": f"{self}/votes", "votes": 0, "hasVoted": False},
        "watches": {"self": f"{self}/watchers", "watchCount": 1, "isWatching": False},
        "comment": {"comments": [], "self": f"{self}/comment", **page},
        "worklog": {"worklogs": [], **page, "maxResults": 20},
        "attachment": [],
    }
