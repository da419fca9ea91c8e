"""Trello as an HTTP server: credentials, rate limits, batches and error bodies around the routes.

https://developer.atlassian.com/cloud/trello/guides/rest-api/authorization/
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from sandbox.options import SandboxOptions
from sandbox.quirks import Quirks
from sandbox.reworked import Reworks
from sandbox.trello_boards import site_of
from sandbox.trello_budgets import Budgets
from sandbox.trello_query import Query
from sandbox.trello_refusals import Refused, invalid_value, no_route, unauthorized
from sandbox.trello_routes import answer
from sandbox.trello_shelf import Body, TrelloSite
from sandbox.trello_webhooks import PATH, SECRET, Hooks
from sandbox.world import World

KEY = "5ca1ab1e5ca1ab1e5ca1ab1e5ca1ab1e"
TOKEN = "ATTA" + "0ddba11c0ffee" * 5 + "5eed1e55"
CREDENTIALS: Mapping[str, str] = MappingProxyType({"key": KEY, "token": TOKEN, "secret": SECRET})
"""Of the story's reader; the secret signs what webhooks tell."""
BATCH_MOST = 10
_OAUTH = re.compile(r'(\w+)="([^"]*)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """What a request meets before the routes. ``site`` is asked anew for each request."""

    site: Callable[[], TrelloSite]
    now: Callable[[], datetime]
    quirks: Quirks = field(default_factory=Quirks)
    budgets: Budgets | None = None
    hooks: Hooks | None = None

    def respond(self, request: Request, body: bytes) -> Response:
        path = request.url.path.removeprefix("/1").rstrip("/")
        headers = self.budgets.headers() if self.budgets else {}
        try:
            value = self._value(request, path, body)
        except Refused as refused:
            return self._refusal(refused, headers)
        if isinstance(value, Response):
            return value
        return JSONResponse(value, headers=self.budgets.headers() if self.budgets else {})

    def _value(self, request: Request, path: str, body: bytes) -> Any:
        params = {**dict(request.query_params), **_given(request, body)}
        key, token = _credentials(request, params)
        if key != KEY:
            raise unauthorized("invalid key")
        refusal = self.budgets and self.budgets.refusal(path, self.now())
        if refusal:
            raise refusal
        if not token:
            token = _in_path(path)
        if not token:
            raise unauthorized("unauthorized permission requested")
        if token != TOKEN:
            raise unauthorized("invalid token")
        if self.hooks and PATH.fullmatch(path):
            _check_token(path)
            return self.hooks.answer(request.method, path, params)
        if request.method != "GET":
            raise no_route(request.method, f"/1{path}")
        site = self.site()
        if path == "/batch":
            return self._batch(site, params.get("urls", ""))
        return self._answer(site, path, params)

    def _answer(self, site: TrelloSite, path: str, params: Mapping[str, str]) -> Any:
        _check_token(path)
        token = _token_body(site.me, self.now())
        token["webhooks"] = self.hooks.listed() if self.hooks else []
        return answer(site, Query(params, self.quirks), path, token)

    def _batch(self, site: TrelloSite, urls: str) -> list[Any]:
        """developer.atlassian.com/cloud/trello/rest/api-group-batch: ten GET urls, each entry by itself."""
        wanted = [url for url in urls.split(",") if url]
        if not wanted or len(wanted) > BATCH_MOST:
            raise invalid_value("urls")
        return [self._entry(site, url) for url in wanted if not url.startswith("/batch")]

    def _entry(self, site: TrelloSite, url: str) -> Any:
        path, _, query = url.partition("?")
        try:
            return {"200": self._answer(site, path, dict(parse_qsl(query, keep_blank_values=True)))}
        except Refused as refused:
            return {"name": refused.name, "message": refused.message, "statusCode": refused.status}

    def _refusal(self, refused: Refused, headers: Mapping[str, str]) -> Response:
        if isinstance(refused.body, str) and (refused.status != 401 or self.quirks.text_401):
            return PlainTextResponse(refused.body, refused.status, headers)
        body = {"message": refused.body} if isinstance(refused.body, str) else refused.body
        return JSONResponse(body, refused.status, headers)


def app(world: World, options: SandboxOptions) -> Starlette:
    """Trello telling the story."""
    kept: list[tuple[int, TrelloSite]] = []
    reworks = Reworks(world, "trello")

    def site() -> TrelloSite:
        if not kept or kept[0][0] != world.revision:
            kept[:] = [(world.revision, site_of(world, reworks, options.quirks))]
        return kept[0][1]

    door = Door(
        site=site,
        now=world.clock_of("trello"),
        quirks=options.quirks,
        budgets=Budgets() if options.budgets else None,
        hooks=Hooks(world, site, reworks, options.quirks),
    )
    return open_door(door)


def open_door(door: Door) -> Starlette:
    """Any site as an app: the story's, or one made of recorded boards."""

    async def serve(request: Request) -> Response:
        return door.respond(request, await request.body())

    return Starlette(routes=[Route("/1/{path:path}", serve, methods=["GET", "POST", "PUT", "DELETE"])])


def _credentials(request: Request, params: Mapping[str, str]) -> tuple[str, str]:
    """From the header in its OAuth form, else from the query."""
    header = request.headers.get("authorization", "")
    if header.startswith("OAuth "):
        given = dict(_OAUTH.findall(header))
        return given.get("oauth_consumer_key", ""), given.get("oauth_token", "")
    return params.get("key", ""), params.get("token", "")


def _given(request: Request, body: bytes) -> Mapping[str, Any]:
    """What a body says, as JSON or as a form; Trello reads either like the query."""
    if not body or request.method == "GET":
        return {}
    if request.headers.get("content-type", "").startswith("application/json"):
        try:
            told = json.loads(body)
        except ValueError:
            raise Refused(400, "Error parsing body: invalid JSON") from None
        return told if isinstance(told, dict) else {}
    return dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))


def _in_path(path: str) -> str:
    """The token that a path names: what is kept of it may be asked for with no other."""
    named = re.match(r"/tokens/([^/]+)", path)
    return named[1] if named else ""


def _check_token(path: str) -> None:
    if _in_path(path) not in ("", TOKEN):
        raise unauthorized("invalid token")


def _token_body(me: Body, now: datetime) -> dict[str, Any]:
    created = now.replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
    return {
        "id": "5a00000000000000000000a1",
        "identifier": "TS PMO",
        "idMember": me["id"],
        "dateCreated": f"{created:%Y-%m-%dT%H:%M:%S}.000Z",
        "dateExpires": None,
        "permissions": [
            {"idModel": id, "modelType": kind, "read": True, "write": False}
            for id, kind in ((me["id"], "Member"), ("*", "Board"), ("*", "Organization"))
        ],
    }
