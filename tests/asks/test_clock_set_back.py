"""A tracker whose clock was ahead, and is put right: what changes then looks older than what was read."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sandbox.story import Home
from tests.asks.town import Town, failed, town


async def notes(made: Town) -> list[str]:
    """Of a sync some time later."""
    made.time.now += timedelta(minutes=20)
    reports = await made.sync()
    assert failed(reports) == []
    return [note for report in reports for scope in report.scopes for note in scope.notes]


@pytest.mark.parametrize("tracker", ["jira_cloud", "jira_dc", "asana", "trello"])
async def test_a_clock_that_was_set_back_hides_no_change(tracker: Home) -> None:
    async with town(tracker) as made:
        assert await notes(made) == []
        one, other, *_ = made.tasks(tracker)
        made.sandbox.faults.start(tracker, "clock_skew", hours=5)
        made.edit("set", task=one, fields={"title": "By a clock that is ahead"})
        assert await notes(made) == []
        made.sandbox.faults.stop(tracker, "clock_skew")
        made.edit("set", task=other, fields={"title": "By a clock that is right"})
        assert any("set back" in note and "read anew" in note for note in await notes(made))
        assert await made.differences() == []
        assert await notes(made) == []
