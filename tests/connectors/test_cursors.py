"""Cursors: what was sealed is opened again, and anything else is refused in a sentence."""

from __future__ import annotations

import json

import pytest

from connectors.cursors import opened, plan_of, sealed
from connectors.errors import StaleCursor

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
