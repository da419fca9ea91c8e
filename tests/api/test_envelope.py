"""Every answer under /v1 has the envelope and the type that the document says."""

from __future__ import annotations

import pytest
from fastapi.routing import APIRoute

from store.people import person_of_email
from tests.api.schema import faults
from tests.api.world import STREAMS, World, ident, scope_id

PARAMETERS = {
    "connection_id": "boards",
    "project_id": "website",
    "item_id": ident("web", "item", "w1"),
    "person_id": person_of_email("mira@example.org"),
    "scope_id": scope_id("web"),
}


def paths(world: World) -> list[str]:
    """Every route under /v1 that answers a question, whatever the document says of it."""
    described = world.app.openapi()["paths"]
    asked = {path for path, entry in described.items() if path.startswith("/v1") and "get" in entry}
    found = sorted(asked - STREAMS)
    assert len(found) >= 11
    return found


async def test_every_answer_has_the_envelope_and_its_documented_type(world: World) -> None:
    document = world.app.openapi()
    async with world.client("pmo") as client:
        for path in paths(world):
            named = {"run_id": world.run, "finding_id": world.finding, "receipt_id": world.receipts["APP"].id}
            named["subscription_id"] = world.subscription
            answer = await client.get(path.format(**PARAMETERS, **named))
            assert answer.status_code == 200, answer.text
            said = answer.json()
            assert set(said["meta"]) == {"as_of", "freshness", "coverage", "receipt"}, path
            assert set(said["meta"]["coverage"]) == {"scopes", "complete", "hidden", "expected", "restricted"}
            schema = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"][
                "schema"
            ]
            assert not list(faults(document, schema, said)), path
            assert said["data"], f"{path} answers nothing here, so that nothing is proved"
            assert answer.headers["cache-control"] == "private, no-cache"
            assert "Authorization" in answer.headers["vary"]


def test_no_route_under_v1_is_left_out_of_the_document(world: World) -> None:
    hidden = [
        route.path
        for route in world.app.routes
        if isinstance(route, APIRoute) and route.path.startswith("/v1") and not route.include_in_schema
    ]
    assert not hidden


@pytest.mark.parametrize(
    "query", ["", "?include=history,links,raw,provenance&absent=1", "?fields=title,due&include=links"]
)
async def test_an_item_in_every_form_fits_its_documented_type(world: World, query: str) -> None:
    document = world.app.openapi()
    async with world.client("pmo") as client:
        for path in ("/v1/items", "/v1/items/{item_id}"):
            answer = await client.get(path.format(**PARAMETERS) + query)
            assert answer.status_code == 200, answer.text
            schema = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"][
                "schema"
            ]
            assert not list(faults(document, schema, answer.json()))


async def test_what_the_envelope_says(world: World) -> None:
    async with world.client("pmo") as client:
        meta = (await client.get("/v1/portfolio")).json()["meta"]
    assert meta["as_of"] == "2026-03-02T09:00:00Z"
    assert meta["freshness"]["age_seconds"] == 15 * 60
    assert (meta["freshness"]["target_seconds"], meta["freshness"]["fresh"]) == (3600, True)
    assert meta["coverage"] == {"scopes": 4, "complete": 3, "hidden": 1, "expected": 1, "restricted": 0}
    assert meta["receipt"] is None


async def test_an_item_has_the_envelope_of_its_own_scope(world: World) -> None:
    async with world.client("pmo") as client:
        meta = (await client.get("/v1/items/APP-1")).json()["meta"]
    assert meta["as_of"] == "2026-03-02T09:10:00Z"
    assert meta["coverage"] == {"scopes": 1, "complete": 1, "hidden": 0, "expected": 0, "restricted": 0}


async def test_the_age_grows_and_turns_stale(fresh: World) -> None:
    async with fresh.client("pmo") as client:
        fresh.time.now = fresh.time.now.replace(hour=11, minute=0)
        freshness = (await client.get("/v1/items?project=website")).json()["meta"]["freshness"]
    assert freshness["age_seconds"] == 2 * 3600
    assert freshness["fresh"] is False
    assert freshness["oldest_scope"] == scope_id("web")


async def test_a_scope_that_was_never_read_is_missing_coverage_and_no_date(fresh: World) -> None:
    async with fresh.client("pmo") as client:
        meta = (await client.get(f"/v1/items?scope={scope_id('never')}")).json()["meta"]
    assert meta["as_of"] is None
    assert meta["freshness"]["age_seconds"] is None
    assert meta["freshness"]["fresh"] is False
    assert (meta["coverage"]["scopes"], meta["coverage"]["complete"]) == (1, 0)


async def test_a_failed_reading_leaves_the_last_complete_state(fresh: World) -> None:
    async with fresh.client("pmo") as client:
        before = (await client.get("/v1/items?project=website&sort=title")).json()
        fresh.time.now = fresh.time.now.replace(hour=10)
        await fresh.read("web", [], complete=False)
        after = (await client.get("/v1/items?project=website&sort=title")).json()
    assert after["data"] == before["data"]
    assert after["meta"]["as_of"] == before["meta"]["as_of"]
