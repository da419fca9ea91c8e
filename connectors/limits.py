"""Rate budgets: how many requests a vendor allows, and how we wait for them. Knows nothing of HTTP."""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b

from connectors.errors import Unavailable

Clock = Callable[[], datetime]
"""The present moment, aware and in UTC."""
OnWait = Callable[[datetime | None], None]
"""Told the moment until which calls wait, and None once none does any more."""

_WORTH_TELLING = timedelta(seconds=1)
RESERVED, RESERVED_FOR = 3, timedelta(minutes=15)
"""One in so many requests of a budget is left to what is urgent, for so long after the last of that: where
nobody is in a hurry nothing is left idle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """The passing of time, handed in. ``sleep`` takes seconds; ``jitter`` gives 0 ≤ x < 1."""

    clock: Clock
    sleep: Callable[[float], Awaitable[None]]
    jitter: Callable[[], float] = random.random


@dataclass(frozen=True, slots=True)
class Budget:
    """``requests`` in any window of length ``per``, as the vendor counts them."""

    name: str
    requests: int
    per: timedelta


class _Ledger:
    """What was taken of one budget, by whomever, and how much of that by what can wait."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.paused: datetime | None = None
        self.urgent_at: datetime | None = None
        self.taken: deque[datetime] = deque(maxlen=budget.requests)
        self.patient: deque[datetime] = deque(maxlen=budget.requests - _reserve(budget))

    def narrow(self, budget: Budget) -> None:
        self.budget = budget
        self.taken = deque(self.taken, maxlen=budget.requests)
        self.patient = deque(self.patient, maxlen=budget.requests - _reserve(budget))


def _reserve(budget: Budget) -> int:
    """Requests of each window that are left to what is urgent."""
    return budget.requests // RESERVED


class Limiter:
    """Keeps to one budget, for all tasks that share it, first come first served; but what is urgent finds a
    third of it left, as long as anything urgent came of late."""

    def __init__(
        self, budget: Budget, clock: Clock, *, urgent: bool = False, beside: Limiter | None = None
    ) -> None:
        """``beside`` draws on the same budget."""
        self._ledger: _Ledger = _Ledger(budget) if beside is None else beside._ledger
        self._clock = clock
        self._urgent = urgent
        self._turn = asyncio.Lock()

    @property
    def budget(self) -> Budget:
        return self._ledger.budget

    def ready_at(self) -> datetime:
        """The moment at which the next request is allowed; not after now if it is allowed at once."""
        ledger, now = self._ledger, self._clock()
        moments = [now]
        if ledger.paused is not None:
            moments.append(ledger.paused)
        if len(ledger.taken) == ledger.taken.maxlen:
            moments.append(ledger.taken[0] + self.budget.per)
        reserved = ledger.urgent_at is not None and now - ledger.urgent_at < RESERVED_FOR
        if reserved and not self._urgent and len(ledger.patient) == ledger.patient.maxlen:
            moments.append(ledger.patient[0] + self.budget.per)
        return max(moments)

    def narrow(self, budget: Budget) -> None:
        """Keep to ``budget`` from now on if it allows less."""
        if budget.requests * self.budget.per < self.budget.requests * budget.per:
            self._ledger.narrow(budget)

    @property
    def waiting_until(self) -> datetime | None:
        """When the budget opens again, or None while it is open."""
        ready = self.ready_at()
        return ready if ready > self._clock() else None

    def pause_until(self, moment: datetime) -> None:
        """Let nobody through before ``moment``; an earlier moment than one already set changes nothing."""
        paused = self._ledger.paused
        self._ledger.paused = moment if paused is None else max(paused, moment)

    async def take(self, wait: Callable[[datetime], Awaitable[None]]) -> None:
        """Use one request of the budget, after ``wait`` until there is one. Raises what ``wait`` raises."""
        async with self._turn:
            while (ready := self.waiting_until) is not None:  # again: a pause may come while we wait
                await wait(ready)
            now = self._clock()
            self._ledger.taken.append(now)
            if self._urgent:
                self._ledger.urgent_at = now
            else:
                self._ledger.patient.append(now)


class Budgets:
    """The limiters of all connections together: those that draw on one budget of a vendor share its limiter,
    and the smallest of their shares holds. ``urgent`` hands out those that find a part of it left to them."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._limiters: dict[tuple[str, str], Limiter] = {}
        self._beside: Budgets | None = None

    @property
    def urgent(self) -> Budgets:
        """The same budgets, for what somebody waits for."""
        urgent = Budgets(self._clock)
        urgent._beside = self
        return urgent

    def limiter(self, budget: Budget, whose: str) -> Limiter:
        """``whose`` is what the vendor counts by (a key, a token, a site); only its digest is kept."""
        if self._beside is not None:
            patient = self._beside.limiter(budget, whose)
            return Limiter(budget, self._clock, urgent=True, beside=patient)
        key = budget.name, blake2b(whose.encode(), digest_size=16).hexdigest()
        limiter = self._limiters.setdefault(key, Limiter(budget, self._clock))
        limiter.narrow(budget)
        return limiter


class Waits:
    """Waits on behalf of calls: never longer than ``patience``, and tells for how long."""

    def __init__(self, timing: Timing, patience: timedelta, on_wait: OnWait | None) -> None:
        self._timing = timing
        self._patience = patience
        self._tell = on_wait or (lambda _: None)
        self._waiting: list[datetime] = []

    async def until(self, moment: datetime, call: str) -> None:
        """Sleep until ``moment``. Raises Unavailable at once if that is beyond our patience."""
        delay = moment - self._timing.clock()
        if delay > self._patience:
            raise Unavailable(
                f"{call} may be asked again only at {moment:%Y-%m-%d %H:%M:%S} UTC because of the tracker's "
                f"rate limit or at its request; that is longer than the {self._patience} that a call waits.",
                retry_after=moment,
            )
        if delay < _WORTH_TELLING:
            await self._timing.sleep(max(delay.total_seconds(), 0.0))
            return
        self._waiting.append(moment)
        self._tell(max(self._waiting))
        try:
            await self._timing.sleep(delay.total_seconds())
        finally:
            self._waiting.remove(moment)
            self._tell(max(self._waiting, default=None))
