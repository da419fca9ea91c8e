"""How long a tracker asks us to wait, in every form in which trackers say it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

Headers = Mapping[str, str]
"""By lower-case name."""
Reset = Callable[[Headers], datetime | None]
"""Reads a vendor's own header for the moment, on the vendor's clock, at which its budget opens again."""

_LONGEST = timedelta(days=365)  # an absurd number must not overflow a datetime


def asked_wait(headers: Headers, now: datetime, reset: Reset | None = None) -> timedelta | None:
    """How long to wait at least: ``Retry-After`` as seconds (whole, fractional, 0) or as an HTTP date, else
    the vendor's own ``reset`` header; None if the answer says nothing that can be read.

    Moments are on the tracker's clock, so they are measured from its ``Date`` header where there is one.
    """
    text = headers.get("retry-after", "").strip()
    if (seconds := _seconds(text)) is not None:
        return min(timedelta(seconds=max(seconds, 0.0)), _LONGEST)
    moment = http_date(text) or (reset(headers) if reset else None)
    if moment is None:
        return None
    return max(moment - (http_date(headers.get("date", "")) or now), timedelta(0))


def http_date(text: str) -> datetime | None:
    """The moment that an HTTP date names, in UTC; None if it is not one."""
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def backoff(attempt: int, first: timedelta, jitter: float) -> timedelta:
    """The wait after the ``attempt``-th failure (from 1): doubling, and jittered only upwards."""
    doubled: timedelta = first * 2 ** (attempt - 1)
    return doubled * (1 + 0.3 * jitter)


def _seconds(text: str) -> float | None:
    try:
        seconds = float(text)
    except ValueError:
        return None
    return min(seconds, _LONGEST.total_seconds()) if math.isfinite(seconds) else None
