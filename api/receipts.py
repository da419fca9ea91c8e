"""Receipts: what was compared with the trackers, how it came out, and the proof of it."""

from __future__ import annotations

from dataclasses import fields
from typing import Annotated

from fastapi import Depends, Path, Query, Response

from api import examples_receipts as examples
from api.asking import Ask, ask, ask_table
from api.documents import answers
from api.envelope import Answer, Page
from api.parameters import Limit
from api.problems import Missing
from api.routing import versioned
from api.tables import from_fields
from store.receipt_views import Receipt, ReconciliationView

ROUTER = versioned("operations")
RECEIPT_COLUMNS = tuple(entry.name for entry in fields(Receipt) if entry.name != "body")
RECONCILIATION_COLUMNS = tuple(entry.name for entry in fields(ReconciliationView))
Cursor = Annotated[
    str | None, Query(max_length=500, description="From `next.cursor` of the page before.", examples=[None])
]


@ROUTER.get(
    "/scopes/{scope_id}/receipts",
    summary="Receipts of a scope",
    responses=answers(Page[Receipt], examples.RECEIPTS, table=examples.RECEIPTS_CSV, problems=(400, 404)),
)
async def list_receipts(
    ask: Annotated[Ask, Depends(ask_table)],
    scope_id: Annotated[str, Path(description="The scope's id.")],
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """Each comparison of the scope with its tracker, newest first: how many there and here, what differed and
    why, which fields it covers, and the digests of both sides. They are a chain: `previous` is the hash of
    the one before, and `hash` the SHA-256 of `body`, so that none can be changed unseen
    (`tspmo receipts verify`)."""
    found = await ask.reader.receipts(scope_id, limit, cursor)
    if found is None:
        raise Missing(f"There is no scope {scope_id} that you may see; /v1/connections lists those.")
    following = None if found.next_cursor is None else ask.next("cursor", found.next_cursor)
    page = Page(data=found.receipts, meta=ask.meta(found.coverage), next=following)
    if ask.form == "json":
        return ask.answer(page)
    return ask.table(RECEIPT_COLUMNS, from_fields(RECEIPT_COLUMNS, found.receipts), page)


@ROUTER.get(
    "/receipts/{receipt_id}",
    summary="One receipt",
    responses=answers(Answer[Receipt], examples.RECEIPT, problems=(404,)),
)
async def get_receipt(
    ask: Annotated[Ask, Depends(ask)],
    receipt_id: Annotated[str, Path(description="The receipt's id, as in `meta.receipt`.")],
) -> Response:
    """What `meta.receipt` of any answer points to."""
    found = await ask.reader.receipt(receipt_id)
    if found is None:
        raise Missing(
            f"There is no receipt {receipt_id} that you may see; /v1/scopes/…/receipts lists a scope's."
        )
    return ask.answer(Answer(data=found, meta=ask.meta(await ask.reader.coverage())))


@ROUTER.get(
    "/reconciliations",
    summary="Reconciliations",
    responses=answers(Page[ReconciliationView], examples.RECONCILIATIONS, table=examples.RECONCILIATIONS_CSV),
)
async def list_reconciliations(ask: Annotated[Ask, Depends(ask_table)], limit: Limit = 100) -> Response:
    """Passes over the scopes of a connection, newest first: how many of the scopes that you may see came out
    equal to their tracker, and what differed, by cause."""
    found = await ask.reader.reconciliations(limit)
    page = Page(data=found, meta=ask.meta(await ask.reader.coverage()))
    rows = from_fields(RECONCILIATION_COLUMNS, found)
    return ask.table(RECONCILIATION_COLUMNS, rows, page) if ask.form == "csv" else ask.answer(page)
