"""Recorded Smartsheet rows against what a person read off them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from normalizer.ids import entity_id
from normalizer.model import Item
from tests.conformance.report import FileReport
from tests.conformance.smartsheet_recordings import JAVA, SCENARIOS, VCR, every, single_row

Outcomes = dict[str, tuple[FileReport, list[Item]]]
MOCKED = f"{VCR}/data/mocked_sheet.json"
MAPPINGS = f"{SCENARIOS}/sdk_tests_package/mappings/"
RECORDS = {VCR: 1399, SCENARIOS: 114, JAVA: 8}
"""Rows in the recordings by folder; most files of the first repeat one sheet."""
SOME_FILES = {
    MOCKED: 3,
    f"{VCR}/crud/cassettes/test_sheets/TestGetSheet.test_get_sheet.yaml": 3,
    f"{VCR}/crud/cassettes/test_reports/TestGetReport.test_get_report.yaml": 108,
    f"{VCR}/crud/cassettes/create_session_objects.yaml": 3,
    f"{MAPPINGS}Serialization - Predecessor.json": 1,
    f"{JAVA}/getRow.json": 1,
    f"{JAVA}/insertRows.json": 2,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """``custom`` are some values by the title of their column."""

    file: str
    id: int
    title: str
    created: str
    status: str = "unknown"
    rank: str = "1"
    custom: tuple[tuple[str, object], ...] = ()


FACTS = (
    Fact(
        file=MOCKED, id=4505298673657732, title="Bob Lee", created="2020-02-05T04:00:48+00:00",
        custom=(("Company", "ACME"), ("Married", True), ("Maintains", ["simple-smartsheet", "nornir"])),
    ),
    Fact(
        file=f"{JAVA}/getRowByID.json", id=263016097834884, title="New Data",
        created="2014-01-28T14:23:34+00:00",
    ),
)  # fmt: skip


@pytest.fixture(scope="module")
def outcomes(shared: Path) -> Outcomes:
    return {report.file: (report, items) for report, items in every(shared)}


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: f"{Path(fact.file).stem}-{fact.id}")
def test_a_row_is_what_a_person_read(outcomes: Outcomes, fact: Fact) -> None:
    item = next(one for one in outcomes[fact.file][1] if one.remote_id.endswith(f":{fact.id}"))
    assert (item.title, item.status_category, item.rank) == (fact.title, fact.status, fact.rank)
    assert item.remote_created_at == datetime.fromisoformat(fact.created)
    told = {value.name: value.value for value in item.custom.values()}
    assert {name: told.get(name) for name, _ in fact.custom} == dict(fact.custom)


def test_every_recorded_row_is_an_item_and_none_is_rejected(outcomes: Outcomes) -> None:
    reports = [report for report, _ in outcomes.values()]
    assert [report for report in reports if report.lost or report.rejected or report.whole] == []
    found: Counter[str] = Counter()
    for report in reports:
        found["/".join(report.file.split("/")[:2])] += report.records
    assert dict(found) == RECORDS
    assert {file: outcomes[file][0].records for file in SOME_FILES} == SOME_FILES


def test_a_recorded_predecessor_becomes_a_link_once_its_column_is_known(shared: Path) -> None:
    """The scenario tells no columns; of a row that is read with them, the lag of six units is kept."""
    item = single_row(
        shared / "recorded" / f"{MAPPINGS}Serialization - Predecessor.json",
        {"id": 2, "title": "Predecessors", "type": "PREDECESSOR"},
    )
    (link,) = item.links
    assert (link.type, link.original.name) == ("finish_to_start", "FS +1.5w 2.5d 3.5h 4.5m 5.5s 6ms")
    assert link.from_id == entity_id("smartsheet", "smartsheet.com", "item", "1:3")
    assert link.to_id == item.id
