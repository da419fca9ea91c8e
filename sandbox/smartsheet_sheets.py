"""One sheet as Smartsheet tells it: its head, columns, rows and summary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from sandbox import ids
from sandbox.people import READER
from sandbox.smartsheet_cells import cell
from sandbox.smartsheet_columns import Body, Column
from sandbox.smartsheet_holders import APP
from sandbox.smartsheet_paging import cut
from sandbox.smartsheet_query import PAGE, Query
from sandbox.smartsheet_refusals import BAD_COLUMN, NOT_FOUND, Refused
from sandbox.smartsheet_rows import Ground, Row, content, writer
from sandbox.story import Person, Project
from sandbox.story_resources import SummaryField

WORKING_DAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """``version`` grows with every change; ``workspace`` is how the sheet names where it stands."""

    ground: Ground
    columns: Sequence[Column]
    version: int
    created: datetime
    modified: datetime
    workspace: Body | None

    @property
    def project(self) -> Project:
        return self.ground.project

    @property
    def id(self) -> int:
        return int(self.project.remote_id)

    @property
    def link(self) -> str:
        return f"{APP}/sheets/{ids.gid('link', self.project.remote_id)}"

    @property
    def access(self) -> str:
        return "OWNER" if self.project.owner == READER else "ADMIN"

    def row(self, id: int) -> Row:
        found = next((row for row in self.ground.rows.values() if row.id == id), None)
        if found is None:
            raise Refused(NOT_FOUND)
        return found

    def column(self, id: int) -> Column:
        found = next((column for column in self.columns if column.id == id), None)
        if found is None:
            raise Refused(NOT_FOUND)
        return found


def user_id(person: Person) -> int:
    return int(ids.gid("user", person.id))


def mini_user(person: Person) -> Body:
    return {"email": person.smartsheet_id, "name": person.name}


def entry(sheet: Sheet, query: Query) -> Body:
    """The sheet in a listing."""
    return {
        "id": sheet.id,
        "name": sheet.project.name,
        "accessLevel": sheet.access,
        "permalink": sheet.link,
        "createdAt": query.time(sheet.created),
        "modifiedAt": query.time(sheet.modified),
        **({"version": sheet.version} if query.includes("sheetVersion") else {}),
        **(_owner(sheet) if query.includes("ownerInfo") else {}),
    }


def _owner(sheet: Sheet) -> Body:
    owner = sheet.ground.people[sheet.project.owner]
    return {"owner": owner.smartsheet_id, "ownerId": user_id(owner)}


def whole(sheet: Sheet, query: Query) -> Body:
    """The sheet with its rows, or its version alone where nothing happened since the one asked after."""
    after = query.params.get("ifVersionAfter")
    if after and query.number("ifVersionAfter", 0, least=0) >= sheet.version:
        return {"version": sheet.version}
    columns = _asked_columns(sheet, query)
    return {
        **_head(sheet, query),
        "columns": [column.body(query.level) for column in columns],
        "rows": [row_body(sheet, row, columns, query) for row in _asked_rows(sheet, query)],
    }


def _head(sheet: Sheet, query: Query) -> Body:
    return {
        "id": sheet.id,
        "name": sheet.project.name,
        "version": sheet.version,
        "totalRowCount": len(sheet.ground.rows),
        "accessLevel": sheet.access,
        "effectiveAttachmentOptions": ["LINK", "FILE"],
        "ganttEnabled": True,
        "dependenciesEnabled": True,
        "resourceManagementEnabled": False,
        "resourceManagementType": "NONE",
        "cellImageUploadEnabled": True,
        "userSettings": {"criticalPathEnabled": False, "displaySummaryTasks": True},
        "userPermissions": {"summaryPermissions": "READ_WRITE"},
        "hasSummaryFields": bool(sheet.project.summary),
        "projectSettings": {
            "workingDays": list(WORKING_DAYS),
            "nonWorkingDays": [day.isoformat() for day in sheet.project.holidays],
            "lengthOfDay": 8.0,
        },
        "permalink": sheet.link,
        "createdAt": query.time(sheet.created),
        "modifiedAt": query.time(sheet.modified),
        "isMultiPicklistEnabled": True,
        **({"workspace": sheet.workspace} if sheet.workspace else {}),
        **(_owner(sheet) if query.includes("ownerInfo") else {}),
    }


def _asked_columns(sheet: Sheet, query: Query) -> Sequence[Column]:
    """One id of a column that is not there, such as a deleted one, fails the whole call."""
    asked = query.numbers("columnIds")
    if not asked:
        return sheet.columns
    known = {column.id for column in sheet.columns}
    unknown = [id for id in asked if id not in known]
    if unknown and query.quirks.column_gone_fails:
        raise Refused(BAD_COLUMN, unknown[0])
    return [column for column in sheet.columns if column.id in asked]


def _asked_rows(sheet: Sheet, query: Query) -> Sequence[Row]:
    """Without ``page`` and ``pageSize`` all rows; with either a page, of 100 unless said otherwise."""
    rows = list(_matching(sheet, query))
    page, size = query.params.get("page"), query.params.get("pageSize")
    if not page and not size:
        return rows
    default = PAGE if query.quirks.hundred_rows else max(len(rows), 1)
    return cut(
        rows,
        query.number("page", 1),
        query.number("pageSize", default),
        last_again=query.quirks.last_page_again,
    )


def _matching(sheet: Sheet, query: Query) -> Sequence[Row]:
    """Rows that are not there are left out without a word, and so are deleted ones."""
    rows = list(sheet.ground.rows.values())
    wanted, numbers = query.numbers("rowIds"), query.numbers("rowNumbers")
    if wanted:
        rows = [row for row in rows if row.id in wanted]
        if len(rows) < len(set(wanted)) and not query.quirks.rows_left_out:
            raise Refused(NOT_FOUND)
    if numbers:
        rows = [row for row in rows if row.number in numbers]
    since = query.since("rowsModifiedSince")
    return rows if since is None else [row for row in rows if row.task.updated >= since]


def row_body(sheet: Sheet, row: Row, columns: Sequence[Column], query: Query) -> Body:
    told: Body = {"id": row.id, "rowNumber": row.number}
    if row.above is not None:
        told["parentId"] = row.above
    if row.before is not None:
        told["siblingId"] = row.before
    told |= {
        "expanded": True,
        "createdAt": query.time(row.task.created),
        "modifiedAt": query.time(row.task.updated),
    }
    if query.includes("writerInfo"):
        told["createdBy"] = mini_user(sheet.ground.people[row.task.reporter])
        told["modifiedBy"] = mini_user(writer(sheet.ground, row))
    if query.includes("rowPermalink"):
        told["permalink"] = f"{sheet.link}?rowId={row.id}"
    return told | {"cells": _cells(sheet, row, columns, query)}


def _cells(sheet: Sheet, row: Row, columns: Sequence[Column], query: Query) -> list[Body]:
    bare = query.quirks.bare_cells and not query.excludes("nonexistentCells")
    held = [(column, content(sheet.ground, row, column.key)) for column in columns]
    return [cell(column, value, query.shown) for column, value in held if bare or value is not None]


def single(sheet: Sheet, row: Row, query: Query) -> Body:
    """The row by itself tells more of where it belongs; ``version`` is that of the sheet."""
    told = row_body(sheet, row, sheet.columns, query)
    columns = {"columns": [column.body(query.level) for column in sheet.columns]}
    return {
        "sheetId": sheet.id,
        "version": sheet.version,
        "accessLevel": sheet.access,
        **(columns if query.includes("columns") else {}),
        **told,
    }


def summary_fields(sheet: Sheet, query: Query) -> list[Body]:
    return [_summary_field(sheet, one, index, query) for index, one in enumerate(sheet.project.summary)]


def _summary_field(sheet: Sheet, field: SummaryField, index: int, query: Query) -> Body:
    type, extra = _SUMMARY[field.kind]
    told: Body = {
        "id": int(field.id),
        "index": index,
        "title": field.title,
        "type": type,
        **extra,
        "locked": False,
        "lockedForUser": False,
        "validation": False,
        "createdAt": query.time(sheet.created),
        "modifiedAt": query.time(sheet.modified),
    }
    if query.includes("writerInfo"):
        owner = mini_user(sheet.ground.people[sheet.project.owner])
        told |= {"createdBy": owner, "modifiedBy": owner}
    if field.value is None:
        return told
    if isinstance(field.value, date):
        return told | {"objectValue": {"objectType": "DATE", "value": field.value.isoformat()}}
    shown = {} if query.excludes("displayValue") else {"displayValue": str(field.value)}
    return told | {"objectValue": field.value, **shown}


_SUMMARY: Mapping[str, tuple[str, Mapping[str, Any]]] = MappingProxyType(
    {
        "text": ("TEXT_NUMBER", {}),
        "number": ("TEXT_NUMBER", {}),
        "date": ("DATE", {}),
        "symbol": ("PICKLIST", {"symbol": "RYG"}),
    }
)
