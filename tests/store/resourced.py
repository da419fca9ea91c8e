"""What stands beside items, made in a line; and what of it each read shows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from decimal import Decimal
from typing import Any

from normalizer.ids import entity_id
from normalizer.model import StatusReport
from normalizer.resources import Allocation, Availability, Budget, Money, Rate, TimeEntry
from store.reader import Reader
from store.resource_views import ResourceQuery
from tests.store.kit import Reading, account_id, at, item_id, other, scope_id

KINDS = ("status_reports", "time_entries", "allocations", "availability", "budgets", "rates")


def ident(kind: str, remote: str) -> str:
    return entity_id("any", "site", kind, remote)


def report(remote: str, scope: str = "OPS", **values: Any) -> StatusReport:
    made: dict[str, Any] = {"rag": "on_track", "title": f"Week {remote}", "at": at(0)}
    return StatusReport(
        id=ident("status_report", remote), scope_id=scope_id(scope), remote_id=remote, **{**made, **values}
    )


def entry(remote: str, who: str | None = "ann", of: str | None = "1", **values: Any) -> TimeEntry:
    """``of`` is the remote id of an item."""
    made: dict[str, Any] = {"minutes": Decimal("90.5"), "day": date(2026, 3, 2)}
    return TimeEntry(
        id=ident("time_entry", remote),
        remote_id=remote,
        item_id=item_id(of) if of else None,
        account_id=account_id(who) if who else None,
        **{**made, **values},
    )


def allocation(remote: str, who: str | None = "ann", scope: str = "OPS", **values: Any) -> Allocation:
    made: dict[str, Any] = {"effort": Decimal(50), "effort_unit": "percent"}
    return Allocation(
        id=ident("allocation", remote),
        scope_id=scope_id(scope),
        remote_id=remote,
        account_id=account_id(who) if who else None,
        **{**made, **values},
    )


def leave(remote: str, who: str = "ann", **values: Any) -> Availability:
    made: dict[str, Any] = {"kind": "leave", "start": date(2026, 3, 9), "end": date(2026, 3, 13)}
    return Availability(
        id=ident("availability", remote),
        remote_id=remote,
        account_id=account_id(who),
        **{**made, **values},
    )


def budget(remote: str, scope: str = "OPS", **values: Any) -> Budget:
    made: dict[str, Any] = {"kind": "plan", "money": Money(amount=Decimal("1000.10"), currency="EUR")}
    return Budget(
        id=ident("budget", remote), scope_id=scope_id(scope), remote_id=remote, **{**made, **values}
    )


def rate(remote: str, who: str = "ann", scope: str | None = "OPS", **values: Any) -> Rate:
    return Rate(
        id=ident("rate", remote),
        remote_id=remote,
        per_hour=Money(amount=Decimal("95.50"), currency="EUR"),
        scope_id=scope_id(scope) if scope else None,
        account_id=account_id(who),
        **values,
    )


def everything(scope: str = "OPS", who: str = "ann", of: str = "1") -> list[Reading]:
    """One of each kind, each told by a record of its own."""
    name = f"{scope}-{who}"
    return [
        other("status_report", name, status_reports=[report(name, scope, author_id=account_id(who))]),
        other("time_entry", name, time_entries=[entry(name, who, of)]),
        other("allocation", name, allocations=[allocation(name, who, scope)]),
        other("availability", name, availabilities=[leave(name, who)]),
        other("budget", name, budgets=[budget(name, scope)]),
        other("rate", name, rates=[rate(name, who, scope)]),
    ]


async def remotes(reader: Reader, kind: str, **asked: Any) -> list[str]:
    """The remote ids that a read answers, in its order."""
    page = await getattr(reader, kind)(ResourceQuery(**asked))
    return [view.remote_id for view in page.rows]


def _sees(kind: str) -> Callable[[Reader], Awaitable[bool]]:
    async def sees(reader: Reader) -> bool:
        page = await getattr(reader, kind)(ResourceQuery())
        assert len(page.rows) in (0, 1)
        inside = (await reader.coverage()).hidden == 0
        assert page.coverage.restricted == int(inside and not page.rows), "withheld and not counted"
        in_project = await getattr(reader, kind)(ResourceQuery(project=["secret"]))
        in_scope = await getattr(reader, kind)(ResourceQuery(scope=[scope_id("OPS")]))
        assert page.rows == in_project.rows == in_scope.rows
        return bool(page.rows)

    return sees


SHARED = {"status_reports": _sees("status_reports")}
"""Shown as the scope is."""
GUARDED = {kind: _sees(kind) for kind in KINDS[1:]}
"""Shown to the office and to the team's lead; the caller in the matrix is nobody in particular."""
