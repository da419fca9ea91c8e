"""How old what we hold is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from portfolio.freshness import Coverage, Reach, freshness

READ = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
ALL = Coverage(scopes=1, complete=1, hidden=0, expected=0, restricted=0)
WEB = Reach(as_of=READ, oldest_scope="web", target_seconds=900, late=0, coverage=ALL)


def test_the_age_is_of_the_least_recent_scope_and_beside_it_stands_its_target() -> None:
    found = freshness(WEB, READ + timedelta(seconds=300))
    assert (found.age_seconds, found.target_seconds, found.oldest_scope) == (300, 900, "web")
    assert found.fresh


def test_one_late_scope_makes_the_whole_not_fresh() -> None:
    found = freshness(replace(WEB, late=1), READ)
    assert (found.age_seconds, found.late, found.fresh) == (0, 1, False)


def test_what_was_never_read_has_no_age_and_is_not_fresh() -> None:
    found = freshness(replace(WEB, as_of=None, oldest_scope=None), READ)
    assert (found.age_seconds, found.late, found.fresh) == (None, 0, False)


def test_no_age_is_below_zero() -> None:
    assert freshness(WEB, READ - timedelta(hours=5)).age_seconds == 0
