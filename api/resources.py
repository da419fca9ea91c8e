"""What trackers tell beside items: declared status, time, people promised and away, money."""

from __future__ import annotations

from dataclasses import fields
from typing import Annotated, Any

from fastapi import Depends, Query, Response

from api import examples_resources as examples
from api.asking import Ask, ask_table
from api.documents import answers
from api.envelope import Page
from api.parameters import DatedParameters, ScopedParameters, in_order
from api.routing import versioned
from api.tables import from_fields
from store.resource_views import (
    AllocationView,
    AvailabilityView,
    BudgetView,
    RateView,
    ResourceQuery,
    StatusReportView,
    TimeEntryView,
)
from store.views import ResourcePage

ROUTER = versioned("resources")
TableAsk = Annotated[Ask, Depends(ask_table)]
Dated = Annotated[DatedParameters, Query()]
Scoped = Annotated[ScopedParameters, Query()]


@ROUTER.get(
    "/status-reports",
    summary="Status reports",
    responses=answers(
        Page[StatusReportView], examples.STATUS_REPORTS, table=examples.STATUS_REPORTS_CSV, problems=(400,)
    ),
)
async def list_status_reports(ask: TableAsk, asked: Dated) -> Response:
    """What people declare, the newest first; `person` is the author. The latest of each scope also stands in
    its projects, beside the figures and never in them."""
    return _send(ask, StatusReportView, await ask.reader.status_reports(_dated(asked)))


@ROUTER.get(
    "/time-entries",
    summary="Time entries",
    responses=answers(
        Page[TimeEntryView], examples.TIME_ENTRIES, table=examples.TIME_ENTRIES_CSV, problems=(400,)
    ),
)
async def list_time_entries(ask: TableAsk, asked: Dated) -> Response:
    """Time booked, the newest day first. The office sees all that stands in a scope that it may see, the lead
    of a team what stands in the team's scopes, everybody their own; `restricted` counts the rest."""
    return _send(ask, TimeEntryView, await ask.reader.time_entries(_dated(asked)))


@ROUTER.get(
    "/allocations",
    summary="Allocations",
    responses=answers(
        Page[AllocationView], examples.ALLOCATIONS, table=examples.ALLOCATIONS_CSV, problems=(400,)
    ),
)
async def list_allocations(ask: TableAsk, asked: Dated) -> Response:
    """Who is promised to which scope, the latest start first. Shown to whoever is shown time entries."""
    return _send(ask, AllocationView, await ask.reader.allocations(_dated(asked)))


@ROUTER.get(
    "/availability",
    summary="Availability",
    responses=answers(
        Page[AvailabilityView], examples.AVAILABILITY, table=examples.AVAILABILITY_CSV, problems=(400,)
    ),
)
async def list_availability(ask: TableAsk, asked: Dated) -> Response:
    """Who is away or works otherwise than usual, the latest start first. It belongs to all scopes in which it
    was read, and is shown to whoever is shown time entries."""
    return _send(ask, AvailabilityView, await ask.reader.availability(_dated(asked)))


@ROUTER.get(
    "/budgets",
    summary="Budgets",
    responses=answers(Page[BudgetView], examples.BUDGETS, table=examples.BUDGETS_CSV, problems=(400,)),
)
async def list_budgets(ask: TableAsk, asked: Scoped) -> Response:
    """What scopes may cost and have cost. Shown to the office, and to the lead of the scope's team."""
    return _send(ask, BudgetView, await ask.reader.budgets(ResourceQuery(**asked.model_dump())))


@ROUTER.get(
    "/rates",
    summary="Rates",
    responses=answers(Page[RateView], examples.RATES, table=examples.RATES_CSV, problems=(400,)),
)
async def list_rates(ask: TableAsk, asked: Dated) -> Response:
    """Money an hour. Shown to whoever is shown budgets; those of no scope to the office alone."""
    return _send(ask, RateView, await ask.reader.rates(_dated(asked)))


def _dated(asked: DatedParameters) -> ResourceQuery:
    """Raises Invalid on a range that ends before it begins."""
    in_order("to", asked.day_from, asked.day_to)
    return ResourceQuery(**asked.model_dump())


def _send(ask: Ask, view: type[Any], found: ResourcePage[Any]) -> Response:
    following = None if found.next_cursor is None else ask.next("cursor", found.next_cursor)
    page = Page(data=found.rows, meta=ask.meta(found.coverage), next=following)
    if ask.form == "json":
        return ask.answer(page)
    columns = [entry.name for entry in fields(view)]
    return ask.table(columns, from_fields(columns, found.rows), page)
