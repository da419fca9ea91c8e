"""Recorded Jira issues against what a person read off them."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from normalizer.ids import entity_id
from normalizer.model import Item
from tests.conformance.jira_expected import CLOUD, FACTS, FAROS, HUGINN, PAGE, RUBY_ONE, SERVER, STREAMS, Fact
from tests.conformance.jira_recordings import every
from tests.conformance.report import FileReport

Outcomes = dict[str, tuple[FileReport, list[Item]]]


@pytest.fixture(scope="module")
def outcomes(shared: Path) -> Outcomes:
    return {report.file: (report, items) for report, items in every(shared)}


def found(outcomes: Outcomes, file: str, key: str) -> Item:
    return next(item for item in outcomes[file][1] if item.remote_key == key)


def moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def entity(kind: str, remote_id: str) -> str:
    return entity_id("jira", "recorded.example", kind, remote_id)


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.key)
def test_an_issue_is_what_a_person_read(outcomes: Outcomes, fact: Fact) -> None:
    item = found(outcomes, fact.file, fact.key)
    assert item.title == fact.title
    assert item.status_category == fact.status
    assert item.type == fact.type
    assert item.priority == fact.priority
    assert item.hold == fact.hold
    assert item.remote_created_at == moment(fact.created)
    assert item.remote_updated_at == moment(fact.updated)
    assert (item.due.date if item.due else None) == (date.fromisoformat(fact.due) if fact.due else None)
    expected = [entity("account", fact.assignee)] if fact.assignee else []
    assert [one.account_id for one in item.assignments] == expected
    assert tuple(item.labels) == fact.labels
    assert item.presence == "present"
    assert item.completed_at is None


def test_ten_issues_of_each_source_are_written_down() -> None:
    for facts in (HUGINN, CLOUD, SERVER):
        assert len({(fact.file, fact.key) for fact in facts}) >= 10


def test_the_page_of_fifty_comes_whole_through_the_connector(outcomes: Outcomes) -> None:
    report, items = outcomes[PAGE]
    assert (report.records, report.items, report.rejected) == (50, 50, [])
    assert len({item.id for item in items}) == 50
    assert {item.remote_key.partition("-")[0] for item in items if item.remote_key} == {"WBS", "TST"}
    assert found(outcomes, PAGE, "WBS-169").url == "https://jira.atlassian.com/browse/WBS-169"


def test_no_record_is_lost_and_each_rejection_has_its_reason(outcomes: Outcomes) -> None:
    reports = [report for report, _ in outcomes.values()]
    assert [report.file for report in reports if report.lost] == []
    reasons = {line.partition(": ")[2] for report in reports for line in report.rejected}
    assert reasons == {
        "fields.summary should be text, found nothing (whole record)",
        "fields should be an object, found nothing (whole record)",
        "issuetype should be an object, found nothing (this field)",
    }
    assert outcomes[FAROS][0].rejected == []


def test_links_sprints_and_points_of_a_recorded_issue(outcomes: Outcomes) -> None:
    task = found(outcomes, STREAMS, "PLAYG-1")
    (link,) = task.links
    assert (link.type, link.from_id, link.to_id) == ("blocks", task.id, entity("item", "10463"))
    assert [(str(one.value), one.unit) for one in task.estimates] == [("5", "points")]
    sprints = ("16", "18", "19", "20", "15", "23")  # all closed but the last one, which is active
    assert task.iteration_ids == [entity("iteration", one) for one in sprints]


def test_components_and_a_due_day_of_an_issue_of_jira_server(outcomes: Outcomes) -> None:
    item = found(outcomes, RUBY_ONE, "SAMPLEPROJECT-1")
    assert item.due is not None
    assert item.due.date == date(2011, 12, 14)
    sections = [entity("section", one) for one in ("10001", "10000")]
    assert [(p.section_id, p.primary) for p in item.placements] == [(sections[0], True), (sections[1], False)]
