"""A Jira that keeps webhooks, in the form of Cloud, of Data Center 9 or of Data Center 10. No test."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connectors import jira_cloud, jira_dc
from connectors.base import Watch, Watching
from connectors.jira_cloud_settings import JiraCloudSettings
from connectors.jira_dc_settings import JiraDcSettings
from tests.faketime import FakeTime
from tests.loopback import serving

Edition = Literal["cloud", "9.12.0", "10.3.4"]
OLD, NEW = "/rest/webhooks/1.0/webhook", "/rest/jira-webhook/1.0/webhooks"
URL = "https://pmo.example/webhooks/jira/token"
WATCH = Watch(callback_url=URL, secret="a fresh secret")
FURTHER = "https://elsewhere.example/hook"


@dataclass
class HookSite:
    """``hooks`` are what it keeps, by id, as it tells them; ``secrets`` it tells nobody. ``page`` is the most
    that one answer lists; ``refuses`` replaces every answer about webhooks."""

    edition: Edition
    hooks: dict[str, dict[str, Any]] = field(default_factory=dict)
    secrets: dict[str, str | None] = field(default_factory=dict)
    page: int = 50
    refuses: int | None = None
    stranger: bool = False
    asked: list[str] = field(default_factory=list)
    base: str = ""
    made: int = 0

    @property
    def path(self) -> str:
        return NEW if self.edition == "10.3.4" else OLD

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[Watching]:
        app = Starlette(routes=[Route("/{path:path}", self._answer, methods=["GET", "POST", "DELETE"])])
        with serving(app) as self.base:
            made = self._connector()
            try:
                yield made
            finally:
                await made.aclose()

    def _connector(self) -> Any:
        timing, given = FakeTime().timing, {"base_url": self.base, "token": "a-token-of-an-administrator"}
        if self.edition == "cloud":
            settings = JiraCloudSettings.model_validate({**given, "email": "ada@acme.example"})
            return jira_cloud.connect(settings, timing)
        return jira_dc.connect(JiraDcSettings.model_validate(given), timing)

    async def _answer(self, request: Request) -> Response:
        path, body = request.url.path, await request.body()
        name = "anonymous" if self.stranger else "ada"
        if not path.startswith(self.path):
            return JSONResponse(*self._about(path), headers={"x-ausername": name})
        self.asked.append(f"{request.method} {path.removeprefix(self.path)}")
        status, told = self._hooks(
            request, path.removeprefix(self.path).strip("/"), json.loads(body or b"{}")
        )
        if told is None:
            return Response(status_code=status, headers={"x-ausername": name})
        return JSONResponse(told, status, headers={"x-ausername": name})

    def _about(self, path: str) -> tuple[Any, int]:
        if path.endswith("/serverInfo"):
            numbers = [int(one) for one in self.edition.split(".")] if self.edition != "cloud" else [1001, 0]
            return {"baseUrl": self.base, "version": self.edition, "versionNumbers": numbers}, 200
        if path.endswith("/myself") and not self.stranger:
            return {"accountId": "ada", "name": "ada"}, 200
        return {"message": "Client must be authenticated"}, 401

    def _hooks(self, request: Request, id: str, body: Mapping[str, Any]) -> tuple[int, Any]:
        if self.stranger or self.refuses:
            return self.refuses or 401, {"message": "no"}
        if request.method == "POST":
            self.made += 1
            return 201, self.keep(str(70 + self.made), body)
        if request.method == "DELETE":
            return (204, None) if self.hooks.pop(id, None) else (404, {"message": "no such webhook"})
        start, limit = int(request.query_params.get("start", 0)), int(request.query_params.get("limit", 1000))
        if self.edition != "10.3.4":
            return 200, list(self.hooks.values())
        return 200, list(self.hooks.values())[start : start + min(limit, self.page)]

    def keep(self, id: str, body: Mapping[str, Any]) -> dict[str, Any]:
        if self.edition == "10.3.4":
            how = dict(body["configuration"])
            self.secrets[id] = how.pop("SECRET", None)
            self.hooks[id] = {**body, "id": int(id), "configuration": how}
        else:
            told = {key: value for key, value in body.items() if key != "secret"}
            self.secrets[id] = body.get("secret")
            signed = {"isSigned": bool(body.get("secret"))} if self.edition == "cloud" else {}
            self.hooks[id] = {**told, **signed, "enabled": True, "self": f"{self.base}{OLD}/{id}"}
        return self.hooks[id]

    def strange(self, *ids: str) -> None:
        """Webhooks of somebody else."""
        for id in ids:
            self.keep(id, {"name": "theirs", "url": FURTHER, "events": [], "configuration": {}})

    def ids(self, url: str = URL) -> Sequence[str]:
        return [id for id, hook in self.hooks.items() if hook["url"] == url]
