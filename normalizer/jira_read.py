"""Reading the values of a Jira answer: small parsers that refuse with a Misfit, and Notes, which turn a
refusal into a rejection of that one field."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar

from normalizer.dates import day, epoch_ms, instant
from normalizer.model import DateValue, Normalised, Rejection, Unmapped
from normalizer.numbers import exact

T = TypeVar("T")
Object = dict[str, Any]
CUSTOM = "customfield_"
"""The beginning of every custom field's id."""


class Misfit(ValueError):
    """A value of another type than the field has. ``path`` leads from the field to the value."""

    def __init__(self, expected: str, found: object, path: str = "") -> None:
        super().__init__(expected)
        self.expected = expected
        self.found = described(found)
        self.path = path


def described(value: object) -> str:
    """A value for a report: its type, and its beginning where it is short."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "true" if value else "false"
        case str():
            return f"text {value[:40]!r}"
        case int() | float():
            return f"number {value!r:.40}"
        case list():
            return "a list"
        case dict():
            return "an object"
    return type(value).__name__


def storable(value: str) -> str:
    """Text that every store takes: JSON may carry NUL and half surrogates, which databases refuse."""
    if value.isascii() and "\0" not in value:
        return value
    return value.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def text(value: object) -> str:
    if isinstance(value, str):
        return storable(value)
    raise Misfit("text", value)


def word(value: object) -> str:
    """A name or an id: text that is not empty. Jira writes some ids as numbers."""
    if isinstance(value, str) and value:
        return value if value.isascii() and "\0" not in value else storable(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise Misfit("text that is not empty", value)


def number(value: object) -> Decimal:
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return exact(value)
        except ValueError:
            pass
    raise Misfit("a number", value)


def obj(value: object) -> Object:
    if isinstance(value, dict):
        return value
    raise Misfit("an object", value)


def listing(value: object) -> list[Any]:
    if isinstance(value, list):
        return value
    raise Misfit("a list", value)


def moment(value: object) -> datetime:
    """ISO 8601 with its offset, or milliseconds since 1970 (bulk changelogs have been seen with both)."""
    try:
        if isinstance(value, str):
            return instant(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return epoch_ms(value)
    except ValueError:
        pass
    raise Misfit("an instant with its offset", value)


def a_day(value: object) -> date:
    try:
        if isinstance(value, str):
            return day(value)
    except ValueError:
        pass
    raise Misfit("a day written YYYY-MM-DD", value)


def date_only(value: object) -> DateValue:
    return DateValue(date=a_day(value))


def date_or_moment(value: object) -> DateValue:
    if isinstance(value, str) and len(value) == len("2020-01-01"):
        return date_only(value)
    return DateValue(at=moment(value))


class Telling(Generic[T]):
    """Reads each telling of a thing once: every issue repeats it. ``keys`` are all that ``read`` looks at."""

    __slots__ = ("_keys", "_known", "_read")

    def __init__(self, keys: Sequence[str], read: Callable[[Any], T]) -> None:
        self._keys = keys
        self._read = read
        self._known: dict[tuple[object, ...], T] = {}

    def __call__(self, value: Any) -> T:
        if not isinstance(value, dict):
            return self._read(value)
        seen = tuple(map(value.get, self._keys))
        try:
            found = self._known.get(seen)
        except TypeError:  # one of them is a list or an object
            return self._read(value)
        if found is None:
            found = self._known[seen] = self._read(value)
        return found


class Notes:
    """What could not be read or mapped in one record. ``losing`` names the field of the item that goes
    without a value where one of Jira's cannot be read."""

    __slots__ = ("item_id", "kind", "losing", "rejections", "remote_id", "undefined", "unmapped")

    def __init__(
        self, kind: str, remote_id: str, item_id: str | None = None, losing: Mapping[str, str] | None = None
    ) -> None:
        self.kind = kind
        self.remote_id = remote_id
        self.item_id = item_id
        self.losing = losing or {}
        self.rejections: list[Rejection] = []
        self.unmapped: list[Unmapped] = []
        self.undefined: list[str] = []

    def read(self, field: str, value: object, parse: Callable[[Any], T]) -> T | None:
        """``parse(value)``, or None when there is no value or it does not fit (then it is noted)."""
        if value is None:
            return None
        try:
            return parse(value)
        except Misfit as misfit:
            self.reject(field, misfit)
            return None

    def each(self, field: str, value: object, parse: Callable[[Any], T]) -> list[T]:
        """The elements of a list that fit; each that does not is noted by its position."""
        found: list[T] = []
        for index, element in enumerate(self.read(field, value, listing) or ()):
            try:
                found.append(parse(element))
            except Misfit as misfit:
                self.reject(f"{field}[{index}]", misfit)
        return found

    def reject(self, field: str, misfit: Misfit, *, whole: bool = False) -> None:
        self.rejections.append(
            Rejection(
                kind=self.kind,
                remote_id=self.remote_id,
                field=f"{field}.{misfit.path}" if misfit.path else field,
                expected=misfit.expected,
                found=misfit.found,
                whole=whole,
                lost=self._lost(field.partition("[")[0]),
            )
        )

    def _lost(self, field: str) -> tuple[str, ...]:
        ours = self.losing.get(field)
        if ours is None and field.startswith(CUSTOM):
            ours = f"custom.{field}"
        return (ours,) if ours else ()

    def nobody_mapped(self, field: str, value: str) -> None:
        self.unmapped.append(Unmapped(field=field, value=value, item_id=self.item_id))

    def refused(self, field: str, misfit: Misfit) -> Normalised:
        """Nothing came of the record."""
        self.reject(field, misfit, whole=True)
        return Normalised(unmapped=self.unmapped, rejections=self.rejections)


def at(path: str, value: object, parse: Callable[[Any], T]) -> T:
    """``parse(value)``, where a refusal says at which key of the object it happened."""
    try:
        return parse(value)
    except Misfit as misfit:
        misfit.path = f"{path}.{misfit.path}" if misfit.path else path
        raise
