"""Jira Data Center as an HTTP server: one installation below a context path, read by one account.

Follows docs.atlassian.com/software/jira/docs/api/REST (version 2; nothing of Jira Cloud's version 3) and
docs.atlassian.com/jira-software/REST. Nothing can be written but webhooks; what else the vendor
can do is not here.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from sandbox import jira_dc_lists, jira_dc_projects, jira_dc_search, jira_webhook_routes
from sandbox.jira_dc_desk import CREDENTIALS, Desk, said_of
from sandbox.jira_http import Refused, refuse
from sandbox.jira_jql_tokens import JqlError
from sandbox.options import SandboxOptions
from sandbox.world import World

__all__ = ["CONTEXT", "CREDENTIALS", "app"]

CONTEXT = "/jira"
"""Everything lives below it, as on most installations."""
_PLATFORM = (*jira_dc_lists.ROUTES, *jira_dc_projects.ROUTES, *jira_dc_search.ROUTES)


def app(world: World, options: SandboxOptions, ticks: Callable[[], float] = time.monotonic) -> Starlette:
    """``ticks`` is the clock of the rate limit, in seconds."""
    desk = Desk(world, options, ticks)
    routes = [
        desk.route(method, f"{CONTEXT}/rest/api/{version}{path}", handler)
        for version in ("2", "latest")
        for method, path, handler in _PLATFORM
    ]
    routes += [
        desk.route(method, f"{CONTEXT}/rest/agile/1.0{path}", handler)
        for method, path, handler in jira_dc_projects.AGILE
    ]
    routes += [
        desk.route(method, f"{CONTEXT}{path}", handler)
        for method, path, handler in jira_webhook_routes.routes(desk.hooks.form)
    ]
    return Starlette(
        routes=routes,
        exception_handlers={Refused: _refused, JqlError: _bad_query, 404: _nothing, 405: _nothing},
    )


async def _refused(request: Request, error: Exception) -> Response:
    if not isinstance(error, Refused):
        raise error
    headers = error.headers | said_of(request)
    if isinstance(error.body, str):
        return HTMLResponse(error.body, error.status, headers)
    return JSONResponse(error.body, error.status, headers)


async def _bad_query(request: Request, error: Exception) -> Response:
    return await _refused(request, refuse(400, *error.args))


async def _nothing(request: Request, error: Exception) -> Response:
    """A path that the installation does not have: a page of the REST framework, or of Jira itself."""
    status = getattr(error, "status_code", 404)
    if request.url.path.startswith(f"{CONTEXT}/rest/"):
        body = {"message": f"null for uri: {request.url}", "status-code": status}
        return JSONResponse(body, status, said_of(request))
    return HTMLResponse("<html><head><title>Oops, you've found a dead link.</title></head></html>", status)
