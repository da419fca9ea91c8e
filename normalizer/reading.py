"""Takes typed values out of one record. What is not of its type is left out and noted, never raised."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from normalizer.dates import instant
from normalizer.model import Rejection, Unmapped

FOUND_LENGTH = 80
Losing = Mapping[str, Sequence[str]]


def clean(text: str) -> str:
    """The text without what no store can hold: lone surrogates and NUL become visible marks."""
    if text.isascii() and "\0" not in text:
        return text
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "\ufffd")


class Reading:
    """Gathers the rejections and unmapped values of one record. A missing key reads as a null does: None.
    ``losing`` names the fields of an item that go without a value where a key cannot be read."""

    __slots__ = ("item_id", "kind", "losing", "rejections", "remote_id", "unmapped")

    def __init__(self, kind: str, remote_id: str, item_id: str | None = None) -> None:
        self.kind = kind
        self.remote_id = remote_id
        self.item_id = item_id
        self.losing: Losing = {}
        self.rejections: list[Rejection] = []
        self.unmapped: list[Unmapped] = []

    def reject(
        self, field: str, expected: str, found: object, *, whole: bool = False, lost: Sequence[str] = ()
    ) -> None:
        if whole:
            self.rejections = []
        elif any(one.field == field for one in self.rejections):
            return  # the same complaint about each of many list entries says nothing more
        shown = found if isinstance(found, str) else repr(found)
        self.rejections.append(
            Rejection(
                kind=self.kind,
                remote_id=self.remote_id,
                field=field,
                expected=expected,
                found=f"{type(found).__name__}: {clean(shown[:FOUND_LENGTH])}",
                whole=whole,
                lost=lost or self.losing.get(field, ()),
            )
        )

    def unknown(self, field: str, value: str) -> Literal["unknown"]:
        """Notes a value that nobody mapped; the answer is what the field becomes."""
        self.unmapped.append(Unmapped(field=clean(field), value=clean(value), item_id=self.item_id))
        return "unknown"

    def text(self, body: Mapping[str, Any], key: str) -> str | None:
        value = body.get(key)
        if isinstance(value, str):
            return clean(value)
        if value is not None:
            self.reject(key, "text", value)
        return None

    def flag(self, body: Mapping[str, Any], key: str) -> bool:
        value = body.get(key)
        if isinstance(value, bool):
            return value
        if value is not None:
            self.reject(key, "true or false", value)
        return False

    def number(self, body: Mapping[str, Any], key: str) -> int | float | None:
        value = body.get(key)
        if value is None:
            return None
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if isinstance(value, float) and math.isfinite(value):
            return value
        self.reject(key, "a number", value)
        return None

    def moment(self, body: Mapping[str, Any], key: str) -> datetime | None:
        value = body.get(key)
        if value is None:
            return None
        if isinstance(value, str):
            try:
                return instant(value)
            except ValueError:
                pass
        self.reject(key, "an ISO 8601 instant with its offset", value)
        return None

    def mapping(self, body: Mapping[str, Any], key: str) -> Mapping[str, Any]:
        value = body.get(key)
        if isinstance(value, dict):
            return value
        if value is not None:
            self.reject(key, "an object", value)
        return {}

    def mappings(self, body: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
        return self._all(body, key, dict, "a list of objects")

    def texts(self, body: Mapping[str, Any], key: str) -> list[str]:
        return [clean(one) for one in self._all(body, key, str, "a list of texts")]

    def _listed(self, body: Mapping[str, Any], key: str) -> list[Any]:
        value = body.get(key)
        if isinstance(value, list):
            return value
        if value is not None:
            self.reject(key, "a list", value)
        return []

    def _all(self, body: Mapping[str, Any], key: str, kind: type, expected: str) -> list[Any]:
        listed = self._listed(body, key)
        found = [one for one in listed if isinstance(one, kind)]
        if len(found) < len(listed):
            self.reject(key, expected, next(one for one in listed if not isinstance(one, kind)))
        return found
