"""What Jira's headers say of the rate limit that its administrator set for the account.

The limit is a bucket that holds ``X-RateLimit-Limit`` requests and is filled up by ``X-RateLimit-FillRate``
of them each ``X-RateLimit-Interval-Seconds``.
https://confluence.atlassian.com/adminjiraserver/adjusting-your-code-for-rate-limiting-987143384.html
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from connectors.http import Budget, Clock, Headers, Limiter

NAME = "Jira requests"
SECOND = timedelta(seconds=1)


def budget(a_second: float) -> Budget:
    """So many whole requests a second, or one in so many seconds."""
    if a_second >= 1:
        return Budget(NAME, int(a_second), SECOND)
    return Budget(NAME, 1, SECOND / a_second)


def heeding(limiter: Limiter, share: float) -> Callable[[Headers], None]:
    """Narrows the limiter to a share of what the bucket is filled with, for the rest is for the people and
    programs that use Jira in the name of this account."""

    def heed(headers: Headers) -> None:
        filled = _number(headers, "x-ratelimit-fillrate")
        seconds = _number(headers, "x-ratelimit-interval-seconds")
        if filled and seconds:
            limiter.narrow(budget(share * filled / seconds))

    return heed


def refill(clock: Clock) -> Callable[[Headers], datetime | None]:
    """After a 429 that names no time: when the bucket is filled up next."""

    def reset(headers: Headers) -> datetime | None:
        seconds = _number(headers, "x-ratelimit-interval-seconds")
        return clock() + timedelta(seconds=seconds) if seconds is not None else None

    return reset


def _number(headers: Headers, name: str) -> int | None:
    text = headers.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() else None
