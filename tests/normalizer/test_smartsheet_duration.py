"""Durations against sums that a person did."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from normalizer.smartsheet_duration import WorkCalendar, calendar, duration_minutes, lag_text

PLAIN = WorkCalendar()


@pytest.mark.parametrize(
    ("told", "minutes"),
    [
        ("1d", 480), ("2w", 4800), ("4h", 240), ("4d 6h 30m", 2310), ("e1d", 1440), ("e2w", 20160), ("0", 0),
        ("0d", 0), ("1.5d", 720), ("1,5d", 720), ("2 Tage", 960), ("1 semaine", 2400), ("3 días", 1440),
        (2, 960), (0.5, 240), ({"days": 1, "hours": 2}, 600), ({"weeks": 1, "elapsed": True}, 10080),
        ({"objectType": "DURATION"}, 0), ({"milliseconds": 30000}, Decimal("0.5")), ("10s", Decimal("0.17")),
    ],
)  # fmt: skip
def test_a_duration_is_so_many_minutes(told: Any, minutes: Decimal | int) -> None:
    assert duration_minutes(told, PLAIN) == minutes


@pytest.mark.parametrize("told", ["", "TBD", "5x", "d5", "5d 3d", "-5d", True, None, [], {"days": "5"}])
def test_what_is_no_duration_is_refused(told: Any) -> None:
    with pytest.raises(ValueError, match=r"duration|number"):
        duration_minutes(told, PLAIN)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (None, PLAIN),
        (
            {"workingDays": ["MONDAY", "MONDAY", "TUESDAY"], "lengthOfDay": 7.5},
            WorkCalendar(2, Decimal("7.5")),
        ),
        ({"workingDays": [], "lengthOfDay": 0}, PLAIN),
        ({"workingDays": "MONDAY", "lengthOfDay": 25}, PLAIN),
    ],
)
def test_the_calendar_is_the_sheets_own(settings: Any, expected: WorkCalendar) -> None:
    assert calendar(settings) == expected


def test_a_lag_is_shown_as_smartsheet_shows_it() -> None:
    assert lag_text({"days": 10.0}) == "+10d"
    assert lag_text({"weeks": 1.5, "negative": True}) == "-1.5w"
    assert lag_text({"hours": 3, "elapsed": True}) == "+e3h"
    assert lag_text({"days": 0.0}) == ""
