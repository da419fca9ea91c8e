"""How old what we hold is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from portfolio.freshness import Coverage, Reach, freshness

READ = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
ALL = Coverage(scopes=1, complete=1, hidden=0, expected=0, restricted=0)
WEB = Reach(as_of=READ, oldest_scope="web", coverage=ALL)


@pytest.mark.parametrize(
    ("later", "age", "fresh"),
    [(0, 0, True), (3000, 3000, True), (3600, 3600, True), (3601, 3601, False)],
)
def test_the_age_against_the_target(later: int, age: int, fresh: bool) -> None:
    found = freshness(WEB, READ + timedelta(seconds=later), 3600)
    assert (found.age_seconds, found.fresh, found.oldest_scope) == (age, fresh, "web")


def test_what_was_never_read_has_no_age_and_is_not_fresh() -> None:
    found = freshness(Reach(as_of=None, oldest_scope=None, coverage=ALL), READ, 3600)
    assert (found.age_seconds, found.fresh, found.oldest_scope) == (None, False, None)


def test_a_reading_from_the_future_is_of_now() -> None:
    assert freshness(WEB, READ - timedelta(seconds=5), 3600).age_seconds == 0
