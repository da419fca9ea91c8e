"""A refresh never empties a board: whenever it is cut, readers see the last complete truth."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from sandbox.story import Home
from sync.report import ConnectionReport
from tests.asks.town import Town, failed, town
from tests.contract.cases import CASES

Job = Callable[[Town], Awaitable[list[ConnectionReport]]]
JOBS: dict[str, Job] = {
    "a whole reading": lambda made: made.sync(full=True),
    "a reconciliation": lambda made: made.reconcile(),
}
DOWN = {"status": 503, "body": {"error": "down"}}
SMALL = {case.name: dict(case.small) for case in CASES}


@pytest.mark.parametrize("job", JOBS)
@pytest.mark.parametrize("tracker", ["jira_cloud", "trello"])
async def test_ask_03_readers_see_yesterdays_truth_while_and_after_a_reading_fails(
    tracker: Home, job: str
) -> None:
    async with town(tracker, items=100) as made:
        made.more[tracker] = SMALL[tracker]
        assert failed(await made.sync()) == []
        before = {id: one["title"] for id, one in (await made.items()).items()}
        made.time.now += timedelta(hours=12)
        made.sandbox.fail_next(tracker, ".*", DOWN, times=10_000, skip=7)
        reports = await JOBS[job](made)
        assert failed(reports)
        assert {id: one["title"] for id, one in (await made.items()).items()} == before
        made.sandbox.wires[tracker].planned.clear()
        made.time.now += timedelta(minutes=5)
        assert failed(await JOBS[job](made)) == []
        assert await made.differences() == []
