"""What may befall a delivery on its way to its receiver, and who of them waits for others to pass."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import reduce

from sandbox.story import Home
from sandbox.webhook_letters import Letter, Reply

Then = Callable[[Reply], None]
"""What a tracker does about an answer."""
Parcel = tuple[Letter, Then]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """It is lost, comes twice, is ``late``, is ``passed_by`` so many that came after it, or has a forged one
    behind it."""

    lost: bool = False
    doubled: bool = False
    forged: bool = False
    passed_by: int = 0
    late: timedelta = timedelta(0)


Meddler = Callable[[Fate], Fate]
"""A fault that is on: asked for each delivery."""


def nothing(_reply: Reply) -> None:
    return None


class Fates:
    """``meddlers`` go by tracker. Asked for one delivery at a time."""

    def __init__(self) -> None:
        self.meddlers: dict[Home, list[Meddler]] = defaultdict(list)
        self._held: dict[str, list[tuple[int, Parcel]]] = defaultdict(list)

    def of(self, letter: Letter) -> Fate:
        return reduce(lambda fate, meddle: meddle(fate), self.meddlers[letter.tracker], Fate())

    def hold(self, parcel: Parcel, passed_by: int) -> None:
        self._held[parcel[0].hook].append((passed_by, parcel))

    def passed(self, hook: str) -> list[Parcel]:
        """What may go now that one more has passed."""
        left = [(number - 1, parcel) for number, parcel in self._held[hook]]
        self._held[hook] = [one for one in left if one[0] > 0]
        return [parcel for number, parcel in left if number <= 0]

    def let_go(self) -> list[Parcel]:
        """All that still wait: nothing comes that could pass them."""
        held = [parcel for line in self._held.values() for _, parcel in line]
        self._held.clear()
        return held


def parcels(letter: Letter, then: Then, fate: Fate) -> list[Parcel]:
    """What is sent in the place of one delivery. Nobody hears what a forged one is answered with."""
    if fate.lost:
        return []
    sent: list[Parcel] = [(letter, then)] * (2 if fate.doubled else 1)
    if fate.forged:
        forged = replace(letter, headers={**letter.headers, **letter.forgery}, forged=True)
        sent.append((forged, nothing))
    return sent
