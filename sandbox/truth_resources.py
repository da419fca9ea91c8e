"""What is true of status reports, logged time, promised people, leave and money."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sandbox.story import Home, Project
from sandbox.story_resources import Budget
from sandbox.truth_reach import Reach, instant, when, whole_second

Told = dict[str, Any]

SYMBOLS = {"Green": "on_track", "Yellow": "at_risk", "Red": "off_track"}


def resources_of(reach: Reach, project: Project) -> Told:
    """Lists by their names, empty where the tracker has nothing of the kind."""
    return {
        "status_reports": _symbols(reach, project)
        if project.home == "smartsheet"
        else _reports(reach, project),
        "time_entries": _time_entries(reach, project),
        "allocations": _allocations(reach, project),
        "budgets": [
            one for b in reach.story.resources.budgets if b.project == project.slug for one in _budget(b)
        ],
        "rates": _rates(reach, project),
    }


def availability(reach: Reach, home: Home, members: Collection[int]) -> list[Told]:
    return [
        {
            "id": absence.id,
            "account": reach.account(home, absence.person),
            "kind": "leave",
            "start": when(absence.start),
            "end": when(absence.end),
        }
        for absence in reach.story.resources.absences
        if home == "asana" and absence.person in members
    ]


def _reports(reach: Reach, project: Project) -> list[Told]:
    return [
        {
            "id": report.id,
            "rag": report.rag,
            "title": report.title,
            "text": report.text,
            "author": reach.account(project.home, report.author),
            "at": instant(report.at),
            "item": None,
        }
        for report in reach.story.resources.reports
        if report.project == project.slug
    ]


def _symbols(reach: Reach, project: Project) -> list[Told]:
    """Without a text. A row's symbol is as of its last change, and the story has no id for it."""
    summary = [
        {
            "id": f"{project.remote_id}:{field.id}",
            "rag": SYMBOLS[field.value],
            "title": field.title,
            "text": None,
            "author": reach.account(project.home, field.author),
            "at": whole_second(field.at),
            "item": None,
        }
        for field in project.summary
        if field.kind == "symbol" and isinstance(field.value, str)
    ]
    rows = [
        {
            "id": None,
            "rag": SYMBOLS[row.rag],
            "title": row.title,
            "text": None,
            "author": reach.account(project.home, row.history[-1].author),
            "at": whole_second(row.updated),
            "item": reach.id(row),
        }
        for row in reach.tasks.get(project.slug, [])
        if row.rag
    ]
    return [*summary, *rows]


def _time_entries(reach: Reach, project: Project) -> list[Told]:
    """Asana attributes an entry to one project only: that of the task, wherever else the task stands."""
    own = (task for task in reach.tasks.get(project.slug, []) if task.project == project.slug)
    numbers = {task.number: task for task in own}
    return [
        {
            "id": entry.id,
            "item": reach.id(numbers[entry.task]),
            "account": reach.account(project.home, entry.person),
            "minutes": entry.minutes,
            "day": when(entry.day),
            "billable": entry.billable,
            "approval": entry.approval,
        }
        for entry in reach.story.resources.time_entries
        if entry.task in numbers
    ]


def _allocations(reach: Reach, project: Project) -> list[Told]:
    return [
        {
            "id": promise.id,
            **_who(reach, project.home, promise.person, promise.placeholder),
            "start": when(promise.start),
            "end": when(promise.end),
            "effort": promise.effort,
            "unit": None if promise.effort is None else promise.unit,
        }
        for promise in reach.story.resources.allocations
        if promise.project == project.slug
    ]


def _budget(budget: Budget) -> list[Told]:
    amounts = (("plan", budget.plan), ("forecast", budget.forecast), ("actual", budget.actual))
    return [
        {
            "id": budget.id,
            "kind": kind,
            "amount": amount if budget.currency else None,
            "currency": budget.currency,
            "hours": None if budget.currency else amount,
        }
        for kind, amount in amounts
    ]


def _rates(reach: Reach, project: Project) -> list[Told]:
    return [
        {
            "id": rate.id,
            **_who(reach, project.home, rate.person, rate.placeholder),
            "amount": rate.per_hour,
            "currency": rate.currency,
        }
        for rate in reach.story.resources.rates
        if rate.project == project.slug
    ]


def _who(reach: Reach, home: Home, person: int | None, placeholder: str | None) -> Told:
    names = {one.id: one.name for one in reach.story.resources.placeholders}
    return {
        "account": None if person is None else reach.account(home, person),
        "placeholder": None if placeholder is None else names[placeholder],
    }
