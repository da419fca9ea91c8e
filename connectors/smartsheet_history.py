"""The history of cells: one call a cell, and the only history that Smartsheet gives."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from connectors.base import Record
from connectors.errors import Unexpected
from connectors.http import Answer, pages
from connectors.smartsheet_calls import Calls, Row

Step = tuple[list[Row], Answer]


async def cell_history(calls: Calls, sheet_id: str, row: str, columns: Sequence[str]) -> list[Record]:
    """A change record for each of these cells of a row that has any history: its values, the newest first.

    https://developers.smartsheet.com/api/smartsheet/openapi/cells/cellhistory-get
    """
    found = []
    for column in columns:
        values, read_at = await _values(calls, f"/sheets/{sheet_id}/rows/{row}/columns/{column}/history")
        if values:
            body = {"sheetId": int(sheet_id), "rowId": int(row), "columnId": int(column), "data": values}
            found.append(Record("change", f"{sheet_id}:{row}:{column}", sheet_id, body, read_at))
    return found


async def _values(calls: Calls, path: str) -> tuple[list[Row], datetime]:
    """Every value, and when the first request for them began. Raises Unexpected where some are missing."""
    found: list[Row] = []
    asked: list[datetime] = []
    total = 0

    async def fetch(page: int | None) -> tuple[Step, int | None]:
        nonlocal total
        entries, body, answer = await calls.history(path, page or 1)
        total = body.get("totalCount", -1)
        seen = len(found) + len(entries)
        more = entries and (total < 0 or seen < total)
        return (entries, answer), (page or 1) + 1 if more else None

    async for (entries, answer), _ in pages(fetch, what="the history of a cell", mark=_mark):
        found += entries
        asked.append(answer.asked_at)
    if 0 <= total != len(found):
        raise Unexpected(f"{path} gave {len(found)} values of a cell that says it has {total}.")
    return found, asked[0]


def _mark(step: Step) -> str | None:
    entries, answer = step
    return answer.body.decode(errors="replace") if entries else None
