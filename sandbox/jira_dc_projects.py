"""Projects in one list without pages, and what is in them; boards and sprints.

docs.atlassian.com/software/jira/docs/api/REST (project) and docs.atlassian.com/jira-software/REST (agile).
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.jira_bodies import component_body, project_ref, user_body, version_body
from sandbox.jira_catalogue import DC_SITE, STATUSES, TYPES, Body, link, type_body
from sandbox.jira_dc_desk import Desk, Handler
from sandbox.jira_dc_issue import BY_ID, POINTS, RANK
from sandbox.jira_http import listed, number, refuse
from sandbox.jira_paging import offset_page
from sandbox.jira_site import Site, board_id
from sandbox.jira_text import instant
from sandbox.story import Project, Sprint, Stage

PAGE = 50
_STATES = ("closed", "active", "future")
_COLUMNS: tuple[tuple[str, tuple[Stage, ...]], ...] = (
    ("To Do", ("idea", "ready")),
    ("In Progress", ("doing", "vendor", "parked", "review")),
    ("Done", ("done", "dropped")),
)


async def projects(desk: Desk, request: Request) -> Response:
    """Archived ones only where ``includeArchived`` asks for them."""
    site = desk.site(request)
    archived = request.query_params.get("includeArchived", "false").lower() == "true"
    shown = [project for project in site.projects if archived or not project.closed]
    return JSONResponse([_expanded(site, project, listed(request, "expand")) for project in shown])


async def project(desk: Desk, request: Request) -> Response:
    site, found = _project(desk, request)
    body = _expanded(site, found, ["description", "lead", *listed(request, "expand")])
    body |= {
        "components": [component_body(found, name, "dc") for name in found.components],
        "issueTypes": [type_body(kind, "dc") for kind in TYPES.values()],
        "versions": [version_body(found, "dc")],
        "roles": {},
    }
    return JSONResponse(body)


async def versions(desk: Desk, request: Request) -> Response:
    return JSONResponse([version_body(_project(desk, request)[1], "dc")])


async def components(desk: Desk, request: Request) -> Response:
    _, found = _project(desk, request)
    return JSONResponse([component_body(found, name, "dc") for name in found.components])


async def boards(desk: Desk, request: Request) -> Response:
    site, wanted = desk.site(request), request.query_params.get("projectKeyOrId")
    if wanted and site.project(wanted) is None:
        raise refuse(400, f"No project could be found with key or id '{wanted}'.")
    own = [p for p in site.projects if not p.closed and (not wanted or p == site.project(wanted))]
    kinds = listed(request, "type")
    found = [body for body in map(_board, own) if not kinds or body["type"] in kinds]
    return _page(desk, request, found)


async def board(desk: Desk, request: Request) -> Response:
    return JSONResponse(_board(_on_board(desk, request)))


async def configuration(desk: Desk, request: Request) -> Response:
    found = _on_board(desk, request)
    body = _board(found)
    body |= {
        "filter": {"id": str(board_id(found)), "self": link("dc", "filter", str(board_id(found)))},
        "subQuery": {"query": "fixVersion in unreleasedVersions() OR fixVersion is EMPTY"},
        "columnConfig": {
            "columns": [_column(*column) for column in _COLUMNS],
            "constraintType": "issueCount",
        },
        "ranking": {"rankCustomFieldId": BY_ID[RANK].number},
    }
    if found.sprints:
        estimate = {"fieldId": POINTS, "displayName": BY_ID[POINTS].name}
        body["estimation"] = {"type": "field", "field": estimate}
    return JSONResponse(body)


async def sprints(desk: Desk, request: Request) -> Response:
    """Closed ones first, then active, then future."""
    found = _on_board(desk, request)
    if not found.sprints:
        raise refuse(400, "The board does not support sprints")
    states = listed(request, "state") or list(_STATES)
    ordered = sorted(found.sprints, key=lambda sprint: (_STATES.index(sprint.state), sprint.start))
    return _page(desk, request, [_sprint(s, found) for s in ordered if s.state in states])


def _expanded(site: Site, found: Project, expand: list[str]) -> Body:
    body: Body = {
        "expand": "description,lead,url,projectKeys",
        **project_ref(found, "dc"),
        "archived": found.closed,
    }
    if "description" in expand:
        body["description"] = f"{found.name}, run by {found.team}."
    if "lead" in expand:
        body["lead"] = user_body(site.person(found.owner), "dc")
    if "projectKeys" in expand:
        body["projectKeys"] = [found.key]
    return body


def _project(desk: Desk, request: Request) -> tuple[Site, Project]:
    site, name = desk.site(request), request.path_params["id"]
    found = site.project(name)
    if found is None:
        raise refuse(404, f"No project could be found with {'id' if name.isdigit() else 'key'} '{name}'.")
    return site, found


def _on_board(desk: Desk, request: Request) -> Project:
    for found in desk.site(request).projects:
        if str(board_id(found)) == request.path_params["id"]:
            return found
    raise refuse(404, "Requested board cannot be viewed because it either does not exist or you do not have "
                 "permission to view it.")  # fmt: skip


def _board(found: Project) -> Body:
    """Without a location, which Jira Cloud adds."""
    number = board_id(found)
    return {
        "id": number,
        "self": f"{DC_SITE}/rest/agile/1.0/board/{number}",
        "name": f"{found.key} board",
        "type": "scrum" if found.sprints else "kanban",
    }


def _column(name: str, stages: tuple[Stage, ...]) -> Body:
    found = [STATUSES[stage].id for stage in stages]
    return {"name": name, "statuses": [{"id": id, "self": link("dc", "status", id)} for id in found]}


def _sprint(sprint: Sprint, found: Project) -> Body:
    body: Body = {
        "id": sprint.id,
        "self": f"{DC_SITE}/rest/agile/1.0/sprint/{sprint.id}",
        "state": sprint.state,
        "name": sprint.name,
        "startDate": instant(sprint.start),
        "endDate": instant(sprint.end),
        "originBoardId": board_id(found),
        "goal": sprint.goal,
        "synced": False,
        "autoStartStop": False,
    }
    if sprint.state != "future":
        body["activatedDate"] = instant(sprint.start)
    return body | ({"completeDate": instant(sprint.completed)} if sprint.completed else {})


def _page(desk: Desk, request: Request, bodies: list[Body]) -> Response:
    size = number(request, "maxResults", PAGE)
    size = min(size, PAGE) if desk.quirks.page_cap else size
    page = offset_page(bodies, number(request, "startAt", 0), size)
    return JSONResponse(page)


ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "/project", projects),
    ("GET", "/project/{id}", project),
    ("GET", "/project/{id}/versions", versions),
    ("GET", "/project/{id}/components", components),
)
AGILE: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "/board", boards),
    ("GET", "/board/{id}", board),
    ("GET", "/board/{id}/configuration", configuration),
    ("GET", "/board/{id}/sprint", sprints),
)
