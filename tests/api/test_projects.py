"""The portfolio: the tree, every number of a summary, and how figures roll up."""

from __future__ import annotations

from typing import Any

from tests.api.test_errors import problem
from tests.api.world import World, item, scope_id


async def portfolio(world: World, key: str = "pmo") -> dict[str, dict[str, Any]]:
    async with world.client(key) as client:
        said = (await client.get("/v1/portfolio")).json()["data"]
    return {entry["id"]: entry for entry in said["projects"]}


async def test_the_tree(world: World) -> None:
    async with world.client("pmo") as client:
        tree = (await client.get("/v1/portfolio")).json()["data"]["tree"]

    def outline(nodes: list[dict[str, Any]]) -> dict[str, Any]:
        return {node["id"]: outline(node["children"]) for node in nodes}

    found = outline(tree)
    assert found["all"] == {"digital": {"website": {}, "app": {}}, "operations": {}}, (
        "pmo sees no team_only scope"
    )
    assert scope_id("never") in found, "a scope that no project claims is one of its own"


async def test_every_number_of_a_summary(world: World) -> None:
    website = (await portfolio(world))["website"]
    assert (website["name"], website["method"], website["target_end"]) == ("Website", "kanban", "2026-06-30")
    assert website["summary"] == {
        "counts": {
            "triage": 0, "backlog": 0, "todo": 1, "in_progress": 1, "done": 1, "cancelled": 1, "unknown": 0,
        },
        "total": 4,
        "open": 2,
        "done": 1,
        "progress": {
            "percent": 33.3,
            "method": "items",
            "basis": "1 of 3 items done; no item has an estimate in points; cancelled left out",
        },
        "next_due": "2026-03-20",
        "last_due": "2026-03-20",
        "overdue": 1,
        "blocked": 0,
        "unassigned": 1,
        "people": 1,
        "archived": 0,
        "uncounted": 1,
        "as_of": "2026-03-02T09:00:00Z",
        "freshness": {
            "oldest_scope": scope_id("web"), "age_seconds": 900, "target_seconds": 3600, "late": 0,
            "fresh": True,
        },
        "coverage": {"scopes": 1, "complete": 1, "hidden": 0, "expected": 0, "restricted": 0},
        "receipt": world.receipts["web"].id,
    }  # fmt: skip


async def test_points_measure_where_they_are_kept(world: World) -> None:
    progress = (await portfolio(world))["app"]["summary"]["progress"]
    assert (progress["percent"], progress["method"]) == (33.3, "points")
    assert progress["basis"].startswith("3 of 9 points done; 3 of 3 items have an estimate")


async def test_what_stands_above_is_the_sum(world: World) -> None:
    found = await portfolio(world)
    digital, everything = found["digital"]["summary"], found["all"]["summary"]
    assert digital["total"] == found["website"]["summary"]["total"] + found["app"]["summary"]["total"] == 7
    assert everything["total"] == digital["total"] + found["operations"]["summary"]["total"]
    assert everything["blocked"] == 1
    assert digital["coverage"]["scopes"] == 2
    assert digital["coverage"]["expected"] == 1, "the project that no tracker has shown"
    assert digital["as_of"] == "2026-03-02T09:00:00Z", "that of the least recent scope"
    assert digital["progress"]["method"] == "items", "3 of 6 carry points"


async def test_a_scope_that_was_never_read_is_no_zero(world: World) -> None:
    summary = (await portfolio(world))[scope_id("never")]["summary"]
    assert summary["total"] == 0
    assert summary["as_of"] is None
    assert summary["freshness"]["fresh"] is False
    assert (summary["coverage"]["scopes"], summary["coverage"]["complete"]) == (1, 0)


async def test_one_project_has_the_envelope_of_its_own_scopes(world: World) -> None:
    async with world.client("pmo") as client:
        said = (await client.get("/v1/projects/website")).json()
        listed = (await client.get("/v1/projects")).json()
        program = (await client.get("/v1/projects/digital")).json()
    assert said["meta"]["coverage"] == {
        "scopes": 1,
        "complete": 1,
        "hidden": 0,
        "expected": 0,
        "restricted": 0,
    }
    assert said["data"] == next(entry for entry in listed["data"] if entry["id"] == "website")
    assert {entry["kind"] for entry in listed["data"]} == {"project"}
    assert program["data"]["summary"]["total"] == 7


async def test_figures_follow_the_items(fresh: World) -> None:
    before = (await portfolio(fresh))["operations"]["summary"]
    await fresh.read(
        "ops",
        [item("ops", "o1", title="Patch", status_category="done"), item("ops", "o2", status_category="todo")],
    )
    after = (await portfolio(fresh))["operations"]["summary"]
    assert (before["total"], before["done"], before["blocked"]) == (1, 0, 1)
    assert (after["total"], after["done"], after["blocked"]) == (2, 1, 0)
    assert after["progress"]["percent"] == 50.0


async def test_a_project_that_may_not_be_seen_is_not_there(world: World) -> None:
    async with world.client("viewer") as client:
        answer = await client.get("/v1/projects/no-such-project")
    assert "/v1/projects" in problem(answer, 404, "not-found")["detail"]
