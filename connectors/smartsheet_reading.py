"""What a sheet is handed over as: its definitions, people, sections, rows and the history of its cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any

import msgspec

from connectors.base import JsonObject, Record
from connectors.errors import Unexpected
from connectors.smartsheet_calls import Row, whole
from connectors.smartsheet_snapshot import Snapshot

NO_NEED = frozenset({"siblingId", "expanded", "cells", "modifiedBy", "permalink", "accessLevel", "version"})
"""Of a row: what changes with its neighbours, with who looks, or is told by its cells."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """``rows`` of this version were handed over, and the history of ``told`` of them."""

    version: int
    rows: int = 0
    told: int = 0

    def token(self) -> JsonObject:
        return {"version": self.version, "rows": self.rows, "told": self.told}


def resumed(token: JsonObject | None) -> Cursor | None:
    """Raises Unexpected for a token that we never gave."""
    if token is None:
        return None
    numbers = [token.get(key) for key in ("version", "rows", "told")]
    if not all(isinstance(one, int) and one >= 0 for one in numbers):
        raise Unexpected(f"The reading cannot be resumed at {token!r}; start it anew without a resume token.")
    return Cursor(version=token["version"], rows=token["rows"], told=token["told"])


def since_version(since: JsonObject | None) -> int | None:
    """The version that the last whole reading reached. Raises Unexpected for one that we never gave."""
    if since is None:
        return None
    version = since.get("version")
    if not isinstance(version, int):
        raise Unexpected(f"The reading cannot go on from {since!r}; read the sheet anew.")
    return version


def row_id(sheet_id: str, row: Row) -> str:
    """Row ids are unique only together with the sheet: a row that moves to another sheet is a new one."""
    return f"{sheet_id}:{row['id']}"


def asked_row(sheet_id: str, id: str) -> str | None:
    """The row's own id, or None where ``id`` is not of this sheet."""
    sheet, _, row = id.partition(":")
    return row if sheet == sheet_id and row.isdecimal() and row.isascii() else None


def items(sheet_id: str, rows: Sequence[Row], read_at: datetime) -> list[Record]:
    return [Record("item", row_id(sheet_id, row), sheet_id, row, read_at) for row in rows]


def definitions(sheet_id: str, sheet: Snapshot, summary: Row, shares: Sequence[Row]) -> list[Record]:
    """What mapping a row needs: columns and settings, the tree above it, and the people."""
    bodies: Mapping[str, JsonObject] = {
        "sheet": sheet.body,
        "summary": summary,
        "people": {"shares": shares},
        "outline": {"parents": list(_parents(sheet.rows))},
    }
    return [Record("definition", id, sheet_id, body, sheet.read_at) for id, body in bodies.items()]


def around(sheet_id: str, sheet: Snapshot, summary: Row, shares: Sequence[Row]) -> list[Record]:
    """People with access, rows that have rows below them, and the fields of the summary."""
    return [
        *(Record("account", str(one.get("id", "")), sheet_id, one, sheet.read_at) for one in _unique(shares)),
        *(
            Record("section", row_id(sheet_id, row), sheet_id, row, sheet.read_at)
            for row in _parents(sheet.rows)
        ),
        *(
            Record("status_report", f"{sheet_id}:{one['id']}", sheet_id, one, sheet.read_at)
            for one in _unique(summary.get("fields") or ())
        ),
    ]


def _unique(bodies: Sequence[Any]) -> list[Row]:
    """Those with an id, each once."""
    known = {str(one["id"]): one for one in bodies if isinstance(one, dict) and "id" in one}
    return [*known.values()]


def _parents(rows: Sequence[Row]) -> Iterator[Row]:
    """The rows that have rows below them, in order: where any row stands follows from these."""
    above = {row.get("parentId") for row in rows}
    return (row for row in rows if row["id"] in above)


def cheap_columns(body: Row) -> list[Row]:
    """All columns but free text: what people type there bumps the row, what formulas write does not."""
    return [
        one
        for one in body["columns"]
        if isinstance(one, dict)
        and (one.get("primary") or one.get("tags") or one.get("formula") or one.get("type") != "TEXT_NUMBER")
    ]


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


def fingerprint(row: Row, titles: Mapping[object, object]) -> str:
    """Digest of a row's cheap cells and of where it stands. The titles of the columns are part of it: a
    renamed column may mean something else, and bumps no row."""
    shown = {
        **{key: value for key, value in row.items() if key not in NO_NEED},
        "cells": [
            (titles.get(cell.get("columnId")), cell.get("value"), cell.get("objectValue"))
            for cell in row.get("cells") or ()
            if isinstance(cell, dict)
        ],
    }
    return blake2b(msgspec.json.encode(shown, order="deterministic"), digest_size=16).hexdigest()
