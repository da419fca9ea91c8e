"""Deleted work is gone after one reconciliation, with its history kept, although nobody told of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from sandbox.story import Home
from tests.asks.town import Town, failed, town

WENT = "presence=gone&presence=deleted&include=history"


def receipts(reports: Any) -> list[Any]:
    return [scope.receipt for report in reports for scope in report.scopes]


def leaf(made: Town, items: dict[str, Any], tracker: str) -> str:
    """An item on which nothing hangs, with a past."""
    parents = {one["parent_id"] for one in items.values()}
    there = set(made.tasks(tracker))
    fitting = [id for id, one in items.items() if id in there and one["id"] not in parents]
    return max(fitting, key=lambda id: len(items[id]["history"] or ()))


@pytest.mark.parametrize("tracker", ["jira_cloud", "jira_dc", "asana", "trello", "smartsheet"])
async def test_ask_01_deleted_work_is_gone_after_one_reconciliation(tracker: Home) -> None:
    async with town(tracker, items=100) as made:
        assert failed(await made.sync()) == []
        items = await made.items()
        task = leaf(made, items, tracker)
        made.time.now += timedelta(minutes=5)
        made.edit("delete", task=task)
        made.time.now += timedelta(minutes=5)
        found = receipts(await made.reconcile())
        assert all(one.complete for one in found)
        assert sum(one.differences.get("gone", 0) + one.differences.get("deleted", 0) for one in found) == 1
        (went,) = await made.shown(f"/v1/items?limit=500&{WENT}")
        assert went["remote_id"] == task
        assert went["title"] == items[task]["title"]
        past = items[task]["history"]
        assert [one["field"] for one in went["history"] if one not in past] == ["presence"]
        assert len(went["history"]) == len(past) + 1
        assert await made.differences() == []
