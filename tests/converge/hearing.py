"""What a life hears of itself: all trackers deliver webhooks from its beginning to its end, and deliveries
get lost, doubled, shuffled, late and forged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

from sandbox.mischief import Mischief
from sandbox.webhook_fates import Fate
from sandbox.webhook_letters import Sent
from store.hints import backlogs
from sync.settle import settle
from sync.source import Clock, Source
from tests.asks.listening import Listening
from tests.converge.judge import Judge
from tests.converge.looks import Look
from tests.converge.outcome import Heard
from tests.converge.persons import held_back
from tests.converge.places import Key
from tests.converge.told import changed, out_of_sight, unseen
from tests.converge.work import Plan

FATES: Mapping[str, Mapping[str, Any]] = {
    "webhook_lost": {"rate": 0.3},
    "webhook_doubled": {"rate": 0.2},
    "webhook_shuffled": {"rate": 0.2},
    "webhook_delayed": {"rate": 0.2, "seconds": 900},
    "webhook_forged": {"rate": 0.1},
}
LATEST = 12
"""So many edits come after the last sync: nobody brings them but webhooks."""
LOOKS = 10
"""About as many looks at the clock come of one connection each time."""
NOWHERE = 404
"""What a late delivery is answered whose webhook is no more."""


@dataclass
class Hearing:
    """Its ``dice`` are its own, so that the rest of the life is as it is without it. ``first`` is what was
    true after the first sync, ``latest`` after the last, and ``untold`` are items of which since then a
    delivery was lost, or none was made for certain. ``fates`` are those of the deliveries that came of one
    change, and ``before`` is what was true before it."""

    listening: Listening
    judge: Judge
    dice: Random
    heard: Heard
    first: Look = field(init=False)
    latest: Look = field(init=False)
    before: Look = field(init=False)
    untold: set[Key] = field(default_factory=set)
    fates: list[Fate] = field(default_factory=list)

    def begin(self) -> None:
        town = self.listening.town
        for home in town.sandbox.world.story.homes:
            for name, given in FATES.items():
                town.sandbox.faults.start(home, name, seed=self.dice.randrange(2**31), **given)
            town.sandbox.webhooks.fates.meddlers[home].append(self._see)
        self.first = self.judge.now()

    def plan(self, kill: float) -> Plan:
        """``kill`` is how likely it is."""
        dice, looks = self.dice, LOOKS * len(self.listening.town.sandbox.bases)
        return Plan(
            look_at=dice.randint(1, looks) if dice.random() < 0.2 else 0,
            kill_at=dice.randint(1, looks) if dice.random() < kill else 0,
            raised=dice.random() < 0.5,
            overtaken=dice.random() < 0.3,
        )

    async def drain(self, sources: Sequence[Source], clock: Clock) -> list[str]:
        """As workers do, each connection for itself, after a probe."""
        watched = await settle(self.listening.looked_after(source, clock) for source in sources)
        drained = await settle(self.listening.drained(source, clock) for source in sources)
        return [
            *(error for one in watched for error in one.errors),
            *(one.error for one in drained if one.error),
        ]

    def edit(self, mischief: Mischief) -> None:
        """The latest edits."""
        self.latest = self.before = self.judge.now()
        self.fates.clear()
        self.listening.town.sandbox.world.listeners.append(self._note)
        for _ in range(LATEST):
            self.listening.town.time.now += timedelta(seconds=self.dice.randint(1, 600))
            mischief.step()

    def _see(self, fate: Fate) -> Fate:
        """Asked after the faults."""
        self.fates.append(fate)
        return fate

    def _note(self) -> None:
        """Called by whoever changed something, after all trackers told of it."""
        now = self.judge.now()
        lost = not self.fates or any(fate.lost for fate in self.fates)
        if lost or out_of_sight(self.before, now):
            self.untold |= changed(self.before, now)
        self.before = now
        self.fates.clear()

    async def count(self) -> list[str]:
        """When all has arrived and was looked after. Answers what is not shown and was not told."""
        now, window, heard = self.judge.now(), self.judge.window, self.heard
        view, people = await window.view(), await window.people()
        held = await held_back(self.listening.town)
        waiting = {key for key, item in view.items.items() if item["id"] in held}
        all_of_them = self._told(self.first, now) - waiting
        latest = self._told(self.latest, now) - waiting
        missing = unseen(all_of_them | latest, now, view, people)
        heard.edited += len(all_of_them)
        heard.visible += len(all_of_them - missing.keys())
        heard.latest += len(latest)
        heard.latest_visible += len(latest - missing.keys())
        heard.told += len(latest - self.untold)
        heard.left += [f"{one.hints} of {one.connection}" for one in await backlogs(self.listening.inbox)]
        self._letters()
        told = {key: f"{' '.join(key)} is not shown as it is: {what}" for key, what in missing.items()}
        heard.missed += [one for key, one in told.items() if key in latest - self.untold]
        return [one for key, one in told.items() if key not in latest - self.untold]

    def _told(self, before: Look, now: Look) -> set[Key]:
        """But for what came back into sight as it was."""
        places = self.judge.places
        return {key for key in changed(before, now) if key not in places.standing or places.marked(key)}

    def _letters(self) -> None:
        for sent in self.listening.town.sandbox.webhooks.sent:
            self.heard.deliveries += 1
            self.heard.refused += not sent.reply.good
            if how := self._wrong(sent):
                self.heard.wrongly.append(f"{sent.letter.tracker} {', '.join(sent.letter.told)} {how}")

    def _wrong(self, sent: Sent) -> str | None:
        """Nobody can tell whether a webhook signs of which we never heard that it was made: what it tells is
        looked at as soon as we do. And there may be none any more where a delivery comes late."""
        letter, reply = sent.letter, sent.reply
        if reply.good:
            return "was let in, and is forged" if letter.forged else None
        if letter.forged or reply.status == NOWHERE:
            return None
        if letter.hook not in (self.listening.taken_to_be(letter) or {letter.hook}):
            return None
        return f"was refused ({reply.status} {reply.why})"
