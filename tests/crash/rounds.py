"""One kill after the other: which program, in the middle of which work, and what came of it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from threading import Lock
from typing import Literal

from tests.crash.installation import Installation, now
from tests.crash.processes import wait_for

Work = Literal["first sync", "incremental", "reconcile"]
DEMANDS = {"first sync": "sync", "incremental": "sync", "reconcile": "reconcile"}
EDITS = 20
HISTORY = " changes: "
FIRST_PART = 0.9
"""Of a work's requests: later there may be nothing left to go on with."""


@dataclass(frozen=True, slots=True)
class Victim:
    """What is killed. ``replaced``: others take its work over, and it comes back only afterwards."""

    name: str
    kill: Callable[[], None]
    restart: Callable[[], None]
    replaced: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """``takeover_s`` is from the kill to the next request that a tracker saw."""

    victim: str
    work: Work
    diverged: int
    first_difference: str | None
    pages_read_twice: int
    takeover_s: float


class Wires:
    """All requests of all trackers, counted; and what is to happen at one of them."""

    def __init__(self, installation: Installation) -> None:
        self._wires = installation.sandbox.wires
        self._lock = Lock()
        self._from = dict.fromkeys(self._wires, 0)
        self._at, self._act = 0, _nothing
        self.seen = 0
        for wire in self._wires.values():
            wire.between = self._count

    def _count(self) -> None:
        with self._lock:
            self.seen += 1
            due = self.seen == self._at
        if due:
            self._act()

    def anew(self, at: int = 0, act: Callable[[], None] | None = None) -> None:
        """Count from now on, and act while the request of that number is being answered."""
        with self._lock:
            self.seen, self._at, self._act = 0, at, act or _nothing
            self._from = {name: len(wire.seen) for name, wire in self._wires.items()}

    def asked_again(self) -> int:
        """Questions put more than once since then, each time but the first."""
        asked = Counter(
            (name, one.method, one.path, one.question)
            for name, wire in self._wires.items()
            for one in wire.seen[self._from[name] :]
            if one.status == 200
        )
        return sum(times - 1 for times in asked.values())


def _nothing() -> None:
    return None


@dataclass
class Stage:
    """An installation whose programs run, and on which one kind of work is killed again and again. ``whole``
    is how many requests the work takes when nobody disturbs it, and ``repeats`` how many of them ask again
    what was asked before."""

    installation: Installation
    work: Work
    rng: Random
    whole: int = 0
    repeats: int = 0
    wires: Wires = field(init=False)

    def __post_init__(self) -> None:
        self.wires = Wires(self.installation)

    def undisturbed(self) -> None:
        """Do it once to its end, to know how long it is."""
        self._prepare()
        self.wires.anew()
        began, names = now(), list(self.installation.sandbox.bases)
        wait_for("it is taken", lambda: not self.installation.demand(DEMANDS[self.work], names) or None)
        wait_for(f"the {self.work} is done", lambda: self._done(began))
        self.whole, self.repeats = self.wires.seen, self.wires.asked_again()

    def killed(self, victim: Victim) -> Round | None:
        """Do it and kill the victim somewhere in it. None where it ended before: nothing was killed."""
        self._prepare()
        died: list[float] = []

        def kill() -> None:
            victim.kill()
            died.append(time.monotonic())

        self.wires.anew(self.rng.randint(1, max(1, int(self.whole * FIRST_PART))), kill)
        began = now()
        left = self.installation.demand(DEMANDS[self.work], list(self.installation.sandbox.bases))
        wait_for("it is killed or done", lambda: bool(died) or self._done(began) or None)
        if not died:
            return None
        before = self.wires.seen
        if not victim.replaced:
            victim.restart()
        while left:
            left = self.installation.demand(DEMANDS[self.work], left)
        wait_for("somebody goes on", lambda: self.wires.seen > before or self._done(began) or None)
        took = time.monotonic() - died[0]
        wait_for(f"the {self.work} is done", lambda: self._done(began))
        if victim.replaced:
            victim.restart()
        different = self.different()
        return Round(
            victim=victim.name,
            work=self.work,
            diverged=len(different),
            first_difference=different[0] if different else None,
            pages_read_twice=max(0, self.wires.asked_again() - self.repeats),
            takeover_s=round(took, 2),
        )

    def different(self) -> list[str]:
        """From the truth. A reconciliation proves items as they are; what the trackers tell of how they came
        to be so is read by the next sync."""
        lines = wait_for("the API answers", self.installation.differences)
        return [line for line in lines if self.work != "reconcile" or HISTORY not in line]

    def _prepare(self) -> None:
        """Something to find, for all but a first sync."""
        if self.work != "first sync":
            for op in edits(self.installation, self.rng):
                self.installation.sandbox.edit(op)

    def _done(self, began: datetime) -> bool | None:
        proved = self.work == "reconcile"
        return self.installation.proved_since(began) if proved else self.installation.read_since(began)


def edits(installation: Installation, rng: Random) -> Iterator[dict[str, object]]:
    """New titles and new tasks, over all trackers."""
    told = installation.sandbox.truth()["trackers"]
    for _ in range(EDITS):
        scopes = [
            one for one in told[rng.choice(sorted(told))]["scopes"] if not one["closed"] and one["items"]
        ]
        scope = rng.choice(scopes)
        word = f"{rng.randrange(10**6)}"
        yield {"op": "set", "task": rng.choice(scope["items"])["id"], "fields": {"title": f"Changed {word}"}}
        yield {"op": "create", "project": scope["slug"], "title": f"Made {word}"}
