"""Receipts on the wire, and the one that an answer's envelope points to."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256

import pytest

from store.receipts import issue
from tests.api.reconciled import comparison
from tests.api.world import World, scope_id

RECEIPTS = f"/v1/scopes/{scope_id('web')}/receipts"


async def test_a_scope_s_receipts_are_followed_from_the_newest_to_the_first(world: World) -> None:
    async with world.client("viewer") as client:
        first = await client.get(f"{RECEIPTS}?limit=1")
        second = await client.get(first.json()["next"]["link"])
        table = await client.get(f"{RECEIPTS}?format=csv&limit=1")
    [newest], [oldest] = first.json()["data"], second.json()["data"]
    assert (newest["number"], oldest["number"], second.json()["next"]) == (2, 1, None)
    assert newest["previous"] == oldest["hash"]
    assert newest["hash"] == sha256(newest["body"].encode()).hexdigest()
    assert (newest["differences"], newest["complete"]) == ({"missed": 1}, True)
    assert 'rel="next"' in table.headers["link"]
    assert "body" not in table.text.splitlines()[0]
    assert table.headers["x-tspmo-receipt"] == newest["id"]


async def test_the_envelope_points_to_the_receipt_of_the_scope_compared_longest_ago(fresh: World) -> None:
    async with fresh.client("pmo") as client:
        one = (await client.get("/v1/projects/website")).json()["meta"]["receipt"]
        both = (await client.get("/v1/projects/digital")).json()["meta"]["receipt"]
        some = (await client.get("/v1/projects/all")).json()["meta"]["receipt"]
        said = (await client.get(f"/v1/receipts/{both}")).json()["data"]
        assert (one, both) == (fresh.receipts["web"].id, fresh.receipts["APP"].id)
        assert some is None, "the scope of operations was never compared"
        assert (said["complete"], said["reason"]) == (False, "The census was cut.")
        tag = (await client.get("/v1/projects/digital")).headers["etag"]
        night = fresh.time.clock() + timedelta(days=1)
        await issue(fresh.store, comparison(scope_id("APP"), night, reconciliation_id="issues at night"))
        after = await client.get("/v1/projects/digital", headers={"If-None-Match": tag})
    assert after.json()["meta"]["receipt"] == fresh.receipts["web"].id


async def test_reconciliations_sum_the_scopes_that_one_may_see(world: World) -> None:
    async with world.client("viewer") as client:
        found = {one["id"]: one for one in (await client.get("/v1/reconciliations")).json()["data"]}
    boards, issues = found["boards at night"], found["issues at night"]
    assert (boards["complete"], boards["partial"], boards["differences"]) == (2, 0, {"missed": 2})
    assert (issues["complete"], issues["partial"], issues["state"]) == (0, 1, "partial")


@pytest.mark.parametrize("path", ["/v1/scopes/nowhere/receipts", "/v1/receipts/nothing"])
async def test_what_is_not_there_or_not_to_be_seen_is_missing(world: World, path: str) -> None:
    async with world.client("pmo") as client:
        said = await client.get(path)
        other = await client.get(f"/v1/scopes/{scope_id('red')}/receipts")
    assert (said.status_code, other.status_code) == (404, 404)
    assert "that you may see" in said.json()["detail"]


async def test_a_cursor_of_another_scope_is_refused(world: World) -> None:
    async with world.client("pmo") as client:
        cursor = (await client.get(f"{RECEIPTS}?limit=1")).json()["next"]["cursor"]
        said = await client.get(f"/v1/scopes/{scope_id('APP')}/receipts?cursor={cursor}")
    assert (said.status_code, said.json()["type"]) == (400, "urn:tspmo:problem:bad-cursor")
