"""Smartsheet as an HTTP server: the token, the rate limit and error bodies around the routes.

https://developers.smartsheet.com/api/smartsheet/guides/basics/authentication
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.conditions import Conditions
from sandbox.options import SandboxOptions
from sandbox.quirks import Quirks
from sandbox.reworked import Reworks
from sandbox.smartsheet_budget import WEIGHT_OF_HISTORY, Minute
from sandbox.smartsheet_columns import Body
from sandbox.smartsheet_query import Query
from sandbox.smartsheet_refusals import (
    BAD_ASSUMED,
    BAD_BODY,
    BAD_TOKEN,
    EXPIRED,
    NO_METHOD,
    NO_TOKEN,
    TOO_MANY,
    Refused,
)
from sandbox.smartsheet_routes import answer, server_info
from sandbox.smartsheet_site import Ledger, Site, site_of
from sandbox.smartsheet_webhooks import PATH, Hooks
from sandbox.world import World

CREDENTIALS: Mapping[str, str] = MappingProxyType({"token": "Nl5heetR3aderNl5heetR3aderNl5heetR3ad"})
FORMER_TOKEN = CREDENTIALS["token"][::-1]
"""The one before, which has expired."""
METHODS = ("GET", "POST", "PUT", "DELETE")


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """What a request meets before the routes. ``site`` is asked anew for each request."""

    site: Callable[[], Site]
    now: Callable[[], datetime]
    quirks: Quirks
    conditions: Conditions
    hooks: Hooks
    budget: Minute | None

    def respond(self, request: Request, raw: bytes) -> Response:
        path = request.url.path.removeprefix("/2.0").rstrip("/")
        try:
            body = self._body(request, path, raw)
        except Refused as refused:
            told = refused.body(f"{request.method} {request.url}")
            return JSONResponse(told, refused.status, self._headers(refused))
        if isinstance(body, Response):
            return body
        return JSONResponse(body if self.quirks.number_ids else _text_ids(body))

    def _body(self, request: Request, path: str, raw: bytes) -> Any:
        if request.method == "GET" and path == "/serverinfo":
            return server_info()
        _check(request)
        weight = WEIGHT_OF_HISTORY if path.endswith("/history") else 1
        if self.budget and not self.budget.take(weight, self.now()):
            raise Refused(TOO_MANY)
        query = Query(dict(request.query_params), self.quirks, self.conditions)
        if PATH.fullmatch(path):
            return self.hooks.answer(request.method, path, query, _given(raw))
        if request.method != "GET":
            raise Refused(NO_METHOD)
        return answer(self.site(), query, path)

    def _headers(self, refused: Refused) -> Mapping[str, str]:
        kinder = refused.code == TOO_MANY and not self.quirks.silent_limit
        return {"Retry-After": "60"} if kinder else {}


def app(world: World, options: SandboxOptions) -> Starlette:
    """Smartsheet telling the story."""
    ledger, kept = Ledger(Reworks(world, "smartsheet")), list[tuple[int, Site]]()

    def site() -> Site:
        if not kept or kept[0][0] != world.revision:
            kept[:] = [(world.revision, site_of(world, ledger))]
        return kept[0][1]

    site()  # so that versions count from before the first edit
    budget = Minute() if options.budgets else None
    door = Door(
        site=site,
        now=world.clock_of("smartsheet"),
        quirks=options.quirks,
        conditions=world.conditions["smartsheet"],
        hooks=Hooks(world, site, ledger.reworks),
        budget=budget,
    )

    async def serve(request: Request) -> Response:
        return door.respond(request, await request.body())

    return Starlette(routes=[Route("/2.0/{path:path}", serve, methods=list(METHODS))])


def _check(request: Request) -> None:
    """A token of another region is one that this region does not know."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Refused(NO_TOKEN)
    if token == FORMER_TOKEN:
        raise Refused(EXPIRED)
    if token != CREDENTIALS["token"]:
        raise Refused(BAD_TOKEN)
    if "assume-user" in request.headers:
        raise Refused(BAD_ASSUMED)


def _given(raw: bytes) -> Body:
    """The object in a body; none is an empty one. Raises Refused."""
    try:
        told = json.loads(raw or b"{}")
    except ValueError as error:
        raise Refused(BAD_BODY, error) from error
    if not isinstance(told, dict):
        raise Refused(BAD_BODY, "it is not an object")
    return told


def _text_ids(body: Any) -> Any:
    if isinstance(body, list):
        return [_text_ids(one) for one in body]
    if not isinstance(body, dict):
        return body
    return {
        key: str(value) if key.lower().endswith("id") and isinstance(value, int) else _text_ids(value)
        for key, value in body.items()
    }
