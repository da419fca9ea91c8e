"""A sheet of which no row is read but those that have rows below them: what its definitions tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from connectors.http import decoded
from connectors.smartsheet_calls import Row


class _Place(msgspec.Struct, gc=False):
    """Of a row, where it stands."""

    id: int
    parentId: Any = None


KEYS = msgspec.json.Decoder(dict[str, msgspec.Raw])
ROWS = msgspec.json.Decoder(list[msgspec.Raw])
PLACE = msgspec.json.Decoder(_Place)


def outlined_sheet(body: bytes) -> Any:
    """A page of a sheet, of its rows no more than where they stand, with their text: only when all pages are
    here is it known which stand above others. Raises ValueError or RecursionError."""
    body.decode()  # the texts that are passed over are not looked at
    try:
        told = KEYS.decode(body)
        rows = [(PLACE.decode(text), text) for text in ROWS.decode(told.pop("rows"))]
    except (msgspec.DecodeError, KeyError):  # half a character, or a row of another form
        return decoded(body)
    read: dict[str, Any] = {key: decoded(bytes(text)) for key, text in told.items()}
    read["rows"] = [{"id": row.id, "parentId": row.parentId, "text": text} for row, text in rows]
    return read


def parents(rows: Sequence[Row]) -> Iterator[Row]:
    """The rows that have rows below them, in order, whole: where any row stands follows from these."""
    above = {row.get("parentId") for row in rows}
    return (_whole(row) for row in rows if row["id"] in above)


def _whole(row: Row) -> Mapping[str, Any]:
    text = row.get("text")
    return decoded(bytes(text)) if isinstance(text, msgspec.Raw) else row
