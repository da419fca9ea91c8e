"""The comparison itself: each word that differs is named, alone, and with its age."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from normalizer.ids import entity_id
from normalizer.model import Assignment, DateValue, Item, Link, Named, Placement, Progress, Quantity
from normalizer.rules import Rules
from store.views import ItemView, Provenance
from sync.comparison import CLOCKS_APART, OURS, Beside, compare, differences, ruled

SYSTEM, SITE = "jira", "site.example"
READ = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
UPDATED = datetime(2026, 11, 20, 15, 4, 5, 678_000, tzinfo=UTC)


def ours(kind: str, remote: str) -> str:
    return entity_id(SYSTEM, SITE, kind, remote)


ITEM = Item(
    id=ours("item", "7"), system=SYSTEM, remote_id="7", remote_key="NET-7", url="https://x", title="Über",
    description_md="Two  lines", type="task", original_type=Named("Task"), parent_id=ours("item", "1"),
    status_category="done", original_status=Named("Closed"), original_outcome=Named("Fixed"),
    original_priority=Named("High"), start=DateValue(date=date(2026, 11, 2)), due=DateValue(at=UPDATED),
    completed_at=UPDATED, estimates=[Quantity(Decimal("3.0"), "points"), Quantity(Decimal(90), "minutes")],
    spent=Quantity(Decimal(60), "minutes"), remaining=Quantity(Decimal("30.5"), "minutes"),
    progress=Progress(Decimal("33.33"), "checklist"), assignments=[Assignment(ours("account", "mira"))],
    reporter_account_id=ours("account", "ana"), placements=[Placement(scope_id=ours("scope", "10"))],
    iteration_ids=[ours("iteration", "5"), ours("iteration", "4")], labels=["b", "a"],
    links=[Link(from_id=ours("item", "9"), to_id=ours("item", "7"), type="blocks", original=Named("Blocks"))],
    remote_created_at=UPDATED - timedelta(days=9), remote_updated_at=UPDATED,
)  # fmt: skip
VIEW = ItemView(
    item=ITEM, presence="present", presence_since=None, actual_start=None, completed_at=None, projects=[],
    scope=ours("scope", "10"), connection="jira", tracker="jira_cloud", assignees=["Mira"], section="Core",
    absent={},
    provenance=Provenance(
        connection="jira", tracker="jira_cloud", scope=ours("scope", "10"), record_hash="", read_at=READ,
        written_at=READ,
    ),
)  # fmt: skip
TOLD: dict[str, Any] = {
    "scope": "10", "key": "NET-7", "title": "Über", "description": "Two lines", "status": "Closed",
    "type": "Task", "priority": "High", "resolution": "Fixed", "section": "Core", "closed": True,
    "archived": False, "parent": "1", "start": "2026-11-02", "due": "2026-11-20T15:04:05.678Z",
    "completed": "2026-11-20T15:04:05.678Z", "created": "2026-11-11T15:04:05.678Z",
    "updated": "2026-11-20T15:04:05.678Z", "assignees": ["mira"], "reporter": "ana", "labels": ["a", "b"],
    "points": 3, "estimate_minutes": 90, "spent_minutes": 60, "remaining_minutes": 30.5, "percent": 33.33,
    "iterations": ["4", "5"], "linked": ["9"],
}  # fmt: skip
OTHER: dict[type, Any] = {str: "other", bool: None, int: 99, float: 99.5, list: ["other"]}


def beside(told: dict[str, Any], view: ItemView = VIEW) -> Beside:
    return Beside(view=view, told=told, system=SYSTEM, site=SITE)


def test_an_equal_item_differs_in_nothing() -> None:
    assert set(TOLD) == set(OURS)
    assert compare(beside(TOLD)) == []


@pytest.mark.parametrize("word", OURS)
def test_a_word_that_differs_is_named_alone(word: str) -> None:
    true = TOLD[word]
    other = not true if isinstance(true, bool) else OTHER[type(true)]
    found = compare(beside({**TOLD, word: other}))
    assert [(name, theirs) for name, _, theirs in found] == [(word, other)]


@pytest.mark.parametrize("word", sorted(set(OURS) - {"scope", "closed", "archived"}))
def test_an_empty_value_is_a_value(word: str) -> None:
    empty = [] if isinstance(TOLD[word], list) else None
    assert [name for name, *_ in compare(beside({**TOLD, word: empty}))] == [word]


@pytest.mark.parametrize("word", OURS)
def test_a_word_that_is_not_told_or_ruled_otherwise_is_not_compared(word: str) -> None:
    assert compare(beside({name: value for name, value in TOLD.items() if name != word})) == []
    assert compare(beside({**TOLD, word: "other"}), left_out={word}) == []


def test_ids_are_shown_in_the_trackers_words() -> None:
    (found,) = compare(beside({**TOLD, "assignees": ["ana", "mira"]}))
    assert found == ("assignees", ["mira"], ["ana", "mira"])


def test_a_status_that_nobody_mapped_is_no_second_difference() -> None:
    view = replace(VIEW, item=replace(ITEM, status_category="unknown"))
    assert compare(beside(TOLD, view)) == []


@pytest.mark.parametrize(
    ("updated", "explained"),
    [
        (UPDATED, False),
        (UPDATED + timedelta(seconds=1), False),
        (READ - CLOCKS_APART, False),
        (READ - CLOCKS_APART / 2, True),
        (READ + timedelta(days=1), True),
        (None, False),
    ],
    ids=["as we hold it", "later, but long before we read", "at the edge", "within", "after", "unknown"],
)
def test_only_a_change_after_our_reading_explains(updated: datetime | None, explained: bool) -> None:
    told = {**TOLD, "title": "other", "updated": None if updated is None else updated.isoformat()}
    found = {one.field: one for one in differences(beside(told))}
    assert found["title"].explained is explained
    assert (found["title"].read_at, found["title"].updated_at) == (READ, updated)


def test_what_a_configuration_rules_otherwise_no_client_can_know() -> None:
    assert ruled(Rules()) == frozenset()
    assert ruled(Rules(status={"Parked": "backlog"})) == {"closed"}
    assert ruled(Rules(fields={"estimate": "Size", "due": "Deadline"})) == {
        "points",
        "estimate_minutes",
        "due",
    }
