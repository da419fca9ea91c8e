"""A small Asana on loopback, and the connector over it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from connectors.asana import connect
from connectors.asana_settings import AsanaSettings
from connectors.base import Connector, Page, ScopeRecord
from tests.faketime import FakeTime
from tests.loopback import serving

PROJECT = "900"
WORKSPACE = "77"
TOKEN = "1/5500:abcdef0123456789"
SCOPE = ScopeRecord(
    id=PROJECT,
    kind="project",
    name="Portal",
    url="https://app.asana.com/0/900",
    body={"workspace": {"gid": WORKSPACE}},
)
Body = Mapping[str, Any]
Refusal = tuple[int, str]
EXPIRED = "offset: Your pagination token has expired."


def task(gid: int, subtasks: int = 0, parent: int | None = None, **more: Any) -> dict[str, Any]:
    """A listed task stands in the project; a subtask only under its parent."""
    place = [{"project": {"gid": PROJECT}, "section": {"gid": "71", "name": "To do"}}]
    return {
        "gid": str(gid),
        "name": f"Task {gid}",
        "completed": False,
        "modified_at": "2026-02-01T10:00:00.000Z",
        "num_subtasks": subtasks,
        "parent": None if parent is None else {"gid": str(parent)},
        "memberships": [] if parent else place,
        **more,
    }


def story(gid: int, **more: Any) -> dict[str, Any]:
    return {
        "gid": str(gid),
        "type": "system",
        "resource_subtype": "marked_complete",
        "created_at": "2026-02-01T10:00:00.000Z",
        "created_by": {"gid": "12", "name": "Ben"},
        **more,
    }


def person(gid: int, name: str, **more: Any) -> dict[str, Any]:
    return {"gid": str(gid), "name": name, **more}


class Escaped(JSONResponse):
    """Also half a character can be told in it."""

    def render(self, content: Any) -> bytes:
        return json.dumps(content).encode()


@dataclass
class Site:
    """``refuse`` answers before anything else is looked at: (path, query) to a status and a message. ``feed``
    are the events of the project, ``heard`` of them in one answer."""

    tasks: Sequence[Body] = ()
    subtasks: Mapping[str, Sequence[Body]] = field(default_factory=dict)
    stories: Mapping[str, Sequence[Body]] = field(default_factory=dict)
    lists: Mapping[str, Sequence[Body]] = field(default_factory=dict)
    objects: Mapping[str, Body] = field(default_factory=dict)
    refuse: Callable[[str, Mapping[str, str]], Refusal | None] = lambda *_: None
    feed: list[Body] = field(default_factory=list)
    heard: int = 100
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    batches: list[list[str]] = field(default_factory=list)

    def every(self) -> dict[str, Body]:
        under = [one for part in self.subtasks.values() for one in part]
        return {one["gid"]: one for one in (*self.tasks, *under)} | dict(self.objects)

    def listing(self, path: str, query: Mapping[str, str]) -> Sequence[Body] | None:
        match path.strip("/").split("/"):
            case ["projects", gid, "tasks"] if gid == PROJECT:
                return self.tasks
            case ["tasks"]:
                return [one for one in self.tasks if one["modified_at"] >= query["modified_since"]]
            case ["tasks", gid, "subtasks"] if gid in self.every():
                return self.subtasks.get(gid, ())
            case ["tasks", gid, "stories"] if gid in self.every():
                return self.stories.get(gid, ())
            case ["projects", gid, "sections" | "custom_field_settings"] if gid == PROJECT:
                return self.lists.get(path, ())
            case ["users" | "custom_types" | "status_updates" | "time_tracking_entries"]:
                return self.lists.get(path, ())
            case ["allocations" | "budgets" | "rates" | "ooo_entries"]:
                return self.lists.get(path, ())
        return self.lists.get(path)

    def one(self, path: str) -> Body | None:
        known = {
            "/users/me": person(11, "Ada", workspaces=[{"gid": WORKSPACE, "name": "Northlight"}]),
            f"/projects/{PROJECT}": {
                "gid": PROJECT, "name": "Portal", "workspace": {"gid": WORKSPACE},
                "members": [{"gid": "11", "name": "Ada"}, {"gid": "12", "name": "Ben"}],
            },
            **self.objects,
        }  # fmt: skip
        if path in known:
            return known[path]
        return self.every().get(path.removeprefix("/tasks/")) if path.startswith("/tasks/") else None

    def answer(self, path: str, query: dict[str, str]) -> tuple[int, Any]:
        self.asked.append((path, query))
        if refusal := self.refuse(path, query):
            return refusal[0], {"errors": [{"message": refusal[1]}]}
        if path == "/events":
            return self.events(query.get("sync", ""))
        if (found := self.listing(path, query)) is not None:
            limit, start = int(query.get("limit", 1000)), int(query.get("offset", "o0")[1:])
            following = {"offset": f"o{start + limit}", "path": "/api/1.0/api/1.0/x"}
            more = start + limit < len(found)
            return 200, {"data": found[start : start + limit], "next_page": following if more else None}
        if (body := self.one(path)) is not None:
            return 200, {"data": body}
        return 404, {"errors": [{"message": f"{path}: Not a recognized ID"}]}

    def events(self, sync: str) -> tuple[int, Any]:
        """Tokens are ``s`` and a place in the feed."""
        if not sync.startswith("s"):
            body = {"errors": [{"message": "Sync token invalid or too old"}], "sync": f"s{len(self.feed)}"}
            return 412, body
        start = int(sync[1:])
        end = min(start + self.heard, len(self.feed))
        more = end < len(self.feed)
        return 200, {"data": self.feed[start:end], "sync": f"s{end}", "has_more": more}

    async def get(self, request: Request) -> JSONResponse:
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return JSONResponse({"errors": [{"message": "Not Authorized"}]}, 401)
        status, body = self.answer("/" + request.path_params["path"], dict(request.query_params))
        return Escaped(body, status, headers={"retry-after": "30"} if status == 429 else None)

    async def batch(self, request: Request) -> JSONResponse:
        actions = (await request.json())["data"]["actions"]
        self.batches.append([action["relative_path"] for action in actions])
        answers = [self.answer(action["relative_path"], _query(action)) for action in actions]
        return Escaped({"data": [{"status_code": status, "body": body} for status, body in answers]})

    def times(self, path: str) -> int:
        return sum(seen == path for seen, _ in self.asked)


def _query(action: Body) -> dict[str, str]:
    """As the same would be asked for by itself."""
    options = {name: str(value) for name, value in action["options"].items() if name != "fields"}
    fields = {"opt_fields": ",".join(action["options"].get("fields", ()))}
    return {name: str(value) for name, value in {**action["data"], **options, **fields}.items()}


@contextmanager
def running(site: Site) -> Iterator[str]:
    routes = [Route("/batch", site.batch, methods=["POST"]), Route("/{path:path}", site.get)]
    with serving(Starlette(routes=routes)) as base:
        yield base


@asynccontextmanager
async def connector(site: Site, time: FakeTime | None = None, **settings: Any) -> AsyncIterator[Connector]:
    with running(site) as base:
        given = {"token": TOKEN, "base_url": base, **settings}
        made = connect(AsanaSettings.model_validate(given), (time or FakeTime()).timing)
        try:
            yield made
        finally:
            await made.aclose()


def ids(pages: Sequence[Page], kind: str = "item") -> list[str]:
    return [record.id for page in pages for record in page.records if record.kind == kind]
