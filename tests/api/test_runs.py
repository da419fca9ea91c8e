"""Runs while they are under way, and the word that ends one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from store.put import Batch, put
from store.runs import Ending, begin, cancel_asked, finish, wait
from tests.api.test_errors import problem
from tests.api.world import World, scope_id
from tests.store.kit import item, other, reading


async def under_way(world: World, kind: str = "full", expected: int | None = 30) -> str:
    """A reading of ``web`` that brought ten items in a quarter of a minute."""
    now = world.time.clock()
    run = await begin(world.store, kind, "boards", scope_id("web"), now)
    world.time.now += timedelta(seconds=15)
    read = [reading(item(str(n), "web")) for n in range(10)] + [other("account", "a")]
    batch = Batch(
        scope_id=scope_id("web"), run_id=run, connection="boards", records=[one.record for one in read],
        normalised=[one.became for one in read], now=now, started_at=now, expected=expected,
    )  # fmt: skip
    await put(world.store, batch)
    return run


async def shown(world: World, run: str, key: str = "viewer") -> dict[str, Any]:
    async with world.client(key) as client:
        found: dict[str, Any] = (await client.get(f"/v1/runs/{run}")).json()["data"]
    return found


async def test_a_run_under_way_says_how_far_it_is_how_fast_and_how_long_it_will_take(fresh: World) -> None:
    run = await under_way(fresh)
    found = await shown(fresh, run)
    told = {name: found[name] for name in ("state", "items", "expected", "rate", "eta_seconds")}
    assert told == {"state": "running", "items": 10, "expected": 30, "rate": 0.67, "eta_seconds": 30}
    await wait(fresh.store, run, fresh.time.now + timedelta(minutes=5))
    found = await shown(fresh, run)
    assert (found["state"], found["eta_seconds"]) == ("waiting", 300)
    assert found["waiting_until"] == "2026-03-02T09:20:15Z"
    await finish(fresh.store, run, Ending("done"), fresh.time.now)
    found = await shown(fresh, run)
    assert (found["state"], found["rate"], found["eta_seconds"]) == ("done", None, None)


async def test_where_the_tracker_does_not_say_how_much_there_is_nobody_guesses(fresh: World) -> None:
    found = await shown(fresh, await under_way(fresh, expected=None))
    assert (found["rate"], found["expected"], found["eta_seconds"]) == (0.67, None, None)


@pytest.mark.parametrize(
    ("query", "states"),
    [
        ("state=running", {"running"}),
        ("state=waiting", {"waiting"}),
        ("state=running&state=waiting", {"running", "waiting"}),
        ("state=running&connection=issues", {"running"}),
        ("connection=issues", {"running", "done"}),
        ("state=abandoned", set()),
    ],
)
async def test_runs_are_chosen_by_state_and_connection(fresh: World, query: str, states: set[str]) -> None:
    await wait(fresh.store, await under_way(fresh), fresh.time.now + timedelta(minutes=5))
    await begin(fresh.store, "full", "issues", scope_id("APP"), fresh.time.now)
    async with fresh.client("pmo") as client:
        found = (await client.get(f"/v1/runs?{query}")).json()["data"]
    assert {run["state"] for run in found} == states
    if "connection" in query:
        assert {run["connection"] for run in found} == {"issues"}


async def test_a_run_under_way_is_cancelled_once_by_the_office(fresh: World) -> None:
    run = await under_way(fresh)
    assert (await shown(fresh, run))["cancellable"]
    async with fresh.client("pmo") as client:
        answer = await client.post(f"/v1/runs/{run}/cancel")
        assert answer.status_code == 202
        assert answer.headers["location"] == f"/v1/runs/{run}"
        asked = answer.json()["data"]
        assert (asked["cancel_asked_at"], asked["cancellable"]) == ("2026-03-02T09:15:15Z", False)
        fresh.time.now += timedelta(minutes=1)
        assert (await client.post(f"/v1/runs/{run}/cancel")).json()["data"]["cancel_asked_at"] == asked[
            "cancel_asked_at"
        ]
    assert await cancel_asked(fresh.store, run)
    assert not await cancel_asked(fresh.store, await under_way(fresh))


async def test_who_may_not_cancel_and_what_cannot_be_cancelled(fresh: World) -> None:
    run = await under_way(fresh)
    replay = await under_way(fresh, "replay")
    async with fresh.client("app lead") as lead, fresh.client("admin") as admin:
        assert (
            "pmo or admin" in problem(await lead.post(f"/v1/runs/{run}/cancel"), 403, "forbidden")["detail"]
        )
        said = problem(await admin.post(f"/v1/runs/{replay}/cancel"), 409, "conflict")
        assert "(replay) is running" in said["detail"]
        await finish(fresh.store, run, Ending("done"), fresh.time.now)
        said = problem(await admin.post(f"/v1/runs/{run}/cancel"), 409, "conflict")
        assert "is done" in said["detail"]
        problem(await admin.post("/v1/runs/none/cancel"), 404, "not-found")
        problem(await admin.get("/v1/runs/none"), 404, "not-found")


async def test_a_run_of_a_scope_that_one_may_not_see_is_not_there(fresh: World) -> None:
    run = await begin(fresh.store, "full", "boards", scope_id("red"), fresh.time.now)
    async with fresh.client("pmo") as office, fresh.client("admin") as admin:
        problem(await office.get(f"/v1/runs/{run}"), 404, "not-found")
        problem(await office.post(f"/v1/runs/{run}/cancel"), 404, "not-found")
        assert (await admin.get(f"/v1/runs/{run}")).status_code == 200
