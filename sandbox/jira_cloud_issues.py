"""Reading issues and their histories by id or key.

developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.jira_catalogue import Body
from sandbox.jira_changelog import EXPANDED_HISTORIES, expanded, histories, history_body
from sandbox.jira_cloud_desk import Desk, Handler
from sandbox.jira_fields import chosen
from sandbox.jira_http import (
    NO_ISSUE,
    invalid_payload,
    listed,
    number,
    payload,
    refuse,
    texts,
    version,
)
from sandbox.jira_issue import issue_body, names, schemas
from sandbox.jira_paging import linked_page, make_token, read_token
from sandbox.jira_site import Site
from sandbox.story import Event, Task

MOST_ISSUES = 100
MOST_CHANGELOGS = 1000
MOST_FIELDS = 10
CHANGELOG_PAGE = 100
"""Histories on one page of an issue's changelog, and in its expansion."""

Entry = tuple[Task, Event, list[Body]]


async def issue(desk: Desk, request: Request) -> Response:
    """Also archived issues, which no search finds. A moved issue answers to its old key, too."""
    site, task = _issue(desk, request)
    shown = chosen(listed(request, "fields"), "*all")
    expand = listed(request, "expand")
    body = issue_body(site, task, version(request), shown)
    if "changelog" in expand:
        body["changelog"] = expanded(site, task, CHANGELOG_PAGE)
    if "names" in expand:
        body["names"] = names(shown)
    if "schema" in expand:
        body["schema"] = schemas(site, shown)
    return JSONResponse(body)


async def changelog(desk: Desk, request: Request) -> Response:
    """Oldest first."""
    site, task = _issue(desk, request)
    told = [history_body(site, event, items, "iso") for event, items in histories(site, task)]
    start, size = number(request, "startAt", 0), number(request, "maxResults", CHANGELOG_PAGE)
    if desk.quirks.page_cap:
        size = min(size, CHANGELOG_PAGE)
    return JSONResponse(linked_page(told, start, size, request.url.path))


async def comments(desk: Desk, request: Request) -> Response:
    _issue(desk, request)
    return JSONResponse({"startAt": 0, "maxResults": 100, "total": 0, "comments": []})


async def bulk_fetch(desk: Desk, request: Request) -> Response:
    """Ascending by id, each issue once. What is not there or not to be seen is in neither array."""
    body = await payload(request, ("issueIdsOrKeys", "fields", "expand", "fieldsByKeys", "properties"))
    wanted = texts(body, "issueIdsOrKeys")
    if not wanted or (desk.quirks.page_cap and len(wanted) > MOST_ISSUES):
        raise refuse(400, f"Between 1 and {MOST_ISSUES} issue IDs or keys must be provided.")
    site = desk.site(request)
    found = {name: site.issue(name) for name in wanted}
    tasks = {task.number: task for task in found.values() if task}
    shown, expand = chosen(texts(body, "fields"), "*navigable"), texts(body, "expand")
    issues = []
    for task in sorted(tasks.values(), key=lambda task: int(task.remote_id)):
        one = issue_body(site, task, version(request), shown)
        if "changelog" in expand:
            one["changelog"] = expanded(site, task, EXPANDED_HISTORIES)
        issues.append(one)
    missing = [name for name, task in found.items() if task is None]
    errors = [] if desk.quirks.silent_omission else [{"id": m, "errorMessage": NO_ISSUE} for m in missing]
    return JSONResponse({"issues": issues, "issueErrors": errors})


async def bulk_changelog(desk: Desk, request: Request) -> Response:
    """Histories of many issues in one line, oldest first, cut into pages and grouped by issue on each."""
    body = await payload(request, ("issueIdsOrKeys", "fieldIds", "maxResults", "nextPageToken"))
    wanted, fields = texts(body, "issueIdsOrKeys"), texts(body, "fieldIds")
    if not wanted or len(wanted) > MOST_CHANGELOGS:
        raise refuse(400, f"Between 1 and {MOST_CHANGELOGS} issue IDs or keys must be provided.")
    if len(fields) > MOST_FIELDS:
        raise refuse(400, f"At most {MOST_FIELDS} field IDs can be provided.")
    size = _page_size(body)
    site = desk.site(request)
    told = _told(site, wanted, set(fields))
    token = body.get("nextPageToken")
    if token:
        place = read_token([wanted, fields], str(token), desk.now(), desk.conditions)
        told = [entry for entry in told if _rank(entry) > place]
    page = told[:size]
    answer: Body = {"issueChangeLogs": _grouped(site, page)}
    if len(told) > size:
        answer["nextPageToken"] = make_token([wanted, fields], _rank(page[-1]), desk.now(), desk.conditions)
    return JSONResponse(answer)


def _issue(desk: Desk, request: Request) -> tuple[Site, Task]:
    site = desk.site(request)
    task = site.issue(request.path_params["id"])
    if task is None:
        raise refuse(404, NO_ISSUE)
    return site, task


def _page_size(body: Mapping[str, Any]) -> int:
    size = body.get("maxResults", 1000)
    if isinstance(size, bool) or not isinstance(size, int):
        raise invalid_payload()
    if not 1 <= size <= 10_000:
        raise refuse(400, "The value of maxResults must be between 1 and 10000.")
    return size


def _told(site: Site, wanted: list[str], fields: set[str]) -> list[Entry]:
    tasks = {task.number: task for name in wanted if (task := site.issue(name))}
    entries: list[Entry] = []
    for task in tasks.values():
        for event, items in histories(site, task):
            kept = [item for item in items if not fields or item.get("fieldId") in fields]
            if kept:
                entries.append((task, event, kept))
    return sorted(entries, key=_rank)


def _rank(entry: Entry) -> list[float]:
    """By date and then by issue id."""
    task, event, _ = entry
    return [event.at.timestamp(), int(task.remote_id), event.id]


def _grouped(site: Site, entries: list[Entry]) -> list[Body]:
    logs: dict[str, list[Body]] = {}
    for task, event, items in entries:
        logs.setdefault(task.remote_id, []).append(history_body(site, event, items, "epoch"))
    return [{"issueId": id, "changeHistories": told} for id, told in logs.items()]


ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("POST", "/issue/bulkfetch", bulk_fetch),
    ("POST", "/changelog/bulkfetch", bulk_changelog),
    ("GET", "/issue/{id}", issue),
    ("GET", "/issue/{id}/changelog", changelog),
    ("GET", "/issue/{id}/comment", comments),
)
