"""What a sheet is handed over as: its definitions, people, sections, rows and the history of its cells."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from connectors.base import Record
from connectors.smartsheet_calls import Row, whole
from connectors.smartsheet_outline import parents
from connectors.smartsheet_snapshot import Snapshot

TOLD_BY_HISTORY = frozenset(
    {
        "PICKLIST",
        "MULTI_PICKLIST",
        "CHECKBOX",
        "DATE",
        "DATETIME",
        "ABSTRACT_DATETIME",
        "CONTACT_LIST",
        "MULTI_CONTACT_LIST",
    }
)


def row_id(sheet_id: str, row: Row) -> str:
    """Row ids are unique only together with the sheet: a row that moves to another sheet is a new one."""
    return f"{sheet_id}:{row['id']}"


def asked_row(sheet_id: str, id: str) -> str | None:
    """The row's own id, or None where ``id`` is not of this sheet."""
    sheet, _, row = id.partition(":")
    return row if sheet == sheet_id and row.isdecimal() and row.isascii() else None


def items(sheet_id: str, rows: Sequence[Row], read_at: datetime) -> list[Record]:
    return [Record("item", row_id(sheet_id, row), sheet_id, row, read_at) for row in rows]


def of_sheet(sheet_id: str, sheet: Snapshot) -> list[Record]:
    """Columns and settings, the tree that stands above the rows, and its rows as sections."""
    above = list(parents(sheet.rows))
    return [
        Record("definition", "sheet", sheet_id, sheet.body, sheet.read_at),
        Record("definition", "outline", sheet_id, {"parents": above}, sheet.read_at),
        *(Record("section", row_id(sheet_id, row), sheet_id, row, sheet.read_at) for row in above),
    ]


def around(sheet_id: str, summary: Row, shares: Sequence[Row], read_at: datetime) -> list[Record]:
    """What a sheet has beside its rows: people with access, and the fields of the summary."""
    return [
        Record("definition", "summary", sheet_id, summary, read_at),
        Record("definition", "people", sheet_id, {"shares": shares}, read_at),
        *(Record("account", str(one.get("id", "")), sheet_id, one, read_at) for one in _unique(shares)),
        *(
            Record("status_report", f"{sheet_id}:{one['id']}", sheet_id, one, read_at)
            for one in _unique(summary.get("fields") or ())
        ),
    ]


def _unique(bodies: Sequence[Any]) -> list[Row]:
    """Those with an id, each once."""
    known = {str(one["id"]): one for one in bodies if isinstance(one, dict) and "id" in one}
    return [*known.values()]


def history_columns(body: Row) -> list[str]:
    """The columns that tell status, dates and people; what a formula writes has no history of its own."""
    return [
        id
        for one in body["columns"]
        if isinstance(one, dict)
        and one.get("type") in TOLD_BY_HISTORY
        and not one.get("formula")
        and not one.get("systemColumnType")
        and (id := whole(one.get("id"))) is not None
    ]
