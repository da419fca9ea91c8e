"""What came of the seeds: of one, and summed over all, as the one JSON object that is printed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

FIRINGS_IN = 10
"""Each fault is to fire on each tracker that it applies to once in so many seeds."""


@dataclass
class Heard:
    """By webhooks: ``deliveries`` that were made, and those ``refused``; a sentence each, what was refused or
    let in ``wrongly``, hints ``left`` at last, and items ``missed`` though all that befell them was told.
    Items: those ``edited`` since the first sync, the ``latest``, since the last one, and the ``told`` of
    these; of two of them those too that were shown as they were true before the last reconciliation."""

    deliveries: int = 0
    refused: int = 0
    wrongly: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    edited: int = 0
    visible: int = 0
    latest: int = 0
    latest_visible: int = 0
    told: int = 0

    @property
    def faults(self) -> list[str]:
        return [
            *(f"hints left: {one}" for one in self.left),
            *(f"told and not shown: {one}" for one in self.missed),
            *(f"delivery: {one}" for one in self.wrongly),
        ]


@dataclass
class Outcome:
    """Of one seed. The lists hold a sentence for each time; ``history`` is what was done, in short."""

    seed: int
    edits: int = 0
    firings: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """By fault and tracker, 0 for one that applies and did not fire."""
    wrong_tombstones: list[str] = field(default_factory=list)
    dishonest: list[str] = field(default_factory=list)
    diverged: list[str] = field(default_factory=list)
    receipts_failed: list[str] = field(default_factory=list)
    history_behind: list[str] = field(default_factory=list)
    """Items of which the next sync did not bring every change that their tracker tells: no receipt covers
    those, so they are told and not counted as wrong."""
    defects: list[str] = field(default_factory=list)
    """What was raised and is no tracker's error."""
    held: int = 0
    released: int = 0
    history: list[str] = field(default_factory=list)
    heard: Heard | None = None
    """None: there were no webhooks."""

    @property
    def faults(self) -> list[str]:
        return [
            *(f"defect: {one}" for one in self.defects),
            *(f"wrong tombstone: {one}" for one in self.wrong_tombstones),
            *(f"dishonest envelope: {one}" for one in self.dishonest),
            *(f"diverged: {one}" for one in self.diverged),
            *(f"receipt: {one}" for one in self.receipts_failed),
            *(self.heard.faults if self.heard else ()),
        ]

    @property
    def right(self) -> bool:
        return not self.faults


def summed(outcomes: Iterable[Outcome], seconds: float) -> dict[str, Any]:
    """``diverged_after_reconcile`` counts what differs from the truth, ``held`` what a mass absence held back
    at any time."""
    told = sorted(outcomes, key=lambda one: one.seed)
    firings: dict[str, Counter[str]] = {}
    for one in told:
        for fault, counts in one.firings.items():
            of = firings.setdefault(fault, Counter())
            for tracker, count in counts.items():
                of[tracker] += count
    return {
        "seeds": len(told),
        "edits": sum(one.edits for one in told),
        "fault_firings": {fault: dict(sorted(of.items())) for fault, of in sorted(firings.items())},
        "fewest_firings": min((n for of in firings.values() for n in of.values()), default=0),
        "wrong_tombstones_ever": sum(len(one.wrong_tombstones) for one in told),
        "diverged_after_reconcile": sum(len(one.diverged) for one in told),
        "history_behind": sum(len(one.history_behind) for one in told),
        "held": sum(one.held for one in told),
        "released": sum(one.released for one in told),
        "dishonest_envelopes": sum(len(one.dishonest) for one in told),
        "receipts_failed": sum(len(one.receipts_failed) for one in told),
        "defects": sum(len(one.defects) for one in told),
        **_heard([one.heard for one in told if one.heard]),
        "seconds": round(seconds, 1),
    }


def _heard(told: Sequence[Heard]) -> dict[str, Any]:
    """``refused_wrongly`` counts forged ones that were let in as well."""
    if not told:
        return {}
    edited, latest = sum(one.edited for one in told), sum(one.latest for one in told)
    return {
        "deliveries": sum(one.deliveries for one in told),
        "refused": sum(one.refused for one in told),
        "refused_wrongly": sum(len(one.wrongly) for one in told),
        "hints_left": sum(len(one.left) for one in told),
        "visible_before_reconcile": _share(sum(one.visible for one in told), edited),
        "of_the_latest": _share(sum(one.latest_visible for one in told), latest),
        "told": sum(one.told for one in told),
        "told_and_not_shown": sum(len(one.missed) for one in told),
    }


def _share(visible: int, among: int) -> dict[str, Any]:
    return {"visible": visible, "of": among, "share": round(visible / among, 4) if among else None}


def passed(total: Mapping[str, Any]) -> bool:
    """Also fails where a fault hardly ever fired: what was never tried is not proved."""
    counted = ("wrong_tombstones_ever", "diverged_after_reconcile", "dishonest_envelopes", "receipts_failed")
    heard = ("refused_wrongly", "hints_left", "told_and_not_shown")
    wrong = any(total.get(name) for name in (*counted, "defects", *heard))
    released = total["held"] == total["released"]
    return not wrong and released and total["fewest_firings"] >= total["seeds"] // FIRINGS_IN
