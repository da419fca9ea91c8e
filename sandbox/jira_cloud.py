"""Jira Cloud as an HTTP server: one site, read by one account with an API token.

Follows developer.atlassian.com/cloud/jira/platform/rest/v3 (and /rest/v2, where text is wiki instead of ADF)
and developer.atlassian.com/cloud/jira/software/rest. Nothing can be written but webhooks; what
else the vendor can do is not here.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox import (
    jira_cloud_agile,
    jira_cloud_issues,
    jira_cloud_lists,
    jira_cloud_projects,
    jira_cloud_search,
    jira_webhook_routes,
)
from sandbox.jira_cloud_desk import CREDENTIALS, Desk
from sandbox.jira_http import Refused, refuse, refused
from sandbox.jira_jql_tokens import JqlError
from sandbox.jira_paging import BadToken
from sandbox.options import SandboxOptions
from sandbox.world import World

__all__ = ["CREDENTIALS", "app"]

_PLATFORM = (
    *jira_cloud_lists.ROUTES,
    *jira_cloud_search.ROUTES,
    *jira_cloud_projects.ROUTES,
    *jira_cloud_issues.ROUTES,
)


def app(world: World, options: SandboxOptions, ticks: Callable[[], float] = time.monotonic) -> Starlette:
    """``ticks`` is the clock of the burst limit, in seconds."""
    desk = Desk(world, options, ticks)
    routes = [
        desk.route(method, f"/rest/api/{version}{path}", handler)
        for version in ("3", "2")
        for method, path, handler in _PLATFORM
    ]
    agile = [
        desk.route(method, f"/rest/agile/1.0{path}", handler)
        for method, path, handler in jira_cloud_agile.ROUTES
    ]
    hooks = [desk.route(*one) for one in jira_webhook_routes.routes(desk.hooks.form)]
    return Starlette(
        routes=[*routes, *agile, *hooks],
        middleware=[Middleware(_Naming, desk=desk)],
        exception_handlers={
            Refused: refused,
            JqlError: _bad_query,
            BadToken: _bad_token,
            404: _nothing,
            405: _nothing,
        },
    )


class _Naming:
    """Says in each answer for which account it was made (…/rest/v3/intro, Special headers)."""

    def __init__(self, app: ASGIApp, desk: Desk) -> None:
        self._app = app
        self._desk = desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        name = self._desk.name(Request(scope))

        async def named(message: Message) -> None:
            if name and message["type"] == "http.response.start":
                message["headers"].append((b"x-aaccountid", name.encode()))
            await send(message)

        await self._app(scope, receive, named)


async def _bad_query(request: Request, error: Exception) -> Response:
    return await refused(request, refuse(400, *error.args))


async def _bad_token(request: Request, _error: Exception) -> Response:
    """The vendor's sentence comes in the account's language; this wording is not theirs."""
    return await refused(request, refuse(400, "The provided next page token is invalid or has expired."))


async def _nothing(request: Request, error: Exception) -> Response:
    """A path that the site does not have."""
    status = getattr(error, "status_code", 404)
    body = {"message": f"null for uri: {request.url.path}", "status-code": status}
    return JSONResponse(body, status)
