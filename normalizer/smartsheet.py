"""Smartsheet's records in our model: the mapper of one sheet, and why what is missing there is missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from connectors.base import JsonObject, Record
from normalizer.context import Context
from normalizer.model import Account, Mapper, Normalised, NullReason, Section
from normalizer.reading import Reading, clean
from normalizer.smartsheet_cells import filled
from normalizer.smartsheet_changes import cell_changes
from normalizer.smartsheet_reports import of_row, of_summary
from normalizer.smartsheet_row import row_item
from normalizer.smartsheet_sheet import Sheet


def prepare(context: Context) -> Mapper:
    """A mapper for the sheet of ``context``. Odd definitions raise nothing: what they lack is unmapped."""
    return SmartsheetMapper(Sheet(context))


class SmartsheetMapper:
    """Maps the records of one sheet: definition, section, account, item, status report, change."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._absent = sheet.absent()

    @property
    def absent(self) -> Mapping[str, NullReason]:
        return self._absent

    def __call__(self, record: Record) -> Normalised:
        reading = Reading(record.kind, clean(record.id))
        body: Any = record.body
        if not isinstance(body, Mapping):
            return _nothing(reading, "body", "an object", body)
        if record.kind == "definition":
            return Normalised(unmapped=self._sheet.complaints)
        handler = HANDLERS.get(record.kind)
        if handler is None:
            return _nothing(reading, "kind", "a kind of record that Smartsheet has", record.kind)
        return handler(self._sheet, body, reading)


def _nothing(reading: Reading, field: str, expected: str, found: object) -> Normalised:
    reading.reject(field, expected, found, whole=True)
    return Normalised(rejections=reading.rejections)


def _row_id(body: JsonObject) -> bool:
    """A fraction in an id beyond 2^53 means that its digits were lost on the way."""
    return isinstance(body.get("id"), int) and not isinstance(body.get("id"), bool)


def _item(sheet: Sheet, body: JsonObject, reading: Reading) -> Normalised:
    if not _row_id(body):
        return _nothing(reading, "id", "a whole number", body.get("id"))
    reading.losing = sheet.losing
    reading.remote_id, item_id = sheet.remote_id(body["id"]), sheet.item_id(body["id"])
    reading.item_id = item_id
    row = row_item(sheet, body, item_id, reading)
    accounts = {one.id: one for one in _people(sheet, body, row.people) if one.id not in sheet.listed}
    return Normalised(
        items=(row.item,),
        accounts=[*accounts.values()],
        status_reports=of_row(sheet, body, row, reading),
        unmapped=reading.unmapped,
        rejections=reading.rejections,
    )


def _people(sheet: Sheet, body: JsonObject, named: Any) -> list[Account]:
    by = sheet.people.writer(body.get("modifiedBy"))
    return [*named, *([by] if by else [])]


def _section(sheet: Sheet, body: JsonObject, reading: Reading) -> Normalised:
    """A parent row that is work of its own is an item alone, and no section."""
    if not _row_id(body):
        return _nothing(reading, "id", "a whole number", body.get("id"))
    if body["id"] not in sheet.headings:
        return Normalised()
    remote_id, column = sheet.remote_id(body["id"]), sheet.roles.get("title")
    cell = filled(body, sheet.columns, reading).get(column.id) if column else None
    order = reading.number(body, "rowNumber")
    section = Section(
        id=sheet.section_id(body["id"]),
        scope_id=sheet.context.scope_id,
        remote_id=remote_id,
        kind="summary_row",
        name=cell.shown if cell else remote_id,
        order=None if order is None else str(order),
        hint=sheet.words.status(cell.shown) if cell else None,
    )
    return Normalised(sections=(section,))


def _account(sheet: Sheet, body: JsonObject, reading: Reading) -> Normalised:
    account = sheet.people.of_share(body)
    if account is None:
        return _nothing(reading, "email", "an e-mail address, a name or a group", body.get("email"))
    return Normalised(accounts=(account,))


def _status_report(sheet: Sheet, body: JsonObject, reading: Reading) -> Normalised:
    reports = of_summary(sheet, body, reading)
    by = sheet.people.writer(body.get("modifiedBy")) if reports else None
    return Normalised(
        status_reports=reports,
        accounts=(by,) if by and by.id not in sheet.listed else (),
        unmapped=reading.unmapped,
        rejections=reading.rejections,
    )


def _change(sheet: Sheet, body: JsonObject, reading: Reading) -> Normalised:
    changes, people = cell_changes(sheet, body, reading)
    return Normalised(
        changes=changes,
        accounts=[*{one.id: one for one in people if one.id not in sheet.listed}.values()],
        unmapped=reading.unmapped,
        rejections=reading.rejections,
    )


HANDLERS: Mapping[str, Callable[[Sheet, JsonObject, Reading], Normalised]] = {
    "item": _item,
    "section": _section,
    "account": _account,
    "status_report": _status_report,
    "change": _change,
}
