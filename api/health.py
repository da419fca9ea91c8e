"""/healthz and /readyz, for whatever watches the process; they need no key and tell no content."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from fastapi import APIRouter, Request

from api.access import service
from api.documents import WHY
from api.problems import ProblemDetails
from api.routing import operation_id
from store.principal import LOCAL

ROUTER = APIRouter(tags=["health"], generate_unique_id_function=operation_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    status: Literal["ok"] = "ok"


@ROUTER.get("/healthz", summary="The process runs", responses={200: {"description": "It does."}})
async def get_health() -> Health:
    """Touches nothing else."""
    return Health()


@ROUTER.get(
    "/readyz",
    summary="The service can answer",
    responses={
        200: {"description": "The store is reached and at this version's schema."},
        503: {"model": ProblemDetails, "description": WHY[503]},
    },
)
async def get_ready(request: Request) -> Health:
    """Asks the store for its state."""
    built = service(request)
    await built.store.reader(LOCAL, built.clock).revision()
    return Health()
