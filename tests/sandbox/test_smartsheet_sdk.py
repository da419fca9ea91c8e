"""The vendor's own client (smartsheet-python-sdk), unmodified, reads the sandbox like the real thing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC
from typing import Any

import pytest
from smartsheet import Smartsheet
from smartsheet.exceptions import ApiError, RateLimitExceededError
from smartsheet.smartsheet import AbstractUserCalcBackoff

from sandbox.smartsheet_refusals import fault
from tests.sandbox.smartsheet_reader import DEPOT, Body, Reader, reading
from tests.sandbox.smartsheet_rows import FIELDS, role, told

pytestmark = pytest.mark.filterwarnings("ignore:ssl.OP_NO_SSL:DeprecationWarning")
"""The client chooses its TLS versions in a way that Python wants to leave."""


@pytest.fixture(scope="module")
def served() -> Iterator[Reader]:
    with reading(items=900) as reader:
        yield reader


@contextmanager
def client(served: Reader, token: str | None = None, backoff: Any = 0) -> Iterator[Any]:
    """Raises what is refused, and waits for nothing."""
    credentials = served.sandbox.credentials["smartsheet"]
    base = served.sandbox.bases["smartsheet"] + "/2.0"
    sdk = Smartsheet(token or credentials["token"], api_base=base, max_retry_time=backoff)
    sdk.errors_as_exceptions(True)
    with closing(sdk._session):
        yield sdk


def _truth(served: Reader) -> Body:
    told: Body = served.sandbox.truth()["trackers"]["smartsheet"]
    return told


def test_it_knows_who_it_is(served: Reader) -> None:
    with client(served) as sdk:
        me = sdk.Users.get_current_user()
        assert me.email in {account["id"] for account in _truth(served)["accounts"]}
        assert (me.time_zone, me.locale) == ("Europe/Berlin", "de_DE")
        assert "de_DE" in sdk.Server.server_info().supported_locales


def test_it_discovers_every_sheet(served: Reader) -> None:
    scopes = {scope["id"]: scope["name"] for scope in _truth(served)["scopes"]}
    with client(served) as sdk:
        listed = sdk.Sheets.list_sheets(include_all=True)
        assert listed.total_count == len(listed.data)
        assert {str(sheet.id): sheet.name for sheet in listed.data} == scopes
        paged = [sheet.id for page in (1, 2) for sheet in sdk.Sheets.list_sheets(page_size=2, page=page).data]
        assert paged == [sheet.id for sheet in listed.data]


def test_it_finds_sheets_in_workspaces_and_folders(served: Reader) -> None:
    with client(served) as sdk:
        found: dict[str, str] = {}
        for workspace in _pages(sdk.Workspaces.list_workspaces):
            assert sdk.Workspaces.get_workspace_metadata(workspace.id).name == workspace.name
            found |= _sheets_in(sdk, "workspace", workspace.id)
    scopes = {scope["id"]: scope["name"] for scope in _truth(served)["scopes"]}
    assert len(found) == 2
    assert found.items() <= scopes.items()


def _sheets_in(sdk: Any, kind: str, id: int) -> dict[str, str]:
    calls = {"workspace": sdk.Workspaces.get_workspace_children, "folder": sdk.Folders.get_folder_children}
    found = {}
    for child in _pages(lambda **key: calls[kind](id, **key)):
        if type(child).__name__ == "Sheet":
            found[str(child.id)] = child.name
        elif type(child).__name__ == "Folder":
            found |= _sheets_in(sdk, "folder", child.id)
    return found


def _pages(call: Any) -> Iterator[Any]:
    page = call(max_items=1)
    yield from page.data
    while page.last_key:
        page = call(max_items=1, last_key=page.last_key)
        yield from page.data


def test_it_reads_every_row_as_the_truth_tells_it(served: Reader) -> None:
    with client(served) as sdk:
        for scope in _truth(served)["scopes"]:
            sheet = sdk.Sheets.get_sheet(
                int(scope["id"]), level=2, include="objectValue,writerInfo", page_size=20_000, page=1
            )
            items = {item["id"]: {name: item[name] for name in FIELDS} for item in scope["items"]}
            read = [_item(sheet, row) for row in sheet.rows]
            assert len(read) == sheet.total_row_count == len(items)
            assert {item["id"]: item for item in read} == items


def test_it_reads_a_sheet_page_by_page(served: Reader) -> None:
    with client(served) as sdk:
        id = int(served.id(DEPOT))
        whole = [row.id for row in sdk.Sheets.get_sheet(id).rows]
        size = len(whole) // 2
        pages = [sdk.Sheets.get_sheet(id, page_size=size, page=page).rows for page in (1, 2, 3)]
        assert [row.id for page in pages for row in page][: len(whole)] == whole
        version = sdk.Sheets.get_sheet_version(id).version
        assert sdk.Sheets.get_sheet(id, if_version_after=version).to_dict().get("rows", []) == []
        assert sdk.Sheets.get_row(id, whole[0]).version == version


def test_it_reads_columns_summary_shares_and_histories(served: Reader) -> None:
    with client(served) as sdk:
        id = int(served.id(DEPOT))
        columns = {one.title: one for one in sdk.Sheets.get_columns(id, level=2, include_all=True).data}
        assert str(columns["Assigned To"].type) == "MULTI_CONTACT_LIST"
        assert str(columns["Health"].symbol) == "RYG"
        summary = {field.title: field for field in sdk.Sheets.get_sheet_summary(id).fields}
        assert summary["Overall Health"].display_value == "Green"
        shares = sdk.Sharing.list_asset_shares("sheet", id)
        more = sdk.Sharing.list_asset_shares("sheet", id, last_key=shares.last_key).items
        assert {share.email for share in more} <= {account["id"] for account in _truth(served)["accounts"]}
        status = columns["Status"].id
        row = next(
            row
            for row in sdk.Sheets.get_sheet(id).rows
            if row.get_column(status).value and len(_told(sdk, id, row.id, status)) > 1
        )
        assert _told(sdk, id, row.id, status)[0].value == row.get_column(status).value


def _told(sdk: Any, sheet: int, row: int, column: int) -> list[Any]:
    history: list[Any] = sdk.Cells.get_cell_history(sheet, row, column, include_all=True).data
    return history


def test_a_wrong_token_is_refused(served: Reader) -> None:
    with client(served, token="of-another-region") as sdk, pytest.raises(ApiError) as refused:
        sdk.Sheets.list_sheets()
    assert (refused.value.error.result.status_code, refused.value.error.result.code) == (401, 1002)


def test_a_missing_sheet_is_404(served: Reader) -> None:
    with client(served) as sdk, pytest.raises(ApiError) as missing:
        sdk.Sheets.get_sheet(4567)
    assert (missing.value.error.result.status_code, missing.value.error.result.code) == (404, 1006)


def test_the_rate_limit_is_met_and_waited_out() -> None:
    with reading(items=60, budgets=True) as reader:
        assert {reader.ask("users/me").status_code for _ in range(300)} == {200}
        with client(reader) as sdk, pytest.raises(RateLimitExceededError):
            sdk.Users.get_current_user()
        with client(reader, backoff=AMinute(reader)) as patient:
            assert patient.Users.get_current_user().email
        assert 429 in {seen.status for seen in reader.sandbox.requests("smartsheet")}


class AMinute(AbstractUserCalcBackoff):
    """Lets the sandbox's minute go by."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def calc_backoff(self, _attempts: int, _elapsed: float, _error: Any) -> int:
        self._reader.wait()
        return 0


@pytest.mark.parametrize("code", [4001, 4002, 4004])
def test_what_passes_by_itself_is_tried_again(served: Reader, code: int) -> None:
    served.sandbox.fail_next("smartsheet", "/users/me", fault(code))
    with client(served, backoff=AMinute(served)) as sdk:
        assert sdk.Users.get_current_user().email


def _item(sheet: Any, row: Any) -> Body:
    roles = {column.id: _role(column) for column in sheet.columns}
    cells = {
        roles[cell.column_id]: (cell.value, cell.display_value, _plain(cell.object_value))
        for cell in row.cells
        if cell.value is not None or cell.display_value is not None
    }
    return told(str(sheet.id), str(row.id), cells) | {
        "parent": None if row.parent_id is None else f"{sheet.id}:{row.parent_id}",
        "reporter": row.created_by.email,
        "created": _instant(row.created_at),
        "updated": _instant(row.modified_at),
    }


def _role(column: Any) -> str:
    system = None if column.system_column_type.value is None else str(column.system_column_type)
    return role(column.title, bool(column.primary), [str(tag) for tag in column.tags], system)


def _plain(value: Any) -> Any:
    return value.to_dict() if hasattr(value, "to_dict") else value


def _instant(at: Any) -> str:
    return str(at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"))
