"""Times of the story: instants are UTC with whole milliseconds, written as ISO 8601 with a Z."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from random import Random


def iso(at: datetime) -> str:
    """``2026-11-23T09:30:00.000Z``, the form of Trello's dates and of instants in events."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def text(value: date | datetime | None) -> str | None:
    """A day as a day and an instant as an instant."""
    if value is None:
        return None
    return iso(value) if isinstance(value, datetime) else value.isoformat()


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def office_hour(day: date, rng: Random) -> datetime:
    """A whole second between 07:00 and 17:00 UTC."""
    return midnight(day) + timedelta(seconds=rng.randrange(7 * 3600, 17 * 3600))


def whole_ms(at: datetime) -> datetime:
    return at.replace(microsecond=at.microsecond // 1000 * 1000)
