"""A changed filter is absorbed: read anew by itself, what it leaves out is not taken for deleted."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from sandbox.story import Home
from tests.asks.town import Town, failed, town

ALL = "limit=500&presence=present&presence=archived&presence=filtered_out&presence=gone"


async def presences(made: Town) -> dict[str, str]:
    return {item["remote_id"]: item["presence"] for item in await made.shown(f"/v1/items?{ALL}")}


async def settle(made: Town) -> list[str]:
    """A sync some time later; answers its notes."""
    made.time.now += timedelta(minutes=20)
    reports = await made.sync()
    assert failed(reports) == []
    return [note for report in reports for scope in report.scopes for note in scope.notes]


@pytest.mark.parametrize("tracker", ["jira_cloud", "jira_dc"])
async def test_ask_19_a_changed_filter_needs_no_manual_step(tracker: Home) -> None:
    async with town(tracker, items=100) as made:
        assert failed(await made.sync()) == []
        everything = await made.items()
        label, _ = Counter(one for item in everything.values() for one in item["labels"]).most_common()[0]
        labelled = {id for id, item in everything.items() if label in item["labels"]}
        left_out = set(everything) - labelled
        assert left_out

        made.more[tracker] = {"filter": f'labels = "{label}"'}
        notes = await settle(made)
        assert notes
        assert all("filter" in note and "read anew" in note for note in notes)
        after = await presences(made)
        assert {id for id, presence in after.items() if presence == "filtered_out"} == set(
            everything
        ) - labelled
        assert {id for id in after if after[id] == "present"} == {
            id for id in labelled if everything[id]["presence"] == "present"
        }
        assert await settle(made) == []

        made.more[tracker] = {}
        assert await settle(made)
        assert await made.differences() == []
