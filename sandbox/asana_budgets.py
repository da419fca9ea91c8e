"""Asana's rate limits: https://developers.asana.com/docs/rate-limits

Requests a minute, requests in flight, and what answers cost. Refused requests count like served ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sandbox.asana_refusals import too_many

FREE_A_MINUTE = 150
PAID_A_MINUTE = 1500


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """``cost`` is in objects looked at a minute; the vendor tells no number. ``unpaged`` is the longest
    listing that may be had without ``limit``, ``longest`` the longest at all."""

    a_minute: int = PAID_A_MINUTE
    in_flight: int = 50
    cost: int = 5_000_000
    unpaged: int = 1000
    longest: int = 30_000


@dataclass(slots=True)
class Quota:
    """Holds a minute's worth, fills up evenly, and may be overdrawn."""

    most: int
    left: float
    at: datetime | None = None

    def fill(self, now: datetime) -> None:
        if self.at is not None:
            gained = max((now - self.at).total_seconds(), 0) * self.most / 60
            self.left = min(self.most, self.left + gained)
        self.at = now

    def wait(self, need: float) -> float:
        """Seconds until there is as much as needed; 0 where there is."""
        return max(need - self.left, 0) * 60 / self.most


class Budgets:
    """Of the one token there is."""

    def __init__(self, limits: Limits, count_refused: bool = True, count_cost: bool = True) -> None:
        self._requests = Quota(limits.a_minute, limits.a_minute)
        self._cost = Quota(limits.cost, limits.cost)
        self._most_in_flight = limits.in_flight
        self._in_flight = 0
        self._count_refused = count_refused
        self._count_cost = count_cost

    @contextmanager
    def spend(self, requests: int, now: datetime) -> Iterator[None]:
        """One call that counts as so many requests, while it is answered. Raises Refused, and then none of
        them was done."""
        self._requests.fill(now)
        self._cost.fill(now)
        crowded = self._in_flight + requests > self._most_in_flight
        # What is overdrawn of the cost must be paid back before anything is answered again.
        served = not (crowded or self._requests.wait(requests) or self._cost.wait(1))
        if served or self._count_refused:
            self._requests.left -= requests
        if not served:
            raise too_many(max(self._requests.wait(requests), self._cost.wait(1)))
        self._in_flight += requests
        try:
            yield
        finally:
            self._in_flight -= requests

    def charge(self, cost: int) -> None:
        """What an answer cost is known, and deducted, after it was made."""
        if self._count_cost:
            self._cost.left -= cost
