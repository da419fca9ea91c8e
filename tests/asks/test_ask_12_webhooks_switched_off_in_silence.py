"""A webhook that was switched off in silence is found by the next probe, made again, and what it missed is
read."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sandbox.story import Home
from store.watches import watches_of
from sync.watching import DUE
from tests.asks.listening import listening
from tests.asks.town import failed


@pytest.mark.parametrize("tracker", ["jira_cloud", "smartsheet"])
async def test_ask_12_what_a_silent_webhook_missed_is_there_after_the_next_probe(tracker: Home) -> None:
    """One covers a connection here, and one a sheet there; what the tracker does is the contract's matter."""
    async with listening(tracker) as made:
        assert failed(await made.town.sync()) == []
        await made.watch()
        await made.heard()
        await made.silence()
        task = made.town.tasks(tracker)[0]
        made.town.time.now += timedelta(minutes=1)
        made.town.edit("set", task=task, fields={"title": "Nobody was told"})
        await made.heard()
        assert await made.differences() != []
        made.town.time.now += DUE
        watched = await made.watch()
        assert (watched.errors, watched.made) == ([], len(await watches_of(made.inbox, [tracker])))
        await made.heard()
        assert await made.differences() == []
        made.town.time.now += timedelta(minutes=1)
        made.town.edit("set", task=task, fields={"title": "Told again"})
        await made.heard()
        assert await made.differences() == []
