"""Smartsheet's own defaults, each by name; a sandbox that lacks one makes its test fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import pytest

from sandbox.quirks import Quirks
from tests.sandbox.smartsheet_reader import AUDIT, DEPOT, VENDOR, Reader, reading

PLENTY = 2000
"""So many items that one sheet has more than a hundred rows."""


@pytest.fixture(scope="module")
def served() -> Iterator[Reader]:
    with reading(items=PLENTY, budgets=True) as reader:
        yield reader


@pytest.fixture
def smartsheet(served: Reader) -> Reader:
    """With the minute's requests all to come."""
    served.wait()
    return served


def test_several_contacts_and_options_are_text_below_level_two(smartsheet: Reader) -> None:
    for title, type, needed in (("Assigned To", "MULTI_CONTACT_LIST", 1), ("Tags", "MULTI_PICKLIST", 2)):
        for level in (0, 1, 2):
            cells = smartsheet.cells(DEPOT, title, level=level, include="objectValue").values()
            filled = [cell for cell in cells if "displayValue" in cell]
            assert filled
            assert {isinstance(cell["objectValue"], dict) for cell in filled} == {level >= needed}
            assert {"value" in cell for cell in filled} == {level < needed}
            columns = smartsheet.sheet(DEPOT, level=level, page=1, pageSize=1)["columns"]
            shown = next(column for column in columns if column["title"] == title)["type"]
            assert shown == (type if level >= needed else "TEXT_NUMBER")


def test_objects_come_where_they_are_asked_for(smartsheet: Reader) -> None:
    plain = smartsheet.sheet(DEPOT, level=2)["rows"]
    asked = smartsheet.sheet(DEPOT, level=2, include="objectValue")["rows"]
    assert not any("objectValue" in cell for row in plain for cell in row["cells"])
    assert any("objectValue" in cell for row in asked for cell in row["cells"])


def test_an_empty_cell_is_there_without_a_value(smartsheet: Reader) -> None:
    bare = smartsheet.sheet(DEPOT, level=2)
    assert {len(row["cells"]) for row in bare["rows"]} == {len(bare["columns"])}
    assert any(cell.keys() == {"columnId"} for row in bare["rows"] for cell in row["cells"])
    filled = smartsheet.sheet(DEPOT, level=2, exclude="nonexistentCells")
    assert not any(cell.keys() == {"columnId"} for row in filled["rows"] for cell in row["cells"])


def test_a_page_of_rows_is_of_a_hundred_unless_said_otherwise(smartsheet: Reader) -> None:
    total = len(smartsheet.scope(DEPOT)["items"])
    assert total > 100
    page = smartsheet.sheet(DEPOT, page=1)
    assert (len(page["rows"]), page["totalRowCount"]) == (100, total)
    assert len(smartsheet.sheet(DEPOT)["rows"]) == total
    assert len(smartsheet.sheet(DEPOT, page=1, pageSize=20_000)["rows"]) == total


def test_a_page_after_the_last_one_is_the_last_one_again(smartsheet: Reader) -> None:
    size = len(smartsheet.scope(DEPOT)["items"]) - 1
    (last,) = smartsheet.sheet(DEPOT, page=2, pageSize=size)["rows"]
    assert smartsheet.sheet(DEPOT, page=9, pageSize=size)["rows"] == [last]
    sheets = smartsheet.get("sheets", page=2, pageSize=2)
    assert smartsheet.get("sheets", page=9, pageSize=2) == sheets


def test_a_page_of_nothing_may_come_with_a_key(smartsheet: Reader) -> None:
    pages = list(smartsheet.keyed("workspaces", paginationType="token", maxItems=2))
    assert [] in pages[:-1]
    assert sum(map(len, pages)) == 3
    assert all(len(page) <= 2 for page in pages)


def test_rows_that_are_not_there_are_left_out(smartsheet: Reader) -> None:
    first = smartsheet.sheet(DEPOT, page=1, pageSize=1)["rows"][0]["id"]
    found = smartsheet.ask(f"sheets/{smartsheet.id(DEPOT)}", rowIds=f"{first},4567")
    assert found.status_code == 200
    assert [row["id"] for row in found.json()["rows"]] == [first]
    assert smartsheet.sheet(DEPOT, rowNumbers="1,99999")["rows"][0]["id"] == first


def test_a_column_that_is_not_there_fails_the_whole_call(smartsheet: Reader) -> None:
    column = smartsheet.column(AUDIT, "Status")["id"]
    answer = smartsheet.ask(f"sheets/{smartsheet.id(AUDIT)}", columnIds=f"{column},4567")
    assert answer.status_code == 400
    assert (answer.json()["errorCode"], answer.json()["message"]) == (1036, "The columnId 4567 is invalid.")


def test_a_sheet_out_of_reach_answers_as_a_deleted_one(smartsheet: Reader) -> None:
    path = f"sheets/{smartsheet.id(VENDOR)}"
    never = smartsheet.refused("sheets/4567")
    smartsheet.sandbox.edit({"op": "revoke", "project": VENDOR})
    try:
        assert smartsheet.refused(path) == smartsheet.refused(f"{path}/version") == never == (404, 1006)
        assert int(smartsheet.id(VENDOR)) not in [one["id"] for one in smartsheet.get("sheets")["data"]]
    finally:
        smartsheet.sandbox.edit({"op": "restore", "project": VENDOR})
    assert smartsheet.ask(path).status_code == 200


def test_the_limit_names_no_time_to_come_back(smartsheet: Reader) -> None:
    answers = [smartsheet.ask("users/me") for _ in range(301)]
    assert {answer.status_code for answer in answers[:-1]} == {200}
    refused = answers[-1]
    assert (refused.status_code, refused.json()["errorCode"]) == (429, 4003)
    assert refused.json()["message"] == "Rate limit exceeded."
    assert not [name for name in refused.headers if "retry" in name or "rate" in name]


def test_durations_are_in_the_language_of_the_reader(smartsheet: Reader) -> None:
    assert smartsheet.get("users/me")["locale"] == "de_DE"
    cells = smartsheet.cells(DEPOT, "Duration", level=2, include="objectValue").values()
    filled = [cell for cell in cells if "value" in cell]
    assert filled
    for cell in filled:
        assert cell["value"] == cell["displayValue"] == f"{cell['objectValue']['days']}t"


def test_ids_are_numbers_beyond_what_a_double_holds(smartsheet: Reader) -> None:
    ids = [row["id"] for row in smartsheet.sheet(DEPOT)["rows"]]
    assert {2**53 + 1, 2**53 + 2} <= set(ids)
    assert [id for id in ids if int(float(id)) != id] == [2**53 + 1]


DEFAULTS: Mapping[str, Callable[[Reader], None]] = {
    "text_below_level": test_several_contacts_and_options_are_text_below_level_two,
    "objects_on_request": test_objects_come_where_they_are_asked_for,
    "bare_cells": test_an_empty_cell_is_there_without_a_value,
    "hundred_rows": test_a_page_of_rows_is_of_a_hundred_unless_said_otherwise,
    "last_page_again": test_a_page_after_the_last_one_is_the_last_one_again,
    "empty_token_page": test_a_page_of_nothing_may_come_with_a_key,
    "rows_left_out": test_rows_that_are_not_there_are_left_out,
    "column_gone_fails": test_a_column_that_is_not_there_fails_the_whole_call,
    "hidden_sheet_404": test_a_sheet_out_of_reach_answers_as_a_deleted_one,
    "silent_limit": test_the_limit_names_no_time_to_come_back,
    "local_durations": test_durations_are_in_the_language_of_the_reader,
    "number_ids": test_ids_are_numbers_beyond_what_a_double_holds,
}


@pytest.mark.parametrize("quirk", DEFAULTS)
def test_a_sandbox_without_the_default_is_noticed(quirk: str) -> None:
    quirks = Quirks(**{quirk: False})
    with reading(items=PLENTY, budgets=True, quirks=quirks) as kinder, pytest.raises(AssertionError):
        DEFAULTS[quirk](kinder)
