"""What reads answer of what stands beside items: declared status, time, allocations, absence, money."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from normalizer.model import Named, Rag
from normalizer.resources import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceView:
    """What all of them have. ``scope`` is where it stands, or was read; ``read_at`` is when it was first read
    as it is now."""

    id: str
    remote_id: str
    connection: str
    tracker: str
    scope: str
    read_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalView(ResourceView):
    """Of somebody: an account, the person whose it is, and the name that the tracker shows."""

    account_id: str | None
    person: str | None
    name: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusReportView(PersonalView):
    """What people declare, and never what evidence says. The somebody is the author. ``item_id`` is set where
    a row declares, and not its scope; ``at`` is null where the tracker keeps no time."""

    scope_name: str
    item_id: str | None
    rag: Rag
    original: Named | None
    title: str | None
    text_md: str | None
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeEntryView(PersonalView):
    """Minutes that somebody booked on an item for a day."""

    item_id: str | None
    minutes: Decimal
    day: date
    billable: bool | None
    approval: Literal["draft", "submitted", "approved", "rejected"] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocationView(PersonalView):
    """Somebody, or a placeholder for one, promised to a scope. Days are inclusive; null is open."""

    placeholder: str | None
    start: date | None
    end: date | None
    effort: Decimal | None
    effort_unit: Literal["percent", "hours_per_week"] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AvailabilityView(PersonalView):
    """When somebody does not work, or works otherwise than usual. Days are inclusive."""

    kind: Literal["working_pattern", "holiday", "leave"]
    start: date
    end: date
    hours: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetView(ResourceView):
    """What a scope may cost, is expected to cost or has cost, in money or in hours."""

    kind: Literal["plan", "forecast", "actual"]
    money: Money | None
    hours: Decimal | None
    category: Literal["labour", "vendor", "software", "other"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RateView(PersonalView):
    """Money an hour of somebody, or of a placeholder. Days are inclusive; null is open."""

    placeholder: str | None
    per_hour: Money
    start: date | None
    end: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceQuery:
    """Filters are joined by and; several values in one by or. ``person`` takes ids of people and accounts
    (the author of a status report). Whatever touches a day from ``day_from`` to ``day_to`` is in; what has
    no day always is. The newest come first."""

    scope: Sequence[str] = ()
    project: Sequence[str] = ()
    person: Sequence[str] = ()
    day_from: date | None = None
    day_to: date | None = None
    limit: int = 100
    cursor: str | None = None
