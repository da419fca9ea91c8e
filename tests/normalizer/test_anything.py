"""Whatever a tracker sends: an item, or a rejection that names the field, and never an exception."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from reprlib import Repr

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from normalizer.registry import NORMALIZERS
from tests.normalizer.anything import Known, any_record, spoilt_definitions, spoilt_record
from tests.normalizer.possible import faults
from tests.payloads.case import cases

Told = Mapping[str, Sequence[Known]]
Spoilt = st.SearchStrategy[Known]
QUICK = [Phase.generate]
"""What is wrong is told with its record: making that record small takes minutes."""


def known(tracker: str, told: Told) -> list[Known]:
    """The story's scopes, and the cases, each in the scope that it describes."""
    described = [
        Known(context=case.context, records={case.record.kind: [case.record]})
        for case in cases(tracker)
        if case.word is None and case.record.kind != "definition"
    ]
    story = [one for one in told[tracker] if one.records]
    return story * (1 + len(described) // len(story)) + described


@pytest.fixture(scope="module", params=NORMALIZERS)
def tracker(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def choice(tracker: str, told: Told) -> list[Known]:
    return known(tracker, told)


@pytest.fixture(scope="module")
def records(choice: list[Known]) -> Spoilt:
    return spoilt_record(choice)


@pytest.fixture(scope="module")
def definitions(choice: list[Known]) -> Spoilt:
    return spoilt_definitions(choice)


@pytest.fixture(scope="module")
def anything(choice: list[Known]) -> Spoilt:
    return any_record(choice)


def wrong(tracker: str, one: Known) -> list[str]:
    """What is not as it must be, with the beginning of the record that it came of."""
    mapper, short = NORMALIZERS[tracker](one.context), Repr()
    return [
        f"{fault} (of {record.kind} {record.id}: {short.repr(record.body)})"
        for many in one.records.values()
        for record in many
        for fault in faults(record, mapper(record))
    ]


@given(data=st.data())
@settings(max_examples=500, phases=QUICK)
def test_a_spoilt_record_is_an_item_or_a_named_rejection(
    tracker: str, records: Spoilt, data: st.DataObject
) -> None:
    assert wrong(tracker, data.draw(records)) == []


@given(data=st.data())
@settings(max_examples=200, phases=QUICK)
def test_under_spoilt_definitions_a_record_is_still_an_item(
    tracker: str, definitions: Spoilt, data: st.DataObject
) -> None:
    assert wrong(tracker, data.draw(definitions)) == []


@given(data=st.data())
@settings(max_examples=100, phases=QUICK)
def test_anything_at_all_in_place_of_a_record_is_answered(
    tracker: str, anything: Spoilt, data: st.DataObject
) -> None:
    assert wrong(tracker, data.draw(anything)) == []


@pytest.mark.parametrize("deep", ["[" * 900 + "]" * 900, '{"name":' * 900 + "1" + "}" * 900])
def test_what_is_nested_as_deep_as_a_parser_reads_is_answered(
    tracker: str, choice: list[Known], deep: str
) -> None:
    value = json.loads(deep)
    first = {kind: (one, many[0]) for one in choice for kind, many in one.records.items()}
    for one, record in first.values():
        for key in record.body:
            spoilt = replace(record, body={**record.body, key: value})
            assert wrong(tracker, Known(one.context, {record.kind: [spoilt]})) == []
        for key in record.body.get("fields", ()):
            fields = {**record.body["fields"], key: value}
            spoilt = replace(record, body={**record.body, "fields": fields})
            assert wrong(tracker, Known(one.context, {record.kind: [spoilt]})) == []
