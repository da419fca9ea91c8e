"""Predecessors: which row waits for which, how, and with what lag."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from normalizer.model import Link, LinkType, Named
from normalizer.reading import Reading
from normalizer.smartsheet_cells import Cell, objects
from normalizer.smartsheet_duration import lag_text
from normalizer.smartsheet_sheet import Sheet

LINK_TYPES: Mapping[str, LinkType] = {
    "FS": "finish_to_start",
    "SS": "start_to_start",
    "FF": "finish_to_finish",
    "SF": "start_to_finish",
}
"""https://help.smartsheet.com/articles/765727-enabling-dependencies-using-predecessors"""


def links(sheet: Sheet, cell: Cell | None, item_id: str, reading: Reading) -> Sequence[Link]:
    """Each predecessor as a link from it to this row. The text of a cell counts rows by their numbers, which
    shift; only the object names them."""
    if cell is None:
        return ()
    if not isinstance(cell.value, dict):
        reading.reject(cell.field, "predecessors with the ids of their rows", cell.value)
        return ()
    found = (_link(sheet, one, item_id, cell, reading) for one in objects(cell, "predecessors"))
    return [link for link in found if link is not None]


def _link(sheet: Sheet, one: Mapping[str, Any], item_id: str, cell: Cell, reading: Reading) -> Link | None:
    row, kind = one.get("rowId"), str(one.get("type") or "FS")
    if not isinstance(row, int) or one.get("invalid") is True:
        reading.reject(cell.field, "a row of this sheet", dict(one))
        return None
    lag = one.get("lag")
    try:
        wait = lag_text(lag) if isinstance(lag, dict) else ""
    except ValueError:
        reading.reject(cell.field, "a lag in numbers", dict(one))
        wait = ""
    type = LINK_TYPES.get(kind)
    return Link(
        from_id=sheet.item_id(row),
        to_id=item_id,
        type=type or reading.unknown("links", kind),
        original=Named(f"{kind} {wait}".strip()),
    )
