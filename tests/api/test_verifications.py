"""Verifications on the wire: newest first, each caller sees the differences of the items it may see."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from store.verifications import save_verification
from tests.api.verified import on_boards
from tests.api.world import World

SEEN = {
    "viewer": ["Move the login page"],
    "red viewer": ["Move the login page", "Secret"],
    "app lead": ["Move the login page"],
    "pmo": ["Move the login page", "Only there", "Patch"],
}


@pytest.mark.parametrize("who", SEEN)
async def test_each_sees_what_it_may_and_how_much_it_does_not(world: World, who: str) -> None:
    async with world.client(who) as client:
        (said,) = (await client.get("/v1/connections/boards/verifications")).json()["data"]
    assert [one["title"] for one in said["differences"]] == SEEN[who]
    assert (said["items"], said["fields"], said["differing"], said["unexplained"]) == (8, 80, 4, 3)
    assert said["hidden"] == 4 - len(SEEN[who])


@pytest.mark.parametrize(("who", "seen"), [("viewer", 1), ("app lead", 2), ("pmo", 2)])
async def test_an_item_that_is_restricted_now_is_not_told(world: World, who: str, seen: int) -> None:
    async with world.client(who) as client:
        (said,) = (await client.get("/v1/connections/issues/verifications")).json()["data"]
    assert len(said["differences"]) == seen
    assert said["hidden"] == 2 - seen


async def test_values_come_back_as_they_were(world: World) -> None:
    async with world.client("red viewer") as client:
        (said,) = (await client.get("/v1/connections/boards/verifications")).json()["data"]
    secret = said["differences"][1]
    assert (secret["ours"], secret["theirs"]) == (["a", 1, None], {"b": 2.5})


async def test_the_newest_is_first_and_a_new_one_changes_the_tag(world: World) -> None:
    path = "/v1/connections/boards/verifications?limit=1"
    async with world.client("pmo") as client:
        before = await client.get(path)
        again = await client.get(path, headers={"If-None-Match": before.headers["etag"]})
        later = world.time.clock() + timedelta(minutes=1)
        await save_verification(world.store, replace(on_boards(later), id="the next"))
        after = await client.get(path, headers={"If-None-Match": before.headers["etag"]})
    assert again.status_code == 304
    assert [one["id"] for one in after.json()["data"]] == ["the next"]


async def test_an_unknown_connection_is_missing(world: World) -> None:
    async with world.client("pmo") as client:
        said = await client.get("/v1/connections/nowhere/verifications")
    assert said.status_code == 404
    assert "nowhere" in said.json()["detail"]
