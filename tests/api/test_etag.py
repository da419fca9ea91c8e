"""A tag stands for the state, the question and who asks; age alone changes none."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.api.resourced import PATHS
from tests.api.world import World, item

QUESTIONS = [
    "/v1/portfolio", "/v1/projects", "/v1/projects/website", "/v1/items", "/v1/items?limit=1", "/v1/people",
    "/v1/people/suggestions", "/v1/changes", "/v1/connections", "/v1/runs", "/v1/findings", "/v1/trackers",
    "/v1/reconciliations",
    "/v1/items?format=csv",
    *(f"/v1/{path}" for path in PATHS),
]  # fmt: skip


@pytest.mark.parametrize("question", QUESTIONS)
async def test_what_is_held_is_not_sent_again(fresh: World, question: str) -> None:
    async with fresh.client("pmo") as client:
        first = await client.get(question)
        tag = first.headers["etag"]
        fresh.time.now += timedelta(hours=9)
        again = await client.get(question, headers={"If-None-Match": f'"other", {tag}'})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
        assert again.headers["cache-control"] == "private, no-cache"
        plain = await client.get(question)
        assert plain.headers["etag"] == tag, "nine hours of age are no change"


async def test_a_change_changes_the_tag(fresh: World) -> None:
    async with fresh.client("pmo") as client:
        for question in ("/v1/portfolio", "/v1/items", "/v1/changes", "/v1/runs"):
            tag = (await client.get(question)).headers["etag"]
            await fresh.read("ops", [item("ops", "o1", title=f"Patched before {question}")])
            again = await client.get(question, headers={"If-None-Match": tag})
            assert again.status_code == 200, question
            assert again.headers["etag"] != tag


async def test_a_reading_that_changes_no_item_still_changes_the_envelope(fresh: World) -> None:
    async with fresh.client("pmo") as client:
        tag = (await client.get("/v1/items?project=operations")).headers["etag"]
        fresh.time.now += timedelta(minutes=30)
        await fresh.read("ops", [item("ops", "o1", title="Patch", hold="blocked")])
        again = await client.get("/v1/items?project=operations", headers={"If-None-Match": tag})
    assert again.status_code == 200
    assert again.json()["meta"]["freshness"]["age_seconds"] == 0


async def test_questions_callers_and_forms_have_tags_of_their_own(world: World) -> None:
    tags = []
    for key in ("viewer", "red viewer", "pmo", "admin"):
        async with world.client(key) as client:
            for question in ("/v1/items", "/v1/items?sort=title", "/v1/items?format=csv", "/v1/projects"):
                tags.append((await client.get(question)).headers["etag"])
    assert len(set(tags)) == len(tags)


async def test_the_order_of_parameters_makes_no_other_question(world: World) -> None:
    async with world.client("pmo") as client:
        one = await client.get("/v1/items?sort=title&limit=2")
        other = await client.get("/v1/items?limit=2&sort=title")
    assert one.headers["etag"] == other.headers["etag"]


async def test_overdue_depends_on_the_day_and_so_does_its_tag(fresh: World) -> None:
    async with fresh.client("pmo") as client:
        before = await client.get("/v1/projects/website")
        fresh.time.now += timedelta(days=30)
        after = await client.get("/v1/projects/website", headers={"If-None-Match": before.headers["etag"]})
    assert after.status_code == 200
    assert after.json()["data"]["summary"]["overdue"] == before.json()["data"]["summary"]["overdue"] + 1
