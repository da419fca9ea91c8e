"""Smartsheet through its own client."""

# mypy: disable-error-code="import-untyped, misc"

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import smartsheet
from smartsheet.exceptions import ApiError, SmartsheetException

from connectors.oracle_terms import (
    Fields,
    PacedAdapter,
    Pacer,
    Refused,
    Trouble,
    Witness,
    at,
    credential,
    each_once,
)

ROWS = 10_000
"""The most that one answer brings, and a sheet has at most twice as many."""
MULTIPLE = 2
"""The level from which on several people in a cell are told one by one."""
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
GONE = 1006
ATTEMPTS = 3
TROUBLES: Mapping[int, Trouble] = {401: "unauthorized", 403: "unauthorized", 404: "not_found", 429: "limited"}


class Backoff(smartsheet.AbstractUserCalcBackoff):
    """By itself the client gives up after half a minute, and Smartsheet's window is a whole one."""

    def __init__(self, pacer: Pacer) -> None:
        self._pacer = pacer

    def calc_backoff(self, previous_attempts: int, _elapsed: float, _error: Any) -> float:
        """Seconds; less than none ends it."""
        return self._pacer.per if previous_attempts < ATTEMPTS else -1


@contextmanager
def client(base_url: str, credentials: Mapping[str, str], pacer: Pacer) -> Iterator[smartsheet.Smartsheet]:
    """The client as it is, but for a pace and a time-out, of which it has none."""
    token = credential(credentials, "token")
    made = smartsheet.Smartsheet(
        token, max_retry_time=Backoff(pacer), user_agent="tspmo", api_base=base_url.rstrip("/")
    )
    made.errors_as_exceptions(True)
    adapter = PacedAdapter(pacer)
    made._session.mount("https://", adapter)
    made._session.mount("http://", adapter)
    try:
        yield made
    finally:
        made._session.close()


@contextmanager
def witness(base_url: str, credentials: Mapping[str, str], pacer: Pacer) -> Iterator[Witness]:
    try:
        with client(base_url, credentials, pacer) as made:
            yield Smartsheet(made)
    except ApiError as error:
        raise Refused(TROUBLES.get(error.error.result.status_code, "failed"), str(error)) from error
    except SmartsheetException as error:
        raise Refused("failed", repr(error)) from error


@dataclass(frozen=True, slots=True)
class _Columns:
    """Ids of the columns that every project sheet marks."""

    primary: int | None
    by_tag: Mapping[str, int]
    status: int | None


class Smartsheet:
    """A witness. An item is a row, named ``sheet:row``."""

    def __init__(self, made: smartsheet.Smartsheet) -> None:
        self._client = made
        self._columns = lru_cache(maxsize=2)(self._read_columns)

    def listed(self, scope: str) -> Iterator[tuple[str, Fields]]:
        columns, page, seen, total = self._columns(scope), 1, 0, 1
        while seen < total:
            sheet = self._client.Sheets.get_sheet(
                int(scope), include=["objectValue", "writerInfo"], page_size=ROWS, page=page, level=MULTIPLE
            )
            if not sheet.rows:
                return
            total, seen, page = sheet.total_row_count, seen + len(sheet.rows), page + 1
            for row in sheet.rows:
                yield f"{scope}:{row.id}", _fields(scope, columns, row)

    def one(self, scope: str, id: str) -> Fields | None:
        columns = self._columns(scope)
        try:
            row = self._client.Sheets.get_row(
                int(scope), int(id.rpartition(":")[2]), include=["objectValue", "writerInfo"], level=MULTIPLE
            )
        except ApiError as error:
            if error.error.result.code == GONE:
                return None
            raise
        return _fields(scope, columns, row)

    def _read_columns(self, sheet: str) -> _Columns:
        found = [
            one.to_dict()
            for one in self._client.Sheets.get_sheet(int(sheet), page_size=1, level=MULTIPLE).columns
        ]
        return _Columns(
            primary=next((one["id"] for one in found if one.get("primary")), None),
            by_tag={tag: one["id"] for one in found for tag in one.get("tags") or ()},
            status=next((one["id"] for one in found if one["title"].casefold() == "status"), None),
        )


def _fields(sheet: str, columns: _Columns, row: Any) -> Fields:
    """Times are read off the object: as a mapping the client writes them in a form that is nobody's."""
    cells = {cell["columnId"]: cell for cell in row.to_dict().get("cells") or ()}
    said: Fields = {
        "scope": sheet,
        "title": _shown(cells.get(columns.primary)) or "",
        "parent": f"{sheet}:{row.parent_id}" if row.parent_id else None,
        "created": at(row.created_at),
        "updated": at(row.modified_at),
    }
    for word, tag in {"start": "GANTT_START_DATE", "due": "GANTT_END_DATE"}.items():
        if tag in columns.by_tag:
            said[word] = _day(cells.get(columns.by_tag[tag]))
    if (status := _shown(cells.get(columns.status))) is not None:  # an empty one leaves it to other columns
        said["status"] = status
    if "GANTT_ASSIGNED_RESOURCE" in columns.by_tag:
        said["assignees"] = each_once(_people(cells.get(columns.by_tag["GANTT_ASSIGNED_RESOURCE"])))
    return said


def _shown(cell: Mapping[str, Any] | None) -> str | None:
    value = cell and (cell.get("displayValue") or cell.get("value"))
    return None if value is None else str(value)


def _day(cell: Mapping[str, Any] | None) -> str | None:
    """People write other things into columns of dates."""
    found = DAY.match(str(cell.get("value"))) if cell else None
    return found[0] if found else None


def _people(cell: Mapping[str, Any] | None) -> Iterator[str]:
    """By address, or by name where there is none."""
    told = (cell or {}).get("objectValue") or {}
    for one in told.get("values") or ([told] if told.get("objectType") == "CONTACT" else []):
        email, name = one.get("email"), one.get("name")
        yield email.lower() if email else f"name:{name}"
