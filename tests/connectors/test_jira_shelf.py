"""What is kept for every project of a Jira site."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from connectors.errors import Unavailable
from connectors.jira_shelf import KEPT, Shelf
from tests.faketime import FakeTime


async def test_what_several_ask_for_at_once_is_read_once_and_again_when_it_is_old() -> None:
    time, reads = FakeTime(), list[int]()
    shelf = Shelf(time.clock)

    async def read() -> int:
        await asyncio.sleep(0)
        reads.append(len(reads))
        return reads[-1]

    assert await asyncio.gather(*(shelf.get("fields", read) for _ in range(5))) == [0] * 5
    time.now += KEPT
    assert await shelf.get("fields", read) == 0
    assert await shelf.get("statuses", read) == 1
    time.now += timedelta(seconds=1)
    assert await shelf.get("fields", read) == 2


async def test_a_failure_is_not_kept() -> None:
    shelf, told = Shelf(FakeTime().clock), iter(["down", "up"])

    async def read() -> str:
        if (state := next(told)) == "down":
            raise Unavailable("Jira is down.")
        return state

    with pytest.raises(Unavailable):
        await shelf.get("fields", read)
    assert await shelf.get("fields", read) == "up"
