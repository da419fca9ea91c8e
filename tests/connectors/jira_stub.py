"""A tiny Jira site whose single answers a test replaces. It remembers what it was asked."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.base import Page, ScopeRecord
from connectors.jira_cloud import JiraCloudSettings, connect
from tests.faketime import FakeTime
from tests.loopback import serving

TOKEN = "ATATT3xFfGF0-stub-token"
SCOPE = ScopeRecord(
    id="10011", kind="project", name="Network", url="https://acme.atlassian.net/browse/NET", key="NET"
)
PROJECT = {"id": "10011", "key": "NET", "name": "Network", "components": [], "versions": []}
Body = Mapping[str, Any]
Answer = tuple[int, Any]
Say = Callable[["Asked"], Answer]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: where, with which parameters (in the address or as JSON)."""

    method: str
    path: str
    given: Body


def issue(number: int, **fields: Any) -> dict[str, Any]:
    told = {"summary": f"Issue {number}", "updated": f"2026-02-01T10:00:{number % 60:02d}.000+0000", **fields}
    return {"id": str(number), "key": f"NET-{number}", "fields": told}


def listing(values: Sequence[Body]) -> Answer:
    return 200, {"startAt": 0, "maxResults": 50, "total": len(values), "isLast": True, "values": list(values)}


def refusal(*messages: str) -> Answer:
    return 400, {"errorMessages": list(messages), "errors": {}}


@dataclass
class Stub:
    """``issues`` are what the search lists; ``says`` replaces the answer of a path, by its end.
    ``page`` cuts the search; ``histories`` is the number of histories that each issue has."""

    issues: list[dict[str, Any]] = field(default_factory=list)
    says: dict[str, Say] = field(default_factory=dict)
    page: int = 1000
    histories: int = 1
    asked: list[Asked] = field(default_factory=list)
    prefix: str = ""

    def requests(self, end: str) -> list[Asked]:
        return [one for one in self.asked if one.path.endswith(end)]

    @asynccontextmanager
    async def connected(self, **settings: Any) -> AsyncIterator[Any]:
        """A connector to this site."""
        app = Starlette(routes=[Route("/{path:path}", self._answer, methods=["GET", "POST"])])
        with serving(app) as base:
            given = {"email": "ada@acme.example", "token": TOKEN, **settings}
            made = JiraCloudSettings.model_validate({"base_url": f"{base}{self.prefix}", **given})
            connector = connect(made, FakeTime().timing)
            try:
                yield connector
            finally:
                await connector.aclose()

    async def _answer(self, request: Request) -> Response:
        raw = await request.body()
        query = {k: request.query_params.getlist(k) for k in request.query_params}
        asked = Asked(request.method, request.url.path, json.loads(raw) if raw else query)
        self.asked.append(asked)
        path = asked.path.removeprefix(self.prefix)
        said = next((say for end, say in self.says.items() if path.endswith(end)), None)
        status, body = said(asked) if said else self._usual(path, asked.given)
        # In ASCII, as Jira may write it: half a character has no other form.
        return Response(json.dumps(body), status, media_type="application/json")

    def _usual(self, path: str, given: Body) -> Answer:
        name = path.removeprefix("/rest/api/3").removeprefix("/rest/agile/1.0")
        match name:
            case "/serverInfo":
                return 200, {"baseUrl": "https://acme.atlassian.net", "deploymentType": "Cloud"}
            case "/myself":
                return 200, {"accountId": "712020:ada", "displayName": "Ada", "timeZone": "Europe/Zurich"}
            case "/mypermissions":
                return 200, {"permissions": {"BROWSE_PROJECTS": {"havePermission": True}}}
            case "/field" | "/status":
                return 200, []
            case "/issueLinkType":
                return 200, {"issueLinkTypes": []}
            case "/project/search":
                return listing([PROJECT])
            case "/project/10011":
                return 200, PROJECT
            case "/priority/search" | "/board":
                return listing([])
            case "/search/jql":
                return self.search(given)
            case "/issue/bulkfetch":
                return 200, self.bulk(given["issueIdsOrKeys"])
            case "/changelog/bulkfetch":
                return 200, self.changelogs(given["issueIdsOrKeys"])
        return 404, {"errorMessages": ["Issue does not exist or you do not have permission to see it."]}

    def search(self, given: Body) -> Answer:
        start, size = int(given.get("nextPageToken") or 0), min(given["maxResults"], self.page)
        ids = [{"id": one["id"]} for one in self.issues[start : start + size]]
        end = start + size >= len(self.issues)
        return 200, {"issues": ids, "isLast": end, **({} if end else {"nextPageToken": str(start + size)})}

    def bulk(self, ids: Sequence[str]) -> Body:
        return {"issues": [one for one in self.issues if one["id"] in ids], "issueErrors": []}

    def changelogs(self, ids: Sequence[str]) -> Body:
        logs = [
            {"issueId": one, "changeHistories": [{"id": f"{one}-{n}"} for n in range(self.histories)]}
            for one in ids
        ]
        return {"issueChangeLogs": logs}


async def read(connector: Any, **how: Any) -> list[Page]:
    return [page async for page in connector.read(SCOPE, **how)]


def ids(pages: Sequence[Page], kind: str = "item") -> list[str]:
    return [record.id for page in pages for record in page.records if record.kind == kind]
