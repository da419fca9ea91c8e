"""Every case of every tracker: the record becomes what is written down."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.payloads.case import Case, cases, differences, trackers

ENOUGH = 30


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case.tracker}-{case.name}")
def test_the_record_becomes_what_is_written_down(case: Case) -> None:
    assert differences(case) == []


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case.tracker}-{case.name}")
def test_a_case_names_its_source_and_expects_something(case: Case) -> None:
    assert set(case.told) == {"source", "fact", "scope", "record", "expected"}
    assert case.told["source"].startswith("https://")
    assert case.told["fact"].strip()
    assert any(part for part in case.told["expected"].values()) or case.told["expected"]


@pytest.mark.parametrize("tracker", trackers())
def test_there_are_enough_cases_and_no_two_are_about_the_same_fact(tracker: str) -> None:
    found = cases(tracker)
    assert len({case.file for case in found}) >= ENOUGH
    assert Counter(case.told["fact"] for case in found).most_common(1)[0][1] == 1
