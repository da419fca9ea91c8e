"""What keeps the portfolio true: connections, their webhooks, and what each tracker can tell."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request, Response

from api import examples, examples_watches
from api.access import service
from api.asking import Ask, ask, tagged
from api.connection_entry import ConnectionEntry, connection_entry
from api.documents import answers
from api.envelope import Page
from api.routing import versioned
from api.watch_entry import WatchingEntry, Watchtower
from connectors.base import Capabilities

ROUTER = versioned("operations")


@ROUTER.get(
    "/connections", summary="Connections", responses=answers(Page[ConnectionEntry], examples.CONNECTIONS)
)
async def list_connections(ask: Annotated[Ask, Depends(ask)]) -> Response:
    """Each with the freshness and coverage of its own scopes; also one that never worked."""
    found = await ask.reader.connections()
    entries = [connection_entry(view, ask.meta(view.coverage)) for view in found]
    return ask.answer(Page(data=entries, meta=ask.meta(await ask.reader.coverage())))


@ROUTER.get("/watches", summary="Webhooks", responses=answers(Page[WatchingEntry], examples_watches.WATCHES))
async def list_watches(request: Request, ask: Annotated[Ask, Depends(ask)]) -> Response:
    """How changes come from each connection: by webhooks, how these fare and how much they tell; or only
    when it is asked, and why."""
    options = service(request).options
    inbox, public_url = (one.inbox, one.public_url) if (one := options.intake) else (None, None)
    tower = Watchtower(inbox, public_url, options.trackers)
    entries = await tower.entries(await ask.reader.connections())
    said = Page(data=entries, meta=ask.meta(await ask.reader.coverage()))
    return tagged(ask, request, entries).answer(said)


@ROUTER.get("/trackers", summary="Trackers", responses=answers(Page[Capabilities], examples.TRACKERS))
async def list_trackers(request: Request, ask: Annotated[Ask, Depends(ask)]) -> Response:
    """What each tracker can and cannot tell, and what is lost on the way into the common model."""
    found = service(request).options.trackers
    return ask.answer(Page(data=found, meta=ask.meta(await ask.reader.coverage())))
