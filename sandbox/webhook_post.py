"""Delivers webhooks. Knows no tracker: what is in a letter, and what an answer means, is a tracker's own
matter. Nothing here waits for a receiver but :meth:`Post.ask` and :meth:`Post.quiet`."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from functools import partial
from threading import Condition
from typing import Any

from sandbox.webhook_agenda import Act, Agenda
from sandbox.webhook_carrier import Carrier
from sandbox.webhook_fates import Fates, Parcel, Then, nothing, parcels
from sandbox.webhook_letters import Letter, Reply, Sent

ROOM = 20_000
"""Letters that may wait for one receiver; what comes on top is dropped."""
BREATH = timedelta(milliseconds=100)
"""For which what costs much is put off, so that it is done once for many edits."""
MARGIN = 0.01
"""Seconds by which the clock that is slept by may run ahead of the world's."""


class Post:
    """``sent`` is the log, oldest first; ``dropped`` counts letters for which there was no room. ``world`` is
    the lock under which trackers hear of answers, and under which whoever delivers must be."""

    def __init__(self, now: Callable[[], datetime], world: AbstractContextManager[Any]) -> None:
        self.sent: list[Sent] = []
        self.dropped = 0
        self.fates = Fates()
        self._now = now
        self._world = world
        self._carrier = Carrier()
        self._agenda = Agenda()
        self._ticking = False
        self._turn = Condition()
        self._under_way = 0
        self._lines: dict[str, deque[Parcel]] = defaultdict(deque)
        self._put_off: Act | None = None
        self._errors: list[Exception] = []

    def deliver(self, letter: Letter, then: Then = nothing) -> None:
        """Sends it, unless a fault will have it otherwise."""
        fate = self.fates.of(letter)
        for parcel in parcels(letter, then, fate):
            if fate.late:
                self.at(self._now() + fate.late, partial(self.send, *parcel))
            elif fate.passed_by:
                self.fates.hold(parcel, fate.passed_by)
            else:
                self.send(*parcel)
        if not (fate.late or fate.passed_by or fate.lost):
            for parcel in self.fates.passed(letter.hook):
                self.send(*parcel)

    def send(self, letter: Letter, then: Then = nothing) -> None:
        """After all others of its webhook, each of which is answered first."""
        with self._turn:
            line = self._lines[letter.hook]
            if len(line) >= ROOM:
                self.dropped += 1
                return
            line.append((letter, then))
            self._under_way += 1
            first = len(line) == 1
        if first:
            self._carrier.start(self._work_off(letter.hook))

    async def ask(self, letter: Letter) -> Reply:
        """Sends it at once, and waits for the answer; in any event loop."""
        return await asyncio.wrap_future(self._carrier.start(self._carried(letter)))

    def at(self, moment: datetime, act: Act) -> None:
        """Do it then, by the world's clock."""
        self._agenda.note(moment, act)
        if self._ticking:
            self._carrier.start(self._wake(moment))

    def soon(self, act: Act) -> None:
        """Do it at once, by a clock that stands; where it runs, together with what is asked for meanwhile.
        There is one such act."""
        if not self._ticking:
            act()
        elif self._put_off is None:
            self._put_off = act
            self.at(self._now() + BREATH, self._do_put_off)

    def tick(self) -> None:
        """From now on what is due is done by itself: the world's clock runs."""
        self._ticking = True

    def advance(self) -> int:
        """Does what is due by now, waits until all is quiet, and answers how much there was to do."""
        done = self._do_due()
        self.quiet()
        return done

    def quiet(self, seconds: float = 30) -> None:
        """Waits until no delivery is under way. What is due later is not; one that waits for others to pass
        waits no longer. Raises what went wrong in the sandbox itself, and TimeoutError."""
        with self._world:
            self._do_put_off()
        going = True
        while going:
            with self._turn:
                if not self._turn.wait_for(lambda: not self._under_way, seconds):
                    raise TimeoutError(
                        f"{self._under_way} deliveries are still under way after {seconds} s; "
                        "their receiver has to answer."
                    )
            if self._errors:
                raise self._errors[0]
            with self._world:
                held = self.fates.let_go()
                for parcel in held:
                    self.send(*parcel)
            going = bool(held)

    def close(self) -> None:
        self._carrier.close()

    def _do_put_off(self) -> None:
        act, self._put_off = self._put_off, None
        if act is not None:
            act()

    def _do_due(self) -> int:
        done = 0
        while (act := self._agenda.take(self._now())) is not None:
            with self._world:
                act()
            done += 1
        return done

    async def _wake(self, moment: datetime) -> None:
        left = (moment - self._now()).total_seconds()
        await asyncio.sleep(max(left, 0) + MARGIN)
        self._do_due()

    async def _work_off(self, hook: str) -> None:
        """One after the other, until none is left."""
        more = True
        while more:
            letter, then = self._lines[hook][0]
            try:
                reply = await self._carried(letter)
                with self._world:
                    then(reply)
            except Exception as error:
                self._errors.append(error)
            more = self._done(hook)

    def _done(self, hook: str) -> bool:
        """Whether others wait in the same line."""
        with self._turn:
            self._lines[hook].popleft()
            self._under_way -= 1
            if not self._under_way:
                self._turn.notify_all()
            return bool(self._lines[hook])

    async def _carried(self, letter: Letter) -> Reply:
        reply = await self._carrier.carry(letter)
        self.sent.append(Sent(letter, reply, self._now()))
        return reply
