"""What the vendors' own clients said of a connection's items."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Path, Query, Response

from api import examples
from api.asking import Ask, ask
from api.documents import answers
from api.envelope import Page
from api.problems import Missing
from api.routing import versioned
from store.verification_views import VerificationView

ROUTER = versioned("operations")
Limit = Annotated[int, Query(ge=1, le=100, description="How many at most, 1 to 100.", examples=[20])]


@ROUTER.get(
    "/connections/{connection_id}/verifications",
    summary="Verifications",
    responses=answers(Page[VerificationView], examples.VERIFICATIONS, problems=(404,)),
)
async def list_verifications(
    connection_id: Annotated[str, Path(description="The name of the connection.", examples=["boards"])],
    ask: Annotated[Ask, Depends(ask)],
    limit: Limit = 20,
) -> Response:
    """Comparisons of the store with what the vendor's own client reads, newest first, with every difference
    in an item that the caller may see. Made by `tspmo verify`."""
    connection = next((one for one in await ask.reader.connections() if one.id == connection_id), None)
    if connection is None:
        raise Missing(f"There is no connection {connection_id!r}; /v1/connections lists them.")
    found = await ask.reader.verifications(connection_id, limit)
    return ask.answer(Page(data=found, meta=ask.meta(connection.coverage)))
