"""The account's time zone changes nothing: the same feed gives the same store at UTC-11, UTC and UTC+14."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from sandbox.story import Home
from tests.asks.town import Town, failed, town

ZONES = ("Pacific/Pago_Pago", "UTC", "Pacific/Kiritimati")
OURS = {"read_at", "written_at", "provenance", "presence_since"}
"""When we did something, not what the tracker says."""


async def feed(made: Town, tracker: Home) -> None:
    """Three runs of changes around midnight, each read as soon as it happened."""
    assert failed(await made.sync()) == []
    for hours in (1, 9, 7):
        made.time.now += timedelta(hours=hours)
        tasks = made.tasks(tracker)
        made.edit("set", task=tasks[0], fields={"title": f"After {hours} hours", "due": "2026-03-03"})
        made.edit("set", task=tasks[1], fields={"stage": "done"})
        made.edit("create", project=made.scopes(tracker)[0]["slug"], title=f"Made after {hours} hours")
        made.time.now += timedelta(seconds=1)
        reports = await made.sync()
        assert failed(reports) == []
        assert {scope.kind for report in reports for scope in report.scopes} == {"incremental"}
        assert sum(scope.items for report in reports for scope in report.scopes) >= 2
        assert await made.differences() == []


def told(items: dict[str, Any]) -> dict[str, Any]:
    return {
        id: {name: value for name, value in item.items() if name not in OURS} for id, item in items.items()
    }


@pytest.mark.parametrize("tracker", ["jira_cloud", "jira_dc"])
async def test_ask_05_the_same_feed_gives_the_same_store_in_every_zone(tracker: Home) -> None:
    stores = []
    for zone in ZONES:
        async with town(tracker, account_zone=zone) as made:
            await feed(made, tracker)
            stores.append(told(await made.items()))
    assert len(stores[0]) > 30
    assert stores[0] == stores[1] == stores[2]
