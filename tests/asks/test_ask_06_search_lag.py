"""A search that hides each write for up to three minutes loses nothing, however the runs fall."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sandbox.story import Home
from tests.asks.town import failed, town

LAG = timedelta(seconds=180)
RUNS = 8


@pytest.mark.parametrize("tracker", ["jira_cloud", "jira_dc"])
async def test_ask_06_nothing_is_lost_to_a_search_that_lags(tracker: Home) -> None:
    async with town(tracker, items=100, search_lag=LAG) as made:
        assert failed(await made.sync()) == []
        for run in range(RUNS):
            tasks, slug = made.tasks(tracker), made.scopes(tracker)[0]["slug"]
            for number in range(4):
                task = tasks[(4 * run + number) % len(tasks)]
                made.edit("set", task=task, fields={"title": f"Run {run}, edit {number}"})
                made.time.now += timedelta(seconds=11)
            made.edit("create", project=slug, title=f"Made in run {run}")
            made.edit("delete", task=tasks[-1])
            made.time.now += timedelta(seconds=20)
            assert failed(await made.sync()) == []
        made.time.now += LAG + timedelta(seconds=1)
        assert failed(await made.sync()) == []
        assert await made.differences() == []
