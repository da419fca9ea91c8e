"""Who we are, what the site is, and its short lists: fields, statuses, priorities, types."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.jira_bodies import user_body
from sandbox.jira_catalogue import (
    CATEGORIES,
    LINK_TYPES,
    PRIORITIES,
    RESOLUTIONS,
    SITE,
    TYPES,
    Body,
    category_body,
    link_type_body,
    priority_body,
    resolution_body,
    status_body,
    type_body,
)
from sandbox.jira_cloud_desk import Desk, Handler
from sandbox.jira_fields import FIELDS, retyped
from sandbox.jira_http import listed, number, unauthorised, version
from sandbox.jira_paging import linked_page
from sandbox.jira_text import instant

_CATEGORY_WORDS = {"undefined": "UNDEFINED", "new": "TODO", "indeterminate": "IN_PROGRESS", "done": "DONE"}


async def server_info(desk: Desk, _request: Request) -> Response:
    """Answers everybody, whatever the credentials."""
    return JSONResponse(
        {
            "baseUrl": SITE,
            "version": "1001.0.0-SNAPSHOT",
            "versionNumbers": [1001, 0, 0],
            "deploymentType": "Cloud",
            "buildNumber": 100290,
            "buildDate": "2026-11-02T08:12:44.000-0500",
            "serverTime": instant(desk.now()),
            "scmInfo": "5e8a17c2f0d94b6a",
            "serverTitle": "Jira",
            "serverTimeZone": "Etc/UTC",
        }
    )


async def myself(desk: Desk, request: Request) -> Response:
    """The one call that tells bad credentials from an empty site."""
    if not desk.signed_in(request):
        raise unauthorised()
    person = desk.site(request).account
    body = user_body(person, version(request)) or {}
    own = {
        "emailAddress": person.email,
        "timeZone": desk.site(request).zone,
        "locale": "en_GB",
        "groups": {"size": 1, "items": []},
    }
    return JSONResponse(body | own | {"applicationRoles": {"size": 1, "items": []}})


async def fields(desk: Desk, request: Request) -> Response:
    """Custom fields are not for anonymous eyes."""
    site = desk.site(request)
    seen = [field for field in FIELDS if desk.signed_in(request) or not field.custom]
    return JSONResponse([retyped(field, site).body() for field in seen])


async def statuses(desk: Desk, request: Request) -> Response:
    found = desk.site(request).statuses.values()
    return JSONResponse([status_body(status, version(request)) for status in found])


async def status_search(desk: Desk, request: Request) -> Response:
    """Another shape than ``/status``: the category is a word, not an object."""
    site = desk.site(request)
    bodies: list[Body] = [
        {
            "id": status.id,
            "name": status.name,
            "statusCategory": _CATEGORY_WORDS[status.category],
            "scope": {"type": "GLOBAL"},
            "description": "",
        }
        for status in site.statuses.values()
    ]
    return _page(desk, request, bodies, 200)


async def categories(desk: Desk, request: Request) -> Response:
    desk.site(request)
    return JSONResponse([category_body(key, version(request)) for key in CATEGORIES])


async def priorities(desk: Desk, request: Request) -> Response:
    desk.site(request)
    return JSONResponse([priority_body(name, version(request)) for name in PRIORITIES])


async def priority_search(desk: Desk, request: Request) -> Response:
    """In the site's own order, the most urgent first."""
    desk.site(request)
    bodies = [priority_body(name, version(request)) | {"isDefault": name == "Medium"} for name in PRIORITIES]
    return _page(desk, request, bodies, 50)


async def resolutions(desk: Desk, request: Request) -> Response:
    desk.site(request)
    return JSONResponse([resolution_body(name, version(request)) for name in RESOLUTIONS])


async def issue_types(desk: Desk, request: Request) -> Response:
    desk.site(request)
    return JSONResponse([type_body(kind, version(request)) for kind in TYPES.values()])


async def link_types(desk: Desk, request: Request) -> Response:
    desk.site(request)
    return JSONResponse(
        {"issueLinkTypes": [link_type_body(k, version(request)) for k in LINK_TYPES.values()]}
    )


async def configuration(desk: Desk, request: Request) -> Response:
    if not desk.signed_in(request):
        raise unauthorised()
    return JSONResponse(
        {
            "votingEnabled": True,
            "watchingEnabled": True,
            "unassignedIssuesAllowed": True,
            "subTasksEnabled": True,
            "issueLinkingEnabled": True,
            "timeTrackingEnabled": True,
            "attachmentsEnabled": True,
            "timeTrackingConfiguration": {
                "workingHoursPerDay": 8.0,
                "workingDaysPerWeek": 5.0,
                "timeFormat": "pretty",
                "defaultUnit": "minute",
            },
        }
    )


async def user_search(desk: Desk, request: Request) -> Response:
    """A bare array; the caller pages until it is empty."""
    site = desk.site(request)
    query = (listed(request, "query") or listed(request, "accountId") or [""])[0].lower()
    people = [] if site.anonymous else [p for p in site.story.people.values() if p.jira_id]
    found = [p for p in people if query in p.name.lower() or query in p.email or query == p.jira_id]
    start, size = number(request, "startAt", 0), number(request, "maxResults", 50)
    return JSONResponse([user_body(person, version(request)) for person in found[start : start + size]])


def _page(desk: Desk, request: Request, bodies: Sequence[Body], most: int) -> Response:
    size = number(request, "maxResults", most)
    size = min(size, most) if desk.quirks.page_cap else size
    return JSONResponse(linked_page(bodies, number(request, "startAt", 0), size, request.url.path))


ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "/serverInfo", server_info),
    ("GET", "/myself", myself),
    ("GET", "/field", fields),
    ("GET", "/status", statuses),
    ("GET", "/statuses/search", status_search),
    ("GET", "/statuscategory", categories),
    ("GET", "/priority", priorities),
    ("GET", "/priority/search", priority_search),
    ("GET", "/resolution", resolutions),
    ("GET", "/issuetype", issue_types),
    ("GET", "/issueLinkType", link_types),
    ("GET", "/configuration", configuration),
    ("GET", "/user/search", user_search),
)
