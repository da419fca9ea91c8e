"""Cursors: what was sealed is opened again, and anything else is refused in a sentence."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from connectors.cursors import BELIEVED, RESTED, Listing, opened, plan_of, sealed
from connectors.errors import StaleCursor
from tests.faketime import START

PLAN = plan_of({"filter": "labels = x", "history": True})


def test_a_cursor_survives_being_kept_as_json() -> None:
    kept = json.loads(json.dumps(sealed("x.since.1", PLAN, {"updated": 7, "seen": ["a"]})))
    assert opened("x.since.1", PLAN, kept) == {"updated": 7, "seen": ["a"]}


@pytest.mark.parametrize("kept", [{}, {"updated": 7}, {"form": "x.since.0", "plan": PLAN}, {"form": None}])
def test_a_cursor_of_another_version_is_refused_in_a_sentence(kept: dict[str, object]) -> None:
    with pytest.raises(StaleCursor, match="another version"):
        opened("x.since.1", PLAN, kept)


def test_a_changed_filter_is_told_apart_from_another_version() -> None:
    kept = sealed("x.since.1", plan_of({"filter": "", "history": True}), {})
    with pytest.raises(StaleCursor, match="changed in the configuration"):
        opened("x.since.1", PLAN, kept)


def listing(body: dict[str, object], *, rested: timedelta = RESTED) -> Listing:
    made = Listing()
    made.note("s", body, START - rested, START)
    return made


def test_a_scope_is_unchanged_where_a_fresh_list_tells_the_same_again() -> None:
    mark = listing({"name": "A"}).mark("s")
    assert mark is not None
    assert listing({"name": "A"}).unchanged("s", mark, START + BELIEVED)
    assert not listing({"name": "A"}).unchanged("s", mark, START + BELIEVED + timedelta(seconds=1))
    assert not listing({"name": "A"}).unchanged("s", mark, None)
    assert not listing({"name": "B"}).unchanged("s", mark, START)
    assert not listing({"name": "A"}).unchanged("other", mark, START)
    assert not listing({"name": "A"}).unchanged("s", None, START)


def test_a_scope_that_has_not_rested_has_no_mark_and_is_never_unchanged() -> None:
    made = listing({"name": "A"}, rested=RESTED - timedelta(seconds=1))
    assert made.mark("s") is None
    assert not made.unchanged("s", None, START)
    made.note("t", {}, None, START)
    made.note("u", {}, START, None)
    assert (made.mark("t"), made.mark("u")) == (None, None)


def test_the_last_list_counts() -> None:
    made = listing({"name": "A"})
    made.note("s", {"name": "A"}, START, START)
    assert made.mark("s") is None
