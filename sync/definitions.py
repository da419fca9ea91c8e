"""Whether a scope's definitions mean something else than before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.base import JsonObject

ACTIVITY = frozenset(
    {"dateLastActivity", "modified_at", "modifiedAt", "lastIssueUpdateTime", "totalIssueCount", "version"}
)
"""Told in definitions too, moved by every edit of an item, and without a meaning for any other item."""


def meaning_changed(held: Mapping[str, JsonObject], fresh: Mapping[str, JsonObject]) -> bool:
    """Whether one of the fresh definitions is held already and says something else."""
    told_anew = ((held[name], body) for name, body in fresh.items() if name in held and held[name] != body)
    return any(_meaning(before) != _meaning(now) for before, now in told_anew)


def _meaning(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _meaning(one) for key, one in value.items() if key not in ACTIVITY}
    return [_meaning(one) for one in value] if isinstance(value, list) else value
