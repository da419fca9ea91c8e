"""Who we are, what the installation is, and its short lists, none of which comes in pages."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.jira_bodies import user_body
from sandbox.jira_catalogue import (
    CATEGORIES,
    DC_SITE,
    LINK_TYPES,
    PRIORITIES,
    RESOLUTIONS,
    TYPES,
    category_body,
    link_type_body,
    priority_body,
    resolution_body,
    status_body,
    type_body,
)
from sandbox.jira_dc_desk import Desk, Handler
from sandbox.jira_dc_issue import FIELDS
from sandbox.jira_fields import retyped
from sandbox.jira_http import Refused, number, refuse
from sandbox.jira_text import instant

_HELD = frozenset({"ADMINISTER", "BROWSE_PROJECTS", "BROWSE", "VIEW_READONLY_WORKFLOW", "VIEW_DEV_TOOLS"})
"""The account may keep webhooks, and sees no more by that."""
_OTHERS = frozenset({"ADMINISTER_PROJECTS", "ASSIGN_ISSUES", "CREATE_ISSUES", "DELETE_ISSUES", "EDIT_ISSUES"})


async def server_info(desk: Desk, _request: Request) -> Response:
    """Answers everybody, whatever the credentials."""
    numbers = list(desk.set.numbers)
    return JSONResponse(
        {
            "baseUrl": DC_SITE,
            "version": desk.set.version,
            "versionNumbers": numbers,
            "deploymentType": "Server",
            "buildNumber": numbers[0] * 100_000 + sum(numbers[1:]),
            "buildDate": "2026-03-02T00:00:00.000+0000",
            "databaseBuildNumber": numbers[0] * 100_000 + sum(numbers[1:]),
            "serverTime": instant(desk.now()),
            "scmInfo": "5e8a17c2f0d94b6a",
            "serverTitle": "Northlight Jira",
        }
    )


async def myself(desk: Desk, request: Request) -> Response:
    """The one call that tells a dropped session from an empty site."""
    if not desk.signed_in(request):
        raise refuse(401, "You are not authenticated. Authentication required to perform this operation.")
    body = user_body(desk.site(request).account, "dc") or {}
    groups = {"size": 1, "items": []}
    own = {"timeZone": desk.site(request).zone, "locale": "en_GB", "groups": groups, "expand": "groups"}
    return JSONResponse(body | own | {"deleted": False, "applicationRoles": {"size": 1, "items": []}})


async def fields(desk: Desk, request: Request) -> Response:
    """Custom fields are not for anonymous eyes."""
    signed_in, site = desk.signed_in(request), desk.site(request)
    bodies = [retyped(field, site).body() for field in FIELDS if signed_in or not field.custom]
    return JSONResponse([{name: v for name, v in body.items() if name != "key"} for body in bodies])


async def statuses(desk: Desk, request: Request) -> Response:
    return JSONResponse([status_body(status, "dc") for status in desk.site(request).statuses.values()])


async def categories(_desk: Desk, _request: Request) -> Response:
    return JSONResponse([category_body(key, "dc") for key in CATEGORIES])


async def priorities(_desk: Desk, _request: Request) -> Response:
    return JSONResponse([priority_body(name, "dc") for name in PRIORITIES])


async def resolutions(_desk: Desk, _request: Request) -> Response:
    return JSONResponse([resolution_body(name, "dc") for name in RESOLUTIONS])


async def issue_types(_desk: Desk, _request: Request) -> Response:
    return JSONResponse([type_body(kind, "dc") for kind in TYPES.values()])


async def link_types(_desk: Desk, _request: Request) -> Response:
    return JSONResponse({"issueLinkTypes": [link_type_body(kind, "dc") for kind in LINK_TYPES.values()]})


async def configuration(desk: Desk, request: Request) -> Response:
    if not desk.signed_in(request):
        raise refuse(401, "You are not authenticated. Authentication required to perform this operation.")
    tracking = {
        "workingHoursPerDay": 8.0,
        "workingDaysPerWeek": 5.0,
        "timeFormat": "pretty",
        "defaultUnit": "minute",
    }
    return JSONResponse({"timeTrackingEnabled": True, "timeTrackingConfiguration": tracking})


async def user(desk: Desk, request: Request) -> Response:
    """By ``key`` or ``username``."""
    people = [] if desk.site(request).anonymous else list(desk.site(request).story.people.values())
    key, name = request.query_params.get("key"), request.query_params.get("username")
    found = [p for p in people if p.dc_key and (p.dc_key == key or p.handle == name)]
    if not found:
        raise Refused(
            404, {"errorMessages": [f"The user named '{name or key}' does not exist"], "errors": {}}
        )
    return JSONResponse(user_body(found[0], "dc"))


async def user_search(desk: Desk, request: Request) -> Response:
    """A bare array; ``.`` stands for everybody."""
    site = desk.site(request)
    query = request.query_params.get("username", "").lower()
    people = [] if site.anonymous else [p for p in site.story.people.values() if p.dc_key]
    found = [p for p in people if query in (".", "") or query in f"{p.name} {p.handle} {p.email}".lower()]
    start, size = number(request, "startAt", 0), min(number(request, "maxResults", 50), 1000)
    return JSONResponse([user_body(person, "dc") for person in found[start : start + size]])


async def my_permissions(desk: Desk, request: Request) -> Response:
    """All permissions, asked for or not."""
    key = request.query_params.get("projectKey") or request.query_params.get("projectId")
    if key and desk.site(request).project(key) is None:
        raise refuse(404, f"No project could be found with key '{key}'.")
    held = _HELD if desk.signed_in(request) else frozenset()
    names = sorted(_HELD | _OTHERS)
    told = {
        name: {
            "id": str(index + 10),
            "key": name,
            "name": name.replace("_", " ").capitalize(),
            "type": "GLOBAL" if name == "ADMINISTER" else "PROJECT",
            "description": "",
            "havePermission": name in held,
        }
        for index, name in enumerate(names)
    }
    return JSONResponse({"permissions": told})


ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "/serverInfo", server_info),
    ("GET", "/myself", myself),
    ("GET", "/field", fields),
    ("GET", "/status", statuses),
    ("GET", "/statuscategory", categories),
    ("GET", "/priority", priorities),
    ("GET", "/resolution", resolutions),
    ("GET", "/issuetype", issue_types),
    ("GET", "/issueLinkType", link_types),
    ("GET", "/configuration", configuration),
    ("GET", "/user", user),
    ("GET", "/user/search", user_search),
    ("GET", "/mypermissions", my_permissions),
)
