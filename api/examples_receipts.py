"""The examples of receipts, reconciliations and findings in the documentation: real values too."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

from api.envelope import Answer, Page
from api.examples import ITEM_ID, META, READ, SCOPE_ID
from api.tables import from_fields, to_csv
from store.codec import content, plain
from store.finding_views import FindingDetail, HeldItem
from store.receipt_views import Comparison, ReconciliationView, read
from store.views import FindingView

_NIGHT = "6c1d0f5e-0b7a-4f0d-9d51-2f8a4f0b7c33"
_DIGEST = "8d3c6f1b0a9e4d57a2c0e1f4b6a87935"
_COMPARISON = Comparison(
    scope_id=SCOPE_ID,
    reconciliation_id=_NIGHT,
    started_at=READ,
    finished_at=READ + timedelta(seconds=4),
    complete=True,
    reason=None,
    source_count=61,
    count_before=60,
    count_after=61,
    elsewhere=0,
    rejected=0,
    held=0,
    differences={"missed": 1, "late": 2},
    fetched={"differing": 2, "missing": 1, "absent": 0, "deep": 9},
    covers=["title", "status_category", "assignments", "due", "placements"],
    deep="3 of 7",
    source_digest=_DIGEST,
    our_digest=_DIGEST,
)
_PREVIOUS = "5b0f3f9d0c4b6d7f2a1e8c9d4b3a2f1e0d9c8b7a6f5e4d3c2b1a09f8e7d6c5b4"
_RECEIPT = read(content({**plain(_COMPARISON), "number": 12, "previous": _PREVIOUS}).decode())
RECEIPT = Answer(data=_RECEIPT, meta=META)
RECEIPTS = Page(data=[_RECEIPT], meta=META)
_RECEIPT_COLUMNS = ("id", "number", "started_at", "complete", "source_count", "count_after", "differences")
RECEIPTS_CSV = to_csv(_RECEIPT_COLUMNS, from_fields(_RECEIPT_COLUMNS, [_RECEIPT])).decode()
_RECONCILIATION = ReconciliationView(
    id=_NIGHT,
    connection="boards",
    state="complete",
    started_at=READ,
    finished_at=READ + timedelta(seconds=41),
    error=None,
    complete=9,
    partial=0,
    differences={"missed": 1, "late": 2, "deleted": 1},
)
RECONCILIATIONS = Page(data=[_RECONCILIATION], meta=META)
_COLUMNS = tuple(entry.name for entry in fields(ReconciliationView))
RECONCILIATIONS_CSV = to_csv(_COLUMNS, from_fields(_COLUMNS, [_RECONCILIATION])).decode()

_FINDING = FindingDetail(
    id="1f0f3c52-2d8d-5d0c-8f4b-8a4b6c0d9e17",
    kind="mass_absence",
    connection="boards",
    scope=SCOPE_ID,
    subject="items",
    detail="23 of 61 items are not to be found any more, too many at once to believe it",
    count=23,
    first_seen=READ,
    last_seen=READ,
    held=[
        HeldItem(
            item_id=ITEM_ID,
            remote_id="5f0c1d2e3a4b5c6d7e8f9a0c",
            remote_key="#42",
            title="Move the login page",
            url="https://trello.com/c/EfGh5678",
            presence="gone",
            evidence="404 GET /1/cards/…",
            at=READ,
        )
    ],
    hidden=0,
)
REASON: dict[str, Any] = {"why": "The board was cleared after the launch; Mira Novak confirms it."}
FINDING = Answer(data=_FINDING, meta=META)
_WORD: dict[str, Any] = {
    "decided_by": "the office",
    "why": REASON["why"],
    "decided_at": READ + timedelta(hours=1),
}
APPROVED = Answer(data=replace(_FINDING, state="approved", **_WORD), meta=META)
DISMISSED = Answer(data=replace(_FINDING, state="dismissed", **_WORD), meta=META)
_FINDING_COLUMNS = tuple(entry.name for entry in fields(FindingView))
_LISTED = FindingView(**{name: getattr(_FINDING, name) for name in _FINDING_COLUMNS})
FINDINGS = Page(data=[_LISTED], meta=META)
FINDINGS_CSV = to_csv(_FINDING_COLUMNS, from_fields(_FINDING_COLUMNS, [_LISTED])).decode()
