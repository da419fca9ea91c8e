"""What is held against the truth, by those who look at once."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.asks.town import town
from tests.converge.judge import Judge
from tests.converge.outcome import Outcome
from tests.converge.places import Places
from tests.converge.window import Window, opened


async def test_two_looks_at_once_read_no_event_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Any] = []
    async with town("trello") as made, opened(made) as window:
        judge = Judge(made, Places(made.sandbox.world, made.time), window, Outcome(0))
        judge.look("the first sync")
        await made.sync(full=True)
        news = Window.news

        async def noted(self: Window, after: int) -> tuple[list[Any], int]:
            events, following = await news(self, after)
            read.extend(event["seq"] for event in events)
            return events, following

        monkeypatch.setattr(Window, "news", noted)
        await asyncio.gather(judge.judge(), judge.judge())
    assert read
    assert len(read) == len(set(read))
