"""What a life hears of itself: from its beginning to its end all trackers deliver webhooks, and deliveries get
lost, doubled, shuffled, late and forged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

from sandbox.mischief import Mischief
from store.hints import backlogs
from sync.settle import settle
from sync.source import Clock, Source
from tests.asks.listening import Listening
from tests.converge.judge import Judge
from tests.converge.looks import Look
from tests.converge.outcome import Heard
from tests.converge.places import Key
from tests.converge.told import changed, unseen
from tests.converge.work import Plan

FATES: Mapping[str, Mapping[str, Any]] = {
    "webhook_lost": {"rate": 0.3},
    "webhook_doubled": {"rate": 0.2},
    "webhook_shuffled": {"rate": 0.2},
    "webhook_delayed": {"rate": 0.2, "seconds": 900},
    "webhook_forged": {"rate": 0.1},
}
LATEST = 8
"""So many edits come after the last sync: nobody brings them but webhooks."""
LOOKS = 30
"""About as many looks at the clock come of one drain of all connections."""
NOWHERE = 404
"""What a late delivery is answered whose webhook is no more."""


@dataclass
class Hearing:
    """Its ``dice`` are its own, so that the rest of the life is as it is without it. ``first`` is what was
    true after the first sync, ``latest`` after the last, and ``robbed`` are items of which a delivery was
    lost since then."""

    listening: Listening
    judge: Judge
    dice: Random
    heard: Heard
    first: Look = field(init=False)
    latest: Look = field(init=False)
    robbed: set[Key] = field(default_factory=set)

    def begin(self) -> None:
        town = self.listening.town
        for home in town.sandbox.world.story.homes:
            for name, given in FATES.items():
                town.sandbox.faults.start(home, name, seed=self.dice.randrange(2**31), **given)
        self.first = self.judge.now()

    def plan(self) -> Plan:
        dice = self.dice
        return Plan(
            look_at=dice.randint(1, LOOKS) if dice.random() < 0.2 else 0,
            kill_at=dice.randint(1, LOOKS) if dice.random() < 0.4 else 0,
            raised=dice.random() < 0.5,
            overtaken=dice.random() < 0.3,
        )

    async def watch(self, sources: Sequence[Source], clock: Clock) -> list[str]:
        """As a probe does."""
        done = await settle(self.listening.looked_after(source, clock) for source in sources)
        return [error for one in done for error in one.errors]

    async def drain(self, sources: Sequence[Source], clock: Clock) -> list[str]:
        """As workers do, each connection for itself."""
        done = await settle(self.listening.drained(source, clock) for source in sources)
        return [one.error for one in done if one.error]

    def edit(self, mischief: Mischief) -> None:
        """The latest edits."""
        self.latest = self.judge.now()
        for _ in range(LATEST):
            self.listening.town.time.now += timedelta(seconds=self.dice.randint(1, 600))
            before, lost = self.judge.now(), self._lost()
            mischief.step()
            if self._lost() > lost:
                self.robbed |= changed(before, self.judge.now())

    def _lost(self) -> int:
        fired = self.listening.town.sandbox.faults.firings()
        return sum(fired.get("webhook_lost", {}).values())

    async def count(self) -> list[str]:
        """When all has arrived and was looked after. Answers what is not shown, in short."""
        now, window, heard = self.judge.now(), self.judge.window, self.heard
        view, people = await window.view(), await window.people()
        all_of_them, latest = changed(self.first, now), changed(self.latest, now)
        missing = unseen(all_of_them | latest, now, view, people)
        heard.edited += len(all_of_them)
        heard.visible += len(all_of_them - missing.keys())
        heard.latest += len(latest)
        heard.latest_visible += len(latest - missing.keys())
        heard.lossless += len(latest - self.robbed)
        heard.lossless_visible += len(latest - self.robbed - missing.keys())
        heard.left += [f"{one.hints} of {one.connection}" for one in await backlogs(self.listening.inbox)]
        self._letters()
        return [
            f"{' '.join(key)} is not shown as it is{'' if key in self.robbed else ', though told'}: {what}"
            for key, what in missing.items()
            if key in latest
        ]

    def _letters(self) -> None:
        for sent in self.listening.town.sandbox.webhooks.sent:
            letter, good = sent.letter, sent.reply.good
            self.heard.deliveries += 1
            self.heard.refused += not good
            if letter.forged == good and sent.reply.status != NOWHERE:
                how = "let in, and forged" if good else f"refused ({sent.reply.status} {sent.reply.why})"
                self.heard.wrongly.append(f"{letter.tracker} {', '.join(letter.told)} was {how}")
