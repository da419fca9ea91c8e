"""The examples of what stands beside items: real values of the real types."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from api.envelope import Next, Page
from api.examples import ACCOUNT_ID, ITEM_ID, META, PERSON_ID, READ, SCOPE_ID
from api.tables import from_fields, to_csv
from normalizer.model import Named
from normalizer.resources import Money
from store import resource_views as views

_PLACE: dict[str, Any] = {
    "remote_id": "1209000000000017", "connection": "work", "tracker": "asana", "scope": SCOPE_ID,
    "read_at": READ,
}  # fmt: skip
_MIRA: dict[str, Any] = {"account_id": ACCOUNT_ID, "person": PERSON_ID, "name": "Mira Novak"}

STATUS_REPORTS = Page(
    data=[
        views.StatusReportView(
            id="5d0c2a4e-7b1f-5a3d-9c8e-2f6b4d1a0e93",
            **_PLACE,
            **_MIRA,
            scope_name="Website relaunch",
            item_id=None,
            rag="on_track",
            original=Named("On track"),
            title="Week 47",
            text_md="The login page moves on Friday.",
            at=datetime(2026, 11, 20, 16, 0, tzinfo=UTC),
        )
    ],
    meta=META,
    next=Next(
        cursor="WyJzdGF0dXNfcmVwb3J0cyJd", link="/v1/status-reports?limit=1&cursor=WyJzdGF0dXNfcmVwb3J0cyJd"
    ),
)
TIME_ENTRIES = Page(
    data=[
        views.TimeEntryView(
            id="8c1e5b7a-2d4f-5e6a-b3c9-7a0d9e4f1b52",
            **_PLACE,
            **_MIRA,
            item_id=ITEM_ID,
            minutes=Decimal(90),
            day=date(2026, 11, 20),
            billable=True,
            approval="approved",
        )
    ],
    meta=META,
)
ALLOCATIONS = Page(
    data=[
        views.AllocationView(
            id="b7a3f0d2-6e5c-5d1b-8f4a-1c9e2b6d7a30",
            **_PLACE,
            **_MIRA,
            placeholder=None,
            start=date(2026, 11, 2),
            end=date(2026, 12, 18),
            effort=Decimal(50),
            effort_unit="percent",
        )
    ],
    meta=META,
)
AVAILABILITY = Page(
    data=[
        views.AvailabilityView(
            id="e4d9c8b1-3a7f-5b2e-a6d0-5f8c1e7b9a41",
            **_PLACE,
            **_MIRA,
            kind="leave",
            start=date(2026, 12, 21),
            end=date(2027, 1, 3),
            hours=None,
        )
    ],
    meta=META,
)
BUDGETS = Page(
    data=[
        views.BudgetView(
            id="1f6b9d3e-8c2a-5f7d-b0e4-3a5c7d9e1b62",
            **_PLACE,
            kind="plan",
            money=Money(amount=Decimal(180_000), currency="EUR"),
            hours=None,
            category="other",
        )
    ],
    meta=META,
)
RATES = Page(
    data=[
        views.RateView(
            id="6a2c4e8f-1b3d-5c5e-97a9-0d2f4b6c8e73",
            **_PLACE,
            **_MIRA,
            placeholder=None,
            per_hour=Money(amount=Decimal("95.50"), currency="EUR"),
            start=None,
            end=None,
        )
    ],
    meta=META,
)


def _csv(page: Page[Any], *columns: str) -> str:
    return to_csv(columns, from_fields(columns, page.data)).decode()


STATUS_REPORTS_CSV = _csv(STATUS_REPORTS, "id", "scope_name", "rag", "original", "title", "name", "at")
TIME_ENTRIES_CSV = _csv(TIME_ENTRIES, "id", "name", "item_id", "minutes", "day", "billable", "approval")
ALLOCATIONS_CSV = _csv(ALLOCATIONS, "id", "name", "placeholder", "start", "end", "effort", "effort_unit")
AVAILABILITY_CSV = _csv(AVAILABILITY, "id", "name", "kind", "start", "end", "hours")
BUDGETS_CSV = _csv(BUDGETS, "id", "scope", "kind", "money", "hours", "category")
RATES_CSV = _csv(RATES, "id", "name", "placeholder", "per_hour", "start", "end")
