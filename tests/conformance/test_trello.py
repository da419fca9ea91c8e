"""Recorded Trello cards against what a person read off them."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from connectors.base import Record, ScopeRecord
from normalizer.context import Context
from normalizer.ids import entity_id
from normalizer.model import Change, Item
from normalizer.trello import prepare
from tests.conformance.report import FileReport
from tests.conformance.trello_expected import (
    ANSWERS,
    BOARD_EXPORT,
    CASSETTES,
    FACTS,
    RAW_TABLES,
    TABLES,
    Fact,
)
from tests.conformance.trello_recordings import READ_AT, every

Outcomes = dict[str, tuple[FileReport, list[Item]]]


@pytest.fixture(scope="module")
def outcomes(shared: Path) -> Outcomes:
    return {report.file: (report, items) for report, items in every(shared)}


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: f"{Path(fact.file).stem}-{fact.id[-4:]}")
def test_a_card_is_what_a_person_read(outcomes: Outcomes, fact: Fact) -> None:
    _, items = outcomes[fact.file]
    item = [one for one in items if one.remote_id == fact.id][-1]  # the last of several answers counts
    assert item.title == fact.title
    assert item.status_category == fact.status
    assert item.remote_created_at == datetime.fromisoformat(fact.created)
    assert (item.due.at if item.due else None) == (datetime.fromisoformat(fact.due) if fact.due else None)
    assert [one.account_id for one in item.assignments] == [
        entity_id("trello", "trello.com", "account", member) for member in fact.members
    ]
    assert item.labels == fact.labels
    assert item.presence == ("archived" if fact.archived else "present")
    assert item.hold == fact.hold
    assert item.flags.is_template is fact.template
    assert (str(item.progress.percent) if item.progress else None) == fact.percent


def test_ten_cards_of_each_source_are_written_down() -> None:
    for facts in (BOARD_EXPORT, RAW_TABLES, CASSETTES, ANSWERS):
        assert len({(fact.file, fact.id) for fact in facts}) >= 10


def test_nothing_is_lost_and_nothing_rejected(outcomes: Outcomes) -> None:
    reports = [report for report, _ in outcomes.values()]
    assert [report for report in reports if report.lost or report.rejected] == []
    assert outcomes[BOARD_EXPORT[0].file][0].records == 11
    assert outcomes[TABLES][0].records == 72
    assert sum(report.records for report in reports if "ruby-trello-vcr" in report.file) == 62
    assert len({item.remote_id for _, items in outcomes.values() for item in items}) > 100


def test_a_recorded_history_is_told_step_by_step(shared: Path) -> None:
    """Twelve actions of one card that went back for rework, oldest first."""
    path = shared / "recorded" / "trello" / "adlio" / "actions" / "card-actions-rework.json"
    scope = ScopeRecord(id="recorded", kind="board", name="", url="https://trello.com/b/recorded")
    mapper = prepare(Context(system="trello", site="trello.com", scope=scope))
    changes: list[Change] = []
    for body in json.loads(path.read_text(encoding="utf-8")):
        made = mapper(Record("change", body["id"], "recorded", body, READ_AT))
        assert not made.rejections
        changes.extend(made.changes)
    changes.sort(key=lambda change: change.at)
    assert [change.field for change in changes] == ["created", *["status_category"] * 10, "presence"]
    assert [change.original_after for change in changes] == [
        "Backlog", "Approved Work", "Ready for Development", "Doing", "Code Review", "QA",
        "Ready for Development", "Doing", "Code Review", "QA", "Done", "archived",
    ]  # fmt: skip
    assert [change.after for change in changes[1:]] == [
        "unknown", "todo", "in_progress", "in_progress", "in_progress", "todo", "in_progress", "in_progress",
        "in_progress", "done", "archived",
    ]  # fmt: skip
    assert str(changes[3].at) == "2016-10-01 00:03:00+00:00"
