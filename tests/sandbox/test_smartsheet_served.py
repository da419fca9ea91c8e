"""What the Smartsheet sandbox serves is what the story's truth tells, row by row."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.sandbox.smartsheet_reader import AUDIT, DEPOT, VENDOR, WHOLE, Body, Reader, reading
from tests.sandbox.smartsheet_rows import FIELDS, role, told

SHEETS = (DEPOT, AUDIT, VENDOR)


@pytest.fixture(scope="module")
def smartsheet() -> Iterator[Reader]:
    with reading(items=900) as reader:
        yield reader


def _read(reader: Reader, slug: str) -> dict[str, Body]:
    sheet = reader.sheet(slug, **WHOLE)
    roles = {
        one["id"]: role(
            one["title"], one.get("primary", False), one.get("tags", []), one.get("systemColumnType")
        )
        for one in sheet["columns"]
    }
    found = {}
    for row in sheet["rows"]:
        cells = {
            roles[cell["columnId"]]: (cell.get("value"), cell.get("displayValue"), cell["objectValue"])
            for cell in row["cells"]
        }
        item = told(str(sheet["id"]), str(row["id"]), cells) | {
            "parent": f"{sheet['id']}:{row['parentId']}" if "parentId" in row else None,
            "reporter": row["createdBy"]["email"],
            "created": row["createdAt"].replace("Z", ".000Z"),
            "updated": row["modifiedAt"].replace("Z", ".000Z"),
        }
        found[item["id"]] = item
    assert len(found) == len(sheet["rows"]) == sheet["totalRowCount"]
    return found


@pytest.mark.parametrize("slug", SHEETS)
def test_every_row_is_as_the_truth_tells_it(smartsheet: Reader, slug: str) -> None:
    items = {item["id"]: {name: item[name] for name in FIELDS} for item in smartsheet.scope(slug)["items"]}
    assert _read(smartsheet, slug) == items


@pytest.mark.parametrize(("slug", "other"), [(DEPOT, AUDIT), (AUDIT, VENDOR), (VENDOR, DEPOT)])
def test_edits_are_served_as_the_truth_tells_them(slug: str, other: str) -> None:
    with reading(items=120) as reader:
        leaves = [task for task in reader.sandbox.world.tasks_of(slug) if task.assignees]
        first, last = leaves[0].number, leaves[-1].number
        for edit in (
            {"op": "set", "task": first, "fields": {"stage": "done", "title": "Neu", "assignees": [2, 3]}},
            {"op": "set", "task": first, "fields": {"labels": ["Größe XL"], "priority": "low"}},
            {"op": "create", "project": slug, "title": "Late", "fields": {"due": "2026-12-01"}},
            {"op": "move", "task": last, "project": other},
        ):
            reader.sandbox.edit(edit)
        for one in (slug, other):
            items = {item["id"]: {n: item[n] for n in FIELDS} for item in reader.scope(one)["items"]}
            assert _read(reader, one) == items


@pytest.mark.parametrize("slug", SHEETS)
def test_rows_stand_as_a_tree(smartsheet: Reader, slug: str) -> None:
    """Each under its parent, after the sibling it names, its children right below it."""
    rows = smartsheet.sheet(slug)["rows"]
    assert [row["rowNumber"] for row in rows] == list(range(1, len(rows) + 1))
    path: list[int] = []
    last: dict[int | None, int] = {}
    for row in rows:
        parent = row.get("parentId")
        while path and path[-1] != parent:
            path.pop()
        assert (path[-1] if path else None) == parent
        assert row.get("siblingId") == last.get(parent)
        last[parent] = row["id"]
        path.append(row["id"])
    assert len(last) > 2, "several rows have rows below them"


def test_summary_rows_tell_no_work_of_their_own(smartsheet: Reader) -> None:
    sheet = smartsheet.sheet(VENDOR, **WHOLE)
    above = {row.get("parentId") for row in sheet["rows"]}
    own = {smartsheet.column(VENDOR, title)["id"] for title in ("Status", "Done", "Assigned To", "Health")}
    for row in sheet["rows"]:
        held = {cell["columnId"] for cell in row["cells"]}
        assert bool(held & own) == (row["id"] not in above)


def test_a_date_may_be_free_text(smartsheet: Reader) -> None:
    cells = smartsheet.cells(AUDIT, "Due Date", **WHOLE).values()
    assert smartsheet.column(AUDIT, "Due Date")["type"] == "DATE"
    odd = [cell for cell in cells if not isinstance(cell["objectValue"], dict)]
    assert [(cell["value"], cell["displayValue"], cell["objectValue"]) for cell in odd] == [("TBD",) * 3]
    for cell in cells:
        if cell not in odd:
            assert cell["objectValue"] == {"objectType": "DATE", "value": cell["value"]}
            assert "displayValue" not in cell


def test_a_project_sheet_has_wall_clocks_in_no_zone(smartsheet: Reader) -> None:
    assert smartsheet.column(DEPOT, "Start")["type"] == "ABSTRACT_DATETIME"
    values = {cell["value"][10:] for cell in smartsheet.cells(DEPOT, "Start", **WHOLE).values()}
    assert values == {"T08:00:00"}
    ends = {cell["value"][10:] for cell in smartsheet.cells(DEPOT, "Finish", **WHOLE).values()}
    assert ends == {"T16:59:59", "T08:00:00"}, "a milestone ends when it starts"


def test_a_formula_may_have_failed(smartsheet: Reader) -> None:
    cells = smartsheet.cells(AUDIT, "Cost", **WHOLE).values()
    (failed,) = (cell for cell in cells if "formula" in cell)
    assert (failed["value"], failed["displayValue"]) == ("#UNPARSEABLE", "#UNPARSEABLE")
    assert {type(cell["value"]) for cell in cells if cell is not failed} == {float}


def test_a_contact_may_have_no_address(smartsheet: Reader) -> None:
    cells = list(smartsheet.cells(VENDOR, "Supplier contact", **WHOLE).values())
    assert cells
    for cell in cells:
        assert cell["objectValue"] == {"objectType": "CONTACT", "name": cell["value"]}


def test_predecessors_name_rows_by_id_and_in_the_text_by_number(smartsheet: Reader) -> None:
    numbers = {row["id"]: row["rowNumber"] for row in smartsheet.sheet(DEPOT)["rows"]}
    cells = smartsheet.cells(DEPOT, "Predecessors", **WHOLE).values()
    texts = [cell["value"] for cell in cells]
    for cell in cells:
        for before in cell["objectValue"]["predecessors"]:
            assert numbers[before["rowId"]] == before["rowNumber"]
            assert str(before["rowNumber"]) in cell["value"]
    lags = [b["lag"] for cell in cells for b in cell["objectValue"]["predecessors"] if "lag" in b]
    assert {lag["objectType"] for lag in lags} == {"DURATION"}
    assert all(lag["days"] > 0 for lag in lags)
    assert any(lag.get("negative") for lag in lags)
    assert any(" -2t" in text for text in texts)


def test_columns_are_what_sheets_have_of_them(smartsheet: Reader) -> None:
    columns = [one for slug in SHEETS for one in smartsheet.sheet(slug, level=2)["columns"]]
    assert {one["type"] for one in columns} == {
        "TEXT_NUMBER", "DATE", "DATETIME", "ABSTRACT_DATETIME", "CHECKBOX", "PICKLIST", "MULTI_PICKLIST",
        "CONTACT_LIST", "MULTI_CONTACT_LIST", "DURATION", "PREDECESSOR",
    }  # fmt: skip
    assert {one.get("symbol") for one in columns} == {None, "RYG", "RYGB", "PRIORITY_HML", "FLAG"}
    assert {one.get("systemColumnType") for one in columns} == {
        None, "AUTO_NUMBER", "CREATED_DATE", "CREATED_BY", "MODIFIED_DATE", "MODIFIED_BY",
    }  # fmt: skip
    assert len({one["id"] for one in columns}) == len(columns)


def test_the_sheet_tells_its_working_days_and_its_summary(smartsheet: Reader) -> None:
    sheet = smartsheet.sheet(DEPOT, page=1, pageSize=1)
    settings = sheet["projectSettings"]
    project = smartsheet.sandbox.world.project(DEPOT)
    assert settings["workingDays"] == ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY"]
    assert settings["nonWorkingDays"] == [day.isoformat() for day in project.holidays] != []
    assert settings["lengthOfDay"] == 8
    assert sheet["dependenciesEnabled"] is True
    fields = smartsheet.get(f"sheets/{sheet['id']}/summary")["fields"]
    assert smartsheet.get(f"sheets/{sheet['id']}/summary/fields")["data"] == fields
    by_title = {field["title"]: field for field in fields}
    health = by_title["Overall Health"]
    assert (health["objectValue"], health["symbol"], health["type"]) == ("Green", "RYG", "PICKLIST")
    assert by_title["Target End"]["objectValue"] == {
        "objectType": "DATE",
        "value": project.target_end.isoformat(),
    }
    assert "objectValue" not in by_title["Sponsor"]


def test_shares_are_everybody_on_the_sheet(smartsheet: Reader) -> None:
    params = {"assetType": "sheet", "assetId": smartsheet.id(DEPOT), "maxItems": 5}
    shares = smartsheet.everything("shares", "items", **params)
    people = smartsheet.sandbox.world.story.people
    members = smartsheet.sandbox.world.project(DEPOT).members
    assert {share["email"] for share in shares} == {people[id].smartsheet_id for id in members}
    assert [share["accessLevel"] for share in shares].count("OWNER") == 1
    former = smartsheet.get(f"sheets/{smartsheet.id(DEPOT)}/shares")["data"]
    assert [{**one, "userId": str(one["userId"])} for one in former] == shares
    users = smartsheet.get("users", includeAll="true")["data"]
    assert {share["userId"] for share in shares} <= {str(user["id"]) for user in users}
    assert smartsheet.get(f"users/{shares[0]['userId']}")["email"] == shares[0]["email"]
    assert smartsheet.get("users", email=shares[0]["email"])["totalCount"] == 1
