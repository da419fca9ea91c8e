"""A moved item stays the same item: another key and place, its old key finds it, nothing is made twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from sandbox.story import Home
from tests.asks.listening import listening
from tests.asks.town import failed, town

FEED = "/v1/changes?limit=500"


def stands_alone(item: dict[str, Any], parents: set[str]) -> bool:
    """In Asana whatever hangs on a task goes with it, or stays behind."""
    return item["parent_id"] is None and item["id"] not in parents and len(item["placements"]) == 1


@pytest.mark.parametrize("tracker", ["jira_cloud", "jira_dc", "trello", "asana"])
async def test_ask_14_a_moved_item_keeps_its_identity(tracker: Home) -> None:
    async with town(tracker, items=100) as made:
        assert failed(await made.sync()) == []
        target = made.scopes(tracker)[1]
        items = await made.items()
        parents = {item["parent_id"] for item in items.values()}
        task = next(
            id for id in made.tasks(tracker) if tracker != "asana" or stands_alone(items[id], parents)
        )
        before = items[task]
        level = len(await made.shown("/v1/items?limit=500&presence=present&presence=archived"))
        made.time.now += timedelta(minutes=1)
        told = made.edit("move", task=task, project=target["slug"])
        made.time.now += timedelta(minutes=1)
        assert failed(await made.sync()) == []
        after = (await made.items())[task]
        assert after["id"] == before["id"]
        assert after["presence"] == "present"
        assert after["scope"] != before["scope"]
        assert len(await made.items()) == level
        if told["former_key"] and tracker.startswith("jira"):
            assert told["former_key"] in after["former_keys"]
            assert after["remote_key"] == told["key"] != told["former_key"]
        assert await made.differences() == []


@pytest.mark.parametrize("tracker", ["jira_cloud", "jira_dc", "trello"])
async def test_ask_14_a_move_that_a_webhook_tells_of_is_a_change_of_place(tracker: Home) -> None:
    async with listening(tracker) as made:
        town = made.town
        assert failed(await town.sync()) == []
        assert (await made.watch()).errors == []
        await made.heard()
        task, target = town.tasks(tracker)[0], town.scopes(tracker)[1]
        items, level = await town.items(), (await town.answer(FEED))["next"]["cursor"]
        town.time.now += timedelta(minutes=1)
        told = town.edit("move", task=task, project=target["slug"])
        assert (await made.heard()).error is None
        moved = await town.items()
        before, after = items[task], moved[task]
        assert (after["id"], after["presence"]) == (before["id"], "present")
        assert after["scope"] != before["scope"]
        assert moved.keys() == items.keys()
        if tracker.startswith("jira"):
            assert after["remote_key"] == told["key"] != before["remote_key"]
            assert before["remote_key"] in after["former_keys"]
        events = (await town.answer(f"{FEED}&after={level}"))["data"]
        assert task in {one["remote_id"] for one in events}
        assert {one["kind"] for one in events} == {"modified"}
        assert await made.differences() == []
