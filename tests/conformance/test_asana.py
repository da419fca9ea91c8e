"""Recorded Asana tasks against what a person read off them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from normalizer.ids import entity_id
from normalizer.model import Item
from tests.conformance.asana_recordings import stream
from tests.conformance.report import FileReport

PROJECT = "1201076013221028"
READ = (
    ("1201076013221043", "Create Asana's converter", "2021-09-28T09:51:20.786+00:00", "low", "On track"),
    (
        "1201076013221045",
        "Create Asana's converter tests",
        "2021-09-28T09:51:21.447+00:00",
        "medium",
        "At risk",
    ),
    ("1201076013221047", "Task 3", "2021-09-28T09:51:21.984+00:00", "high", "Off track"),
)
"""gid, name, made at, the field Priority, the field Status: which here is a traffic light and no status."""


@pytest.fixture(scope="module")
def outcome(shared: Path) -> tuple[FileReport, list[Item]]:
    return stream(shared)


def test_nothing_is_lost_and_nothing_rejected(outcome: tuple[FileReport, list[Item]]) -> None:
    report, items = outcome
    assert (report.records, report.items, report.others) == (3, 3, 3)  # one account, two comments
    assert report.rejected == []
    assert [item.remote_id for item in items] == [gid for gid, *_ in READ]


@pytest.mark.parametrize("fact", READ, ids=lambda fact: fact[1])
def test_a_task_is_what_a_person_read(
    outcome: tuple[FileReport, list[Item]], fact: tuple[str, str, str, str, str]
) -> None:
    gid, name, made, priority, light = fact
    item = next(one for one in outcome[1] if one.remote_id == gid)
    assert (item.title, item.type, item.level) == (name, "task", 0)
    assert item.remote_created_at == datetime.fromisoformat(made)
    assert item.status_category == "todo"
    assert (item.priority, item.original_priority and item.original_priority.name) == (
        priority,
        priority.capitalize(),
    )
    assert light in {value.value for value in item.custom.values()}
    (place,) = item.placements  # this token was shown an empty membership
    assert place.scope_id == entity_id("asana", "app.asana.com", "scope", PROJECT)
    assert place.section_id is None
    assert item.description_md is None
