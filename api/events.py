"""GET /v1/events: the change feed as it grows, as server-sent events
(https://html.spec.whatwg.org/multipage/server-sent-events.html)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Query, Request, Response
from fastapi.security import HTTPAuthorizationCredentials
from fastapi.sse import format_sse_event
from pydantic import BaseModel, Field
from starlette.responses import StreamingResponse

from api import examples
from api.access import BEARER, principal, service
from api.asking import refuse_unknown
from api.documents import streamed
from api.news import NEVER
from api.problems import Problem
from api.routing import versioned
from api.tables import JSON
from store.following import newest
from store.open import StoreError
from store.views import FeedEvent, FeedFilter, FeedKind

ROUTER = versioned("changes")
AT_ONCE = 500
"""Events that are read from the store together."""
RETRY_MS = 3000
"""After how long a client that lost the connection should come again."""
HEADERS = {
    "Cache-Control": "private, no-cache, no-transform",
    "Vary": "Authorization",
    "X-Accel-Buffering": "no",
}
"""So that no proxy keeps anything back: no-transform forbids it to compress, the last is nginx's own
(https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_buffering)."""
LARGEST = 2**63 - 1
AFTER = "The number of the last event that you have; 0 for all that there is. Without it: from now on."
RESUMED = "What a client sends that comes again: the id of the last event it had. It goes before `after`."
EXAMPLE = f"data: {JSON.encode(examples.CHANGES.data[0]).decode()}\nid: 1017\n\n"


class FeedParameters(BaseModel):
    """Several values of one parameter are joined by or (repeat it), different parameters by and."""

    tracker: list[str] = Field([], description="By tracker.", examples=[["trello"]])
    scope: list[str] = Field([], description="By the id of the scope.")
    project: list[str] = Field([], description="By the id of the project.", examples=[["website"]])
    kind: list[FeedKind] = Field([], description="By kind.", examples=[["created"]])
    field: list[str] = Field([], description="Only modifications of one of these.", examples=[["due"]])
    after: int | None = Field(None, ge=0, le=LARGEST, description=AFTER, examples=[1016])

    def chosen(self) -> FeedFilter:
        return FeedFilter(**self.model_dump(exclude={"after"}))


@dataclass(frozen=True, slots=True)
class Follower:
    """Who follows which part of the feed."""

    request: Request
    credentials: HTTPAuthorizationCredentials | None
    chosen: FeedFilter

    async def read(self, after: int) -> tuple[bytes, int]:
        """What there is after a number, and how far that goes. Whether the key is still good is asked each
        time, and what it may see is looked up. Raises Problem, StoreError."""
        built = service(self.request)
        reader = built.store.reader(await principal(self.request, self.credentials), built.clock)
        events, reached = await reader.changes(after, AT_ONCE, self.chosen)
        return b"".join(written(event) for event in events), reached


@ROUTER.get("/events", summary="The change feed as it grows", responses=streamed(EXAMPLE))
async def follow_changes(
    request: Request,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)],
    asked: Annotated[FeedParameters, Query()],
    last_event_id: Annotated[int | None, Header(ge=0, le=LARGEST, description=RESUMED)] = None,
) -> Response:
    """Server-sent events, as a browser's `EventSource` reads them: each is one entry of `/v1/changes`, its
    `data` the entry as JSON and its `id` the entry's number. It never ends by itself: a comment comes when
    there was nothing for a while, and whoever lost the connection goes on where it was. Of what a filter
    leaves out nothing is told but `removed`, when an item goes to another scope. Of a project that takes a
    part of a scope, what leaves that part and stays in the scope is not told."""
    await principal(request, credentials)
    refuse_unknown(request)
    begin = asked.after if last_event_id is None else last_event_id
    if begin is None:
        begin = await newest(service(request).store)
    told = _told(Follower(request, credentials, asked.chosen()), begin)
    return StreamingResponse(told, 200, HEADERS, "text/event-stream")


async def _told(follower: Follower, after: int) -> AsyncIterator[bytes]:
    news = service(follower.request).news
    yield format_sse_event(retry=RETRY_MS)
    while not news.over:
        try:
            events, reached = await follower.read(after)
        except Problem as problem:  # the key was revoked: to come again would be in vain, and is answered so
            yield format_sse_event(comment=str(problem))
            return
        except StoreError as error:  # not the end, since a browser that came again to a 503 would give up
            yield format_sse_event(comment=str(error))
            await news.beyond(NEVER)
            continue
        yield events or _quiet(reached)
        after = reached
        await news.beyond(after)


def written(event: FeedEvent) -> bytes:
    return format_sse_event(id=str(event.seq), data_str=JSON.encode(event).decode())


def _quiet(reached: int) -> bytes:
    """An event without data is none for the client, but for its id: so whoever comes again is not told anew
    of what is passed over."""
    return format_sse_event(comment="nothing new", id=str(reached))
