"""The story, resourcing part: what people declare, log, promise, cost, and when they are away. Data only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

DeclaredRag = Literal["on_track", "at_risk", "off_track", "on_hold", "complete"]


@dataclass(slots=True, kw_only=True)
class StatusReport:
    """What somebody declared of a project at a moment."""

    id: str
    project: str
    rag: DeclaredRag
    title: str
    text: str
    author: int
    at: datetime


@dataclass(slots=True, kw_only=True)
class TimeEntry:
    """Whole minutes that a person logged on a task for a day."""

    id: str
    task: int
    person: int
    minutes: int
    day: date
    billable: bool | None
    approval: Literal["draft", "submitted", "approved", "rejected"] | None


@dataclass(slots=True, kw_only=True)
class Placeholder:
    """A role that nobody fills yet."""

    id: str
    name: str


@dataclass(slots=True, kw_only=True)
class Allocation:
    """A person or a placeholder (its id) promised to a project; inclusive days, ``end`` None is open.
    ``effort`` None: promised without saying how much."""

    id: str
    project: str
    person: int | None
    placeholder: str | None
    start: date
    end: date | None
    effort: int | None
    unit: Literal["percent", "hours_per_week"]


@dataclass(slots=True, kw_only=True)
class Absence:
    """A person's leave, inclusive days."""

    id: str
    person: int
    start: date
    end: date


@dataclass(slots=True, kw_only=True)
class Budget:
    """A project's budget in whole units of ``currency``, or in hours where that is None.
    ``plan`` is what was granted, ``forecast`` what it is expected to take, ``actual`` what it took so far."""

    id: str
    project: str
    currency: str | None
    plan: int
    forecast: int
    actual: int


@dataclass(slots=True, kw_only=True)
class Rate:
    """Money an hour of a person or a placeholder on a project."""

    id: str
    project: str
    person: int | None
    placeholder: str | None
    per_hour: int
    currency: str


@dataclass(slots=True, kw_only=True)
class SummaryField:
    """One field of a sheet's summary: text, a number, a day, or the word of a red-yellow-green symbol."""

    id: str
    title: str
    kind: Literal["text", "number", "date", "symbol"]
    value: str | int | date | None
    author: int
    at: datetime
    """Who set it, and when."""


@dataclass(slots=True, kw_only=True)
class Resources:
    """All of the story's, in the order they came up."""

    reports: list[StatusReport]
    time_entries: list[TimeEntry]
    placeholders: list[Placeholder]
    allocations: list[Allocation]
    absences: list[Absence]
    budgets: list[Budget]
    rates: list[Rate]
