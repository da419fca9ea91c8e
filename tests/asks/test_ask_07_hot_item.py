"""An item that changes between every two requests is current after each run."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sandbox.story import Home
from tests.asks.town import Town, failed, town

TRACKERS: tuple[Home, ...] = ("asana", "jira_cloud", "jira_dc", "smartsheet", "trello")
RUNS = 4


class Heat:
    """Edits one item after every answer, and counts how often."""

    def __init__(self, made: Town, tracker: Home, task: str) -> None:
        self.made, self.task, self.edits = made, task, 0
        made.between(tracker, lambda _: self.edit())

    def edit(self) -> None:
        self.edits += 1
        self.made.time.now += timedelta(seconds=1)
        self.made.edit("set", task=self.task, fields={"title": f"Edit {self.edits}"})


@pytest.mark.parametrize("tracker", TRACKERS)
async def test_ask_07_a_hot_item_is_current_after_each_run(tracker: Home) -> None:
    async with town(tracker) as made:
        task = made.tasks(tracker)[0]
        heat = Heat(made, tracker, task)
        for _ in range(RUNS):
            begun = heat.edits
            assert failed(await made.sync()) == []
            shown = int((await made.items())[task]["title"].removeprefix("Edit "))
            assert begun <= shown <= heat.edits
            made.time.now += timedelta(minutes=16)
        made.between(tracker, None)
        made.time.now += timedelta(minutes=16)
        assert failed(await made.sync()) == []
        assert await made.differences() == []
