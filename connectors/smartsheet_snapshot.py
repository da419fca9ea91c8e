"""One whole sheet as it is at one version: nothing missing, nothing twice, nothing of another version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from connectors.errors import Unavailable
from connectors.http import Answer, Params
from connectors.smartsheet_calls import Calls, Row, Sheet, ids, objects

MOST_ROWS = 20_000
"""https://developers.smartsheet.com/api/smartsheet/guides/basics/limitations"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """``body`` is the sheet as its first answer told it, without its rows."""

    body: Row
    rows: Sequence[Row]
    version: int
    read_at: datetime


def first_page(params: Params, size: int) -> Params:
    return {**params, "page": 1, "pageSize": size}


async def snapshot(
    calls: Calls, sheet_id: str, params: Params, size: int, first: Sheet | None = None
) -> Snapshot:
    """The sheet, paged when it has more than ``size`` rows; ``first`` is its first page where we have that.
    Rows that come or move shift the pages, so when the version changed on the way it is asked for once more
    in a single answer, which has one version.

    Raises Unexpected where rows are missing or come twice, Unavailable where the sheet does not keep still.
    """
    for most in (size, MOST_ROWS):
        asked = first_page(params, most)
        begun = first or await calls.sheet(sheet_id, asked)
        found = await _paged(calls, sheet_id, asked, begun)
        if found is not None:
            return found
        first = None
    raise Unavailable(f"Sheet {sheet_id} changed each time that it was read; the next run tries again.")


async def _paged(calls: Calls, sheet_id: str, params: Params, first: Sheet) -> Snapshot | None:
    """All pages from the ``first`` on; None where the version changed on the way."""
    rows: dict[str, Row] = {}
    (body, answer), page = first, 1
    version, total = _state(body, answer)
    while True:
        entries = objects(body.get("rows", []), answer)
        known = ids(entries, answer)
        if any(one in rows for one in known) or len(set(known)) != len(known):
            raise answer.unexpected("rows of this sheet twice, so that it cannot be read whole")
        rows |= dict(zip(known, entries, strict=True))
        if len(rows) == total:
            break
        if not entries or len(rows) > total:
            raise answer.unexpected(f"{len(rows)} rows of a sheet that says it has {total}")
        page += 1
        body, answer = await calls.sheet(sheet_id, {**params, "page": page})
        if _state(body, answer) != (version, total):
            return None
    return Snapshot(
        body=_without_rows(first[0]), rows=[*rows.values()], version=version, read_at=first[1].asked_at
    )


def _state(body: Row, answer: Answer) -> tuple[int, int]:
    version, total = body.get("version"), body.get("totalRowCount")
    if not isinstance(version, int) or not isinstance(total, int):
        raise answer.unexpected("a sheet that tells neither its version nor how many rows it has")
    return version, total


def _without_rows(body: Row) -> Mapping[str, object]:
    return {key: value for key, value in body.items() if key != "rows"}
