"""Items: every filter, every order, pages by cursor, chosen fields, and why a field is empty."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from store.people import person_of_email
from tests.api.world import MIRA, World, ident, item, scope_id


async def keys(world: World, query: str) -> list[str]:
    async with world.client("pmo") as client:
        answer = await client.get(f"/v1/items?{query}")
    assert answer.status_code == 200, answer.text
    return [row["remote_id"] for row in answer.json()["data"]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("tracker=jira_cloud", {"10001", "10002", "10003"}),
        ("connection=issues&type=bug", {"10001"}),
        (f"scope={scope_id('ops')}", {"o1"}),
        ("project=website", {"w1", "w2", "w3", "w4", "w5"}),
        ("project=website&project=operations&status=todo", {"w2", "w4", "o1"}),
        ("status=done&status=cancelled", {"w3", "w5", "10001"}),
        ("type=bug", {"10001"}),
        (f"assignee={MIRA.id}", {"w1"}),
        (f"assignee={person_of_email('mira@example.org')}", {"w1", "10001"}),
        ("assignee=none&project=operations", {"o1"}),
        ("team=App", {"10001", "10002", "10003"}),
        ("text=login", {"w1"}),
        ("text=address", {"w1"}),
        ("due_to=2026-03-05", {"w1"}),
        ("due_from=2026-03-01&due_to=2026-03-31", {"w1", "w2"}),
        ("presence=archived", set()),
        ("project=nothing-of-the-kind", set()),
    ],
)
async def test_filters(world: World, query: str, expected: set[str]) -> None:
    found = await keys(world, query)
    assert set(found) == expected
    assert len(found) == len(expected)


async def test_a_filter_that_touches_no_scope_says_so(world: World) -> None:
    async with world.client("pmo") as client:
        meta = (await client.get("/v1/items?project=nothing-of-the-kind")).json()["meta"]
    assert (meta["as_of"], meta["coverage"]["scopes"]) == (None, 0)


async def test_updated_is_filtered_by_instants(fresh: World) -> None:
    updated = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)
    await fresh.read("ops", [item("ops", "o2", remote_updated_at=updated)])
    assert await keys(fresh, "updated_from=2026-03-02T09:15:00Z") == ["o2"]
    assert await keys(fresh, "updated_from=2026-03-02T09:45:00%2B00:30") == ["o2"]
    assert await keys(fresh, "updated_from=2026-03-02T09:46:00%2B00:30") == []
    assert await keys(fresh, "updated_to=2026-03-02T09:14:59Z") == []


@pytest.mark.parametrize("sort", ["updated", "-updated", "due", "-due", "title", "-title", "key", "-key"])
async def test_pages_bring_everything_once_in_one_order(world: World, sort: str) -> None:
    whole = await keys(world, f"sort={sort}&limit=1000")
    paged: list[str] = []
    link = f"/v1/items?sort={sort}&limit=2"
    async with world.client("pmo") as client:
        while link:
            said = (await client.get(link)).json()
            assert len(said["data"]) <= 2
            paged += [row["remote_id"] for row in said["data"]]
            link = said["next"]["link"] if said["next"] else ""
    assert paged == whole
    assert len(set(paged)) == len(paged) == 9


async def test_items_that_change_while_one_pages_come_no_more_than_once(fresh: World) -> None:
    many = [item("ops", f"n{n:03}", title=f"Task {n:03}") for n in range(40)]
    await fresh.read("ops", many)
    seen: list[str] = []
    link = "/v1/items?project=operations&sort=title&limit=7"
    async with fresh.client("pmo") as client:
        while link:
            said = (await client.get(link)).json()
            seen += [row["remote_id"] for row in said["data"]]
            link = said["next"]["link"] if said["next"] else ""
            turn = len(seen)
            changed = [
                item("ops", one.remote_id, title=one.title, labels=[f"at {turn}"], status_category="done")
                for one in many[::3]
            ]
            await fresh.read("ops", [*changed, item("ops", f"new{turn}", title="A newcomer before all")])
    ours = [remote for remote in seen if remote.startswith("n0")]
    assert sorted(ours) == [one.remote_id for one in many], "each exactly once"


async def test_chosen_fields(world: World) -> None:
    async with world.client("pmo") as client:
        said = (await client.get("/v1/items?fields=title,due&fields=status_category&limit=1")).json()
    assert set(said["data"][0]) == {"id", "title", "due", "status_category"}


async def test_the_tracker_s_word_beside_ours(world: World) -> None:
    async with world.client("pmo") as client:
        row = (await client.get("/v1/items/APP-2")).json()["data"]
    assert row["status_category"] == "unknown"
    assert row["original_status"] == {"name": "Parked", "id": None}


async def test_numbers_are_numbers(world: World) -> None:
    async with world.client("pmo") as client:
        row = (await client.get("/v1/items/APP-1")).json()["data"]
    assert row["estimates"] == [{"value": 3, "unit": "points"}]
    assert row["custom"]["customfield_1"]["value"] == 2.5


async def test_a_day_stays_a_day(world: World) -> None:
    async with world.client("pmo") as client:
        row = (await client.get(f"/v1/items/{ident('web', 'item', 'w1')}")).json()["data"]
    assert row["due"] == {"date": "2026-03-01", "at": None, "tz": None}


async def test_more_comes_when_asked_for_and_only_then(world: World) -> None:
    path = f"/v1/items/{ident('web', 'item', 'w1')}"
    more = {"history", "links", "raw", "provenance"}
    async with world.client("pmo") as client:
        plain = (await client.get(path)).json()["data"]
        full = (await client.get(f"{path}?include=history,links&include=raw,provenance")).json()["data"]
        listed = (await client.get("/v1/items?text=login&include=history,links,raw,provenance")).json()[
            "data"
        ][0]
        links = (await client.get("/v1/items/APP-1?include=links")).json()["data"]["links"]
    assert not more & set(plain)
    assert more <= set(full)
    assert full == listed
    assert [change["after"] for change in full["history"]] == ["in_progress"]
    assert full["raw"] == {"id": "w1", "of": "Move the login page"}
    assert full["provenance"]["connection"] == "boards"
    assert [link["type"] for link in links] == ["blocks"]


async def test_people_have_names(world: World) -> None:
    async with world.client("pmo") as client:
        row = (await client.get("/v1/items/APP-1")).json()["data"]
    assert row["assignments"][0]["name"] == "Mira N."


async def test_null_has_a_reason(world: World) -> None:
    async with world.client("pmo") as client:
        card = (await client.get(f"/v1/items/{ident('web', 'item', 'w1')}?absent=1")).json()["data"]
        issue = (await client.get("/v1/items/APP-2?absent=1")).json()["data"]
        few = (await client.get("/v1/items/APP-2?absent=1&fields=due")).json()["data"]
    assert card["absent"]["estimates"] == "unsupported"
    assert card["absent"]["start"] == "unset"
    assert "due" not in card["absent"]
    assert "estimates" not in issue["absent"]
    assert issue["absent"]["due"] == "unset"
    assert issue["due"] is None
    assert few["absent"] == {"due": "unset"}


async def test_what_is_not_counted_is_shown_and_says_so(world: World) -> None:
    async with world.client("pmo") as client:
        row = (await client.get(f"/v1/items/{ident('web', 'item', 'w4')}")).json()["data"]
    assert (row["counted"], row["flags"]["is_template"]) == (False, True)


async def test_a_thousand_items_come_in_one_page(fresh: World) -> None:
    await fresh.read("ops", [item("ops", f"m{n}") for n in range(1100)])
    async with fresh.client("pmo") as client:
        said = (await client.get("/v1/items?project=operations&limit=1000")).json()
    assert len(said["data"]) == 1000
    assert said["next"]
