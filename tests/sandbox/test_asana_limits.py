"""Asana's rate limits where a test of one request after the other does not reach them."""

from __future__ import annotations

import asyncio

import httpx

from sandbox import asana
from sandbox.asana_budgets import Budgets, Limits
from sandbox.asana_refusals import Refused
from sandbox.options import SandboxOptions
from sandbox.seed import write_story
from sandbox.world import World
from tests.sandbox.asana_reader import BUSY, TODAY, Hands, message, reading


async def test_fifty_requests_are_in_flight_at_most() -> None:
    world = World(write_story(7, 60, TODAY, ("asana",)), Hands())
    transport = httpx.ASGITransport(asana.app(world, SandboxOptions(today=TODAY)))
    headers = {"authorization": f"Bearer {asana.CREDENTIALS['token']}"}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://asana/api/1.0", headers=headers
    ) as http:
        answers = await asyncio.gather(*(http.get("/users/me") for _ in range(70)))
        statuses = [one.status_code for one in answers]
        assert (statuses.count(200), statuses.count(429)) == (50, 20)
        refused = next(one for one in answers if one.status_code == 429)
        assert refused.headers["retry-after"] == "1"
        assert (await http.get("/users/me")).status_code == 200


def test_the_actions_of_a_batch_are_in_flight_together() -> None:
    budgets, now = Budgets(Limits(in_flight=12)), Hands()()
    with budgets.spend(10, now):
        try:
            with budgets.spend(10, now):
                raise AssertionError
        except Refused as refused:
            assert refused.status == 429
        with budgets.spend(2, now):
            pass


def test_a_quota_fills_up_evenly() -> None:
    with reading(budgets=True, clock=(clock := Hands()), limits=Limits(a_minute=60)) as reader:
        assert [reader.ask("users/me").status_code for _ in range(60)] == [200] * 60
        clock.move(seconds=2)
        assert [reader.ask("users/me").status_code for _ in range(3)] == [200, 200, 429]


def test_the_paid_plan_has_1500_a_minute() -> None:
    with reading(budgets=True, clock=Hands()) as reader:
        actions = [{"method": "get", "relative_path": "/users/me"}] * 10
        answers = [reader.batch(*actions).status_code for _ in range(151)]
    assert answers == [200] * 150 + [429]


def test_a_listing_that_is_too_long_is_cut_with_an_error() -> None:
    with reading(limits=Limits(longest=40)) as reader:
        path = f"projects/{reader.id(BUSY)}/tasks"
        offset = reader.get(path, limit=20)["next_page"]["offset"]
        status, said = message(reader.ask(path, limit=20, offset=offset))
        assert status == 400
        assert "truncated" in said
        sections = reader.data(f"projects/{reader.id(BUSY)}/sections")
        found = [task for one in sections for task in reader.all(f"sections/{one['gid']}/tasks", limit=20)]
        whole = {item["id"] for item in reader.scope(BUSY)["items"] if item["parent"] is None}
        assert {one["gid"] for one in found} == whole
