"""JQL search with offsets and a total, single issues, and the limits of both.

docs.atlassian.com/software/jira/docs/api/REST (search); the result window:
support.atlassian.com, "Handling JQL REST API searching exceeding max_result_window in Jira".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.jira_bodies import sprint_body
from sandbox.jira_dc_desk import Desk, Handler
from sandbox.jira_dc_issue import SPRINT, chosen, issue_body
from sandbox.jira_http import NO_ISSUE, Refused, invalid_payload, listed, number, payload, refuse, texts
from sandbox.jira_jql_run import every
from sandbox.jira_site import Site
from sandbox.story import Task

PAGE = 50
LIMITS_FROM = (11, 3)
"""The release that lets clients read the window."""
_BEAN = ("jql", "startAt", "maxResults", "validateQuery", "fields", "expand")


@dataclass(frozen=True, slots=True)
class Search:
    jql: str
    start: int
    most: int
    validate: bool
    fields: list[str]
    expand: list[str]


async def search_get(desk: Desk, request: Request) -> Response:
    validate = request.query_params.get("validateQuery", "true").lower() not in ("false", "none", "warn")
    asked = Search(
        jql=request.query_params.get("jql", ""),
        start=number(request, "startAt", 0),
        most=number(request, "maxResults", PAGE),
        validate=validate,
        fields=listed(request, "fields"),
        expand=listed(request, "expand"),
    )
    return _answer(desk, request, asked)


async def search_post(desk: Desk, request: Request) -> Response:
    body = await payload(request, _BEAN)
    jql, validate = body.get("jql", ""), body.get("validateQuery", True)
    if not isinstance(jql, str) or not isinstance(validate, bool):
        raise invalid_payload()
    asked = Search(
        jql=jql,
        start=_whole(body.get("startAt", 0)),
        most=_whole(body.get("maxResults", PAGE)),
        validate=validate,
        fields=texts(body, "fields"),
        expand=texts(body, "expand"),
    )
    return _answer(desk, request, asked)


async def issue(desk: Desk, request: Request) -> Response:
    """Also archived issues, which no search finds. A moved issue answers to its old key, too."""
    site, task = _issue(desk, request)
    shown = chosen(listed(request, "fields"), "*all")
    body = issue_body(site, task, shown, listed(request, "expand"), desk.quirks.bare_changes)
    return JSONResponse(_sprints_read(body, desk, site, task))


async def comments(desk: Desk, request: Request) -> Response:
    _issue(desk, request)
    return JSONResponse({"startAt": 0, "maxResults": 1048576, "total": 0, "comments": []})


async def window(desk: Desk, request: Request) -> Response:
    if desk.set.numbers[:2] < LIMITS_FROM:
        raise refuse(404, "null for uri: " + request.url.path)
    desk.site(request)
    return JSONResponse(desk.set.window)


def _answer(desk: Desk, request: Request, asked: Search) -> Response:
    """The page may be shorter than asked for: ``maxResults`` says what was used."""
    site = desk.site(request)
    strict = asked.validate and desk.quirks.validated_query
    found = every(asked.jql, desk.sight(request, strict=strict))
    most = min(asked.most, desk.set.page_cap) if desk.quirks.page_cap else asked.most
    if desk.quirks.result_window and most and asked.start + most > desk.set.window:
        raise _beyond(asked.start + most, desk.set.window)
    shown, bare = chosen(asked.fields, "*navigable"), desk.quirks.bare_changes
    page = [
        _sprints_read(issue_body(site, task, shown, asked.expand, bare), desk, site, task)
        for task in found[asked.start : asked.start + most]
    ]
    body: dict[str, Any] = {"expand": "schema,names", "startAt": asked.start, "maxResults": most}
    return JSONResponse(body | {"total": len(found), "issues": page})


def _sprints_read(body: dict[str, Any], desk: Desk, site: Site, task: Task) -> dict[str, Any]:
    """Without the quirk, sprints are the objects that Jira Cloud has."""
    if body["fields"].get(SPRINT) and not desk.quirks.sprint_strings:
        body["fields"][SPRINT] = [sprint_body(*site.sprints[id]) for id in task.sprints]
    return body


def _beyond(asked: int, window: int) -> Refused:
    return refuse(
        500,
        f"Search limit exceeded. We couldn't complete your search because it requests {asked:,} results "
        f"which exceeded the search platform limit of {window:,}. Narrow your search and try again.",
    )


def _issue(desk: Desk, request: Request) -> tuple[Site, Task]:
    site = desk.site(request)
    task = site.issue(request.path_params["id"])
    if task is None:
        raise refuse(404, "Issue Does Not Exist" if desk.signed_in(request) else NO_ISSUE)
    return site, task


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise invalid_payload()
    return max(value, 0)


ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "/search", search_get),
    ("POST", "/search", search_post),
    ("GET", "/searchLimits/maxResultWindow", window),
    ("GET", "/issue/{id}", issue),
    ("GET", "/issue/{id}/comment", comments),
)
