"""Asana as an HTTP server: token, rate limits, batches and error bodies around the routes.

https://developers.asana.com/reference/rest-api-reference . Nothing can be written but webhooks; what else the
vendor can do is not here.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.asana_budgets import FREE_A_MINUTE, Budgets, Limits
from sandbox.asana_call import Call, House
from sandbox.asana_events import Feed, Journal
from sandbox.asana_refusals import Refused, invalid, missing, no_route, not_authorized
from sandbox.asana_routes import answer
from sandbox.asana_site import Site
from sandbox.asana_things import Body
from sandbox.asana_webhooks import PATH, Hooks
from sandbox.options import SandboxOptions
from sandbox.world import World

CREDENTIALS: Mapping[str, str] = MappingProxyType({"token": "2/1201010101010101:5eed0ddba115eed0ddba11"})
"""Of the story's reader."""
ROOT = "/api/1.0"
BATCH_MOST = 10
NO_STORE = {"content-type": "application/json; charset=UTF-8", "cache-control": "no-store"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """What a request meets before the routes. ``site`` is asked anew for each request."""

    site: Callable[[], Site]
    now: Callable[[], datetime]
    house: House
    hooks: Hooks
    budgets: Budgets | None = None

    async def respond(self, request: Request) -> Response:
        try:
            value = await self._value(request)
            return value if isinstance(value, Response) else _json(200, value)
        except Refused as refused:
            return _json(refused.status, refused.body, refused.headers)

    async def _value(self, request: Request) -> Body | Response:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or token != CREDENTIALS["token"]:
            raise not_authorized()
        path = request.url.path.removeprefix(ROOT).rstrip("/")
        actions = _actions(await request.body()) if (request.method, path) == ("POST", "/batch") else None
        with self.budgets.spend(self._weight(actions), self.now()) if self.budgets else nullcontext():
            await asyncio.sleep(0)  # whoever asks at the same time is in flight now
            if actions is not None:
                return {"data": [self._entry(action) for action in actions]}
            params = dict(request.query_params)
            if PATH.fullmatch(path):
                given = _given(await request.body()) if request.method in ("POST", "PUT") else {}
                return self.hooks.answer(request.method, self._call(path, params), given)
            if request.method != "GET":
                raise no_route()
            return self._answer(path, params)

    def _weight(self, actions: list[Body] | None) -> int:
        """A batch counts as every request in it."""
        return len(actions) if actions and self.house.quirks.batch_counts_each else 1

    def _call(self, path: str, params: Mapping[str, str]) -> Call:
        return Call(house=self.house, site=self.site(), path=path, params=params, now=self.now())

    def _answer(self, path: str, params: Mapping[str, str]) -> Body:
        call = self._call(path, params)
        try:
            return answer(call)
        finally:
            if self.budgets:
                self.budgets.charge(call.show.cost)

    def _entry(self, action: Body) -> Body:
        """https://developers.asana.com/reference/batch-api : each action has a status of its own."""
        try:
            return {"status_code": 200, "headers": {}, "body": self._act(action)}
        except Refused as refused:
            return {"status_code": refused.status, "headers": refused.headers, "body": refused.body}

    def _act(self, action: Body) -> Body:
        path, options = action.get("relative_path"), action.get("options") or {}
        if not isinstance(path, str):
            raise missing("relative_path")
        if "?" in path:
            raise invalid("relative_path", "Query parameters belong into data")
        if str(action.get("method")).lower() != "get" or path.rstrip("/") == "/batch":
            raise no_route()
        params = {name: str(value) for name, value in (action.get("data") or {}).items()}
        params |= {name: str(options[name]) for name in ("limit", "offset") if name in options}
        if options.get("fields"):
            params["opt_fields"] = ",".join(options["fields"])
        return self._answer(path.rstrip("/"), params)


def app(
    world: World, options: SandboxOptions, limits: Limits | None = None, feed: Feed | None = None
) -> Starlette:
    """Asana telling the story. ``limits`` None: those of the plan; ``feed`` None: one that loses nothing."""
    quirks = options.quirks
    limits = limits or (Limits() if quirks.paid_plan else Limits(a_minute=FREE_A_MINUTE))
    journal = Journal(feed or Feed(), conditions=world.conditions["asana"])
    kept: list[tuple[int, Site]] = []

    def site() -> Site:
        if not kept or kept[0][0] != world.revision:
            fresh = Site(world.story, quirks)
            journal.follow(fresh, world.now("asana"))
            kept[:] = [(world.revision, fresh)]
        return kept[0][1]

    door = Door(
        site=site,
        now=world.clock_of("asana"),
        house=House(quirks=quirks, limits=limits, journal=journal, conditions=journal.conditions),
        hooks=Hooks(world, site, journal),
        budgets=Budgets(limits, quirks.refused_count, quirks.cost_limit) if options.budgets else None,
    )

    async def serve(request: Request) -> Response:
        return await door.respond(request)

    methods = ["GET", "POST", "PUT", "DELETE"]
    return Starlette(routes=[Route(f"{ROOT}/{{path:path}}", serve, methods=methods)])


def _given(raw: bytes) -> Body:
    """What a body holds under ``data``. Raises Refused."""
    try:
        told = json.loads(raw)
    except ValueError as error:
        raise Refused(400, "Could not parse request data, invalid JSON") from error
    data = told.get("data") if isinstance(told, dict) else None
    if not isinstance(data, dict):
        raise missing("data")
    return data


def _actions(raw: bytes) -> list[Body]:
    """The actions of a batch. Raises Refused for a body that holds no list of one to ten."""
    try:
        body = json.loads(raw)
        actions = body["data"]["actions"]
    except ValueError as error:
        raise Refused(400, "Could not parse request data, invalid JSON") from error
    except (KeyError, TypeError) as error:
        raise missing("actions") from error
    if not isinstance(actions, list) or not actions or not all(isinstance(one, dict) for one in actions):
        raise missing("actions")
    if len(actions) > BATCH_MOST:
        raise invalid("actions", f"A batch may hold at most {BATCH_MOST} actions")
    return actions


def _json(status: int, body: Any, headers: Mapping[str, str] | None = None) -> Response:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(text, status, {**NO_STORE, **(headers or {})})
