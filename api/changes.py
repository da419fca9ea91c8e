"""/v1/changes: the ordered feed of all that came, changed and went."""

from __future__ import annotations

from dataclasses import fields
from typing import Annotated

from fastapi import Depends, Query, Response

from api import examples
from api.asking import Ask, ask_table
from api.documents import answers
from api.envelope import Page
from api.parameters import Limit
from api.routing import versioned
from api.tables import from_fields
from store.views import FeedEvent

ROUTER = versioned("changes")
COLUMNS = tuple(entry.name for entry in fields(FeedEvent))
AFTER = "The number of the last event that you have, which is `next.cursor` of the page before; 0 at first."


@ROUTER.get(
    "/changes",
    summary="The change feed",
    responses=answers(Page[FeedEvent], examples.CHANGES, table=examples.CHANGES_CSV),
)
async def list_changes(
    ask: Annotated[Ask, Depends(ask_table)],
    after: Annotated[int, Query(ge=0, le=2**63 - 1, description=AFTER, examples=[0])] = 0,
    limit: Limit = 100,
) -> Response:
    """Events in the order of their numbers; `removed` is a tombstone whose presence says why; `corrected`
    says that our rules changed what an item means, and that nothing happened to it in its tracker. `next` is
    always there, and a page may be short or empty since what you may not see is passed over: you are level
    when `next.cursor` is the number that you asked after."""
    events, last = await ask.reader.changes(after, limit)
    meta = ask.meta(await ask.reader.coverage())
    page = Page(data=events, meta=meta, next=ask.next("after", str(last)))
    return ask.table(COLUMNS, from_fields(COLUMNS, events), page) if ask.form == "csv" else ask.answer(page)
