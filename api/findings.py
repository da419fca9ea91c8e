"""/v1/findings: what a person should look at, and what persons decide of it."""

from __future__ import annotations

from dataclasses import fields
from typing import Annotated

from fastapi import Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api import examples_receipts as examples
from api.access import principal, service
from api.asking import Ask, ask, ask_table, refuse_unknown
from api.documents import answers, made
from api.envelope import Answer, Page, meta, reach
from api.parameters import Limit
from api.problems import Conflict, Forbidden, Missing
from api.routing import versioned
from api.tables import JSON, from_fields
from store.finding_views import FindingDetail
from store.held import Decision, DecisionError, NotKnown, Verb, decide
from store.principal import Principal
from store.reader import Asked
from store.sight_people import may_decide
from store.views import FindingView

ROUTER = versioned("operations")
COLUMNS = tuple(entry.name for entry in fields(FindingView))
UNKNOWN = "There is no finding {} that you may see; /v1/findings?state=all lists those."
State = Annotated[
    Asked,
    Query(description="Open ones, those that were decided so, or all, also what is over.", examples=["all"]),
]
FindingId = Annotated[str, Path(description="The finding's id.")]
Why = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]


class Reason(BaseModel):
    """Kept with the decision, beside who took it and when."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [examples.REASON]})

    why: Why = Field(description="Why it is decided so, for whoever asks later.")


@ROUTER.get(
    "/findings",
    summary="Findings",
    responses=answers(Page[FindingView], examples.FINDINGS, table=examples.FINDINGS_CSV),
)
async def list_findings(ask: Annotated[Ask, Depends(ask_table)], state: State = "open") -> Response:
    """What a person should look at: values that no rule maps, records that cannot be read, scopes that are
    not to be found any more, and many items that vanished at once, which are shown as before until somebody
    decides."""
    found = await ask.reader.findings(state)
    page = Page(data=found, meta=ask.meta(await ask.reader.coverage()))
    return ask.table(COLUMNS, from_fields(COLUMNS, found), page) if ask.form == "csv" else ask.answer(page)


@ROUTER.get(
    "/findings/{finding_id}",
    summary="One finding",
    responses=answers(Answer[FindingDetail], examples.FINDING, problems=(404,)),
)
async def get_finding(
    ask: Annotated[Ask, Depends(ask)], finding_id: FindingId, limit: Limit = 100
) -> Response:
    """Whatever its state, with the items that it holds back, by title, `limit` at most; `count` says how many
    there are, and `hidden` how many of them you may not see."""
    found = await ask.reader.finding(finding_id, limit)
    if found is None:
        raise Missing(UNKNOWN.format(finding_id))
    return ask.answer(Answer(data=found, meta=ask.meta(await ask.reader.coverage())))


@ROUTER.post(
    "/findings/{finding_id}/approve",
    summary="Approve a finding",
    status_code=201,
    responses=made(Answer[FindingDetail], examples.APPROVED, problems=(404, 409)),
)
async def approve_finding(
    request: Request, who: Annotated[Principal, Depends(principal)], finding_id: FindingId, said: Reason
) -> Response:
    """For pmo and admin. The items that it holds back are noted as what their tracker says of them, but for
    those that were read since. Figures follow at once."""
    return await _decided(request, who, finding_id, ("approve", said.why))


@ROUTER.post(
    "/findings/{finding_id}/dismiss",
    summary="Dismiss a finding",
    status_code=201,
    responses=made(Answer[FindingDetail], examples.DISMISSED, problems=(404, 409)),
)
async def dismiss_finding(
    request: Request, who: Annotated[Principal, Depends(principal)], finding_id: FindingId, said: Reason
) -> Response:
    """For pmo and admin. The items that it holds back go on being shown, and nobody is asked about them again
    while they are missing; any other finding is not shown as open any more."""
    return await _decided(request, who, finding_id, ("dismiss", said.why))


async def _decided(request: Request, who: Principal, finding_id: str, word: tuple[Verb, str]) -> Response:
    refuse_unknown(request)
    if not may_decide(who):
        raise Forbidden(
            f"Findings are decided by somebody with the role pmo or admin, and this is {who.role}; an admin "
            "can make a key: tspmo keys create."
        )
    built, (verb, why) = service(request), word
    reader = built.store.reader(who, built.clock)
    if await reader.finding(finding_id, 0) is None:
        raise Missing(UNKNOWN.format(finding_id))
    decision = Decision(verb=verb, who=who.name or who.role, why=why, at=built.clock())
    try:
        await decide(built.store, finding_id, decision)
    except NotKnown as error:
        raise Missing(str(error)) from error
    except DecisionError as error:
        raise Conflict(str(error)) from error
    found = await reader.finding(finding_id)
    said = Answer(data=found, meta=meta(reach(await reader.coverage()), built.clock()))
    headers = {"Cache-Control": "no-store", "Location": f"/v1/findings/{finding_id}"}
    return Response(JSON.encode(said), 201, headers, "application/json")
