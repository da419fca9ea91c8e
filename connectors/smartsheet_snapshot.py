"""One whole sheet as it is at one version: nothing missing, nothing twice, nothing of another version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from connectors.errors import Unavailable
from connectors.http import Answer, Params
from connectors.smartsheet_calls import Calls, Row, ids, objects

MOST_ROWS = 20_000
"""https://developers.smartsheet.com/api/smartsheet/guides/basics/limitations"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """``body`` is the sheet as its first answer told it, without its rows."""

    body: Row
    rows: Sequence[Row]
    version: int
    read_at: datetime


async def snapshot(calls: Calls, sheet_id: str, params: Params, size: int) -> Snapshot:
    """The sheet, paged when it has more than ``size`` rows. Rows that come or move shift the pages, so when
    the version changed on the way it is asked for once more in a single answer, which has one version.

    Raises Unexpected where rows are missing or come twice, Unavailable where the sheet does not keep still.
    """
    for most in (size, MOST_ROWS):
        found = await _paged(calls, sheet_id, params, most)
        if found is not None:
            return found
    raise Unavailable(f"Sheet {sheet_id} changed each time that it was read; the next run tries again.")


async def _paged(calls: Calls, sheet_id: str, params: Params, size: int) -> Snapshot | None:
    rows: dict[str, Row] = {}
    first: tuple[Row, Answer] | None = None
    state: tuple[int, int] | None = None
    page = 1
    while True:
        body, answer = await calls.sheet(sheet_id, {**params, "page": page, "pageSize": size})
        now = _state(body, answer)
        first, state = first or (body, answer), state or now
        if now != state:
            return None
        entries = objects(body.get("rows", []), answer)
        known = ids(entries, answer)
        if any(one in rows for one in known) or len(set(known)) != len(known):
            raise answer.unexpected("rows of this sheet twice, so that it cannot be read whole")
        rows |= dict(zip(known, entries, strict=True))
        if len(rows) == state[1]:
            break
        if not entries or len(rows) > state[1]:
            raise answer.unexpected(f"{len(rows)} rows of a sheet that says it has {state[1]}")
        page += 1
    return Snapshot(
        body=_without_rows(first[0]), rows=[*rows.values()], version=state[0], read_at=first[1].asked_at
    )


def _state(body: Row, answer: Answer) -> tuple[int, int]:
    version, total = body.get("version"), body.get("totalRowCount")
    if not isinstance(version, int) or not isinstance(total, int):
        raise answer.unexpected("a sheet that tells neither its version nor how many rows it has")
    return version, total


def _without_rows(body: Row) -> Mapping[str, object]:
    return {key: value for key, value in body.items() if key != "rows"}
