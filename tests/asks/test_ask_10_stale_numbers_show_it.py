"""What never worked is late within one target period, by what is configured and not by what once worked."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

import pytest

from sync.freshness import watch_freshness
from tests.asks.town import Town, failed, town

TARGET = timedelta(hours=1)
PROBE = timedelta(minutes=15)
NOWHERE = "http://127.0.0.1:1"


async def probed(made: Town, for_so_long: timedelta) -> list[datetime]:
    """When a probe, which there is every quarter of an hour, raised something or told its end."""
    end, raised = made.time.now + for_so_long, []
    while made.time.now < end:
        made.time.now += PROBE
        if await watch_freshness(made.store, made.time.clock):
            raised.append(made.time.now)
    return raised


async def freshness(made: Town, path: str = "/v1/portfolio") -> dict[str, Any]:
    told: dict[str, Any] = (await made.answer(path))["meta"]["freshness"]
    return told


async def test_ask_10_a_connection_that_never_works_raises_within_one_target_period(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with town("trello", "jira_cloud") as made:
        made.more["trello"] = {"base_url": NOWHERE}
        begun = made.time.now
        [error] = failed(await made.sync())
        assert "127.0.0.1" in error
        assert (await freshness(made))["late"] == 0, "it may still come"

        raised = await probed(made, 2 * TARGET)
        assert begun + TARGET < raised[0] <= begun + TARGET + PROBE
        [late] = [one for one in await made.shown("/v1/findings") if one["kind"] == "late"
                  and one["connection"] == "trello"]  # fmt: skip
        assert late["subject"] == "trello"
        assert "127.0.0.1" in late["detail"]
        told = await freshness(made)
        assert (told["fresh"], told["late"] >= 1) == (False, True)
        lines = [one.getMessage() for one in caplog.records if "trello: trello is late" in one.getMessage()]
        assert len(lines) == 1, "an outage is logged once"


async def test_ask_10_its_end_is_told_once_and_what_was_read_in_time_was_never_late(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "tspmo")
    async with town("trello") as made:
        made.more["trello"] = {"base_url": NOWHERE}
        await made.sync()
        assert len(await probed(made, 2 * TARGET)) == 1
        del made.more["trello"]
        assert failed(await made.sync()) == []
        assert (await freshness(made))["fresh"]
        assert await probed(made, PROBE) == [made.time.now]
        assert await probed(made, TARGET - 2 * PROBE) == []
        ends = [one.getMessage() for one in caplog.records if "late no more" in one.getMessage()]
        assert len(ends) == 1
