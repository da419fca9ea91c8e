"""What Asana keeps beside tasks, as things: declared states, time, people promised and away, money."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.asana_tasks import Desk
from sandbox.asana_things import Body, Thing
from sandbox.people import READER
from sandbox.story_resources import Allocation, Budget, Rate, StatusReport, TimeEntry
from sandbox.times import iso


def add_resources(desk: Desk, tasks: Mapping[int, Thing]) -> None:
    """To the projects, tasks and people that they belong to, as far as those are in reach."""
    told = desk.story.resources
    placeholders = {one.id: Thing(one.id, "placeholder", {"name": one.name}) for one in told.placeholders}
    for report in told.reports:
        _put(desk, report.project, "status_updates", _report(desk, report))
    for entry in told.time_entries:
        if entry.task in tasks:
            _add_entry(desk, entry, tasks[entry.task])
    for promise in told.allocations:
        _put(desk, promise.project, "allocations", _allocation(desk, promise, placeholders))
    for absence in told.absences:
        user = desk.users[absence.person]
        body = {
            "start_date": absence.start.isoformat(), "end_date": absence.end.isoformat(), "user": user,
            "created_by": user,
        }  # fmt: skip
        user.put("ooo_entries", Thing(absence.id, "ooo_entry", body))
    for budget in told.budgets:
        _put(desk, budget.project, "budgets", _budget(desk, budget))
    for rate in told.rates:
        _put(desk, rate.project, "rates", _rate(desk, rate, placeholders))
    _name_latest(desk)


def _put(desk: Desk, slug: str, relation: str, thing: Thing | None) -> None:
    if thing is not None:
        desk.projects[slug].put(relation, thing)


def _name_latest(desk: Desk) -> None:
    """The latest first, as people see them; it is also the current one."""
    for project in desk.projects.values():
        updates = project.lists.get("status_updates", [])
        updates.sort(key=lambda one: str(one.fields["created_at"]), reverse=True)
        project.fields["current_status_update"] = updates[0] if updates else None


def _report(desk: Desk, report: StatusReport) -> Thing | None:
    if report.project not in desk.projects:
        return None
    author = desk.users[report.author]
    body = {
        "title": report.title, "resource_subtype": "project_status_update", "text": report.text,
        "html_text": f"<body>{report.text}</body>", "status_type": report.rag, "author": author,
        "created_by": author, "created_at": iso(report.at), "modified_at": iso(report.at),
        "liked": False, "num_likes": 0, "hearted": False, "num_hearts": 0,
        "parent": desk.projects[report.project],
    }  # fmt: skip
    return Thing(report.id, "status_update", body)


def _add_entry(desk: Desk, entry: TimeEntry, task: Thing) -> None:
    """Attributed to the task's first project. ``approval_status`` is there once there is a timesheet."""
    user, slug = desk.users[entry.person], desk.story.tasks[entry.task].project
    project = desk.projects.get(slug)
    body: Body = {
        "duration_minutes": entry.minutes, "entered_on": entry.day.isoformat(), "created_by": user,
        "categories": [], "task": task, "created_at": f"{entry.day.isoformat()}T17:00:00.000Z",
        "billable_status": {True: "billable", False: "nonBillable", None: "notApplicable"}[entry.billable],
        "description": "",
    }  # fmt: skip
    if project:
        body["attributable_to"] = project
    if entry.approval:
        body["approval_status"] = entry.approval.upper()
    thing = Thing(entry.id, "time_tracking_entry", body)
    for owner in (task, user, project):
        if owner:
            owner.put("time_tracking_entries", thing)


def _allocation(desk: Desk, promise: Allocation, placeholders: Mapping[str, Thing]) -> Thing | None:
    """One without an end has no ``end_date`` at all."""
    who = _who(desk, promise.person, promise.placeholder, placeholders)
    if promise.project not in desk.projects:
        return None
    unit = "percent" if promise.unit == "percent" else "hours"
    body: Body = {
        "start_date": promise.start.isoformat(),
        "effort": None if promise.effort is None else {"type": unit, "value": promise.effort},
        "assignee": who,
        "created_by": desk.users[READER],
        "parent": desk.projects[promise.project],
        "resource_subtype": "project_allocation",
    }
    if promise.end:
        body["end_date"] = promise.end.isoformat()
    thing = Thing(promise.id, "allocation", body)
    who.put("allocations", thing)
    return thing


def _who(desk: Desk, person: int | None, placeholder: str | None, roles: Mapping[str, Thing]) -> Thing:
    return roles[placeholder] if placeholder else desk.users[person or READER]


def _budget(desk: Desk, budget: Budget) -> Thing | None:
    """Money in the currency of the domain; time in minutes."""
    if budget.project not in desk.projects:
        return None
    units, times = (budget.currency, 1) if budget.currency else ("minutes", 60)
    any_work = {"billable_status_filter": "any"}
    body = {
        "budget_type": "cost" if budget.currency else "time",
        "total": {"enabled": True, "value": budget.plan * times, "units": units},
        "estimate": {
            **any_work, "source": "tasks", "enabled": True, "value": budget.forecast * times, "units": units,
        },
        "actual": {**any_work, "value": budget.actual * times, "units": units},
        "parent": desk.projects[budget.project],
    }  # fmt: skip
    return Thing(budget.id, "budget", body)


def _rate(desk: Desk, rate: Rate, placeholders: Mapping[str, Thing]) -> Thing | None:
    if rate.project not in desk.projects:
        return None
    body = {
        "parent": desk.projects[rate.project],
        "resource": _who(desk, rate.person, rate.placeholder, placeholders),
        "rate": rate.per_hour,
        "currency_code": rate.currency,
        "created_by": desk.users[READER],
    }
    return Thing(rate.id, "rate", body)
