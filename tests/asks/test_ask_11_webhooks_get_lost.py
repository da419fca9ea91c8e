"""Webhooks get lost, doubled, shuffled and forged: what arrives is seen at once, a reconciliation finds the
rest, and how much was lost is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from sandbox.story import Home
from store.hearings import hearings_of
from store.watches import watches_of
from tests.asks.listening import Listening, listening
from tests.asks.town import failed

TRACKERS: Sequence[Home] = ("jira_cloud", "jira_dc", "asana", "trello", "smartsheet")
EDITS = 12


def edit(made: Listening, number: int) -> None:
    """One of several kinds, of one item after the other."""
    town = made.town
    tasks, slug = town.tasks(made.tracker), town.scopes(made.tracker)[0]["slug"]
    task = tasks[number % len(tasks)]
    if number % 6 == 4:
        town.edit("create", project=slug, title=f"New {number}")
    elif number % 6 == 5:
        town.edit("delete", task=task)
    else:
        town.edit("set", task=task, fields={"title": f"At {town.time.now}"})


@pytest.mark.parametrize("tracker", TRACKERS)
async def test_ask_11_what_is_told_is_seen_and_what_is_lost_is_found_by_a_reconciliation(
    tracker: Home,
) -> None:
    async with listening(tracker) as made:
        faults = made.town.sandbox.faults
        assert failed(await made.town.sync()) == []
        assert (await made.watch()).errors == []
        await made.heard()
        for number in range(EDITS):
            made.town.time.now += timedelta(seconds=30)
            edit(made, number)
        await made.heard()
        assert await made.differences() == []
        assert await made.reconcile() == []
        for name, rate in {"webhook_lost": 0.3, "webhook_doubled": 0.2, "webhook_shuffled": 0.3}.items():
            faults.start(tracker, name, rate=rate, seed=11)
        faults.start(tracker, "webhook_forged", rate=1, times=5)
        for number in range(EDITS):
            made.town.time.now += timedelta(seconds=30)
            edit(made, number)
            if number % 4 == 3:
                await made.heard()
        faults.stop(tracker, "webhook_lost")
        faults.start(tracker, "webhook_lost", rate=1)
        edit(made, 0)
        await made.heard()
        assert await made.differences() != []
        made.town.time.now += timedelta(minutes=5)
        assert await made.reconcile() == []
        assert await made.differences() == []
        heard = await hearings_of(made.inbox, [tracker])
        assert sum(one.lost for one in heard) > 0
        assert sum(one.heard for one in heard) > 0
        (*_, watch) = kept = await watches_of(made.inbox, [tracker])
        assert bool(sum(one.refused for one in kept)) == bool(watch.secret)
