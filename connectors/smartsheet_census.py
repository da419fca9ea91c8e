"""What a census reads of a row: its id, and the print of its cells and of where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from connectors.http import decoded
from connectors.prints import Part, digest, taken
from connectors.smartsheet_calls import Row

COVERS = (
    "remote_key", "title", "description_md", "description_format", "type", "original_type", "level",
    "parent_id", "status_category", "original_status", "outcome", "original_outcome", "hold", "hold_reason",
    "priority", "original_priority", "rank", "start", "start_source", "due", "estimates", "remaining",
    "spent", "progress", "assignments", "placements", "labels", "custom", "links", "flags", "presence",
    "remote_created_at", "remote_updated_at",
)  # fmt: skip
"""Not who made the row, and its address. Level and section follow from the rows above, printed as well."""


class Cell(Part):
    columnId: int
    value: Any = None
    displayValue: Any = None
    objectValue: Any = None
    formula: Any = None


class SheetRow(Part):
    """Without who looks, and without the row beside it: its number says where it stands."""

    id: int
    rowNumber: Any = None
    parentId: Any = None
    createdAt: Any = None
    modifiedAt: Any = None
    cells: list[Cell] | None = None


class _Sheet(msgspec.Struct):
    columns: list[Any]
    rows: list[SheetRow]
    id: Any = None
    version: Any = None
    totalRowCount: Any = None


SHEET = msgspec.json.Decoder(_Sheet)


class Prints:
    """Prints the rows of a sheet that has these columns."""

    def __init__(self, columns: object) -> None:
        listed: Iterable[Any] = columns if isinstance(columns, list) else ()
        self._titles = {one.get("id"): one.get("title") for one in listed if isinstance(one, dict)}

    def of(self, body: Row) -> bytes:
        """A row of another form than Smartsheet tells prints as it came."""
        row = taken(body, SheetRow)
        return digest(body) if row is None else self.print_of(row)

    def print_of(self, row: SheetRow) -> bytes:
        """The titles of its columns are part of it: a renamed column may mean something else, and bumps no
        row."""
        titles = self._titles
        return digest((row, [titles.get(cell.columnId) for cell in row.cells or ()]))


def printed_sheet(body: bytes) -> Any:
    """A page of a sheet, of its rows no more than their prints. Raises ValueError or RecursionError."""
    try:
        sheet = SHEET.decode(body)
    except msgspec.DecodeError:  # half a character, or a row of another form
        return _each(decoded(body))
    prints = Prints(sheet.columns)
    return {
        "id": sheet.id,
        "version": sheet.version,
        "totalRowCount": sheet.totalRowCount,
        "columns": sheet.columns,
        "rows": [{"id": row.id, "print": prints.print_of(row)} for row in sheet.rows],
    }


def _each(told: Any) -> Any:
    """Of what is no sheet with rows the caller complains."""
    rows = told.get("rows") if isinstance(told, Mapping) else None
    if not isinstance(rows, list):
        return told
    prints = Prints(told.get("columns"))
    return {
        **told,
        "rows": [
            {"id": one.get("id"), "print": prints.of(one)} if isinstance(one, dict) else one for one in rows
        ],
    }
