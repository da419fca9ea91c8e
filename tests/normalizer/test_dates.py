"""Instants and days out of text."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from normalizer.dates import day, epoch_ms, instant

NOON = datetime(2026, 3, 2, 12, 0, 0, 250_000, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-02T12:00:00.250Z",
        "2026-03-02T12:00:00.250+0000",
        "2026-03-02T14:00:00.250+02:00",
        "2026-03-01T23:30:00.250-1230",
    ],
)
def test_an_instant_is_told_in_utc(text: str) -> None:
    found = instant(text)
    assert found == NOON
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    ["2026-03-02T12:00:00", "2026-03-02", "soon", "", "2026-13-02T12:00:00Z", "0001-01-01T00:00:00+14:00"],
)
def test_what_names_no_instant_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        instant(text)


def test_milliseconds_since_1970() -> None:
    assert epoch_ms(1772452800250) == NOON
    assert epoch_ms(-1) == datetime(1969, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC)
    with pytest.raises(ValueError, match="calendar"):
        epoch_ms(10**18)


def test_a_day_stays_a_day() -> None:
    assert day("2026-03-02") == date(2026, 3, 2)
    for text in ("20260302", "2026-03-02T00:00:00Z", "2026-W10-1", "2026-02-30", ""):
        with pytest.raises(ValueError):
            day(text)
