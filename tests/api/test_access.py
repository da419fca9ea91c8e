"""Who is let in: whoever holds a key, and while there is none, this machine alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from api.app import create_app
from api.options import ApiOptions
from store.keys import KeySpec, list_keys, revoke_key
from store.open import Store
from tests.api.test_errors import problem
from tests.api.world import IDS, World, make_world


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.0.1", "::1", "::ffff:127.0.0.1"])
async def test_without_keys_this_machine_is_let_in_and_told_so(store: Store, address: str) -> None:
    async with make_world(store).client(client=(address, 50000)) as client:
        assert (await client.get("/v1/portfolio")).status_code == 200
        assert "no API key exists yet" in (await client.get("/")).json()["access"]


@pytest.mark.parametrize("address", ["192.0.2.7", "2001:db8::7", "::ffff:192.0.2.7", "unix"])
async def test_without_keys_nobody_else_is(store: Store, address: str) -> None:
    async with make_world(store).client(client=(address, 50000)) as client:
        said = problem(await client.get("/v1/portfolio"), 403, "forbidden")
        assert "tspmo keys create" in said["detail"]
        assert (await client.get("/healthz")).status_code == 200


async def test_a_page_that_made_its_own_name_point_here_is_refused(store: Store) -> None:
    async with make_world(store).client() as client:
        problem(await client.get("/v1/items", headers={"Host": "rebound.example"}), 403, "forbidden")
        assert (await client.get("/v1/items", headers={"Host": "localhost:8470"})).status_code == 200
        assert (await client.get("/v1/items", headers={"Host": "[::1]:8470"})).status_code == 200


async def test_this_machine_is_not_let_in_where_that_is_switched_off(store: Store) -> None:
    async with make_world(store, ApiOptions(insecure_local=False)).client() as client:
        problem(await client.get("/v1/items"), 403, "forbidden")


async def test_a_wrong_key_is_refused_even_while_none_exists(store: Store) -> None:
    async with make_world(store).client() as client:
        answer = await client.get("/v1/items", headers={"Authorization": "Bearer tspmo_nothing_here"})
    problem(answer, 401, "unauthenticated")


async def test_with_a_key_nobody_is_let_in_without(store: Store) -> None:
    world = make_world(store)
    await world.key("one", KeySpec(role="viewer", name="one"))
    async with world.client() as client:
        answer = await client.get("/v1/items")
        problem(answer, 401, "unauthenticated")
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert "need an API key" in (await client.get("/")).json()["access"]
        for wrong in ("Bearer", "Bearer x", f"Basic {world.keys['one']}", f"Bearer {world.keys['one']}x"):
            problem(await client.get("/v1/items", headers={"Authorization": wrong}), 401, "unauthenticated")
    async with world.client("one", client=("192.0.2.7", 50000)) as client:
        assert (await client.get("/v1/items", headers={"Host": "tspmo.example"})).status_code == 200


async def test_a_revoked_key_is_refused_and_opens_no_door(store: Store) -> None:
    world = make_world(store)
    await world.key("one", KeySpec(role="admin", name="one"))
    [key] = await list_keys(store)
    await revoke_key(store, key.id, world.time.clock() + timedelta(seconds=1))
    async with world.client("one") as client:
        problem(await client.get("/v1/items"), 401, "unauthenticated")
    async with world.client() as client:
        problem(await client.get("/v1/items"), 401, "unauthenticated")


async def test_no_route_under_v1_answers_without_a_key(world: World) -> None:
    async with world.client() as client:
        for path, entry in world.app.openapi()["paths"].items():
            if path.startswith("/v1"):
                for method in entry:
                    answer = await client.request(method, path.format(**IDS))
                    problem(answer, 401, "unauthenticated")


async def test_health_needs_no_key(world: World) -> None:
    async with world.client() as client:
        assert (await client.get("/healthz")).json() == {"status": "ok"}
        assert (await client.get("/readyz")).json() == {"status": "ok"}


async def test_the_application_makes_nothing_global(world: World) -> None:
    other = create_app(world.store, world.time.clock, ApiOptions(title="Another"))
    assert other.title == "Another"
    assert world.app.title == "TS PMO"
    assert other.state.service is not world.app.state.service
