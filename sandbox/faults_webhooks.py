"""Faults of the way on which webhooks deliver. Each is counted with each delivery that it befalls; attempts
that repeat a delivery, handshakes and challenges go their way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sandbox.fault_kinds import Acting, Gate, Ground, Kind
from sandbox.middleware import Asked
from sandbox.webhook_fates import Fate

DELIVERIES: Mapping[str, Any] = {"rate": 0.2, "seed": 0, "times": None}
FAR = 5
"""So many deliveries at most overtake one."""


def _befalling(change: Callable[[Ground, Fate], Fate]) -> Callable[[Ground], Acting]:
    def start(ground: Ground) -> Acting:
        gate = Gate({**ground.params, "match": ""}, ground.rng)
        meddlers = ground.world.post.fates.meddlers[ground.home]

        def meddle(fate: Fate) -> Fate:
            if not gate.lets(Asked("", "")):
                return fate
            ground.fired()
            return change(ground, fate)

        meddlers.append(meddle)
        return Acting(undo=lambda: meddlers.remove(meddle))

    return start


WEBHOOKS: tuple[Kind, ...] = (
    Kind(
        name="webhook_lost",
        help="A delivery never arrives, and its tracker does not know that.",
        start=_befalling(lambda _, fate: replace(fate, lost=True)),
        takes=DELIVERIES,
    ),
    Kind(
        name="webhook_doubled",
        help="A delivery arrives twice.",
        start=_befalling(lambda _, fate: replace(fate, doubled=True)),
        takes=DELIVERIES,
    ),
    Kind(
        name="webhook_shuffled",
        help="Some later deliveries of the same webhook overtake one.",
        start=_befalling(lambda ground, fate: replace(fate, passed_by=ground.rng.randint(1, FAR))),
        takes=DELIVERIES,
    ),
    Kind(
        name="webhook_delayed",
        help="A delivery arrives only so many seconds later.",
        start=_befalling(
            lambda ground, fate: replace(fate, late=timedelta(seconds=ground.params["seconds"]))
        ),
        takes={**DELIVERIES, "seconds": 30},
    ),
    Kind(
        name="webhook_forged",
        help="Somebody who does not know the secret sends the same once more.",
        start=_befalling(lambda _, fate: replace(fate, forged=True)),
        takes=DELIVERIES,
    ),
)
