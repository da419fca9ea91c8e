"""Type, status, outcome, priority and hold of an issue, and the rules that override them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from normalizer.model import Named
from tests.normalizer.jira_site import CUSTOMER, FLAGGED, item, normalised, status

RESOLVED = "2026-02-20T10:00:00.000+0000"
AT = datetime(2026, 2, 20, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "key", "expected"),
    [
        ("Offen", "new", "todo"),
        ("Backlog", "new", "backlog"),
        ("Triage", "new", "triage"),
        ("In Prüfung", "indeterminate", "in_progress"),
        ("Erledigt", "done", "done"),
        ("Won't Do", "done", "cancelled"),
        ("Reopened", None, "todo"),
        ("Resolved", None, "done"),
        ("In Progress", None, "in_progress"),
    ],
)
def test_a_status_is_read_by_its_category_and_old_ones_by_name(
    name: str, key: str | None, expected: str
) -> None:
    found = item(status=status(name, key))
    assert found.status_category == expected
    assert found.original_status == Named(name, "99")


def test_a_status_without_category_takes_that_of_the_site() -> None:
    assert item(status={"id": "5", "name": "Erledigt"}).status_category == "done"


@pytest.mark.parametrize("given", [status("With vendor", "undefined"), status("With vendor", None)])
def test_a_status_that_nobody_mapped_is_unknown_and_counted(given: dict[str, Any]) -> None:
    made = normalised(status=given)
    assert made.items[0].status_category == "unknown"
    (unmapped,) = made.unmapped
    assert (unmapped.field, unmapped.value) == ("status_category", "With vendor")
    assert unmapped.item_id == made.items[0].id


def test_a_rule_maps_a_status_whatever_its_case() -> None:
    made = normalised({"status": {"WITH VENDOR": "in_progress"}}, status=status("With vendor", "undefined"))
    assert made.items[0].status_category == "in_progress"
    assert not made.unmapped


@pytest.mark.parametrize(
    ("resolution", "outcome", "category"),
    [
        ("Done", "completed", "done"),
        ("Fixed", "completed", "done"),
        ("Won't Do", "cancelled", "cancelled"),
        ("Declined", "rejected", "cancelled"),
        ("Cannot Reproduce", "rejected", "cancelled"),
        ("Duplicate", "duplicate", "cancelled"),
    ],
)
def test_the_resolution_says_how_it_ended(resolution: str, outcome: str, category: str) -> None:
    given = {"resolution": {"id": "1", "name": resolution}, "resolutiondate": RESOLVED}
    found = item(status=status("Closed", "done"), **given)
    assert (found.outcome, found.status_category, found.completed_at) == (outcome, category, AT)
    assert found.original_outcome == Named(resolution, "1")


def test_an_unknown_resolution_is_unknown_and_a_rule_mends_it() -> None:
    given = {"status": status("Closed", "done"), "resolution": {"name": "Verschoben"}}
    made = normalised(**given)
    assert (made.items[0].outcome, made.items[0].status_category) == ("unknown", "done")
    assert [(u.field, u.value) for u in made.unmapped] == [("outcome", "Verschoben")]
    ruled = item({"outcome": {"verschoben": "cancelled"}}, **given)
    assert (ruled.outcome, ruled.status_category) == ("cancelled", "cancelled")


def test_without_a_resolution_date_the_change_of_category_tells_when() -> None:
    given = {"statuscategorychangedate": RESOLVED}
    assert item(status=status("Done", "done"), **given).completed_at == AT
    assert item(status=status("Open", "new"), **given).completed_at is None


def test_a_resolution_left_on_an_open_issue_ends_nothing() -> None:
    found = item(status=status("Ready", "new"), resolution={"name": "Done"}, resolutiondate=RESOLVED)
    assert (found.status_category, found.outcome, found.completed_at) == ("todo", None, None)
    assert found.original_outcome == Named("Done")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"name": "Story", "subtask": False, "hierarchyLevel": 0}, ("story", 0)),
        ({"name": "Bug", "subtask": False}, ("bug", 0)),
        ({"name": "Epic", "subtask": False}, ("epic", 1)),
        ({"name": "Initiative", "subtask": False, "hierarchyLevel": 2}, ("initiative", 2)),
        ({"name": "Feature", "subtask": False, "hierarchyLevel": 1}, ("epic", 1)),
        ({"name": "Theme", "subtask": False, "hierarchyLevel": 3}, ("initiative", 3)),
        ({"name": "Sub-bug", "subtask": True, "hierarchyLevel": -1}, ("subtask", -1)),
        ({"name": "Unteraufgabe", "subtask": True}, ("subtask", -1)),
        ({"name": "Milestone", "subtask": False, "hierarchyLevel": 0}, ("milestone", 0)),
        ({"name": "[System] Incident", "subtask": False, "hierarchyLevel": 0}, ("incident", 0)),
    ],
)
def test_types_and_levels(given: dict[str, Any], expected: tuple[str, int]) -> None:
    found = item(issuetype={"id": "1", **given})
    assert (found.type, found.level) == expected
    assert found.original_type == Named(given["name"], "1")


def test_an_unknown_type_is_unknown_and_a_rule_mends_it() -> None:
    given = {"issuetype": {"name": "Third-party issue", "subtask": False}}
    made = normalised(**given)
    assert made.items[0].type == "unknown"
    assert [(u.field, u.value) for u in made.unmapped] == [("type", "Third-party issue")]
    assert item({"type": {"third-party issue": "bug"}}, **given).type == "bug"


def test_a_rule_names_the_field_that_tells_type_or_priority() -> None:
    rules = {"fields": {"type": "Customer"}}
    found = item(rules, **{CUSTOMER: {"id": "8", "value": "Incident"}})
    assert (found.type, found.original_type) == ("incident", Named("Incident", "8"))
    rules = {"fields": {"priority": CUSTOMER}, "priority": {"gold": "urgent"}}
    given = {CUSTOMER: {"id": "9", "value": "Gold"}, "priority": {"name": "Low"}}
    assert item(rules, **given).priority == "urgent"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Highest", "urgent"),
        ("Blocker", "urgent"),
        ("High", "high"),
        ("Medium", "medium"),
        ("Trivial", "low"),
    ],
)
def test_priorities(name: str, expected: str) -> None:
    assert item(priority={"id": "1", "name": name}).priority == expected


def test_no_priority_is_none_and_an_unknown_one_unknown() -> None:
    assert item(priority=None).priority == "none"
    made = normalised(priority={"id": "9", "name": "Someday"})
    assert made.items[0].priority == "unknown"
    assert made.unmapped[0].value == "Someday"


def test_hold_by_flag_status_or_label() -> None:
    flagged = item(**{FLAGGED: [{"id": "1", "value": "Impediment"}]})
    assert (flagged.hold, flagged.hold_reason) == ("blocked", "Flagged: Impediment")
    waiting = item(status=status("Waiting for customer", "indeterminate"))
    assert (waiting.hold, waiting.hold_reason) == ("waiting", "Status: Waiting for customer")
    ruled = item({"hold": {"frozen": "paused"}}, labels=["frozen"])
    assert (ruled.hold, ruled.hold_reason) == ("paused", "Label: frozen")
    assert item(labels=["frozen"]).hold == "none"


def test_a_rule_can_say_that_a_status_is_no_hold() -> None:
    given = {"status": status("Blocked", "indeterminate")}
    assert item(**given).hold == "blocked"
    assert item({"hold": {"blocked": "none"}}, **given).hold == "none"
