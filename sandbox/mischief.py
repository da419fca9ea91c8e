"""A random history: each step is one edit that somebody could make, on any tracker that is served.

The same story, seed and steps give the same edits. What a tracker does not let anybody do is never tried, and
neither is what nobody can read: archived issues of Jira, which no search finds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from random import Random
from typing import Any, Protocol

from sandbox.edits import edit
from sandbox.mischief_ops import OPS, Hand
from sandbox.story import Home
from sandbox.world import World


class Holder(Protocol):
    """A running sandbox, or anything else with a world in it."""

    @property
    def world(self) -> World: ...


class Mischief:
    """``count`` says how many edits of each op were done. ``only`` narrows it to some ops."""

    def __init__(self, holder: Holder, seed: int, only: frozenset[str] = frozenset(OPS)) -> None:
        self.count: Counter[str] = Counter()
        self._world = holder.world
        self._only = only
        self._rng = Random(f"{seed}/mischief")  # noqa: S311  # a story, not a secret

    def step(self, home: Home | None = None, slug: str | None = None) -> Mapping[str, Any]:
        """Do one edit, of a project or a tracker where one is named, and answer what changed."""
        with self._world.lock:
            where = self._rng.choice(self._world.story.homes) if home is None else home
            asked = self._choose(where, slug)
            self.count[asked["op"]] += 1
            return edit(self._world, asked)

    def _choose(self, home: Home, slug: str | None) -> Mapping[str, Any]:
        hand = Hand(self._world, self._rng, home, slug)
        names = [name for name, op in OPS.items() if name in self._only and home in op.homes]
        while names:
            name = self._rng.choices(names, [OPS[one].weight for one in names])[0]
            asked = OPS[name].choose(hand)
            if asked is not None:
                return {"op": name, **asked}
            names.remove(name)
        raise LookupError(f"There is nothing on {home} that an edit could be made of.")
