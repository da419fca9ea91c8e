"""What Asana keeps beside tasks: declared states, time, people promised and away, budgets and rates."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from normalizer.asana_project import Project
from normalizer.asana_read import Body, day_of, decimal_of, gid_of, named
from normalizer.model import Named, Normalised, Rag, StatusReport
from normalizer.reading import Reading
from normalizer.resources import Allocation, Availability, Budget, Money, Rate, TimeEntry

RAGS: dict[str, Rag] = {
    "on_track": "on_track",
    "at_risk": "at_risk",
    "off_track": "off_track",
    "on_hold": "on_hold",
    "complete": "complete",
    "dropped": "dropped",
}
"""https://developers.asana.com/reference/createstatusforobject : those of a project. Goals have others."""
APPROVALS: dict[str, Literal["draft", "submitted", "approved", "rejected"]] = {
    "DRAFT": "draft",
    "SUBMITTED": "submitted",
    "APPROVED": "approved",
    "REJECTED": "rejected",
}
BILLABLE = {"billable": True, "nonBillable": False, "notApplicable": None}
EFFORTS: dict[str, Literal["percent", "hours_per_week"]] = {"percent": "percent", "hours": "hours_per_week"}
AMOUNTS: dict[str, Literal["plan", "forecast", "actual"]] = {
    "total": "plan",
    "estimate": "forecast",
    "actual": "actual",
}
HOUR = Decimal(60)


def status_report(project: Project, body: Body, reading: Reading) -> Normalised:
    said = reading.text(body, "status_type")
    rag: Rag = "not_set"
    if said:
        rag = RAGS.get(said) or reading.unknown("rag", said)
    author = gid_of(reading, body, "author") or gid_of(reading, body, "created_by")
    report = StatusReport(
        id=project.context.id("status_report", reading.remote_id),
        scope_id=project.context.scope_id,
        remote_id=reading.remote_id,
        rag=rag,
        original=Named(said) if said else None,
        title=reading.text(body, "title"),
        text_md=reading.text(body, "text"),
        author_id=project.account_id(author) if author else None,
        at=reading.moment(body, "created_at"),
    )
    return Normalised(status_reports=(report,), unmapped=reading.unmapped, rejections=reading.rejections)


def time_entry(project: Project, body: Body, reading: Reading) -> Normalised:
    minutes, day = decimal_of(reading, body, "duration_minutes"), day_of(reading, body, "entered_on")
    if minutes is None or day is None:
        key = "duration_minutes" if minutes is None else "entered_on"
        return _nothing(reading, key, "the minutes and the day of the work", body.get(key))
    task, person = gid_of(reading, body, "task"), gid_of(reading, body, "created_by")
    billable, approval = reading.text(body, "billable_status"), reading.text(body, "approval_status")
    if billable and billable not in BILLABLE:
        reading.unknown("billable", billable)
    if approval and approval not in APPROVALS:
        reading.unknown("approval", approval)
    entry = TimeEntry(
        id=project.context.id("time_entry", reading.remote_id),
        remote_id=reading.remote_id,
        item_id=project.context.id("item", task) if task else None,
        account_id=project.account_id(person) if person else None,
        minutes=minutes,
        day=day,
        billable=BILLABLE.get(billable or ""),
        approval=APPROVALS.get(approval or ""),
    )
    return Normalised(time_entries=(entry,), unmapped=reading.unmapped, rejections=reading.rejections)


def _who(project: Project, body: Body, key: str, reading: Reading) -> tuple[str | None, str | None]:
    """Our id of the account, or the name of a placeholder: a role that nobody fills yet."""
    one = reading.mapping(body, key)
    gid = reading.text(one, "gid")
    if reading.text(one, "resource_type") == "placeholder":
        found = named(one)
        return None, found.name if found else gid
    return (project.account_id(gid), None) if gid else (None, None)


def allocation(project: Project, body: Body, reading: Reading) -> Normalised:
    account, placeholder = _who(project, body, "assignee", reading)
    effort = reading.mapping(body, "effort")
    amount, unit = decimal_of(reading, effort, "value"), reading.text(effort, "type")
    if unit and unit not in EFFORTS:
        reading.unknown("effort_unit", unit)
    known = EFFORTS.get(unit or "")
    made = Allocation(
        id=project.context.id("allocation", reading.remote_id),
        scope_id=project.context.scope_id,
        remote_id=reading.remote_id,
        account_id=account,
        placeholder=placeholder,
        start=day_of(reading, body, "start_date"),
        end=day_of(reading, body, "end_date"),
        effort=amount if known else None,
        effort_unit=known if amount is not None else None,
    )
    return Normalised(allocations=(made,), unmapped=reading.unmapped, rejections=reading.rejections)


def availability(project: Project, body: Body, reading: Reading) -> Normalised:
    start, end = day_of(reading, body, "start_date"), day_of(reading, body, "end_date")
    if start is None or end is None:
        key = "start_date" if start is None else "end_date"
        return _nothing(reading, key, "the first and the last day away", body.get(key))
    user = gid_of(reading, body, "user")
    made = Availability(
        id=project.context.id("availability", reading.remote_id),
        remote_id=reading.remote_id,
        account_id=project.account_id(user) if user else None,
        kind="leave",
        start=start,
        end=end,
    )
    return Normalised(availabilities=(made,), rejections=reading.rejections)


def budget(project: Project, body: Body, reading: Reading) -> Normalised:
    """One of Asana's holds what may be spent, what is expected and what was spent: three of ours."""
    made = []
    for key, kind in AMOUNTS.items():
        part = reading.mapping(body, key)
        value, unit = decimal_of(reading, part, "value"), reading.text(part, "units")
        if value is None or part.get("enabled") is False:
            continue
        in_time = reading.text(body, "budget_type") == "time"
        if not in_time and not unit:
            reading.reject(f"{key}.units", "a currency", unit)
            continue
        made.append(
            Budget(
                id=project.context.id("budget", f"{reading.remote_id}:{kind}"),
                scope_id=project.context.scope_id,
                remote_id=reading.remote_id,
                kind=kind,
                hours=value / HOUR if in_time else None,
                money=None if in_time else Money(amount=value, currency=str(unit)),
                category="labour",
            )
        )
    return Normalised(budgets=made, rejections=reading.rejections)


def rate(project: Project, body: Body, reading: Reading) -> Normalised:
    amount, currency = decimal_of(reading, body, "rate"), reading.text(body, "currency_code")
    if amount is None or not currency:
        key = "rate" if amount is None else "currency_code"
        return _nothing(reading, key, "an amount of money in a currency", body.get(key))
    account, placeholder = _who(project, body, "resource", reading)
    made = Rate(
        id=project.context.id("rate", reading.remote_id),
        remote_id=reading.remote_id,
        per_hour=Money(amount=amount, currency=currency),
        scope_id=project.context.scope_id,
        account_id=account,
        placeholder=placeholder,
    )
    return Normalised(rates=(made,), rejections=reading.rejections)


def _nothing(reading: Reading, key: str, expected: str, found: object) -> Normalised:
    reading.reject(key, expected, found, whole=True)
    return Normalised(rejections=reading.rejections)
