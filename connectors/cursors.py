"""What ``resume`` and ``since`` are made of: sealed with the form they were written in and with the plan of
what is read, so that one of another version, or of another filter, is told apart in a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

import msgspec

from connectors.base import JsonObject
from connectors.errors import StaleCursor

FORM, PLAN = "form", "plan"
RESTED = timedelta(minutes=1)
"""A scope whose last change is fresher than this may be changed once more at what looks the same moment."""
BELIEVED = timedelta(minutes=10)
"""For so long the list of scopes is taken to tell how things are."""


def plan_of(settings: Mapping[str, Any]) -> str:
    """A short digest of the settings that decide what a reading brings: a filter, whether with history."""
    text = msgspec.json.encode(settings, order="deterministic")
    return blake2b(text, digest_size=8).hexdigest()


def sealed(form: str, plan: str, body: Mapping[str, Any]) -> JsonObject:
    """The cursor as it is kept. ``form`` is tracker, kind and version of the fields: ``trello.since.2``."""
    return {FORM: form, PLAN: plan, **body}


def opened(form: str, plan: str, cursor: JsonObject) -> dict[str, Any]:
    """The cursor's fields. Raises StaleCursor for one that was sealed otherwise."""
    if cursor.get(FORM) != form:
        raise StaleCursor(
            f"The place up to which this scope was read was noted by another version of this program "
            f"({cursor.get(FORM, 'without a form')!s} and not {form}); the scope is read anew, whole."
        )
    if cursor.get(PLAN) != plan:
        raise StaleCursor(
            "What this connection reads (its filter, or whether it reads history) was changed in the "
            "configuration since the scope was last read; the scope is read anew, whole."
        )
    return {name: value for name, value in cursor.items() if name not in (FORM, PLAN)}


def not_set_back(since: datetime, now: datetime) -> None:
    """Raises StaleCursor where the tracker's clock is not yet where changes are looked for from: whatever is
    changed until then would look as if it were known."""
    if now < since:
        raise StaleCursor(
            f"The tracker's clock was set back: it says {now:%Y-%m-%d %H:%M} UTC, and this scope was read to "
            f"{since:%Y-%m-%d %H:%M}; the scope is read anew, whole."
        )


class Listing:
    """What a connection's own list of scopes told of each, so that one of which it tells the same again need
    not be asked. All moments are of the tracker's clock."""

    def __init__(self) -> None:
        self._told: dict[str, tuple[str, datetime]] = {}

    def note(
        self, scope_id: str, body: JsonObject, changed_at: datetime | None, now: datetime | None
    ) -> None:
        """``changed_at`` is the scope's last change as the list tells it; one that had not rested, or of
        which no moment is known, gets no mark."""
        self._told.pop(scope_id, None)
        if changed_at is not None and now is not None and changed_at <= now - RESTED:
            self._told[scope_id] = plan_of(body), now

    def mark(self, scope_id: str) -> str | None:
        """What a reading that begins now may keep, to be compared with the next list."""
        return self._told[scope_id][0] if scope_id in self._told else None

    def unchanged(self, scope_id: str, mark: str | None, now: datetime | None) -> bool:
        """Whether the list, still fresh, tells what it told when ``mark`` was kept."""
        told = self._told.get(scope_id)
        return told is not None and now is not None and told[0] == mark and now - told[1] <= BELIEVED
