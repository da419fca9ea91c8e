"""The history of a cell becomes changes of the item's field that its column plays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from normalizer.model import Account, Change
from normalizer.reading import Reading
from normalizer.smartsheet_cells import Cell, a_date, filled, json_days, percent, taken, tick
from normalizer.smartsheet_columns import FIELDS, Column, Role
from normalizer.smartsheet_sheet import Sheet
from normalizer.smartsheet_state import by_percent

Sides = tuple[str | None, str | None]
"""In our words and in the sheet's."""


def cell_changes(
    sheet: Sheet, body: Mapping[str, Any], reading: Reading
) -> tuple[Sequence[Change], Sequence[Account]]:
    """One change for each value of the cell after nothing or after another, the oldest first, and who made
    them."""
    row, column_id = body.get("rowId"), body.get("columnId")
    column = sheet.columns.get(column_id) if isinstance(column_id, int) else None
    if not isinstance(row, int) or column is None:
        reading.reject("columnId", "a cell of this sheet", {"rowId": row, "columnId": column_id}, whole=True)
        return (), ()
    changes: list[Change] = []
    people: list[Account] = []
    before: Sides = (None, None)
    for entry in reversed(reading.mappings(body, "data")):
        after = _sides(sheet, column, entry, reading)
        at, author = reading.moment(entry, "modifiedAt"), sheet.people.writer(entry.get("modifiedBy"))
        people += [author] if author else []
        if at is not None and after != before:
            changes.append(
                Change(
                    id=sheet.context.id(
                        "change", f"{reading.remote_id}:{entry['modifiedAt']}:{len(changes)}"
                    ),
                    item_id=sheet.item_id(row),
                    field=_field(sheet, column),
                    before=before[0],
                    after=after[0],
                    original_before=before[1],
                    original_after=after[1],
                    at=at,
                    author_id=author.id if author else None,
                )
            )
        before = after
    return changes, people


def _field(sheet: Sheet, column: Column) -> str:
    role = sheet.playing.get(column.id)
    return FIELDS.get(role, f"custom.{column.title}") if role else f"custom.{column.title}"


def _sides(sheet: Sheet, column: Column, entry: Mapping[str, Any], reading: Reading) -> Sides:
    cells = filled({"cells": [{**entry, "columnId": column.id}]}, sheet.columns, reading)
    cell = cells.get(column.id)
    if cell is None:
        return None, None
    return _ours(sheet, cell, sheet.playing.get(column.id), reading), cell.shown


def _ours(sheet: Sheet, cell: Cell, role: Role | None, reading: Reading) -> str | None:
    match role:
        case "status":
            return sheet.words.status(cell.shown) or "unknown"
        case "done":
            return "done" if taken(cell, reading, tick, "true or false") else "todo"
        case "progress":
            found = taken(cell, reading, percent, "a percentage from 0 to 100")
            return None if found is None or by_percent(found) is None else str(found)
        case "start" | "due":
            moment = taken(cell, reading, a_date, "a day written YYYY-MM-DD")
            return json_days(moment) if moment else None
        case "priority":
            return sheet.words.priority(cell.shown) or "unknown"
        case "type":
            return sheet.words.type(cell.shown) or "unknown"
        case "blocked" | "paused":
            return role if taken(cell, reading, tick, "true or false") else "none"
        case "assignees":
            people = taken(cell, reading, sheet.people.of_cell, "contacts")
            return ",".join(one.id for one in people or ()) or None
        case _:
            return cell.shown
