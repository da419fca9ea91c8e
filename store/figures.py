"""Figures: what one item adds to a project, and the sums that are kept of it.

A scope's own figures stand under the scope's id, whoever claims it; a declared project's under its own.
Each is kept per home scope, so that a scope that a reader may not see drops out of the sum.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sqlalchemy import delete

from normalizer.model import DateValue, Item
from store.schema import figures
from store.session import Session

MICRO = 10**6
"""Sums are whole millionths: exact on both databases."""
NOTHING, ALL = Decimal(0), Decimal(100)
LARGEST = Decimal(10**6)
"""No estimate counts for more points than this, so that a sum over millions of items fits 64 bits."""

Part = tuple[str, str, int, int]
"""Name, bucket, count, amount."""
CLOSED = ("done", "cancelled")


def due_day(due: DateValue | None) -> date | None:
    """The day, in UTC where the due date is an instant."""
    if due is None:
        return None
    return due.at.date() if due.at else due.date


def points(item: Item) -> int | None:
    """The estimate in millionths of a point."""
    for estimate in item.estimates:
        if estimate.unit == "points" and estimate.value.is_finite():
            return int(max(-LARGEST, min(LARGEST, estimate.value)) * MICRO)
    return None


def contribution(item: Item, presence: str) -> list[Part]:
    """What an item adds to the figures of a project that it belongs to."""
    if presence == "archived":
        return [("archived", "", 1, 0)]
    if presence != "present":
        return []
    parts: list[Part] = []
    if item.visibility == "restricted":
        parts.append(("restricted", "", 1, 0))
    if not item.flags.counted:
        return [*parts, ("uncounted", "", 1, 0)]
    parts.append(("category", item.status_category, 1, 0))
    if item.status_category not in CLOSED:
        parts.extend(_open(item))
    if item.status_category != "cancelled":
        parts.extend(_effort(item))
    return parts


def _open(item: Item) -> Iterable[Part]:
    if day := due_day(item.due):
        yield "open_due", day.isoformat(), 1, 0
    if item.hold == "blocked":
        yield "blocked", "", 1, 0
    accounts = {assignment.account_id for assignment in item.assignments}
    if not accounts:
        yield "unassigned", "", 1, 0
    for account in sorted(accounts):
        yield "account", account, 1, 0


def _effort(item: Item) -> Iterable[Part]:
    if item.progress and item.progress.percent.is_finite():
        yield "progress", item.progress.method, 1, int(max(NOTHING, min(ALL, item.progress.percent)) * MICRO)
    estimate = points(item)
    if estimate is not None:
        yield "points", "", 1, estimate
        if item.status_category == "done":
            yield "points_done", "", 1, estimate


@dataclass(slots=True)
class Ledger:
    """Differences to the figures, gathered during a transaction and applied at its end."""

    entries: dict[tuple[str, str, str, str], list[int]] = field(
        default_factory=lambda: defaultdict(lambda: [0, 0])
    )

    def enter(self, projects: Iterable[str], scope: str, parts: list[Part], sign: int) -> None:
        """Add (or with -1 take away) an item's parts in these projects and in its home scope."""
        for project in {scope, *projects}:
            for name, bucket, n, amount in parts:
                entry = self.entries[project, scope, name, bucket]
                entry[0] += sign * n
                entry[1] += sign * amount

    async def apply(self, session: Session) -> None:
        rows = [
            {
                "project_id": project,
                "scope_id": scope,
                "name": name,
                "bucket": bucket,
                "n": n,
                "amount": amount,
            }
            for (project, scope, name, bucket), (n, amount) in sorted(self.entries.items())
            if n or amount
        ]
        await session.increase(figures, rows, ("n", "amount"))
        self.entries.clear()


async def sweep(session: Session) -> None:
    """Drop the sums that came to nothing."""
    await session.run(delete(figures).where(figures.c.n == 0, figures.c.amount == 0))
