"""Dates as trackers write them: aware UTC datetimes and days out, ValueError for anything else."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def instant(text: str) -> datetime:
    """An ISO 8601 instant with its offset (``Z``, ``+02:00``, ``+0200``), in UTC.

    Text without an offset is refused: nobody can say which moment it means.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} names no time zone")
    if moment.tzinfo is UTC:
        return moment
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"{text!r} lies outside the calendar") from error


def epoch_ms(value: int) -> datetime:
    """Milliseconds since 1970 (UTC)."""
    try:
        return EPOCH + timedelta(milliseconds=value)
    except OverflowError as error:
        raise ValueError(f"{value} ms since 1970 lies outside the calendar") from error


def day(text: str) -> date:
    """A day written ``YYYY-MM-DD``. An instant is refused: its day depends on the zone."""
    found = date.fromisoformat(text)
    if found.isoformat() != text:
        raise ValueError(f"{text!r} is not a day written YYYY-MM-DD")
    return found
