"""What keeps the portfolio true: connections, runs, and what each tracker can tell."""

from __future__ import annotations

from dataclasses import fields
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from api import examples
from api.access import service
from api.asking import Ask, ask, ask_table
from api.connection_entry import ConnectionEntry, connection_entry
from api.documents import answers
from api.envelope import Page
from api.tables import from_fields
from connectors.base import Capabilities
from store.views import RunView

ROUTER = APIRouter(prefix="/v1", tags=["operations"], default_response_class=Response)
RUN_COLUMNS = tuple(entry.name for entry in fields(RunView))
RunLimit = Annotated[int, Query(ge=1, le=1000, description="How many at most, 1 to 1000.", examples=[50])]


@ROUTER.get(
    "/connections", summary="Connections", responses=answers(Page[ConnectionEntry], examples.CONNECTIONS)
)
async def list_connections(ask: Annotated[Ask, Depends(ask)]) -> Response:
    """Each with the freshness and coverage of its own scopes; also one that never worked."""
    found = await ask.reader.connections()
    entries = [connection_entry(view, ask.meta(view.coverage)) for view in found]
    return ask.answer(Page(data=entries, meta=ask.meta(await ask.reader.coverage())))


@ROUTER.get(
    "/runs",
    summary="Runs",
    responses=answers(Page[RunView], examples.RUNS, table=examples.RUNS_CSV),
)
async def list_runs(ask: Annotated[Ask, Depends(ask_table)], limit: RunLimit = 50) -> Response:
    """Executions of sync jobs, newest first; one that waits for a rate limit says until when."""
    found = await ask.reader.runs(limit)
    page = Page(data=found, meta=ask.meta(await ask.reader.coverage()))
    return (
        ask.table(RUN_COLUMNS, from_fields(RUN_COLUMNS, found), page)
        if ask.form == "csv"
        else ask.answer(page)
    )


@ROUTER.get("/trackers", summary="Trackers", responses=answers(Page[Capabilities], examples.TRACKERS))
async def list_trackers(request: Request, ask: Annotated[Ask, Depends(ask)]) -> Response:
    """What each tracker can and cannot tell, and what is lost on the way into the common model."""
    found = service(request).options.trackers
    return ask.answer(Page(data=found, meta=ask.meta(await ask.reader.coverage())))
