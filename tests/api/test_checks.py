"""A connection is checked at this moment, for those who can have it mended."""

from __future__ import annotations

from dataclasses import replace

from api.app import create_app
from api.options import ApiOptions
from tests.api.test_errors import problem
from tests.api.world import World

PATH = "/v1/connections/boards/check"


async def test_the_answer_is_what_the_tracker_says_now(world: World) -> None:
    async with world.client("pmo") as client:
        answer = await client.get(PATH)
    said = answer.json()["data"]
    assert (said["ok"], said["account"], said["clock_skew_seconds"]) == (False, "Reader", 2.0)
    assert said["permissions"] == [{"name": "read", "held": True, "mend": ""}]
    assert [(scope["name"], scope["read"]) for scope in said["scopes"]] == [("Web", True)]
    assert "let an administrator of the tracker" in said["troubles"][0]
    assert "etag" not in answer.headers, "the next answer may be another"


async def test_who_may_not_and_what_is_not_there(world: World) -> None:
    async with world.client("app lead") as lead, world.client("admin") as admin:
        problem(await lead.get(PATH), 403, "forbidden")
        problem(await admin.get("/v1/connections/nowhere/check"), 404, "not-found")
    blind = replace(world, app=create_app(world.store, world.time.clock, ApiOptions()))
    async with blind.client("admin") as admin:
        assert "tspmo check" in problem(await admin.get(PATH), 409, "conflict")["detail"]
