"""What a census keeps of an item: sixteen bytes over that part of it which the census asks for.

A tracker's file declares the part, with the tracker's own names for its keys. It is taken of a listing and of
a record alike, so an item that did not change prints the same whichever call brought it.
"""

from __future__ import annotations

import json
from hashlib import blake2b
from typing import Any, TypeVar

import msgspec

ENCODER = msgspec.json.Encoder(order="deterministic")
T = TypeVar("T")


class Part(msgspec.Struct, omit_defaults=True, gc=False):
    """Keys that are printed; others are passed over. One that is left out prints as its default does."""


def taken(row: object, part: type[T]) -> T | None:
    """The printed part of a row or of a record's body; None for one of another form than the vendor tells."""
    try:
        return msgspec.convert(row, part)
    except msgspec.ValidationError:
        return None


def digest(shown: Any) -> bytes:
    try:
        text = ENCODER.encode(shown)
    except UnicodeEncodeError:  # half a surrogate pair somewhere
        text = json.dumps(msgspec.to_builtins(shown), sort_keys=True).encode()
    return blake2b(text, digest_size=16).digest()
