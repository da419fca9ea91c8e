"""The burst limit, on a clock that stands still until it is moved."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

from sandbox.jira_cloud import CREDENTIALS, app
from sandbox.jira_cloud_desk import BURST
from sandbox.options import SandboxOptions
from sandbox.seed import write_story
from sandbox.world import World, clock_for
from tests.sandbox.jira_reader import API, TODAY


@dataclass
class Ticks:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@asynccontextmanager
async def asking(ticks: Ticks, *, budgets: bool = True) -> AsyncIterator[httpx.AsyncClient]:
    world = World(write_story(7, 60, TODAY), clock_for(TODAY))
    transport = httpx.ASGITransport(app(world, SandboxOptions(budgets=budgets), ticks))
    auth = (CREDENTIALS["email"], CREDENTIALS["token"])
    async with httpx.AsyncClient(transport=transport, base_url="http://jira", auth=auth) as http:
        yield http


async def test_the_burst_is_limited_per_endpoint_and_fills_up_again() -> None:
    ticks = Ticks()
    async with asking(ticks) as http:
        answers = [await http.get(f"{API}/issue/NET-{n}") for n in range(BURST)]
        assert 429 not in {answer.status_code for answer in answers}
        limited = await http.get(f"{API}/issue/NET-1")
        assert limited.status_code == 429
        assert limited.headers["retry-after"] == "1"
        assert limited.headers["ratelimit-reason"] == "jira-burst-based"
        assert limited.headers["x-ratelimit-limit"] == str(BURST)
        assert limited.headers["x-ratelimit-remaining"] == "0"
        assert (await http.get(f"{API}/field")).status_code == 200
        ticks.now = 0.01
        assert (await http.get(f"{API}/issue/NET-1")).status_code == 200
        assert (await http.get(f"{API}/issue/NET-1")).status_code == 429


async def test_without_budgets_there_is_no_limit() -> None:
    async with asking(Ticks(), budgets=False) as http:
        assert {(await http.get(f"{API}/field")).status_code for _ in range(BURST + 5)} == {200}
