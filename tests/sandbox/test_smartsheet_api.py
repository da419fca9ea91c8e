"""The Smartsheet sandbox's paths, refusals and limits, over plain HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from sandbox.edits import BadEdit
from sandbox.smartsheet import FORMER_TOKEN
from sandbox.smartsheet_refusals import REFUSALS, fault
from tests.sandbox.smartsheet_reader import AUDIT, DEPOT, VENDOR, WHOLE, Body, Reader, reading


@pytest.fixture(scope="module")
def smartsheet() -> Iterator[Reader]:
    """Not to be edited."""
    with reading(items=300) as reader:
        yield reader


@pytest.fixture
def fresh() -> Iterator[Reader]:
    with reading(items=60, budgets=True) as reader:
        yield reader


@pytest.mark.parametrize(
    ("token", "code", "message"),
    [
        (None, 1001, "An Access Token is required."),
        ("of-another-region", 1002, "Your Access Token is invalid."),
        (FORMER_TOKEN, 1003, "Your Access Token has expired."),
    ],
)
def test_a_bad_token_is_told_by_its_code(
    smartsheet: Reader, token: str | None, code: int, message: str
) -> None:
    with smartsheet.stranger(token) as stranger:
        answer = stranger.ask("users/me")
        assert stranger.get("serverinfo")["supportedLocales"]
    assert answer.status_code == 401
    assert answer.json().keys() == {"refId", "errorCode", "message"}
    assert (answer.json()["errorCode"], answer.json()["message"]) == (code, message)


@pytest.mark.parametrize(
    ("path", "params", "refusal"),
    [
        ("sheets/4567", {}, (404, 1006)),
        ("sheets/4567/rows/1", {}, (404, 1006)),
        ("workspaces/4567/children", {}, (404, 1006)),
        ("nothing/here", {}, (404, 1006)),
        ("home", {}, (404, 1006)),
        ("users/4567", {}, (404, 1020)),
        ("events", {}, (403, 1013)),
        ("sheets", {"page": "x"}, (400, 1018)),
        ("sheets", {"pageSize": "0"}, (400, 1018)),
        ("sheets", {"modifiedSince": "yesterday"}, (400, 1018)),
        ("sheets", {"modifiedSince": "2026-11-23T10:00:00"}, (400, 1018)),
        ("workspaces", {"lastKey": "x"}, (400, 1018)),
        ("shares", {"assetType": "moon"}, (400, 1018)),
    ],
)
def test_what_is_wrong_is_refused(
    smartsheet: Reader, path: str, params: Body, refusal: tuple[int, int]
) -> None:
    assert smartsheet.refused(path, **params) == refusal


def test_nothing_can_be_written(smartsheet: Reader) -> None:
    answer = smartsheet.http.post("/2.0/sheets", json={})
    assert (answer.status_code, answer.json()["errorCode"]) == (405, 1010)


def test_another_person_cannot_be_assumed(smartsheet: Reader) -> None:
    answer = smartsheet.http.get("/2.0/users/me", headers={"Assume-User": "user02%40northlight.example"})
    assert answer.json()["errorCode"] == 1030


@pytest.mark.parametrize("code", REFUSALS)
def test_any_refusal_can_be_planned(smartsheet: Reader, code: int) -> None:
    smartsheet.sandbox.fail_next("smartsheet", "/users/me", fault(code, "a", "b"))
    answer = smartsheet.ask("users/me")
    assert (answer.status_code, answer.json()["errorCode"]) == (REFUSALS[code][0], code)
    assert smartsheet.ask("users/me").status_code == 200


def test_a_cell_history_costs_ten_requests_of_three_hundred_a_minute(fresh: Reader) -> None:
    sheet = fresh.sheet(DEPOT)
    path = f"sheets/{sheet['id']}/rows/{sheet['rows'][1]['id']}/columns/{sheet['columns'][2]['id']}/history"
    assert [fresh.ask(path).status_code for _ in range(29)] == [200] * 29
    assert fresh.refused(path) == (429, 4003)
    assert [fresh.ask("users/me").status_code for _ in range(9)] == [200] * 9
    assert fresh.refused("users/me") == (429, 4003)
    fresh.wait(59)
    assert fresh.refused("users/me") == (429, 4003)
    fresh.wait(1)
    assert fresh.get(path)["data"]


def test_sheets_are_listed_by_name_in_pages(smartsheet: Reader) -> None:
    whole = smartsheet.get("sheets", include="sheetVersion,ownerInfo", includeAll="true")
    assert whole.keys() == {"pageNumber", "totalPages", "totalCount", "data"}
    names = [one["name"] for one in whole["data"]]
    assert names == sorted(names, key=str.casefold)
    assert {one["version"] for one in whole["data"]} == {
        smartsheet.get(f"sheets/{one['id']}/version")["version"] for one in whole["data"]
    }
    assert all("@" in one["owner"] for one in whole["data"])
    pages = [smartsheet.get("sheets", page=page, pageSize=2) for page in (1, 2)]
    assert [(page["totalPages"], page["totalCount"], len(page["data"])) for page in pages] == [
        (2, 3, 2),
        (2, 3, 1),
    ]
    assert [one["name"] for page in pages for one in page["data"]] == names


def test_workspaces_hold_folders_sheets_and_other_things(smartsheet: Reader) -> None:
    found: dict[str, list[str]] = {}
    for path, child in smartsheet.inside():
        assert smartsheet.get(f"{path}/metadata")["id"] == int(path.split("/")[1])
        found.setdefault(child["resourceType"], []).append(child["name"])
    sheets = {smartsheet.scope(slug)["name"] for slug in (DEPOT, AUDIT)}
    assert set(found.pop("sheet")) == sheets, "the third is shared by itself"
    assert {type: len(names) for type, names in found.items()} == {"folder": 2, "report": 2, "sight": 2}


def test_children_are_those_of_the_types_asked_for(smartsheet: Reader) -> None:
    first = smartsheet.everything("workspaces")[0]
    path = f"workspaces/{first['id']}/children"
    asked = smartsheet.everything(path, childrenResourceTypes="sheets,folders")
    assert {child["resourceType"] for child in asked} == {"folder"}
    assert smartsheet.refused(path, childrenResourceTypes="planets") == (400, 1018)


def test_a_row_by_itself_tells_its_sheet_and_version(smartsheet: Reader) -> None:
    sheet = smartsheet.sheet(DEPOT, **WHOLE)
    listed = sheet["rows"][2]
    told = smartsheet.get(f"sheets/{sheet['id']}/rows/{listed['id']}", **WHOLE)
    assert {key: told[key] for key in listed} == listed
    assert (told["sheetId"], told["version"]) == (sheet["id"], sheet["version"])
    assert "columns" not in told
    shown = smartsheet.get(f"sheets/{sheet['id']}/rows/{listed['id']}", include="columns,columnType")
    assert [cell["columnType"] for cell in shown["cells"]] == [one["type"] for one in shown["columns"]]


def test_columns_are_listed_and_asked_for_one_by_one(smartsheet: Reader) -> None:
    path = f"sheets/{smartsheet.id(VENDOR)}/columns"
    listed = smartsheet.get(path, level=2)
    assert listed["totalCount"] == len(listed["data"])
    assert listed["data"] == smartsheet.sheet(VENDOR, level=2)["columns"]
    some = listed["data"][-1]
    assert smartsheet.get(f"{path}/{some['id']}", level=2) == some
    assert smartsheet.refused(f"{path}/4567") == (404, 1006)


def test_rows_can_be_asked_for_by_number_and_by_change(smartsheet: Reader) -> None:
    rows = smartsheet.sheet(DEPOT)["rows"]
    assert [row["rowNumber"] for row in smartsheet.sheet(DEPOT, rowNumbers="2,3,9999")["rows"]] == [2, 3]
    since = sorted(row["modifiedAt"] for row in rows)[-3]
    late = smartsheet.sheet(DEPOT, rowsModifiedSince=since)["rows"]
    assert [row["id"] for row in late] == [row["id"] for row in rows if row["modifiedAt"] >= since]
    numeric = smartsheet.sheet(DEPOT, numericDates="true")["rows"]
    moment = sorted(row["modifiedAt"] for row in numeric)[-3]
    assert smartsheet.sheet(DEPOT, rowsModifiedSince=moment)["rows"] == late
    assert smartsheet.sheet(DEPOT, rowsModifiedSince=since)["totalRowCount"] == len(rows)


def test_the_history_of_a_cell_ends_in_what_it_holds(smartsheet: Reader) -> None:
    sheet = smartsheet.sheet(DEPOT, **WHOLE)
    status = smartsheet.column(DEPOT, "Status")["id"]
    longest = 0
    for row in sheet["rows"]:
        path = f"sheets/{sheet['id']}/rows/{row['id']}/columns/{status}/history"
        told = smartsheet.get(path, level=2, include="objectValue")
        held = [cell for cell in row["cells"] if cell["columnId"] == status]
        steps = told["data"]
        assert told["totalCount"] == len(steps)
        now = (
            {key: value for key, value in steps[0].items() if not key.startswith("modified")}
            if steps
            else None
        )
        assert now == (held[0] if held else None)
        moments = [step["modifiedAt"] for step in steps]
        assert moments == sorted(moments, reverse=True)
        longest = max(longest, len(steps))
    assert longest > 2
    assert smartsheet.get(path, pageSize=1)["totalPages"] == max(len(steps), 1)


def _version(reader: Reader, slug: str) -> int:
    return int(reader.get(f"sheets/{reader.id(slug)}/version")["version"])


@pytest.mark.parametrize(
    "edit",
    [
        {"op": "create", "project": AUDIT, "title": "One more"},
        {"op": "rename_project", "project": AUDIT, "name": "ISO audit"},
        {"op": "rename_stage", "project": AUDIT, "stage": "ready", "name": "Next"},
        {"op": "drop_column", "project": AUDIT, "column": "customer"},
    ],
)
def test_a_change_makes_a_new_version_of_that_sheet_alone(fresh: Reader, edit: Body) -> None:
    before = {slug: _version(fresh, slug) for slug in (DEPOT, AUDIT, VENDOR)}
    modified = fresh.sheet(AUDIT)["modifiedAt"]
    fresh.sandbox.edit(edit)
    after = {slug: _version(fresh, slug) for slug in (DEPOT, AUDIT, VENDOR)}
    assert after == before | {AUDIT: before[AUDIT] + 1}
    sheet = fresh.sheet(AUDIT, ifVersionAfter=before[AUDIT])
    assert sheet["modifiedAt"] == "2026-11-23T12:00:00Z" > modified
    assert fresh.sheet(AUDIT, ifVersionAfter=after[AUDIT]) == {"version": after[AUDIT]}
    since = fresh.ticks.now - timedelta(minutes=1)
    changed = fresh.get("sheets", modifiedSince=since.isoformat())["data"]
    assert [str(one["id"]) for one in changed] == [fresh.id(AUDIT)]


def test_a_deleted_row_is_told_by_no_one(fresh: Reader) -> None:
    version = _version(fresh, DEPOT)
    row = next(row for row in fresh.sheet(DEPOT)["rows"] if "parentId" in row)
    since = fresh.ticks.now.isoformat()
    fresh.sandbox.edit({"op": "delete", "task": _number(fresh, row["id"])})
    assert _version(fresh, DEPOT) == version + 1
    assert fresh.sheet(DEPOT, rowsModifiedSince=since)["rows"] == []
    assert row["id"] not in [one["id"] for one in fresh.sheet(DEPOT)["rows"]]
    assert fresh.refused(f"sheets/{fresh.id(DEPOT)}/rows/{row['id']}") == (404, 1006)


def _number(reader: Reader, row: int) -> int:
    tasks = reader.sandbox.world.story.tasks.values()
    return next(task.number for task in tasks if task.remote_id == str(row))


def test_a_deleted_column_is_gone_with_what_stood_in_it(fresh: Reader) -> None:
    customer = fresh.column(DEPOT, "Customer")["id"]
    assert fresh.cells(DEPOT, "Customer", exclude="nonexistentCells")
    fresh.sandbox.edit({"op": "drop_column", "project": DEPOT, "column": "customer"})
    sheet = fresh.sheet(DEPOT)
    assert customer not in [column["id"] for column in sheet["columns"]]
    assert customer not in [cell["columnId"] for row in sheet["rows"] for cell in row["cells"]]
    assert fresh.refused(f"sheets/{sheet['id']}", columnIds=customer) == (400, 1036)
    assert {item["custom"]["customer"] for item in fresh.scope(DEPOT)["items"]} == {None}


def test_a_sheet_shared_away_in_the_middle_is_gone_from_everywhere(fresh: Reader) -> None:
    path, listed = f"sheets/{fresh.id(DEPOT)}", _sheets_anywhere(fresh)
    fresh.get(path, page=1, pageSize=5)
    fresh.sandbox.edit({"op": "revoke", "project": DEPOT})
    refused = [
        fresh.refused(path, page=2, pageSize=5),
        fresh.refused(f"{path}/summary"),
        fresh.refused(f"{path}/columns"),
        fresh.refused("shares", assetType="sheet", assetId=fresh.id(DEPOT)),
    ]
    assert refused == [(404, 1006)] * 4
    assert _sheets_anywhere(fresh) == listed - {fresh.id(DEPOT)}


def _sheets_anywhere(reader: Reader) -> set[str]:
    inside = [child for _, child in reader.inside() if child["resourceType"] == "sheet"]
    return {str(one["id"]) for one in [*reader.get("sheets")["data"], *inside]}


@pytest.mark.parametrize(
    ("edit", "why"),
    [
        ({"project": DEPOT, "column": "Status"}, "column must be one of customer, cost, not 'Status'"),
        ({"project": "dc-move", "column": "cost"}, "There is no project"),
        ({"project": VENDOR, "column": "cost"}, "has no column cost any more"),
    ],
)
def test_a_column_can_be_deleted_once_and_only_where_there_is_one(
    fresh: Reader, edit: Body, why: str
) -> None:
    fresh.sandbox.edit({"op": "drop_column", "project": VENDOR, "column": "cost"})
    with pytest.raises(BadEdit, match=why):
        fresh.sandbox.edit({"op": "drop_column", **edit})


@pytest.mark.parametrize(
    "op",
    [
        {"op": "rename_project", "name": "New"},
        {"op": "rename_stage", "stage": "ready", "name": "Next up"},
        {"op": "drop_column", "column": "cost"},
        {"op": "create", "title": "New"},
    ],
    ids=lambda op: op["op"],
)
def test_a_sheet_is_modified_when_it_is_edited_and_not_when_it_is_read(op: Body) -> None:
    with reading(items=120) as reader:
        before = reader.sheet(DEPOT)
        reader.wait(300)
        reader.sandbox.edit({**op, "project": DEPOT})
        at = reader.ticks.now.strftime("%Y-%m-%dT%H:%M:%SZ")
        reader.wait(300)
        after = reader.sheet(DEPOT)
        assert (after["version"], after["modifiedAt"]) == (before["version"] + 1, at)
        assert reader.sheet(DEPOT, ifVersionAfter=after["version"]) == {"version": after["version"]}
        assert reader.sheet(DEPOT, ifVersionAfter=before["version"]) == after
