"""What ``resume`` and ``since`` are made of: sealed with the form they were written in and with the plan of
what is read, so that one of another version, or of another filter, is told apart in a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

import msgspec

from connectors.base import JsonObject
from connectors.errors import StaleCursor

FORM, PLAN = "form", "plan"


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
