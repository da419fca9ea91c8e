"""How far a Trello board has been read: where a reading stands, and from where the next one goes on."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, TypeVar

import msgspec

from connectors.base import JsonObject, ScopeRecord
from connectors.cursors import opened, sealed
from connectors.errors import StaleCursor

SINCE, RESUME = "trello.since.2", "trello.resume.2"
OVERLAP = timedelta(minutes=10)
"""The feed of actions may lag behind; those that come twice are known by their ids."""
Phase = Literal["cards", "actions"]
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """The state that a reading reaches. Actions from the id ``after`` on are new, but for ``known``; it is
    None for a board that tells no time, which is read whole again. ``mark`` is what the list of boards told
    of it, and ``active`` its last activity then; ``defined`` is when its definitions were read, by Trello's
    clock."""

    after: str | None = None
    known: tuple[str, ...] = ()
    mark: str | None = None
    active: str | None = None
    defined: datetime | None = None

    @property
    def floor(self) -> datetime | None:
        """The moment of ``after``."""
        return None if self.after is None else datetime.fromtimestamp(int(self.after[:8], 16), UTC)

    def token(self, plan: str) -> JsonObject:
        return sealed(SINCE, plan, msgspec.to_builtins(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """``before``: the oldest id read so far in this phase; ``limit``: the page size that the board bears;
    ``told``: the actions were handed over before; ``reaches``: the state that was there when the reading
    began."""

    phase: Phase
    limit: int
    before: str | None = None
    told: bool = False
    reaches: Since

    def token(self, plan: str) -> JsonObject:
        return sealed(RESUME, plan, msgspec.to_builtins(self))


def since_of(token: JsonObject | None, plan: str) -> Since | None:
    """Raises StaleCursor for one that cannot be gone on from."""
    return None if token is None else _converted(opened(SINCE, plan, token), Since)


def cursor_of(token: JsonObject | None, plan: str, most: int) -> Cursor | None:
    """With pages of ``most`` at most. Raises StaleCursor for one that cannot be resumed."""
    if token is None:
        return None
    cursor = _converted(opened(RESUME, plan, token), Cursor)
    return replace(cursor, limit=min(cursor.limit, most))


def _converted(body: dict[str, Any], form: type[T]) -> T:
    try:
        return msgspec.convert(body, form)
    except msgspec.ValidationError as error:
        raise StaleCursor(
            f"The place up to which this board was read cannot be understood ({error}); it is read anew, "
            "whole."
        ) from error


def activity(scope: ScopeRecord) -> str | None:
    """When anything was last done on the board, as the list of boards tells it."""
    told = scope.body.get("dateLastActivity")
    return told if isinstance(told, str) else None


def moment(text: str | None) -> datetime | None:
    if text is None or not re.match(r"\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$", text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def state_of(scope: ScopeRecord, mark: str | None, now: datetime | None) -> Since:
    """The state of a board before a reading of it begins. No clock of ours is part of it: ``since`` and
    ``before`` take an id, whose first eight digits are the second of its creation."""
    active = activity(scope)
    at = moment(active)
    after = None
    if at is not None:
        at = at if now is None else min(at, now)
        after = f"{max(int((at - OVERLAP).timestamp()), 0):08x}{'0' * 16}"
    return Since(after=after, mark=mark, active=active, defined=now)
