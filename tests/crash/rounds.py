"""One kill after the other: which program, in the middle of which work, and what came of it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from random import Random
from threading import Lock
from typing import Literal

from tests.crash.installation import Installation, now
from tests.crash.processes import wait_for
from tests.crash.telling import HISTORY, Telling, edits

Work = Literal["first sync", "incremental", "reconcile", "drain"]
DEMANDS = {"first sync": "sync", "incremental": "sync", "reconcile": "reconcile"}
"""What is asked for; a drain begins by what the trackers tell."""
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
    """``takeover_s`` is from the kill to the next request that a tracker saw. Of a drain: how many deliveries
    were ``acknowledged``, and how many ``hints_lost`` of them; what nobody took is read afterwards."""

    victim: str
    work: Work
    diverged: int
    first_difference: str | None
    pages_read_twice: int
    takeover_s: float
    acknowledged: int = 0
    hints_lost: int = 0


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
        began = now()
        wait_for("it is taken", lambda: not self._demand() or None)
        self._finish(began)
        self.whole, self.repeats = self.wires.seen, self.wires.asked_again()

    def killed(self, victim: Victim) -> Round | None:
        """Do it and kill the victim somewhere in it. None where it ended before: nothing was killed."""
        self._prepare()
        died: list[float] = []

        def kill() -> None:
            victim.kill()
            died.append(time.monotonic())

        telling = Telling(self.installation)
        self.wires.anew(self.rng.randint(1, max(1, int(self.whole * FIRST_PART))), kill)
        began = now()
        left = self._demand()
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
        self._finish(began)
        if victim.replaced:
            victim.restart()
        return self._told(victim, took, telling)

    def _told(self, victim: Victim, took: float, telling: Telling) -> Round:
        different = self.different()
        told = Round(
            victim=victim.name,
            work=self.work,
            diverged=len(different),
            first_difference=different[0] if different else None,
            pages_read_twice=max(0, self.wires.asked_again() - self.repeats),
            takeover_s=round(took, 2),
        )
        if self.work != "drain":
            return told
        lost = telling.lost(different)
        left = self._read_afterwards() if different else []
        return replace(
            told,
            acknowledged=telling.acknowledged,
            hints_lost=len(lost),
            diverged=len(left),
            first_difference=next(iter([*lost, *left]), None),
        )

    def _read_afterwards(self) -> list[str]:
        """What nobody took since nobody was there comes with the next reading. Answers what does not."""
        began, left = now(), list(self.installation.sandbox.bases)
        while left:
            left = self.installation.demand("sync", left)
        wait_for("the rest is read", lambda: self.installation.read_since(began))
        return self.different()

    def different(self) -> list[str]:
        """From the truth. A reconciliation and a drain bring items as they are; what the trackers tell of how
        they came to be so is read by the next sync."""
        lines = wait_for("the API answers", self.installation.differences)
        return [line for line in lines if self.work not in ("reconcile", "drain") or HISTORY not in line]

    def _prepare(self) -> None:
        """Something to find, for what does not find everything or is told."""
        if self.work in ("incremental", "reconcile"):
            self._edit()

    def _edit(self) -> None:
        for op in edits(self.installation, self.rng):
            self.installation.sandbox.edit(op)

    def _demand(self) -> list[str]:
        """Answers the connections for which nobody took it."""
        if self.work == "drain":
            self._edit()
            return []
        return self.installation.demand(DEMANDS[self.work], list(self.installation.sandbox.bases))

    def _finish(self, began: datetime) -> None:
        wait_for(f"the {self.work} is done", lambda: self._done(began))

    def _done(self, began: datetime) -> bool | None:
        if self.work == "drain":
            return self.installation.heard()
        proved = self.work == "reconcile"
        return self.installation.proved_since(began) if proved else self.installation.read_since(began)
