"""Estimates, time and progress."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from normalizer.model import Progress, Quantity
from tests.normalizer.jira_site import (
    DEFINITIONS,
    PERCENT,
    POINTS,
    TEAM_POINTS,
    issue,
    item,
    mapper,
    normalised,
    record,
    status,
)


def points(value: str) -> Quantity:
    return Quantity(Decimal(value), "points")


def minutes(value: str) -> Quantity:
    return Quantity(Decimal(value), "minutes")


def board(field: str) -> dict[str, Any]:
    estimation = {"type": "field", "field": {"fieldId": field}}
    return {**DEFINITIONS, "board": {"values": [{"configuration": {"estimation": estimation}}]}}


def test_points_first_then_minutes() -> None:
    found = item(**{POINTS: 5.0}, timeoriginalestimate=28800, timeestimate=3600, timespent=90)
    assert found.estimates == [points("5"), minutes("480")]
    assert (found.remaining, found.spent) == (minutes("60"), minutes("1.5"))


def test_either_points_field_will_do() -> None:
    assert item(**{TEAM_POINTS: 3}).estimates == [points("3")]
    assert item(**{POINTS: 2.5}).estimates == [points("2.5")]
    both = item(**{TEAM_POINTS: 3, POINTS: 8})
    assert both.estimates == [points("3")]
    assert both.custom[POINTS].value == Decimal(8)


def test_the_boards_own_field_goes_first() -> None:
    read = mapper(definitions=board(POINTS))
    (found,) = read(record(issue(**{TEAM_POINTS: 3, POINTS: 8}))).items
    assert found.estimates == [points("8")]


def test_a_board_that_estimates_in_time_makes_minutes_primary() -> None:
    read = mapper(definitions=board("timeoriginalestimate"))
    (found,) = read(record(issue(**{POINTS: 8}, timeoriginalestimate=3600))).items
    assert found.estimates == [minutes("60"), points("8")]


def test_a_rule_names_the_field_of_the_estimate() -> None:
    found = item({"fields": {"estimate": "Done so far"}}, **{PERCENT: 13, POINTS: 8})
    assert found.estimates == [points("13")]


def test_progress_by_time_once_some_was_spent() -> None:
    found = item(timespent=3600, timeestimate=7200, subtasks=[child("done")])
    assert found.progress == Progress(Decimal("33.33"), "time")
    assert item(timespent=3600).progress == Progress(Decimal(100), "time")


def test_progress_by_closed_sub_tasks_else() -> None:
    found = item(timeestimate=7200, subtasks=[child("done"), child("new"), child("indeterminate")])
    assert found.progress == Progress(Decimal("33.33"), "children_count")
    assert item().progress is None


def test_a_rule_names_the_field_that_reports_progress() -> None:
    rules = {"fields": {"percent_complete": PERCENT}}
    assert item(rules, **{PERCENT: 40}, timespent=3600).progress == Progress(Decimal(40), "reported")
    made = normalised(rules, **{PERCENT: 140})
    assert made.items[0].progress is None
    assert [(r.field, r.expected) for r in made.rejections] == [(PERCENT, "a percentage from 0 to 100")]


def child(category: str) -> dict[str, Any]:
    return {"id": "20002", "key": "NET-8", "fields": {"status": status("Any", category)}}
