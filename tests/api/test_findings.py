"""Findings on the wire: what is open, what one holds back, and who decides of it."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.api.world import World, ident, scope_id

WHY = {"why": " The board was cleared. "}


async def presences(client: httpx.AsyncClient) -> dict[str, str]:
    found = await client.get("/v1/items?project=website&presence=present&presence=gone")
    return {row["remote_id"]: row["presence"] for row in found.json()["data"]}


async def test_what_is_open_is_listed_by_connection_and_kind(world: World) -> None:
    async with world.client("pmo") as client:
        found = (await client.get("/v1/findings")).json()["data"]
    assert [(one["kind"], one["subject"], one["connection"], one["count"]) for one in found] == [
        ("mass_absence", "items", "boards", 2),
        ("not_found", "GHOST", "issues", 1),
        ("unmapped_value", "status_category", "issues", 1),
    ]
    assert "Parked" in found[2]["detail"]
    assert {one["state"] for one in found} == {"open"}


async def test_a_finding_shows_what_it_holds_back_with_links(world: World) -> None:
    async with world.client("viewer") as client:
        said = (await client.get(f"/v1/findings/{world.finding}?limit=1")).json()["data"]
    [held] = said["held"]
    assert (said["count"], said["hidden"], said["scope"]) == (2, 0, scope_id("web"))
    assert (held["item_id"], held["url"], held["presence"]) == (
        ident("web", "item", "w1"), "https://tracker.example/w1", "gone",
    )  # fmt: skip


async def test_an_approval_is_kept_with_its_author_and_the_items_go(fresh: World) -> None:
    path = f"/v1/findings/{fresh.finding}"
    async with fresh.client("pmo") as client:
        before = (await client.get("/v1/projects/website")).json()["data"]["summary"]
        made = await client.post(f"{path}/approve", json=WHY)
        assert (made.status_code, made.headers["location"]) == (201, path)
        said = (await client.get(path)).json()["data"]
        assert said == made.json()["data"]
        assert (said["state"], said["decided_by"], said["why"]) == (
            "approved", "the office", "The board was cleared.",
        )  # fmt: skip
        assert said["decided_at"] == "2026-03-02T09:15:00Z"
        found = await presences(client)
        assert (found["w1"], found["w2"], found["w3"]) == ("gone", "present", "gone")
        after = (await client.get("/v1/projects/website")).json()["data"]["summary"]
        assert (before["open"], after["open"]) == (2, 1), "figures follow at once"
        again = await client.post(f"{path}/dismiss", json=WHY)
        assert again.status_code == 409
        assert "approved by the office" in again.json()["detail"]
        listed = (await client.get("/v1/findings?state=approved")).json()["data"]
        assert [one["id"] for one in listed] == [fresh.finding]


async def test_a_dismissal_leaves_the_items_as_they_are(fresh: World) -> None:
    async with fresh.client("admin") as client:
        said = await client.post(f"/v1/findings/{fresh.finding}/dismiss", json=WHY)
        assert said.json()["data"]["state"] == "dismissed"
        assert set((await presences(client)).values()) == {"present"}
        assert fresh.finding not in [one["id"] for one in (await client.get("/v1/findings")).json()["data"]]


@pytest.mark.parametrize(
    ("who", "finding", "body", "status"),
    [
        ("viewer", None, WHY, 403),
        ("app lead", None, WHY, 403),
        (None, None, WHY, 401),
        ("pmo", "nothing", WHY, 404),
        ("pmo", "a%00b", WHY, 404),
        ("pmo", None, {}, 422),
        ("pmo", None, {"why": "  "}, 422),
        ("pmo", None, {"why": "x" * 2001}, 422),
        ("pmo", None, {"why": "so", "who": "somebody else"}, 422),
        ("pmo", None, ["so"], 422),
    ],
)
async def test_what_cannot_be_decided_changes_nothing(
    world: World, who: str | None, finding: str | None, body: Any, status: int
) -> None:
    async with world.client(who) as client:
        for verb in ("approve", "dismiss"):
            said = await client.post(f"/v1/findings/{finding or world.finding}/{verb}", json=body)
            assert said.status_code == status, said.text
            assert said.headers["content-type"] == "application/problem+json"
    async with world.client("pmo") as client:
        assert (await client.get(f"/v1/findings/{world.finding}")).json()["data"]["state"] == "open"


async def test_what_holds_nothing_back_can_only_be_dismissed(fresh: World) -> None:
    async with fresh.client("pmo") as client:
        found = {one["kind"]: one["id"] for one in (await client.get("/v1/findings")).json()["data"]}
        value = await client.post(f"/v1/findings/{found['unmapped_value']}/approve", json=WHY)
        ghost = await client.post(f"/v1/findings/{found['not_found']}/dismiss", json=WHY)
        shown = await client.get(f"/v1/findings/{found['not_found']}")
    assert (value.status_code, ghost.status_code, shown.status_code) == (409, 404, 200)
    assert "dismiss it" in value.json()["detail"]
    assert "can be decided" in ghost.json()["detail"]


async def test_who_may_not_see_the_scope_may_not_see_its_finding(world: World) -> None:
    async with world.client("pmo") as client:
        assert (await client.get("/v1/findings?state=nonsense")).status_code == 422
        assert (await client.get("/v1/findings/nothing")).status_code == 404
