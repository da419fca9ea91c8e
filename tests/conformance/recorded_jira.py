"""Serves recorded issues as Jira Cloud's API does, so that the real connector reads them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

EMAIL, TOKEN = "recorded@example.org", "recordedtoken"
Body = Mapping[str, Any]


def app(site: str, issues: Sequence[Body]) -> Starlette:
    """One site with these issues, in the projects that stand in them. Custom fields have no schema: a page
    of issues does not tell it."""
    return Starlette(routes=_Replay(site, issues).routes())


class _Replay:
    def __init__(self, site: str, issues: Sequence[Body]) -> None:
        self._site = site
        self._issues = sorted(issues, key=lambda one: str(one["fields"]["created"]))
        self._projects = _distinct(one["fields"]["project"] for one in issues)

    def routes(self) -> list[Route]:
        site = {"baseUrl": self._site, "deploymentType": "Cloud"}
        statuses = _distinct(one["fields"]["status"] for one in self._issues)
        priorities = _distinct(one["fields"].get("priority") for one in self._issues)
        gets: dict[str, Any] = {
            "/rest/api/3/serverInfo": site,
            "/rest/api/3/field": self._fields(),
            "/rest/api/3/status": list(statuses.values()),
            "/rest/api/3/issueLinkType": {"issueLinkTypes": []},
            "/rest/api/3/priority/search": _page(list(priorities.values())),
            "/rest/api/3/project/search": _page(list(self._projects.values())),
            "/rest/agile/1.0/board": _page([]),
            **{f"/rest/api/3/project/{one}": body for one, body in self._projects.items()},
        }
        return [
            Route("/rest/api/3/myself", self._myself),
            *(Route(path, _constant(body)) for path, body in gets.items()),
            Route("/rest/api/3/search/jql", self._search, methods=["POST"]),
            Route("/rest/api/3/issue/bulkfetch", self._bulk, methods=["POST"]),
            Route("/rest/api/3/changelog/bulkfetch", self._changelog, methods=["POST"]),
        ]

    async def _myself(self, request: Request) -> Response:
        if not request.headers.get("authorization", "").startswith("Basic "):
            return PlainTextResponse("Client must be authenticated", 401)
        return JSONResponse({"accountId": "recorded", "displayName": "Recorded"})

    def _fields(self) -> list[Body]:
        names = {name for one in self._issues for name in one["fields"]}
        return [
            {"id": name, "name": name, "custom": name.startswith("customfield_")} for name in sorted(names)
        ]

    async def _search(self, request: Request) -> Response:
        body = await request.json()
        project = body["jql"].split()[2]
        found = [one for one in self._issues if one["fields"]["project"]["id"] == project]
        start = int(body.get("nextPageToken") or 0)
        end = start + min(body["maxResults"], 5000)
        page: dict[str, Any] = {"issues": [{"id": one["id"]} for one in found[start:end]]}
        return JSONResponse(page | ({"nextPageToken": str(end)} if end < len(found) else {}))

    async def _bulk(self, request: Request) -> Response:
        wanted = (await request.json())["issueIdsOrKeys"]
        issues = [one for one in self._issues if one["id"] in wanted]
        return JSONResponse({"issues": issues, "issueErrors": []})

    async def _changelog(self, request: Request) -> Response:
        wanted = (await request.json())["issueIdsOrKeys"]
        logs = [
            {"issueId": one["id"], "changeHistories": one.get("changelog", {}).get("histories", [])}
            for one in self._issues
            if one["id"] in wanted
        ]
        return JSONResponse({"issueChangeLogs": logs})


def _constant(body: Any) -> Any:
    async def answer(_: Request) -> Response:
        return JSONResponse(body)

    return answer


def _page(values: Sequence[Body]) -> Body:
    return {"startAt": 0, "maxResults": 100, "total": len(values), "isLast": True, "values": values}


def _distinct(bodies: Iterable[Body | None]) -> dict[str, Body]:
    return {str(body["id"]): body for body in bodies if body}
