"""Writes what the Asana projects know beside tasks: reports, promises of people, leave, money."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from random import Random

from sandbox import ids, times
from sandbox.people import BOT, DOUBLE_BOOKED, INACTIVE, READER
from sandbox.planted import GREEN_ON_ASANA
from sandbox.story import Person, Project
from sandbox.story_resources import (
    Absence,
    Allocation,
    Budget,
    DeclaredRag,
    Placeholder,
    Rate,
    Resources,
    StatusReport,
)

CURRENCY = "EUR"
"""Of the whole Asana domain."""
_ROLES = ("Migration engineer", "UX researcher")
_REPORTS: dict[str, tuple[DeclaredRag, ...]] = {
    "on_track": ("on_track", "on_track", "on_track", "on_track"),
    "at_risk": ("on_track", "on_hold", "off_track", "at_risk"),
    "off_track": ("on_track", "at_risk", "off_track", "off_track"),
}
"""What was declared month by month, the latest last."""
_TEXTS = ("All quiet.", "Supplier late, see *risks*.\n- plan B is ready", "Größere Verzögerung möglich.")


def nothing() -> Resources:
    return Resources(
        reports=[], time_entries=[], placeholders=[], allocations=[], absences=[], budgets=[], rates=[]
    )


def write_resources(
    rng: Random, today: datetime, projects: dict[str, Project], people: dict[int, Person]
) -> Resources:
    """All but time entries, which come with the tasks."""
    written = nothing()
    written.placeholders = [Placeholder(id=ids.gid("placeholder", role), name=role) for role in _ROLES]
    for project in projects.values():
        written.reports += _reports(rng, today, project)
        written.allocations += _allocations(rng, today, project, written.placeholders[0])
    written.absences = _absences(rng, today, people)
    green, *others = [projects[GREEN_ON_ASANA], *(p for p in projects.values() if p.slug != GREEN_ON_ASANA)]
    written.budgets = [
        Budget(id=ids.gid("budget", green.slug), project=green.slug, currency=CURRENCY, plan=180_000,
               forecast=214_500, actual=97_250),
        Budget(id=ids.gid("budget", others[-1].slug), project=others[-1].slug, currency=None, plan=1_200,
               forecast=1_150, actual=640),
    ]  # fmt: skip
    written.rates = _rates(rng, green, written.placeholders[0])
    return written


def _reports(rng: Random, today: datetime, project: Project) -> list[StatusReport]:
    told = _REPORTS[project.declared]
    return [
        StatusReport(
            id=ids.gid("report", project.slug, index),
            project=project.slug,
            rag=rag,
            title=f"{project.name}: report {index + 1}",
            text=rng.choice(_TEXTS),
            author=project.owner,
            at=times.office_hour((today - timedelta(days=28 * (len(told) - index) - 20)).date(), rng),
        )
        for index, rag in enumerate(told)
    ]


def _workers(project: Project) -> list[int]:
    return [id for id in project.members if id not in (READER, BOT, INACTIVE)]


def _allocations(
    rng: Random, today: datetime, project: Project, placeholder: Placeholder
) -> list[Allocation]:
    """A few people in percent or hours a week, one without an end, one role, and who is booked too much."""
    numbers = count()
    start = (today - timedelta(days=rng.randrange(10, 40))).date()

    def promise(
        person: int | None, effort: int | None, unit: str = "percent", days: int | None = 90
    ) -> Allocation:
        return Allocation(
            id=ids.gid("allocation", project.slug, next(numbers)),
            project=project.slug,
            person=person,
            placeholder=placeholder.id if person is None else None,
            start=start,
            end=None if days is None else start + timedelta(days=days),
            effort=effort,
            unit="hours_per_week" if unit == "hours_per_week" else "percent",
        )

    chosen = rng.sample([id for id in _workers(project) if id != DOUBLE_BOOKED], 4)
    promises = [
        promise(chosen[0], 50),
        promise(chosen[1], 16, "hours_per_week"),
        promise(chosen[2], 20, days=None),
        promise(chosen[3], None),
        promise(DOUBLE_BOOKED, 60),
    ]
    return [*promises, promise(None, 80)] if project.slug == GREEN_ON_ASANA else promises


def _absences(rng: Random, today: datetime, people: dict[int, Person]) -> list[Absence]:
    """Leave around today; who is booked too much is also away next week."""
    able = [
        id for id, p in people.items() if p.asana_id and p.active and id not in (READER, BOT, DOUBLE_BOOKED)
    ]
    away = [
        (DOUBLE_BOOKED, 5, 4),
        *((id, rng.randrange(-20, 30), rng.randrange(1, 14)) for id in rng.sample(able, 6)),
    ]
    return [
        Absence(
            id=ids.gid("leave", person, offset),
            person=person,
            start=(today + timedelta(days=offset)).date(),
            end=(today + timedelta(days=offset + length)).date(),
        )
        for person, offset, length in away
    ]


def _rates(rng: Random, project: Project, placeholder: Placeholder) -> list[Rate]:
    chosen: list[int | None] = [*rng.sample(_workers(project), 3), None]
    return [
        Rate(
            id=ids.gid("rate", project.slug, person),
            project=project.slug,
            person=person,
            placeholder=placeholder.id if person is None else None,
            per_hour=rng.choice((85, 110, 140)),
            currency=CURRENCY,
        )
        for person in chosen
    ]
