"""How far a sheet has been read: where a reading stands, and from where the next one goes on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

import msgspec

from connectors.base import JsonObject
from connectors.cursors import opened, sealed
from connectors.errors import StaleCursor
from connectors.smartsheet_calls import Row
from connectors.smartsheet_snapshot import Snapshot

SINCE, RESUME = "smartsheet.since.2", "smartsheet.resume.2"
OVERLAP = timedelta(minutes=2)
"""Times are of whole seconds, and not all of one clock."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """The state that a reading reaches: the sheet at ``version``. ``mark`` is what the list of sheets told of
    it. By Smartsheet's clock ``read`` is when the rows were read, ``asked`` when the version was asked for,
    and ``beside`` when summary and shares were read."""

    version: int
    read: datetime | None = None
    mark: str | None = None
    asked: datetime | None = None
    beside: datetime | None = None

    def token(self, plan: str) -> JsonObject:
        return sealed(SINCE, plan, msgspec.to_builtins(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """``rows`` of the version that this reaches were handed over, and the history of all rows up to the id
    ``told``."""

    rows: int = 0
    told: int = 0
    reaches: Since

    def token(self, plan: str) -> JsonObject:
        return sealed(RESUME, plan, msgspec.to_builtins(self))

    def at(self, sheet: Snapshot) -> Cursor:
        """Rows of another version are handed over anew; the history of cells, which is dear, is not told
        twice: what came to it meanwhile is for the next reading."""
        if sheet.version == self.reaches.version:
            return self
        return replace(self, rows=0, reaches=replace(self.reaches, version=sheet.version))


def since_of(token: JsonObject | None, plan: str) -> Since | None:
    """Raises StaleCursor for one that cannot be gone on from."""
    return None if token is None else _converted(opened(SINCE, plan, token), Since)


def cursor_of(token: JsonObject | None, plan: str) -> Cursor | None:
    """Raises StaleCursor for one that cannot be resumed."""
    return None if token is None else _converted(opened(RESUME, plan, token), Cursor)


def _converted(body: dict[str, Any], form: type[T]) -> T:
    try:
        return msgspec.convert(body, form)
    except msgspec.ValidationError as error:
        raise StaleCursor(
            f"The place up to which this sheet was read cannot be understood ({error}); it is read anew, "
            "whole."
        ) from error


def moment(text: object) -> datetime | None:
    """A time of the system, which is text in UTC."""
    try:
        at = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return at if at is not None and at.tzinfo is not None else None


def changed_since(row: Row, then: datetime | None) -> bool:
    """Whether the row may have changed; one that tells no time may."""
    at = moment(row.get("modifiedAt"))
    return then is None or at is None or at >= then - OVERLAP
