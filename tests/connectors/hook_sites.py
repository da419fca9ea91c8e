"""Asana, Trello and Smartsheet as far as they keep webhooks, each over its connector. No test."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connectors.base import Delivery, Received, ScopeRecord, Watch
from connectors.registry import TRACKERS
from tests.faketime import FakeTime
from tests.loopback import serving

URL = "https://pmo.example/webhooks/here/token-that-nobody-can-guess"
FURTHER = "https://elsewhere.example/hook"
Body = Mapping[str, Any]
Told = tuple[int, Any]


@dataclass
class HookSite:
    """``hooks`` are what it keeps, by id, as it tells them. ``deaf``: nobody answers at our address.
    ``refuses`` is the answer to every change, and ``dead`` is our token."""

    hooks: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    refuses: Told | None = None
    dead: bool = False
    deaf: bool = False
    made: int = 0
    _receive: Callable[[Delivery, Watch], Received] | None = None

    tracker: ClassVar[str]
    given: ClassVar[Body]
    scope: ClassVar[ScopeRecord]
    address: ClassVar[str]
    on: ClassVar[str]
    denied: ClassVar[Told]
    path: ClassVar[str] = "/webhooks"

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[Any]:
        app = Starlette(routes=[Route("/{path:path}", self._serve, methods=["GET", "POST", "PUT", "DELETE"])])
        with serving(app) as base:
            known = TRACKERS[self.tracker]
            settings = known.settings.model_validate({"base_url": base, **self.given})
            made: Any = known.connect(settings, FakeTime().timing)
            self._receive = made.receive
            try:
                yield made
            finally:
                await made.aclose()

    @property
    def watch(self) -> Watch:
        return Watch(callback_url=URL, scope_id=self.scope.id, secret="a fresh secret")

    def reply(self, body: bytes = b"", method: str = "POST", **headers: str) -> Received:
        """What it hears at our address while it makes a webhook, or switches one on."""
        if self.deaf or self._receive is None:
            return Received(status=404)
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        delivery = Delivery(method=method, path="/", headers=told, body=body)
        return self._receive(delivery, replace(self.watch, making=True))

    async def _serve(self, request: Request) -> Response:
        path, body = request.url.path, await request.body()
        self.asked.append(f"{request.method} {path}")
        if self.dead:
            return _answer(*self.denied)
        if request.method == "GET" and not path.startswith(f"{self.path}/"):
            return _answer(*self.listed(path, request.query_params))
        id = path.removeprefix(self.path).strip("/")
        if request.method != "GET" and self.refuses is not None:
            return _answer(*self.refuses)
        if id and id not in self.hooks:
            return _answer(404, {"errors": [], "errorCode": 1006, "message": "Not Found"})
        return _answer(*self.kept(request.method, id, json.loads(body or b"{}")))

    def kept(self, method: str, id: str, body: Body) -> Told:
        if method == "POST":
            self.made += 1
            return self.make(str(7000 + self.made), body)
        if method == "PUT":
            self.hooks[id] |= body
            return 200, self.hooks[id]
        if method == "DELETE":
            del self.hooks[id]
            return 200, {}
        return 200, self.hooks[id]

    def listed(self, path: str, query: Body) -> Told:
        raise NotImplementedError

    def make(self, id: str, body: Body) -> Told:
        raise NotImplementedError

    def row(self, id: str, url: str = URL, scope: str | None = None) -> dict[str, Any]:
        """A good webhook of ours."""
        raise NotImplementedError

    def keep(self, *ids: str, url: str = URL, scope: str | None = None) -> None:
        for id in ids:
            self.hooks[id] = self.row(id, url, scope)

    def ids(self, url: str = URL) -> Sequence[str]:
        return [id for id, hook in self.hooks.items() if hook[self.address] == url]

    def changes(self) -> Sequence[str]:
        return [call for call in self.asked if not call.startswith("GET")]


def _answer(status: int, body: Any) -> Response:
    return Response(body, status) if isinstance(body, str) else JSONResponse(body, status)


class AsanaSite(HookSite):
    tracker = "asana"
    given: ClassVar[Body] = {"token": "1/5500:abcdef0123456789"}
    scope = ScopeRecord(id="900", kind="project", name="Portal", url="https://app.asana.com/0/900")
    address, on = "target", "active"
    denied = (401, {"errors": [{"message": "Not Authorized"}]})
    secret = "b537207f20cbfa02357cf448134da559"

    def row(self, id: str, url: str = URL, scope: str | None = None) -> dict[str, Any]:
        resource = {"gid": scope or self.scope.id, "resource_type": "project"}
        return {"gid": id, "target": url, "resource": resource, "active": True, "filters": []}

    def make(self, id: str, body: Body) -> Told:
        """https://developers.asana.com/docs/webhooks-guide : one a resource and target."""
        target, resource = body["data"]["target"], body["data"]["resource"]
        if any(
            (hook["target"], hook["resource"]["gid"]) == (target, resource) for hook in self.hooks.values()
        ):
            return 403, {"errors": [{"message": f"Duplicated webhook to {target}. Delete the old one."}]}
        told = self.reply(b"{}", x_hook_secret=self.secret)
        if told.headers.get("X-Hook-Secret") != self.secret:
            return 400, {"errors": [{"message": "The remote server did not respond with the secret."}]}
        self.keep(id, url=target, scope=resource)
        return 201, {"data": {**self.hooks[id], "active": False}, "X-Hook-Secret": self.secret}

    def listed(self, path: str, query: Body) -> Told:
        if path == "/projects/900":
            return 200, {"data": {"gid": "900", "workspace": {"gid": "77"}}}
        if path == "/workspaces":
            return 200, {"data": [{"gid": "77", "name": "Northlight"}]}
        found = [
            hook for hook in self.hooks.values()
            if query["workspace"] == "77" and query.get("resource") in (None, hook["resource"]["gid"])
        ]  # fmt: skip
        start = int(query.get("offset", "o0")[1:])
        following = {"offset": f"o{start + 2}"} if start + 2 < len(found) else None
        return 200, {"data": found[start : start + 2], "next_page": following}


class TrelloSite(HookSite):
    tracker = "trello"
    given: ClassVar[Body] = {"key": "k" * 32, "token": "t" * 64, "secret": "s" * 64}
    scope = ScopeRecord(
        id="66a000000000000000000b0a", kind="board", name="Board", url="https://trello.com/b/x"
    )
    address, on, path = "callbackURL", "active", "/1/webhooks"
    denied = (401, "invalid token")

    def row(self, id: str, url: str = URL, scope: str | None = None) -> dict[str, Any]:
        return {
            "id": id, "callbackURL": url, "idModel": scope or self.scope.id, "active": True,
            "consecutiveFailures": 0, "firstConsecutiveFailDate": None,
        }  # fmt: skip

    def make(self, id: str, body: Body) -> Told:
        url, board = body["callbackURL"], body["idModel"]
        if any((hook["callbackURL"], hook["idModel"]) == (url, board) for hook in self.hooks.values()):
            return 400, "A webhook with that callback, model, and token already exists"
        if self.reply(method="HEAD").status != 200:
            return 400, {"message": f"URL ({url}) did not return 200 status code, got 404"}
        self.keep(id, url=url, scope=board)
        return 200, self.hooks[id]

    def listed(self, path: str, query: Body) -> Told:
        assert (path, query["webhooks"]) == ("/1/members/me/tokens", "true")
        every = list(self.hooks.values())
        return 200, [{"id": "1", "webhooks": every[:2]}, {"id": "2"}, {"id": "3", "webhooks": every[1:]}]


class SmartsheetSite(HookSite):
    tracker = "smartsheet"
    given: ClassVar[Body] = {"token": "JKlMNOpQ12RStUVwxYZAbcde3F5g6h"}
    scope = ScopeRecord(
        id="4583173393803140", kind="sheet", name="Rollout", url="https://app.smartsheet.com/x"
    )
    address, on, path = "callbackUrl", "enabled", "/2.0/webhooks"
    denied = (401, {"errorCode": 1002, "message": "Your Access Token is invalid."})

    def row(self, id: str, url: str = URL, scope: str | None = None) -> dict[str, Any]:
        return {
            "id": int(id), "callbackUrl": url, "scope": "sheet", "scopeObjectId": int(scope or self.scope.id),
            "events": ["*.*"], "enabled": True, "status": "ENABLED", "sharedSecret": f"secret of {id}",
        }  # fmt: skip

    def make(self, id: str, body: Body) -> Told:
        self.hooks[id] = {**self.row(id), **body, "enabled": False, "status": "NEW_NOT_VERIFIED"}
        return 200, {"resultCode": 0, "result": self.hooks[id]}

    def kept(self, method: str, id: str, body: Body) -> Told:
        """Switched on, it asks at our address first."""
        status, told = super().kept(method, id, body)
        if method == "PUT":
            value = "1b4d2c3e"
            asked = json.dumps({"challenge": value, "webhookId": int(id)}).encode()
            reply = self.reply(asked, smartsheet_hook_challenge=value)
            good = (reply.status, reply.headers.get("Smartsheet-Hook-Response")) == (200, value)
            told["status"] = "ENABLED" if good else "DISABLED_VERIFICATION_FAILED"
            told["enabled"] = good
            return status, {"resultCode": 0, "result": told}
        return status, told

    def listed(self, path: str, query: Body) -> Told:
        assert path == "/2.0/webhooks"
        every, page = list(self.hooks.values()), int(query["page"])
        pages = [every[start : start + 2] for start in range(0, len(every), 2)] or [[]]
        return 200, {"totalCount": -1, "totalPages": -1, "data": pages[min(page, len(pages)) - 1]}


SITES: Sequence[type[HookSite]] = (AsanaSite, TrelloSite, SmartsheetSite)
