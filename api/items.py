"""/v1/items: work items, filtered, sorted and paged by cursor."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Path, Query, Response

from api import examples
from api.asking import Ask, ask, ask_table
from api.documents import answers
from api.envelope import Answer, Page
from api.item_entry import ItemEntry, item_entry, row, wanted
from api.parameters import ABSENT, FIELDS, INCLUDE, Fields, Includes, ItemParameters, in_order
from api.problems import Missing
from api.routing import versioned
from store.views import ItemQuery

ROUTER = versioned("items")
ThisItem = Annotated[str, Path(description="Our id, or the tracker's key.", examples=[examples.ITEM_ID])]


@ROUTER.get(
    "/items",
    summary="Items",
    responses=answers(Page[ItemEntry], examples.ITEMS, table=examples.ITEMS_CSV, problems=(400,)),
)
async def list_items(
    ask: Annotated[Ask, Depends(ask_table)], asked: Annotated[ItemParameters, Query()]
) -> Response:
    """Paged by cursor: what does not change while you page comes exactly once."""
    query = item_query(asked)
    names = wanted(asked.fields, asked.include, absent=asked.absent)
    found = await ask.reader.items(query)
    rows = [row(item_entry(view, names), names) for view in found.items]
    following = None if found.next_cursor is None else ask.next("cursor", found.next_cursor)
    page: Page[dict[str, Any]] = Page(data=rows, meta=ask.meta(found.coverage), next=following)
    return ask.table(names, rows, page) if ask.form == "csv" else ask.answer(page)


@ROUTER.get(
    "/items/{item_id}",
    summary="One item",
    responses=answers(Answer[ItemEntry], examples.ITEM, problems=(404,)),
)
async def get_item(
    ask: Annotated[Ask, Depends(ask)],
    item_id: ThisItem,
    *,
    fields: Annotated[Fields, Query(description=FIELDS)] = [],  # noqa: B006 - FastAPI's way to say: none
    include: Annotated[Includes, Query(description=INCLUDE)] = [],  # noqa: B006
    absent: Annotated[bool, Query(description=ABSENT)] = False,
) -> Response:
    """Also one that has left its scope: `presence` says how. The envelope is that of the scope it is in."""
    names = wanted(fields, include, absent=absent)
    view = await ask.reader.item(item_id, history="history" in include, raw="raw" in include)
    if view is None:
        raise Missing(f"There is no item {item_id!r} that you may see; /v1/items lists those.")
    around = await ask.reader.items(ItemQuery(scope=[view.scope], limit=1))
    meta = ask.meta(around.coverage)
    return ask.answer(Answer(data=row(item_entry(view, names), names), meta=meta))


def item_query(asked: ItemParameters) -> ItemQuery:
    """Raises Invalid on a range that ends before it begins."""
    in_order("due_to", asked.due_from, asked.due_to)
    in_order("updated_to", asked.updated_from, asked.updated_to)
    filters = asked.model_dump(exclude={"fields", "include", "absent"})
    return ItemQuery(**filters, history="history" in asked.include, raw="raw" in asked.include)
