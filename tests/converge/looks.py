"""All that is true at one moment, kept so that later claims about that moment can be held against it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from tests.converge.places import Key

Json = Any


@dataclass(frozen=True)
class Look:
    """For so long as ``lag`` Jira's search may not see a write; what it cannot have seen, nobody could show.
    ``unlike`` are the fields that a tracker tells now in words that nobody mapped. ``gone`` counts by scope
    what was taken for gone since."""

    step: int
    at: datetime
    truth: Json
    lag: timedelta
    unlike: Mapping[str, Collection[str]] = field(default_factory=dict)
    gone: Counter[str] = field(default_factory=Counter)

    @cached_property
    def scopes(self) -> Mapping[Key, Mapping[str, Json]]:
        """The items of each scope in the token's sight."""
        return {
            (tracker, scope["id"]): {item["id"]: item for item in scope["items"]}
            for tracker, told in self.truth["trackers"].items()
            for scope in told["scopes"]
        }

    def removal(self, key: Key, scope_id: str) -> Json | None:
        """How the item went from that scope or, where nothing tells, from its last."""
        told = self.truth["trackers"][key[0]]["removed"]
        from_there = [one for one in told if (one["scope"], one["id"]) == (scope_id, key[1])]
        return from_there[-1] if from_there else self.removed.get(key)

    @cached_property
    def removed(self) -> Mapping[Key, Json]:
        """What went, by tracker and the id that it had; of several times the last."""
        return {
            (tracker, one["id"]): one
            for tracker, told in self.truth["trackers"].items()
            for one in told["removed"]
        }
