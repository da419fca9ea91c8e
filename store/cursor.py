"""Opaque cursors for keyset pagination: where the last page ended, and in which order."""

from __future__ import annotations

import base64
import binascii

import msgspec

FOREIGN = "The cursor is not one that was given here; ask again without it, or with next_cursor unchanged."


class CursorError(ValueError):
    """The cursor is not one of ours, or of another order. The message is one sentence."""


class Cursor(msgspec.Struct, array_like=True, frozen=True):
    """The sort it belongs to, and the last row's value in it (None: among the rows without) and id."""

    sort: str
    value: str | None
    id: str


def encode(cursor: Cursor) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(cursor)).rstrip(b"=").decode()


def decode(text: str, sort: str) -> Cursor:
    """Raises CursorError."""
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        cursor = msgspec.json.decode(base64.b64decode(padded, altchars=b"-_", validate=True), type=Cursor)
    except (UnicodeEncodeError, binascii.Error, msgspec.DecodeError) as error:
        raise CursorError(FOREIGN) from error
    if cursor.sort != sort:
        raise CursorError(
            f"The cursor belongs to the order {cursor.sort!r} and the request asks for {sort!r}; "
            "ask for the first page of the new order without a cursor."
        )
    return cursor
