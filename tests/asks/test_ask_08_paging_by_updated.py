"""Items that are edited, moved, deleted, made, restored while pages are read are right after the next run."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sandbox.story import Home
from tests.asks.town import Town, failed, town

TRACKERS: tuple[Home, ...] = ("asana", "jira_cloud", "jira_dc", "smartsheet", "trello")
UNDELETES = ("asana",)
MOVES = ("asana", "jira_cloud", "jira_dc", "trello")


def named(made: Town, tracker: Home) -> set[str]:
    """The ends of all links. A task that is deleted and restored within one reading may be missed by whoever
    depends on it and was read in between: Asana tells neither as a change of that one."""
    return {
        end
        for scope in made.scopes(tracker)
        for item in scope["items"]
        for link in item["links"]
        for end in link[1:3]
    }


def busy(made: Town, tracker: Home) -> None:
    """People who work while we read: after every request something else happens."""
    tasks, other = made.tasks(tracker), made.scopes(tracker)[1]["slug"]
    gone: list[str] = []
    linked = named(made, tracker) if tracker in UNDELETES else set[str]()

    def work(number: int) -> None:
        made.time.now += timedelta(seconds=2)
        there = made.tasks(tracker)
        task = tasks[number % len(tasks)]
        match number % 4:
            case 0 if task in there:
                made.edit("set", task=task, fields={"title": f"Edited at request {number}"})
            case 1 if task in there and tracker in MOVES:
                made.edit("move", task=task, project=other)
            case 2 if task in there and task not in linked and number < 60:
                made.edit("delete", task=task)
                gone.append(task)
            case 3 if gone and tracker in UNDELETES:
                made.edit("undelete", task=gone.pop(0))
            case 3 if number < 60:
                made.edit("create", project=other, title=f"Made at request {number}")

    made.between(tracker, work)


@pytest.mark.parametrize("tracker", TRACKERS)
async def test_ask_08_the_store_is_the_truth_after_the_next_run(tracker: Home) -> None:
    async with town(tracker, items=120) as made:
        busy(made, tracker)
        assert failed(await made.sync()) == []
        made.between(tracker, None)
        made.time.now += timedelta(minutes=10)
        assert failed(await made.sync()) == []
        assert await made.differences() == []
        busy(made, tracker)  # and once more while only changes are read
        assert failed(await made.sync()) == []
        made.between(tracker, None)
        made.time.now += timedelta(minutes=10)
        assert failed(await made.sync()) == []
        assert await made.differences() == []
