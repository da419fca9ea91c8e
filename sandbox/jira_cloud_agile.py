"""Boards and sprints.

developer.atlassian.com/cloud/jira/software/rest/api-group-board
"""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox import jira_fields as ids
from sandbox.jira_catalogue import SITE, STATUSES, Body, link
from sandbox.jira_cloud_desk import Desk, Handler
from sandbox.jira_fields import chosen
from sandbox.jira_http import listed, number, refuse
from sandbox.jira_issue import issue_body
from sandbox.jira_paging import offset_page
from sandbox.jira_site import Site, board_id, team_managed
from sandbox.jira_text import zulu
from sandbox.story import Project, Sprint, Stage

PAGE = 50
_STATES = ("closed", "active", "future")
_COLUMNS: tuple[tuple[str, tuple[Stage, ...]], ...] = (
    ("To Do", ("idea", "ready")),
    ("In Progress", ("doing", "vendor", "parked")),
    ("In Review", ("review",)),
    ("Done", ("done", "dropped")),
)


async def boards(desk: Desk, request: Request) -> Response:
    site = desk.site(request)
    wanted = request.query_params.get("projectKeyOrId")
    if wanted and site.project(wanted) is None:
        raise refuse(400, f"No project could be found with key or id '{wanted}'.")
    kinds, name = listed(request, "type"), request.query_params.get("name", "").lower()
    found = [
        _board(project)
        for project in site.projects
        if not project.closed and (not wanted or project == site.project(wanted))
    ]
    shown = [b for b in found if (not kinds or b["type"] in kinds) and name in b["name"].lower()]
    return _page(desk, request, shown)


async def board(desk: Desk, request: Request) -> Response:
    return JSONResponse(_board(_project(desk, request)[1]))


async def configuration(desk: Desk, request: Request) -> Response:
    """``estimation`` is there on boards with sprints only."""
    _, project = _project(desk, request)
    body = {name: value for name, value in _board(project).items() if name in ("id", "name", "type")}
    body["self"] = f"{SITE}/rest/agile/1.0/board/{board_id(project)}/configuration"
    body["location"] = {
        "type": "project",
        "key": project.key,
        "id": project.remote_id,
        "self": link("2", "project", project.remote_id),
        "name": project.name,
    }
    body["filter"] = {"id": str(board_id(project)), "self": link("2", "filter", str(board_id(project)))}
    body["subQuery"] = {"query": "fixVersion in unreleasedVersions() OR fixVersion is EMPTY"}
    body["columnConfig"] = {
        "columns": [_column(*column) for column in _COLUMNS],
        "constraintType": "issueCount",
    }
    if project.sprints:
        field = ids.BY_ID[ids.POINT_ESTIMATE if team_managed(project) else ids.POINTS]
        estimate = {"fieldId": field.id, "displayName": field.name}
        body["estimation"] = {"type": "field", "field": estimate}
    body["ranking"] = {"rankCustomFieldId": ids.BY_ID[ids.RANK].number}
    return JSONResponse(body)


async def sprints(desk: Desk, request: Request) -> Response:
    """Closed ones first, then active, then future."""
    _, project = _project(desk, request)
    if not project.sprints:
        raise refuse(400, "The board does not support sprints")
    states = listed(request, "state")
    if unknown := [state for state in states if state not in _STATES]:
        raise refuse(400, f"Unknown sprint state: {unknown[0]}")
    ordered = sorted(project.sprints, key=lambda sprint: (_STATES.index(sprint.state), sprint.start))
    shown = [sprint for sprint in ordered if not states or sprint.state in states]
    return _page(desk, request, [_sprint(sprint, project) for sprint in shown])


async def board_issues(desk: Desk, request: Request) -> Response:
    """Offset pages with a total, unlike the site's own search."""
    site, project = _project(desk, request)
    tasks = [task for task in site.searchable() if task.project == project.slug]
    tasks.sort(key=lambda task: task.number)
    start, size = number(request, "startAt", 0), number(request, "maxResults", PAGE)
    size = min(size, 100) if desk.quirks.page_cap else size
    shown = chosen(listed(request, "fields"), "*all")
    issues = [issue_body(site, task, "2", shown) for task in tasks[start : start + size]]
    page = {"startAt": start, "maxResults": size, "total": len(tasks), "issues": issues}
    return JSONResponse({"expand": "schema,names", **page})


def _project(desk: Desk, request: Request) -> tuple[Site, Project]:
    site, wanted = desk.site(request), request.path_params["id"]
    for project in site.projects:
        if str(board_id(project)) == wanted:
            return site, project
    raise refuse(404, "Requested board cannot be viewed because it either does not exist or you do not have "
                 "permission to view it.")  # fmt: skip


def _board(project: Project) -> dict[str, Any]:
    kind = "simple" if team_managed(project) else "scrum" if project.sprints else "kanban"
    return {
        "id": board_id(project),
        "self": f"{SITE}/rest/agile/1.0/board/{board_id(project)}",
        "name": f"{project.key} board",
        "type": kind,
        "location": {
            "projectId": int(project.remote_id),
            "displayName": f"{project.name} ({project.key})",
            "projectName": project.name,
            "projectKey": project.key,
            "projectTypeKey": "software",
            "name": f"{project.name} ({project.key})",
        },
        "isPrivate": False,
    }


def _column(name: str, stages: tuple[Stage, ...]) -> Body:
    found = [STATUSES[stage].id for stage in stages]
    return {"name": name, "statuses": [{"id": id, "self": link("2", "status", id)} for id in found]}


def _sprint(sprint: Sprint, project: Project) -> Body:
    body: Body = {
        "id": sprint.id,
        "self": f"{SITE}/rest/agile/1.0/sprint/{sprint.id}",
        "state": sprint.state,
        "name": sprint.name,
        "originBoardId": board_id(project),
        "goal": sprint.goal,
        "startDate": zulu(sprint.start),
        "endDate": zulu(sprint.end),
    }
    if sprint.state != "future":
        body["activatedDate"] = zulu(sprint.start)
    if sprint.completed:
        body["completeDate"] = zulu(sprint.completed)
    return body


def _page(desk: Desk, request: Request, bodies: list[Body]) -> Response:
    size = number(request, "maxResults", PAGE)
    size = min(size, PAGE) if desk.quirks.page_cap else size
    return JSONResponse(offset_page(bodies, number(request, "startAt", 0), size))


ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "/board", boards),
    ("GET", "/board/{id}", board),
    ("GET", "/board/{id}/configuration", configuration),
    ("GET", "/board/{id}/sprint", sprints),
    ("GET", "/board/{id}/issue", board_issues),
)
