"""Who sees what, through every endpoint: hidden scopes are counted and never named."""

from __future__ import annotations

import pytest

from tests.api.world import IDS, STREAMS, World, ident, scope_id

SEEN = {
    "viewer": {"web", "APP"},
    "red viewer": {"web", "APP", "red"},
    "app lead": {"web", "APP"},
    "pmo": {"web", "APP", "ops"},
    "admin": {"web", "APP", "ops"},
}
TITLES = {"web": "Move the login page", "APP": "Item 10001", "ops": "Patch", "red": "Secret"}
RESTRICTED = {"viewer": False, "red viewer": False, "app lead": True, "pmo": True, "admin": True}


@pytest.mark.parametrize("who", SEEN)
async def test_items(world: World, who: str) -> None:
    async with world.client(who) as client:
        said = (await client.get("/v1/items?limit=1000")).json()
    titles = {row["title"] for row in said["data"]}
    assert {scope for scope, title in TITLES.items() if title in titles} == SEEN[who]
    assert ("Payroll leak" in titles) is RESTRICTED[who]
    assert said["meta"]["coverage"]["hidden"] == 4 - len(SEEN[who])
    assert said["meta"]["coverage"]["restricted"] == (0 if RESTRICTED[who] else 1)


@pytest.mark.parametrize("who", SEEN)
async def test_one_item(world: World, who: str) -> None:
    async with world.client(who) as client:
        red = (await client.get(f"/v1/items/{ident('red', 'item', 'r1')}?include=raw")).status_code
        ops = (await client.get(f"/v1/items/{ident('ops', 'item', 'o1')}")).status_code
        restricted = (await client.get("/v1/items/APP-3")).status_code
    assert red == (200 if "red" in SEEN[who] else 404)
    assert ops == (200 if "ops" in SEEN[who] else 404)
    assert restricted == (200 if RESTRICTED[who] else 404)


@pytest.mark.parametrize("who", ["viewer", "red viewer", "app lead", "pmo"])
async def test_no_endpoint_speaks_of_what_is_hidden(world: World, who: str) -> None:
    hidden = {"ops", "red"} - SEEN[who]
    words = {scope_id(scope) for scope in hidden} | {ident(scope, "item", f"{scope[0]}1") for scope in hidden}
    words |= {f'"{TITLES[scope]}"' for scope in hidden}
    async with world.client(who) as client:
        for path in world.app.openapi()["paths"]:
            if not path.startswith("/v1") or path in STREAMS:
                continue
            for query in ("", "?format=csv", "?include=history,links,raw,provenance"):
                answer = await client.get(path.format(**{**IDS, "project_id": "all"}) + query)
                found = [word for word in words if word in answer.text]
                assert not found, f"{path}{query}"


async def test_hidden_and_unknown_are_answered_alike(world: World) -> None:
    async with world.client("viewer") as client:
        hidden = await client.get(f"/v1/items?scope={scope_id('red')}")
        unknown = await client.get("/v1/items?scope=nothing-of-the-kind")
        assert hidden.json()["data"] == unknown.json()["data"] == []
        one = await client.get(f"/v1/items/{ident('red', 'item', 'r1')}")
        other = await client.get("/v1/items/00000000-0000-0000-0000-000000000000")
    assert one.status_code == other.status_code == 404
    assert one.json()["title"] == other.json()["title"]


async def test_figures_are_of_what_the_caller_sees(world: World) -> None:
    totals = {}
    for who in SEEN:
        async with world.client(who) as client:
            summary = (await client.get("/v1/projects/all")).json()["data"]["summary"]
        totals[who] = summary["total"]
        assert summary["coverage"]["scopes"] == len(SEEN[who])
        assert summary["coverage"]["hidden"] == 4 - len(SEEN[who]), "also what stands in a project unseen"
    assert totals["red viewer"] == totals["viewer"] + 2
    assert totals["pmo"] == totals["viewer"] + 1


async def test_the_feed_goes_past_what_is_hidden(world: World) -> None:
    ends = {}
    for who in ("viewer", "red viewer"):
        async with world.client(who) as client:
            said = (await client.get("/v1/changes?limit=1000")).json()
            again = (await client.get(said["next"]["link"])).json()
        assert again["data"] == []
        ends[who] = ({row["remote_id"] for row in said["data"]}, said["next"]["cursor"])
    assert ends["red viewer"][0] - ends["viewer"][0] == {"r1", "r2"}
    assert ends["viewer"][1] == ends["red viewer"][1]
