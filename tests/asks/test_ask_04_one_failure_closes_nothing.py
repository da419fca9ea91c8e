"""A single fault, at whatever request of a reconciliation, buries no item, and the next one is complete."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import cycle, islice
from typing import Any

import pytest

from sandbox.story import Home
from tests.asks.town import Town, failed, town
from tests.contract.cases import CASES

SMALL = {case.name: {**case.small} for case in CASES}
SMALL["smartsheet"].pop("history")  # the truth of the story has no history of cells
FAULTS: tuple[Any, ...] = (
    *("cut", "html", "drop", "empty", "half", "shape"),
    *({"status": status, "body": {"error": "no"}} for status in (401, 403, 404, 500)),
    {"status": 429, "headers": {"retry-after": "7200"}, "body": {"error": "wait"}},
    {"status": 200, "body": []},
)
ROUNDS = 4
TRACKERS: tuple[Home, ...] = ("jira_cloud", "jira_dc", "asana", "trello", "smartsheet")
NOT_THERE = "presence=gone&presence=deleted&presence=moved_out&presence=filtered_out"


def rounds(tracker: Home) -> Iterator[tuple[int, Any, int]]:
    """The number of the request that fails, how, and how many after it do: other faults on each tracker, once
    and for good, at requests that are spread over a reconciliation."""
    first = TRACKERS.index(tracker)
    faults = islice(cycle(FAULTS), first * 5, first * 5 + ROUNDS)
    for n, (fault, times) in enumerate(zip(faults, cycle((1, 10_000, 1)), strict=False)):
        yield first + 11 * n, fault, times


async def buried(made: Town) -> set[str]:
    return {one["remote_id"] for one in await made.shown(f"/v1/items?limit=500&{NOT_THERE}")}


@pytest.mark.parametrize("tracker", TRACKERS)
async def test_ask_04_one_failure_closes_nothing(tracker: Home) -> None:
    async with town(tracker, items=60) as made:
        made.more[tracker] = SMALL[tracker]
        assert failed(await made.sync()) == []
        for skip, fault, times in rounds(tracker):
            made.edit("delete", task=made.tasks(tracker)[-1])
            made.time.now += timedelta(hours=5)
            made.sandbox.fail_next(tracker, ".*", fault, times=times, skip=skip)
            await made.reconcile()
            made.sandbox.wires[tracker].planned.clear()
            there = {item["id"] for scope in made.scopes(tracker) for item in scope["items"]}
            assert await buried(made) & there == set(), (skip, fault, times)
        made.time.now += timedelta(hours=5)
        reports = await made.reconcile()
        assert all(one.receipt and one.receipt.complete for report in reports for one in report.scopes)
        assert await made.differences() == []
