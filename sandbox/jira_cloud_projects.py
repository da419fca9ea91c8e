"""Projects, what is in them, and what the token may do there.

developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-projects and -permissions
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.jira_bodies import component_body, project_body, user_body, version_body
from sandbox.jira_catalogue import TYPES, Body, type_body
from sandbox.jira_cloud_desk import Desk, Handler
from sandbox.jira_http import listed, number, refuse, version
from sandbox.jira_jql_match import Sight
from sandbox.jira_paging import linked_page
from sandbox.jira_site import Site
from sandbox.jira_text import instant
from sandbox.story import Project

PAGE = 50
MOST = 100
_ORDERS: Mapping[str, Callable[[Project], str | int]] = {
    "key": lambda project: project.key,
    "name": lambda project: project.name.lower(),
    "id": lambda project: int(project.remote_id),
}
_HELD = frozenset({"ADMINISTER", "BROWSE_PROJECTS", "VIEW_AGGREGATED_DATA", "VIEW_READONLY_WORKFLOW"})
"""The account may keep webhooks, and sees no more by that."""
_KNOWN = _HELD | {
    "ADMINISTER_PROJECTS",
    "ADD_COMMENTS",
    "ASSIGN_ISSUES",
    "CREATE_ISSUES",
    "DELETE_ISSUES",
    "EDIT_ISSUES",
    "MANAGE_SPRINTS_PERMISSION",
    "USER_PICKER",
}


async def search(desk: Desk, request: Request) -> Response:
    site = desk.site(request)
    found = [project for project in site.projects if _wanted(project, request)]
    order = request.query_params.get("orderBy", "key")
    read = _ORDERS.get(order.lstrip("+-"))
    if read is None:
        raise refuse(400, f"The orderBy value '{order}' is not supported.")
    found.sort(key=read, reverse=order.startswith("-"))
    bodies = [_expanded(desk, project, request) for project in found]
    size = number(request, "maxResults", PAGE)
    # "If the value exceeds the maximum … the maximum is used": larger values are cut without a word.
    size = min(size, MOST) if desk.quirks.page_cap else size
    return JSONResponse(linked_page(bodies, number(request, "startAt", 0), size, request.url.path))


async def every(desk: Desk, request: Request) -> Response:
    """The deprecated listing without pages, which old clients still call."""
    site = desk.site(request)
    return JSONResponse(
        [_expanded(desk, project, request) for project in site.projects if not project.closed]
    )


async def one(desk: Desk, request: Request) -> Response:
    site, project = _project(desk, request)
    body = _expanded(desk, project, request)
    body |= {
        "lead": user_body(site.person(project.owner), version(request)),
        "components": [component_body(project, name, version(request)) for name in project.components],
        "issueTypes": [type_body(kind, version(request)) for kind in TYPES.values()],
        "versions": [version_body(project, version(request))],
        "roles": {},
    }
    return JSONResponse(body)


async def versions(desk: Desk, request: Request) -> Response:
    _, project = _project(desk, request)
    return JSONResponse([version_body(project, version(request))])


async def components(desk: Desk, request: Request) -> Response:
    _, project = _project(desk, request)
    return JSONResponse([component_body(project, name, version(request)) for name in project.components])


async def my_permissions(desk: Desk, request: Request) -> Response:
    """The vendor wants to be asked for permissions by name."""
    site = desk.site(request)
    asked = listed(request, "permissions")
    if not asked:
        raise refuse(400, "The 'permissions' query parameter is required.")
    unknown = [name for name in asked if name not in _KNOWN]
    if unknown:
        raise refuse(400, *(f"Unrecognized permission: {name}" for name in unknown))
    key = request.query_params.get("projectKey") or request.query_params.get("projectId")
    if key and site.project(key) is None:
        raise _no_project(key)
    held = _HELD if desk.signed_in(request) else frozenset()
    return JSONResponse({"permissions": {name: _permission(name, name in held) for name in asked}})


def _permission(name: str, held: bool) -> Body:
    return {
        "id": str(sorted(_KNOWN).index(name) + 10),
        "key": name,
        "name": name.replace("_", " ").capitalize(),
        "type": "GLOBAL" if name == "ADMINISTER" else "PROJECT",
        "description": "",
        "havePermission": held,
    }


def _wanted(project: Project, request: Request) -> bool:
    """Keys, ids and query narrow the listing; only live projects, unless ``status`` says otherwise."""
    keys, ids = listed(request, "keys"), listed(request, "id")
    query = request.query_params.get("query", "").lower()
    states = listed(request, "status") or ["live"]
    return (
        ("archived" if project.closed else "live") in states
        and (not keys or project.key in keys)
        and (not ids or project.remote_id in ids)
        and (query in project.key.lower() or query in project.name.lower())
    )


def _expanded(desk: Desk, project: Project, request: Request) -> Body:
    site = desk.site(request)
    body, expand = project_body(project, version(request)), listed(request, "expand")
    if "description" in expand:
        body["description"] = f"{project.name}, run by {project.team}."
    if "lead" in expand:
        body["lead"] = user_body(site.person(project.owner), version(request))
    if "projectKeys" in expand:
        body["projectKeys"] = [project.key]
    if "insight" in expand:
        body["insight"] = _insight(desk.sight(request), project)
    return body


def _insight(sight: Sight, project: Project) -> Body:
    tasks = [task for task in sight.searchable() if task.project == project.slug]
    latest = max((task.updated for task in tasks), default=None)
    return {"totalIssueCount": len(tasks), "lastIssueUpdateTime": instant(latest, sight.site.zone)}


def _project(desk: Desk, request: Request) -> tuple[Site, Project]:
    site, name = desk.site(request), request.path_params["id"]
    project = site.project(name)
    if project is None:
        raise _no_project(name)
    return site, project


def _no_project(name: str) -> Exception:
    word = "id" if name.isdigit() else "key"
    return refuse(404, f"No project could be found with {word} '{name}'.")


ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "/project/search", search),
    ("GET", "/project", every),
    ("GET", "/project/{id}", one),
    ("GET", "/project/{id}/versions", versions),
    ("GET", "/project/{id}/components", components),
    ("GET", "/mypermissions", my_permissions),
)
