"""JQL search: ``/search/jql`` and its count, and the removed ``/search``.

developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-search
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.jira_catalogue import Body
from sandbox.jira_changelog import EXPANDED_HISTORIES, expanded
from sandbox.jira_cloud_desk import Desk, Handler
from sandbox.jira_fields import chosen, only_ids
from sandbox.jira_http import invalid_payload, listed, number, payload, refuse, texts, version
from sandbox.jira_issue import issue_body, names, schemas
from sandbox.jira_jql_run import found, page
from sandbox.jira_site import Site
from sandbox.story import Task

GONE = (
    "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. A full migration "
    "guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046"
)
ID_PAGE = 5000
ISSUE_PAGE = 100
"""Seen in practice; the vendor only says that pages with fields are shorter."""
MOST_RECONCILED = 50
_BEAN = (
    "jql",
    "maxResults",
    "fields",
    "expand",
    "fieldsByKeys",
    "properties",
    "reconcileIssues",
    "nextPageToken",
)


@dataclass(frozen=True, slots=True)
class Search:
    """``fields`` is None where the request did not name any."""

    jql: str
    most: int
    fields: list[str] | None
    expand: list[str]
    token: str | None
    reconciled: list[str]


async def removed(_desk: Desk, _request: Request) -> Response:
    raise refuse(410, GONE)


async def search_get(desk: Desk, request: Request) -> Response:
    asked = Search(
        jql=request.query_params.get("jql", ""),
        most=number(request, "maxResults", 50),
        fields=listed(request, "fields") or None,
        expand=listed(request, "expand"),
        token=request.query_params.get("nextPageToken"),
        reconciled=listed(request, "reconcileIssues"),
    )
    return JSONResponse(_answer(desk, request, asked))


async def search_post(desk: Desk, request: Request) -> Response:
    body = await payload(request, _BEAN)
    asked = Search(
        jql=_text(body, "jql") or "",
        most=_whole(body, "maxResults", 50),
        fields=texts(body, "fields") or None,
        expand=texts(body, "expand"),
        token=_text(body, "nextPageToken"),
        reconciled=texts(body, "reconcileIssues"),
    )
    return JSONResponse(_answer(desk, request, asked))


async def approximate_count(desk: Desk, request: Request) -> Response:
    body = await payload(request, ("jql",))
    if not desk.signed_in(request):
        return JSONResponse({"count": 0})
    return JSONResponse({"count": len(found(_text(body, "jql") or "", desk.sight(request)))})


def _answer(desk: Desk, request: Request, asked: Search) -> Body:
    site = desk.site(request)
    if not 1 <= asked.most <= 5000:
        raise refuse(400, "The value of maxResults must be between 1 and 5000.")
    if len(asked.reconciled) > MOST_RECONCILED:
        raise refuse(400, f"The number of issues to reconcile must not exceed {MOST_RECONCILED}.")
    if not desk.signed_in(request):
        return {"issues": [], "isLast": True}
    tasks, token = page(asked.jql, desk.sight(request, asked.reconciled), asked.token, _size(desk, asked))
    body: Body = {"issues": [_shown(desk, site, task, asked, version(request)) for task in tasks]}
    body |= _legend(desk, site, asked)
    return body | ({"nextPageToken": token, "isLast": False} if token else {"isLast": True})


def _size(desk: Desk, asked: Search) -> int:
    """5000 only when nothing but ids is asked for; else the page is cut without a word."""
    if not desk.quirks.page_cap:
        return asked.most
    bare = not _fields(desk, asked) and "changelog" not in asked.expand
    return min(asked.most, ID_PAGE if bare else ISSUE_PAGE)


def _shown(desk: Desk, site: Site, task: Task, asked: Search, version: str) -> Body:
    shown = _fields(desk, asked)
    if not shown and "key" not in (asked.fields or []):
        body: Body = {"id": task.remote_id}
    else:
        body = issue_body(site, task, version, shown)
    if "changelog" in asked.expand:
        body["changelog"] = expanded(site, task, EXPANDED_HISTORIES)
    return body


def _fields(desk: Desk, asked: Search) -> set[str]:
    """Without ``fields``, ids only, where every other call has all fields or the navigable ones."""
    if asked.fields is None:
        return set() if desk.quirks.ids_only_search else chosen([], "*navigable")
    return set() if only_ids(asked.fields) else chosen(asked.fields, "*navigable")


def _legend(desk: Desk, site: Site, asked: Search) -> Body:
    shown = _fields(desk, asked)
    legend: Body = {"names": names(shown)} if "names" in asked.expand else {}
    return legend | ({"schema": schemas(site, shown)} if "schema" in asked.expand else {})


def _text(body: Mapping[str, Any], name: str) -> str | None:
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise invalid_payload()
    return value


def _whole(body: Mapping[str, Any], name: str, default: int) -> int:
    value = body.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int):
        raise invalid_payload()
    return value


ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "/search", removed),
    ("POST", "/search", removed),
    ("GET", "/search/jql", search_get),
    ("POST", "/search/jql", search_post),
    ("POST", "/search/approximate-count", approximate_count),
)
