"""People, the change feed, and what keeps the portfolio true."""

from __future__ import annotations

from store.people import person_of_email
from tests.api.world import MIRA, World, ident, item, scope_id


async def test_one_person_with_two_accounts(world: World) -> None:
    async with world.client("pmo") as client:
        people = (await client.get("/v1/people")).json()["data"]
        found = (await client.get("/v1/people?text=mir")).json()["data"]
        elsewhere = (await client.get("/v1/people?project=operations")).json()["data"]
    [mira] = [person for person in people if person["id"] == person_of_email("mira@example.org")]
    assert {account["system"] for account in mira["accounts"]} == {"trello", "jira"}
    assert mira["open_items"] == 1
    assert [person["id"] for person in found] == [mira["id"]]
    assert elsewhere == []


async def test_the_feed_is_ordered_and_followed_by_its_cursor(fresh: World) -> None:
    seen: list[int] = []
    after, following, link = "", "0", "/v1/changes?limit=2"
    async with fresh.client("pmo") as client:
        while after != following:
            said = (await client.get(link)).json()
            seen += [event["seq"] for event in said["data"]]
            after, following, link = following, said["next"]["cursor"], said["next"]["link"]
        assert seen == sorted(set(seen))
        assert len(seen) >= 9
        await fresh.read("ops", [item("ops", "o1", title="Patch again", hold="blocked")])
        after = (await client.get(link)).json()["data"]
    assert [(event["kind"], event["remote_id"]) for event in after] == [("modified", "o1")]
    assert "title" in after[0]["fields"]
    assert after[0]["title"] == "Patch again"


async def test_an_item_that_leaves_one_s_sight_is_a_tombstone_with_its_reason(fresh: World) -> None:
    async with fresh.client("viewer") as viewer, fresh.client("pmo") as office:
        after = (await viewer.get("/v1/changes?limit=1000")).json()["next"]["cursor"]
        await fresh.read("web", [item("web", "w3", title="Old page, now secret", visibility="restricted")])
        [gone] = (await viewer.get(f"/v1/changes?after={after}")).json()["data"]
        [kept] = (await office.get(f"/v1/changes?after={after}")).json()["data"]
    assert (gone["kind"], gone["presence"], gone["remote_id"]) == ("removed", "access_lost", "w3")
    assert "secret" not in str(gone)
    assert (kept["kind"], kept["title"]) == ("modified", "Old page, now secret")


async def test_an_archived_item_says_so_in_the_feed(fresh: World) -> None:
    async with fresh.client("pmo") as client:
        after = (await client.get("/v1/changes?limit=1000")).json()["next"]["cursor"]
        await fresh.read("ops", [item("ops", "o1", title="Patch", presence="archived")])
        [event] = (await client.get(f"/v1/changes?after={after}")).json()["data"]
    assert (event["presence"], event["remote_id"]) == ("archived", "o1")
    assert "presence" in event["fields"]


async def test_connections_say_how_they_are(world: World) -> None:
    async with world.client("admin") as client:
        found = {entry["id"]: entry for entry in (await client.get("/v1/connections")).json()["data"]}
    boards, issues = found["boards"], found["issues"]
    assert (boards["state"], boards["site"], boards["account"]) == ("ok", "https://trello.example", "Reader")
    assert issues["unmapped"] == 1
    assert {scope["id"] for scope in issues["scopes"]} == {scope_id("APP")}
    assert issues["meta"]["coverage"]["complete"] == 1
    assert boards["meta"]["coverage"]["complete"] < boards["meta"]["coverage"]["scopes"]


async def test_runs_are_listed_newest_first_and_say_how_they_ended(fresh: World) -> None:
    await fresh.read("web", [], complete=False)
    async with fresh.client("admin") as client:
        found = (await client.get("/v1/runs?limit=2")).json()["data"]
    assert len(found) == 2
    assert (found[0]["state"], found[0]["error"], found[0]["scope"]) == ("failed", "cut off", scope_id("web"))
    assert found[1]["state"] == "done"


async def test_what_a_tracker_can_tell(world: World) -> None:
    async with world.client("viewer") as client:
        [trello] = (await client.get("/v1/trackers")).json()["data"]
    assert trello["fields"] == {"estimates": "none"}
    assert trello["losses"] == ["Stickers stay in the record."]


async def test_an_account_finds_its_items(world: World) -> None:
    async with world.client("pmo") as client:
        found = (await client.get(f"/v1/items?assignee={MIRA.id}")).json()["data"]
    assert [row["id"] for row in found] == [ident("web", "item", "w1")]
