"""Whatever a sheet holds, the mapper answers: with an item, or with a rejection that names the field."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.base import Kind, Record, ScopeRecord
from normalizer.context import Context
from normalizer.model import Mapper
from normalizer.smartsheet import prepare
from tests.payloads.case import READ_AT

SCOPE = ScopeRecord(id="7", kind="sheet", name="Rollout", url="https://app.smartsheet.com/sheets/x")
COLUMNS: list[dict[str, Any]] = [
    {"id": 1, "title": "Task Name", "type": "TEXT_NUMBER", "primary": True},
    {"id": 2, "title": "Status", "type": "PICKLIST"},
    {"id": 3, "title": "Done", "type": "CHECKBOX"},
    {"id": 4, "title": "% Complete", "type": "TEXT_NUMBER"},
    {"id": 5, "title": "Start", "type": "DATE"},
    {"id": 6, "title": "Finish", "type": "ABSTRACT_DATETIME"},
    {"id": 7, "title": "Duration", "type": "DURATION"},
    {"id": 8, "title": "Predecessors", "type": "PREDECESSOR"},
    {"id": 9, "title": "Assigned To", "type": "MULTI_CONTACT_LIST"},
    {"id": 10, "title": "Health", "type": "PICKLIST", "symbol": "RYG"},
    {"id": 11, "title": "Tags", "type": "MULTI_PICKLIST"},
    {"id": 12, "title": "Story Points", "type": "TEXT_NUMBER"},
    {"id": 13, "title": "Sponsor", "type": "CONTACT_LIST"},
    {"id": 14, "title": "Blocked", "type": "CHECKBOX"},
]
KEYS = st.sampled_from(
    ["values", "value", "predecessors", "rowId", "type", "lag", "days", "email", "name", "objectType", "x"]
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=8,
)
CELLS = st.lists(
    st.fixed_dictionaries(
        {"columnId": st.integers(1, 15)},
        optional={"value": ANYTHING, "displayValue": ANYTHING, "objectValue": ANYTHING, "formula": ANYTHING},
    ),
    max_size=6,
)
ROWS = st.fixed_dictionaries(
    {"id": st.integers(1, 2**60), "cells": CELLS | ANYTHING},
    optional={
        name: ANYTHING
        for name in ("rowNumber", "parentId", "createdAt", "modifiedAt", "createdBy", "permalink", "version")
    },
)


def mapper(**definitions: Any) -> Mapper:
    told = {"sheet": {"columns": COLUMNS}, **definitions}
    return prepare(Context(system="smartsheet", site="smartsheet.com", scope=SCOPE, definitions=told))


@given(body=ROWS)
def test_a_row_of_anything_is_an_item(body: dict[str, Any]) -> None:
    made = mapper()(Record("item", f"7:{body['id']}", "7", body, READ_AT))
    (item,) = made.items
    assert item.remote_id == f"7:{body['id']}"
    assert not any(one.whole for one in made.rejections)
    item.title.encode("utf-8")


@given(kind=st.sampled_from(["item", "section", "account", "status_report", "change"]), body=ANYTHING)
def test_a_record_of_anything_is_answered(kind: Kind, body: Any) -> None:
    made = mapper()(Record(kind, "7:1", "7", body, READ_AT))
    assert all(one.expected for one in made.rejections)


@given(sheet=ANYTHING, outline=ANYTHING, people=ANYTHING)
def test_definitions_of_anything_make_a_mapper(sheet: Any, outline: Any, people: Any) -> None:
    told = {
        "sheet": {"columns": sheet, "projectSettings": sheet, "permalink": sheet},
        "outline": {"parents": outline},
        "people": {"shares": people},
    }
    made = mapper(**told)(Record("item", "7:1", "7", {"id": 1, "cells": [], "parentId": 1}, READ_AT))
    assert len(made.items) == 1


@given(data=st.lists(st.fixed_dictionaries({"value": ANYTHING, "modifiedAt": ANYTHING}), max_size=4))
@pytest.mark.parametrize("column", [one["id"] for one in COLUMNS])
def test_a_history_of_anything_is_answered(column: int, data: list[Any]) -> None:
    body = {"rowId": 1, "columnId": column, "data": data}
    mapper()(Record("change", "7:1:1", "7", body, READ_AT))


def test_a_tree_that_turns_in_a_circle_ends() -> None:
    parents = [{"id": 1, "parentId": 2, "cells": []}, {"id": 2, "parentId": 1, "cells": []}]
    made = mapper(outline={"parents": parents})
    (item,) = made(Record("item", "7:3", "7", {"id": 3, "parentId": 1, "cells": []}, READ_AT)).items
    assert item.level == 0


def test_a_record_of_a_kind_that_smartsheet_has_not_is_rejected_whole() -> None:
    (rejection,) = mapper()(Record("iteration", "1", "7", {"id": 1}, READ_AT)).rejections
    assert rejection.whole


def test_the_definition_tells_of_rules_that_find_nothing() -> None:
    context = Context(system="smartsheet", site="smartsheet.com", scope=SCOPE)
    made = prepare(context)(Record("definition", "sheet", "7", {}, READ_AT))
    assert made.unmapped == []


def test_people_whose_names_are_signs_alone_are_told_apart() -> None:
    names = ("🦊", "🐻")
    found = [
        account.id
        for n, name in enumerate(names, 1)
        for account in mapper()(
            Record("item", f"7:{n}", "7", {"id": n, "cells": [{"columnId": 9, "value": name}]}, READ_AT)
        ).accounts
    ]
    assert len(set(found)) == len(names)


def test_half_a_character_in_the_address_of_a_sheet_is_marked_and_stops_nothing() -> None:
    made = mapper(sheet={"permalink": "https://x/\ud83d"})
    (item,) = made(Record("item", "7:1", "7", {"id": 1, "cells": []}, READ_AT)).items
    assert item.url == "https://x/??rowId=1"
