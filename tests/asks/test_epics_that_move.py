"""Jira Data Center names an epic by its key. One that moves gets another, of which no change of its issues
tells: they are shown below it all the same, whenever it moves."""

from __future__ import annotations

from datetime import timedelta
from typing import get_args

import pytest

from normalizer.model import Presence
from sync.job import Job, Read
from sync.nightly import Reconcile
from tests.asks.listening import listening
from tests.asks.town import Town, failed, town

TRACKER = "jira_dc"
ANYWHERE = "&".join(f"presence={one}" for one in get_args(Presence))
SMALL = {TRACKER: {"page_size": 12}}
"""So that issues are read by their ids, after they were listed."""
MOMENTS = range(1, 7)
"""By the number of the search after which it moves: among those are the one after the epics were asked for,
and the one after the issues were listed."""


class Epic:
    """One that is named by issues of its project."""

    def __init__(self, made: Town) -> None:
        self.made = made
        largest, self.target, *_ = made.scopes(TRACKER)
        there = {item["id"]: item for item in largest["items"]}
        below = [one for one in there.values() if one["type"] != "subtask" and one["parent"] in there]
        self.id = below[0]["parent"]
        self.issues = [one["id"] for one in below if one["parent"] == self.id]

    def edit_issues(self) -> None:
        self.made.time.now += timedelta(minutes=1)
        for id in self.issues:
            self.made.edit("set", task=id, fields={"title": f"Edited {id}"})

    def move(self) -> None:
        self.made.time.now += timedelta(minutes=1)
        self.made.edit("move", task=self.id, project=self.target["slug"])

    def move_after_search(self, number: int) -> None:
        wire, searches = self.made.sandbox.wires[TRACKER], []

        def act(_: int) -> None:
            if wire.seen[-1].path.endswith("/search"):
                searches.append(wire.seen[-1])
                if len(searches) == number:
                    self.move()

        self.made.between(TRACKER, act)


@pytest.mark.parametrize("moment", MOMENTS)
async def test_an_epic_that_moves_while_all_is_read_keeps_its_issues(moment: int) -> None:
    async with town(TRACKER) as made:
        made.more = SMALL
        epic = Epic(made)
        epic.move_after_search(moment)
        assert failed(await made.sync()) == []
        made.between(TRACKER, None)
        await shown_below(made, epic)


@pytest.mark.parametrize("job", [Read(), Reconcile()])
@pytest.mark.parametrize("moment", MOMENTS)
async def test_an_epic_that_moves_while_changes_are_looked_for_keeps_its_issues(
    moment: int, job: Job
) -> None:
    async with town(TRACKER) as made:
        made.more = SMALL
        assert failed(await made.sync()) == []
        epic = Epic(made)
        epic.edit_issues()
        epic.move_after_search(moment)
        assert failed(await made.run(job)) == []
        made.between(TRACKER, None)
        await shown_below(made, epic)


async def test_an_issue_of_an_epic_that_moved_is_told_of_by_a_webhook() -> None:
    async with listening(TRACKER) as made:
        assert failed(await made.town.sync()) == []
        assert (await made.watch()).errors == []
        await made.heard()
        epic = Epic(made.town)
        epic.move()
        epic.edit_issues()
        assert (await made.heard()).error is None
        await shown_below(made.town, epic)
        assert await made.differences() == []


async def shown_below(made: Town, epic: Epic) -> None:
    """Though the epic itself may be missed by both its projects, until the next sync."""
    items = await made.items(ANYWHERE)
    assert {items[id]["parent_id"] for id in epic.issues} == {items[epic.id]["id"]}
