"""Changelog histories as changes in our words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.normalizer.jira_site import (
    ADA,
    FLAGGED,
    POINTS,
    RANK,
    SPRINT,
    START,
    changed,
    entity,
    mapper,
    record,
)


def change(
    field: str, before: tuple[Any, Any], after: tuple[Any, Any], field_id: str | None = None
) -> dict[str, Any]:
    told = {"field": field, "from": before[0], "fromString": before[1], "to": after[0], "toString": after[1]}
    return told | ({"fieldId": field_id} if field_id else {})


NOTHING = (None, None)
CASES: list[tuple[dict[str, Any], tuple[str, str | None, str | None]]] = [
    (change("summary", (None, "Old"), (None, "New"), "summary"), ("title", "Old", "New")),
    (change("status", ("1", "Open"), ("5", "Erledigt"), "status"), ("status_category", "todo", "done")),
    (change("status", ("3", "In Progress"), ("7", "Geparkt")), ("status_category", "in_progress", "unknown")),
    (change("resolution", NOTHING, ("1", "Duplicate")), ("outcome", None, "duplicate")),
    (change("duedate", NOTHING, ("2026-03-31", "2026-03-31 00:00:00.0")), ("due", None, "2026-03-31")),
    (change("Start date", NOTHING, ("2026-03-01", "01/Mar/26"), START), ("start", None, "2026-03-01")),
    (change("priority", NOTHING, ("1", "Highest")), ("priority", "none", "urgent")),
    (change("issuetype", ("1", "Task"), ("2", "Bug")), ("type", "task", "bug")),
    (
        change("assignee", NOTHING, ("712020:ada", "Ada Abbott")),
        ("assignments", None, entity("account", "712020:ada")),
    ),
    (change("Story Points", NOTHING, (None, "8"), POINTS), ("estimates", None, "8 points")),
    (change("Story Points", (None, "2.5"), (None, "8.0")), ("estimates", "2.5 points", "8 points")),
    (change("timeoriginalestimate", NOTHING, ("28800", "28800")), ("estimates", None, "480 minutes")),
    (change("timespent", ("60", "60"), ("5400", "5400")), ("spent", "1 minutes", "90 minutes")),
    (
        change("Sprint", ("7", "Sprint 7"), ("7, 9", "Sprint 7, Sprint 9"), SPRINT),
        ("iteration_ids", entity("iteration", "7"), f"{entity('iteration', '7')},{entity('iteration', '9')}"),
    ),
    (
        change("IssueParentAssociation", NOTHING, ("19000", "NET-1")),
        ("parent_id", None, entity("item", "19000")),
    ),
    (change("Key", (None, "OLD-3"), (None, "NET-7")), ("remote_key", "OLD-3", "NET-7")),
    (
        change("project", ("10001", "Old"), ("10011", "Network")),
        ("placements", entity("scope", "10001"), entity("scope", "10011")),
    ),
    (change("Component", NOTHING, ("31", "Core")), ("placements", None, entity("section", "31"))),
    (change("Fix Version", NOTHING, ("61", "Hand-over")), ("release_ids", None, entity("release", "61"))),
    (change("Flagged", ("", ""), ("[1]", "Impediment"), FLAGGED), ("hold", "none", "blocked")),
    (change("labels", (None, "a"), (None, "a b")), ("labels", "a", "a b")),
    (change("security", NOTHING, ("1", "Staff")), ("visibility", "scope", "restricted")),
    (change("Rank", ("", ""), ("", "Ranked lower"), RANK), ("rank", None, "Ranked lower")),
    (change("Workflow", ("1", "old"), ("2", "new")), ("Workflow", "old", "new")),
]


@pytest.mark.parametrize(
    ("told", "expected"), CASES, ids=[f"{c[0]['field']}-{n}" for n, c in enumerate(CASES)]
)
def test_each_field_in_our_words(told: dict[str, Any], expected: tuple[str, str | None, str | None]) -> None:
    (found,) = changed(told)
    assert (found.field, found.before, found.after) == expected


def test_the_trackers_own_words_ride_along() -> None:
    (found,) = changed(change("status", ("1", "Open"), ("5", "Erledigt")))
    assert (found.original_before, found.original_after) == ("Open", "Erledigt")


@pytest.mark.parametrize(
    "created", [1767607200000, "2026-01-05T11:00:00.000+0100", "2026-01-05T10:00:00.000Z"]
)
def test_the_moment_is_read_as_milliseconds_or_as_text(created: Any) -> None:
    (found,) = changed(change("labels", NOTHING, (None, "a")), created=created)
    assert found.at == datetime(2026, 1, 5, 10, 0, tzinfo=UTC)


def test_one_change_for_each_item_of_a_history_with_ids_that_stay() -> None:
    told = change("status", ("1", "Open"), ("5", "Erledigt")), change("resolution", NOTHING, ("1", "Done"))
    first, second = changed(*told, author=ADA)
    assert (first.id, second.id) == (entity("change", "501:0"), entity("change", "501:1"))
    assert {first.item_id, second.item_id} == {entity("item", "20001")}
    assert first.author_id == entity("account", "712020:ada")
    assert [one.id for one in changed(*told)] == [first.id, second.id]


@pytest.mark.parametrize("field", ["issueId", "created", "items"])
def test_a_history_without_what_it_needs_is_rejected_by_name(field: str) -> None:
    body = {"id": "501", "issueId": "20001", "created": 1767607200000, "items": [], field: {"odd": 1}}
    made = mapper()(record(body, "change"))
    (rejection,) = made.rejections
    assert (rejection.field, rejection.whole, rejection.found) == (f"history.{field}", True, "an object")
    assert not made.changes


def test_one_broken_item_leaves_the_others() -> None:
    good = change("labels", NOTHING, (None, "a"))
    body = {"id": "501", "issueId": "20001", "created": 1767607200000, "items": [{"field": None}, 3, good]}
    made = mapper()(record(body, "change"))
    assert [one.id for one in made.changes] == [entity("change", "501:2")]
    assert [one.field for one in made.rejections] == ["items[0].field", "items[1]"]
