"""Where administrators of a Jira keep webhooks. The account of the story may do so; a stranger may not."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.jira_catalogue import Body
from sandbox.jira_hook import Form, Hook
from sandbox.jira_http import Refused, number, refuse, unauthorised
from sandbox.jira_webhooks import Hooks

MOST = 50
"""On one page, where the listing has pages."""


class Desk(Protocol):
    @property
    def hooks(self) -> Hooks: ...
    def signed_in(self, request: Request) -> bool: ...


Handler = Callable[[Desk, Request], Awaitable[Response]]


async def _listed(desk: Desk, request: Request) -> Response:
    hooks = _hooks(desk, request)
    kept = list(hooks.kept.values())
    if not hooks.form.paged:
        return JSONResponse([hooks.form.tell(hook) for hook in kept])
    start, limit = number(request, "start", 0), number(request, "limit", MOST)
    counted = request.query_params.get("statistics", "").lower() == "true"
    return JSONResponse(
        [
            {**hooks.form.tell(hook), **({"statistics": hook.statistics()} if counted else {})}
            for hook in kept[start : start + min(limit, MOST)]
        ]
    )


async def _made(desk: Desk, request: Request) -> Response:
    hooks = _hooks(desk, request)
    return JSONResponse(hooks.form.tell(hooks.make(await _given(request))), 201)


async def _one(desk: Desk, request: Request) -> Response:
    hooks, hook = _found(desk, request)
    return JSONResponse(hooks.form.tell(hook))


async def _changed(desk: Desk, request: Request) -> Response:
    hooks, hook = _found(desk, request)
    return JSONResponse(hooks.form.tell(hooks.change(hook, await _given(request))))


async def _removed(desk: Desk, request: Request) -> Response:
    hooks, hook = _found(desk, request)
    del hooks.kept[hook.id]
    return Response(status_code=204)


def routes(form: Form) -> Sequence[tuple[str, str, Handler]]:
    """Method, path below the site, handler."""
    return (
        ("GET", form.path, _listed),
        ("POST", form.path, _made),
        ("GET", f"{form.path}/{{id}}", _one),
        ("PUT", f"{form.path}/{{id}}", _changed),
        ("DELETE", f"{form.path}/{{id}}", _removed),
    )


def _hooks(desk: Desk, request: Request) -> Hooks:
    if not desk.signed_in(request):
        raise unauthorised()
    return desk.hooks


def _found(desk: Desk, request: Request) -> tuple[Hooks, Hook]:
    hooks, id = _hooks(desk, request), request.path_params["id"]
    hook = hooks.kept.get(int(id)) if id.isascii() and id.isdecimal() else None
    if hook is None:
        raise refuse(404, f"There is no webhook with the id {id}.")
    return hooks, hook


async def _given(request: Request) -> Body:
    try:
        told = json.loads(await request.body())
    except ValueError as error:
        raise Refused(400, {"errorMessages": ["There was an error parsing JSON."]}) from error
    if not isinstance(told, dict):
        raise refuse(400, "The body must be an object.")
    return told
