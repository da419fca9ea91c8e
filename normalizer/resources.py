"""The common model, resourcing part: time spent, people promised and away, money. Data only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeEntry:
    """Whole or part minutes that an account booked on an item for a day."""

    id: str
    remote_id: str
    item_id: str | None
    account_id: str | None
    minutes: Decimal
    day: date
    billable: bool | None = None
    approval: Literal["draft", "submitted", "approved", "rejected"] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """An account, or a placeholder for one, promised to a scope from ``start`` to ``end`` (inclusive days;
    None: open). ``effort`` is a percentage of the working time, or hours a week."""

    id: str
    scope_id: str
    remote_id: str
    account_id: str | None
    placeholder: str | None = None
    start: date | None = None
    end: date | None = None
    effort: Decimal | None = None
    effort_unit: Literal["percent", "hours_per_week"] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """When an account does not work, or works otherwise than usual; inclusive days."""

    id: str
    remote_id: str
    account_id: str | None
    kind: Literal["working_pattern", "holiday", "leave"]
    start: date
    end: date
    hours: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """An amount in a currency (ISO 4217)."""

    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What a scope may cost, is expected to cost or has cost: in money or in hours."""

    id: str
    scope_id: str
    remote_id: str
    kind: Literal["plan", "forecast", "actual"]
    money: Money | None = None
    hours: Decimal | None = None
    category: Literal["labour", "vendor", "software", "other"] = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """Money an hour of an account or a placeholder; for those with the right to see rates only."""

    id: str
    remote_id: str
    per_hour: Money
    scope_id: str | None = None
    account_id: str | None = None
    placeholder: str | None = None
    start: date | None = None
    end: date | None = None
