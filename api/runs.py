"""Runs: how far each is, and the word that ends one."""

from __future__ import annotations

from dataclasses import fields
from typing import Annotated

from fastapi import Depends, Path, Query, Request, Response

from api import examples
from api.access import principal, service
from api.asking import Ask, ask, ask_table, refuse_unknown
from api.documents import answers, taken
from api.envelope import Answer, Page, meta, reach
from api.parameters import RunParameters
from api.problems import Conflict, Forbidden, Missing
from api.routing import versioned
from api.tables import JSON, from_fields
from store import runs
from store.principal import Principal
from store.views import RunFilter, RunView

ROUTER = versioned("operations")
COLUMNS = tuple(entry.name for entry in fields(RunView))
UNKNOWN = "There is no run {!r} that you may see; /v1/runs lists those."
RunId = Annotated[str, Path(description="The id of the run.", examples=[examples.RUNNING.id])]


@ROUTER.get("/runs", summary="Runs", responses=answers(Page[RunView], examples.RUNS, table=examples.RUNS_CSV))
async def list_runs(
    ask: Annotated[Ask, Depends(ask_table)], asked: Annotated[RunParameters, Query()]
) -> Response:
    """Executions of sync jobs, newest first. One that is under way says how many items it brought, how many
    it will bring if its tracker can tell, how fast it goes and how long it will take, and until when it waits
    for a rate limit."""
    wanted = RunFilter(states=asked.state, connections=asked.connection)
    found = await ask.reader.runs(asked.limit, wanted)
    page = Page(data=found, meta=ask.meta(await ask.reader.coverage()))
    return ask.table(COLUMNS, from_fields(COLUMNS, found), page) if ask.form == "csv" else ask.answer(page)


@ROUTER.get(
    "/runs/{run_id}", summary="One run", responses=answers(Answer[RunView], examples.RUN, problems=(404,))
)
async def get_run(ask: Annotated[Ask, Depends(ask)], run_id: RunId) -> Response:
    """As it is now."""
    found = await ask.reader.run(run_id)
    if found is None:
        raise Missing(UNKNOWN.format(run_id))
    return ask.answer(Answer(data=found, meta=ask.meta(await ask.reader.coverage())))


@ROUTER.post(
    "/runs/{run_id}/cancel",
    summary="Cancel a run",
    status_code=202,
    responses=taken(Answer[RunView], examples.CANCELLED, problems=(404, 409)),
)
async def cancel_run(
    request: Request, who: Annotated[Principal, Depends(principal)], run_id: RunId
) -> Response:
    """For pmo and admin. The run stops at the end of the page that it reads. What it brought stays, and the
    next reading goes on where it stopped."""
    refuse_unknown(request)
    if who.role not in ("pmo", "admin"):
        raise Forbidden(
            f"A run is cancelled by somebody with the role pmo or admin, and this is {who.role}; an admin "
            "can make a key: tspmo keys create."
        )
    built = service(request)
    reader = built.store.reader(who, built.clock)
    found = await reader.run(run_id)
    if found is None:
        raise Missing(UNKNOWN.format(run_id))
    if not (found.cancellable or found.cancel_asked_at):
        raise Conflict(
            f"Run {run_id} ({found.kind}) is {found.state}: only a reading under way is cancelled."
        )
    await runs.cancel(built.store, run_id, built.clock())
    said = Answer(data=await reader.run(run_id), meta=meta(reach(await reader.coverage()), built.clock()))
    headers = {"Cache-Control": "no-store", "Location": f"/v1/runs/{run_id}"}
    return Response(JSON.encode(said), 202, headers, "application/json")
