"""Holds what is shown against what is true and was true: at the end of each job, and once within one."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from tests.asks.town import Town
from tests.converge.looks import Look
from tests.converge.outcome import Outcome
from tests.converge.places import Key, Places
from tests.converge.proofs import WORDS, Claim, unproved
from tests.converge.tombstones import wrong_tombstones
from tests.converge.window import View, Window
from tests.demo.comparison import instant

Json = Any
NONE = timedelta(0)
UNLIKE = {
    "definitions_renamed": WORDS,
    "field_type_changed": ("custom",),
}
"""By fault: what follows from the names of statuses and lists, or from the type of a field."""


@dataclass
class Judge:
    """``seen`` is the last event of the feed that was judged, ``newest`` the tracker's own time of the last
    change of each item, as far as it was ever shown. ``turn``: two may look within one job, and what both
    read would count twice."""

    town: Town
    places: Places
    window: Window
    outcome: Outcome
    looks: list[Look] = field(default_factory=list)
    newest: dict[Key, str] = field(default_factory=dict)
    proved: set[str] = field(default_factory=set)
    said: set[str] = field(default_factory=set)
    seen: int = 0
    when: str = ""
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    def look(self, when: str) -> None:
        """Before a job."""
        self.when = when
        self.looks.append(self.now())

    def now(self) -> Look:
        world = self.town.sandbox.world
        with world.lock:
            lags = [one.lag for one in world.conditions.values() if one.lag]
            truth, step = self.town.sandbox.truth(), self.places.step
        running = self.town.sandbox.faults.running().items()
        unlike = {home: [one for fault in on for one in UNLIKE.get(fault, ())] for home, on in running}
        return Look(step, self.town.time.now, truth, max(lags, default=NONE), unlike)

    async def pass_over(self) -> None:
        """What a person decided is nobody's mistake."""
        _, self.seen = await self.window.news(self.seen)

    async def judge(self, listed: Collection[str] = ()) -> None:
        """All that is shown now. ``listed`` are the trackers whose scopes were listed since the last look."""
        async with self.turn:
            await self._judge(listed)

    async def _judge(self, listed: Collection[str]) -> None:
        look = self.looks[-1]
        events, self.seen = await self.window.news(self.seen)
        view = await self.window.view()
        now, places = self.now(), {scope["id"]: place[1] for place, scope in view.scopes.items()}
        events = [{**event, "place": places[event["scope"]]} for event in events]
        self._say(self.outcome.wrong_tombstones, wrong_tombstones(look, now, self.places, events))
        self._say(self.outcome.dishonest, self._gone_back(view))
        self._say(self.outcome.dishonest, self._as_of(view))
        self._say(self.outcome.dishonest, self._coverage(look, view, listed))
        self._say(self.outcome.dishonest, await self._receipts(view, now))

    def _say(self, to: list[str], sentences: Iterable[str]) -> None:
        """Each once: what is wrong stays so until the next job mends it."""
        fresh = [one for one in dict.fromkeys(sentences) if one not in self.said]
        self.said.update(fresh)
        to += [f"{self.when}: {sentence}" for sentence in fresh]

    def _gone_back(self, view: View) -> Iterator[str]:
        """An answer is never older than the one before."""
        for key, item in view.items.items():
            updated, before = instant(item["remote_updated_at"]) or "", self.newest.get(key, "")
            if updated < before:
                yield f"{' '.join(key)} was shown as of {before}, and is shown as of {updated}"
            self.newest[key] = max(updated, before)

    def _as_of(self, view: View) -> Iterator[str]:
        """What a tracker marked as changed before the last complete reading of its scope is shown."""
        read = {place: scope["complete_at"] for place, scope in view.scopes.items() if scope["complete_at"]}
        oldest = min(map(datetime.fromisoformat, read.values()), default=None)
        if view.meta["as_of"] and oldest and datetime.fromisoformat(view.meta["as_of"]) > oldest:
            yield f"as_of is {view.meta['as_of']}, and the least recent scope was read at {oldest}"
        for place, at in read.items():
            look = self._look_at(datetime.fromisoformat(at))
            for id, item in look.scopes.get(place, {}).items():
                key = place[0], id
                if self._comparable(look, key) and self.places.marked(key):
                    yield from self._late(view, place, item, at)

    def _late(self, view: View, place: Key, item: Json, at: str) -> Iterator[str]:
        key, changed = (place[0], item["id"]), item["updated"]
        shown = view.there.get(key)
        if shown is None:
            yield f"{' '.join(key)} is not shown, and its scope is said to be complete as of {at}"
        elif shown is not None and (instant(shown["remote_updated_at"]) or "") < changed:
            yield f"{' '.join(key)} changed at {changed}, not shown, and its scope is complete as of {at}"

    def _look_at(self, moment: datetime) -> Look:
        """The last one before it."""
        return next((look for look in reversed(self.looks) if look.at <= moment), self.looks[0])

    def _comparable(self, look: Look, key: Key) -> bool:
        """Whether an item that was there at that look is there since, and could be found at it."""
        lag = look.lag if key[0].startswith("jira") else NONE
        return self.places.steady(key, look.step) and (not lag or self.places.settled(key, look.at, lag))

    def _coverage(self, look: Look, view: View, listed: Collection[str]) -> Iterator[str]:
        """A scope that was found to be out of sight is none that is complete."""
        lost = {place for place in self.places.out_of_sight - look.scopes.keys() if place[0] in listed}
        could = sum(1 for place, scope in view.scopes.items() if scope["complete_at"] and place not in lost)
        cover = view.meta["coverage"]
        if cover["complete"] > could:
            yield f"{cover['complete']} of {cover['scopes']} scopes are said to be complete, and {could} are"

    async def _receipts(self, view: View, now: Look) -> list[str]:
        """Each receipt once, when it is new."""
        newest = await self.window.receipts()
        places = {scope["id"]: place for place, scope in view.scopes.items()}
        claims = []
        for receipt in newest.values():
            look, place = self._look_at(receipt.started_at), places[receipt.scope_id]
            if receipt.complete and receipt.id not in self.proved and place in look.scopes:
                known = {id for id in look.scopes[place] if self._comparable(look, (place[0], id))}
                steady = partial(self._comparable, look)
                looks = [*self.looks[self.looks.index(look) :], now]
                claims.append(Claim(place, receipt.covers, looks, known, steady))
        self.proved |= {receipt.id for receipt in newest.values()}
        people = await self.window.people() if claims else []
        return [sentence for claim in claims for sentence in unproved(claim, view, people)]
