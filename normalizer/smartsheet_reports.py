"""What people declare: red, yellow and green balls on rows and in the summary of the sheet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from normalizer.model import Named, Rag, StatusReport
from normalizer.reading import Reading, clean
from normalizer.smartsheet_columns import SYMBOLS, TITLES
from normalizer.smartsheet_row import Row
from normalizer.smartsheet_sheet import Sheet
from normalizer.smartsheet_words import word


def of_row(sheet: Sheet, body: Mapping[str, Any], row: Row, reading: Reading) -> list[StatusReport]:
    """What the row's own ball declares, as of the last change of the row."""
    cell, item = row.rag, row.item
    if cell is None:
        return []
    remote_id = f"{item.remote_id}:{cell.column.id}"
    by = sheet.people.writer(body.get("modifiedBy"))
    return [
        StatusReport(
            id=sheet.context.id("status_report", remote_id),
            scope_id=sheet.context.scope_id,
            remote_id=remote_id,
            rag=_rag(sheet, cell.shown, reading),
            original=Named(cell.shown, str(cell.column.id)),
            title=item.title or None,
            author_id=by.id if by else None,
            at=item.remote_updated_at,
            item_id=item.id,
        )
    ]


def of_summary(sheet: Sheet, field: Mapping[str, Any], reading: Reading) -> list[StatusReport]:
    """What a summary field declares of the whole sheet. Fields of other kinds declare nothing: they stay in
    the record. A field called ``Status`` counts if it speaks in colours."""
    title, symbol = reading.text(field, "title") or "", field.get("symbol")
    told = field.get("objectValue")
    value = told if isinstance(told, str) else reading.text(field, "displayValue")
    if not value:
        return []
    declares = SYMBOLS.get(str(symbol)) == "rag" or TITLES.get(word(title)) == "rag"
    speaks = TITLES.get(word(title)) == "status" and sheet.words.rag(value) is not None
    if not declares and not speaks:
        return []
    by = sheet.people.writer(field.get("modifiedBy"))
    return [
        StatusReport(
            id=sheet.context.id("status_report", reading.remote_id),
            scope_id=sheet.context.scope_id,
            remote_id=reading.remote_id,
            rag=_rag(sheet, clean(value), reading),
            original=Named(clean(value), reading.remote_id),
            title=title or None,
            author_id=by.id if by else None,
            at=reading.moment(field, "modifiedAt"),
        )
    ]


def _rag(sheet: Sheet, value: str, reading: Reading) -> Rag:
    return sheet.words.rag(value) or reading.unknown("status_report", value)
