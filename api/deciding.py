"""POST /v1/people/decisions: the one thing that the API writes, for those who decide whose an account is."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api import examples_people as examples
from api.access import principal, service
from api.asking import refuse_unknown
from api.documents import made
from api.envelope import Answer, meta, reach
from api.problems import Conflict, Forbidden, Invalid, Missing, ParameterError
from api.routing import versioned
from api.tables import JSON
from store.decisions import Decided, DecisionError, NotAllowed, NotKnown, Verdict, undo
from store.principal import Principal
from sync.people import Wish, take

ROUTER = versioned("people")
VERDICTS: dict[str, Verdict] = {"confirm": "confirmed", "reject": "rejected", "split": "split"}


class DecisionRequest(BaseModel):
    """``confirm``: the account, with all that is joined with it, is the person's. ``reject``: it is not, and
    is not suggested again. ``split``: the account becomes a person of its own. ``undo``: the last decision
    on the account is taken back."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [examples.REQUEST]})

    decision: Literal["confirm", "reject", "split", "undo"] = Field(description="What is decided.")
    account: str = Field(max_length=200, description="The id of the account.")
    person: str | None = Field(
        None, max_length=200, description="The id of the person; only to confirm and to reject."
    )


@ROUTER.post(
    "/people/decisions",
    summary="Decide whose an account is",
    status_code=201,
    responses=made(Answer[Decided], examples.DECIDED, problems=(404, 409)),
)
async def decide_on_account(
    request: Request, who: Annotated[Principal, Depends(principal)], asked: DecisionRequest
) -> Response:
    """For pmo and admin. Nothing is overwritten: a decision is kept with who took it, when, and the evidence
    that there was. Figures that count people follow at once."""
    refuse_unknown(request)
    needed = asked.decision in ("confirm", "reject")
    if needed != (asked.person is not None):
        expected = f"{'the id of a person' if needed else 'nothing'} to {asked.decision}"
        got = "nothing" if needed else repr(asked.person)
        raise Invalid(ParameterError(location="body", name="person", expected=expected, got=got))
    built = service(request)
    try:
        decided = await _decide(request, who, asked)
    except NotAllowed as error:
        raise Forbidden(str(error)) from error
    except NotKnown as error:
        raise Missing(str(error)) from error
    except DecisionError as error:
        raise Conflict(str(error)) from error
    coverage = await built.store.reader(who, built.clock).coverage()
    said = Answer(data=decided, meta=meta(reach(coverage), built.clock()))
    headers = {"Cache-Control": "no-store", "Location": f"/v1/people/{decided.person}/history"}
    return Response(JSON.encode(said), 201, headers, "application/json")


async def _decide(request: Request, who: Principal, asked: DecisionRequest) -> Decided:
    built, by = service(request), who.name or who.role
    if asked.decision == "undo":
        return await undo(built.store, who, asked.account, by, built.clock())
    verdict = VERDICTS[asked.decision]
    wish = Wish(verdict=verdict, account=asked.account, person=asked.person, by=by)
    return await take(built.store, who, wish, built.clock)
