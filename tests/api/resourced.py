"""What stands beside the items of a scope: one of each kind, and one status report more."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from normalizer.ids import entity_id
from normalizer.model import Named, StatusReport
from normalizer.resources import Allocation, Availability, Budget, Money, Rate, TimeEntry

PATHS = ("status-reports", "time-entries", "allocations", "availability", "budgets", "rates")


def beside(scope: str, scope_id: str, account_id: str, item_id: str) -> dict[str, Any]:
    """All of one account, the time on one item. The remote ids are the name of the scope."""

    def named(kind: str, remote: str = scope) -> dict[str, Any]:
        return {"id": entity_id("any", scope_id, kind, remote), "remote_id": remote}

    money = Money(amount=Decimal("95.50"), currency="EUR")
    return {
        "status_reports": [
            StatusReport(
                **named("status_report"), scope_id=scope_id, rag="at_risk", title="=Week 9",
                original=Named("At risk", "y"), text_md="Late", author_id=account_id,
                at=datetime(2026, 2, 27, 16, tzinfo=UTC),
            ),
            StatusReport(
                **named("status_report", f"{scope} before"), scope_id=scope_id, rag="on_track",
                title="Week 8", author_id=account_id, at=datetime(2026, 2, 20, 16, tzinfo=UTC),
            ),
        ],
        "time_entries": [
            TimeEntry(
                **named("time_entry"), item_id=item_id, account_id=account_id, minutes=Decimal("90.5"),
                day=date(2026, 2, 27), billable=True,
            )
        ],
        "allocations": [
            Allocation(
                **named("allocation"), scope_id=scope_id, account_id=account_id, start=date(2026, 2, 1),
                effort=Decimal(50), effort_unit="percent",
            )
        ],
        "availabilities": [
            Availability(
                **named("availability"), account_id=account_id, kind="leave", start=date(2026, 3, 9),
                end=date(2026, 3, 13),
            )
        ],
        "budgets": [Budget(**named("budget"), scope_id=scope_id, kind="plan", money=money)],
        "rates": [Rate(**named("rate"), scope_id=scope_id, account_id=account_id, per_hour=money)],
    }  # fmt: skip
