"""POST /v1/connections/{id}/sync and …/reconcile: work that is not waited for until its schedule comes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Path, Request, Response

from api import examples_work as examples
from api.access import principal, service
from api.asking import refuse_unknown
from api.documents import taken
from api.envelope import Answer, meta, reach
from api.problems import Conflict, Forbidden, Missing
from api.routing import versioned
from api.tables import JSON
from store.principal import Principal
from sync.requests import Requests, Ticket

ROUTER = versioned("operations")
Wish = Callable[[Requests, str], Awaitable[Ticket]]
ConnectionId = Annotated[
    str, Path(max_length=200, description="The connection's id, as in /v1/connections.", examples=["jira"])
]


@ROUTER.post(
    "/connections/{connection_id}/sync",
    summary="Read what changed",
    status_code=202,
    responses=taken(Answer[Ticket], examples.SYNC, problems=(404, 409)),
)
async def sync_connection(
    request: Request, who: Annotated[Principal, Depends(principal)], connection_id: ConnectionId
) -> Response:
    """For pmo and admin. A worker reads what changed in every scope of the connection; where that waits or
    runs already, this is the ticket of it. How far it is stands in /v1/runs."""
    return await _asked(request, who, connection_id, lambda requests, name: requests.read(name))


@ROUTER.post(
    "/connections/{connection_id}/reconcile",
    summary="Compare with the tracker",
    status_code=202,
    responses=taken(Answer[Ticket], examples.RECONCILE, problems=(404, 409)),
)
async def reconcile_connection(
    request: Request, who: Annotated[Principal, Depends(principal)], connection_id: ConnectionId
) -> Response:
    """For pmo and admin. A worker compares every scope of the connection with its tracker, item by item;
    where that waits or runs already, this is the ticket of it. What came of it stands in
    /v1/reconciliations."""
    return await _asked(request, who, connection_id, lambda requests, name: requests.reconcile(name))


async def _asked(request: Request, who: Principal, connection: str, wish: Wish) -> Response:
    refuse_unknown(request)
    if who.role not in ("pmo", "admin"):
        raise Forbidden(
            f"Work is asked for by somebody with the role pmo or admin, and this is {who.role}; an admin can "
            "make a key: tspmo keys create."
        )
    built = service(request)
    reader = built.store.reader(who, built.clock)
    if connection not in {one.id for one in await reader.connections()}:
        raise Missing(f"There is no connection {connection}; /v1/connections lists those that there are.")
    requests = built.options.requests
    if requests is None or not await requests.attended():
        raise Conflict(
            "No worker lives that would do it; whoever runs this installation can start tspmo serve or "
            "tspmo worker."
        )
    ticket = await wish(requests, connection)
    said = Answer(data=ticket, meta=meta(reach(await reader.coverage()), built.clock()))
    headers = {"Cache-Control": "no-store", "Location": "/v1/runs"}
    return Response(JSON.encode(said), 202, headers, "application/json")
