"""What /v1/watches says of webhooks: how they fare, to whom their scopes are shown."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx

from api.app import create_app
from api.intake import Intake
from api.options import ApiOptions
from connectors.base import Hint, WatchState
from store.hearings import reckon
from store.hints import Arrival, note
from store.inbox import Inbox
from store.watches import expect, save_state, watches_of
from tests.api.world import TRELLO, World, scope_id

BASE = "https://pmo.example/webhooks/boards/"


async def watched(world: World, inbox: Inbox) -> None:
    """The boards web and red have a webhook each, and the one of web has told something."""
    now = world.time.clock()
    await expect(inbox, "boards", ["web", "red"], BASE)
    red, web = await watches_of(inbox, ["boards"])
    for one, health in ((red, ""), (web, "2 deliveries in a row failed")):
        state = WatchState(id="1", scope_id=one.scope, callback_url="", active=True, health=health)
        await save_state(inbox, one.id, state, now)
    for receipt in ("r1", "r2"):
        hints = [Hint(scope_id="web", item_id=str(n)) for n in range(3)]
        arrival = Arrival(watch_id=web.id, connection="boards", hints=hints, unknown=["updateNew"])
        await note(inbox, [arrival], now)
        await reckon(inbox, "boards", {"web": (receipt, 1)}, now + timedelta(minutes=1))


async def asked(world: World, inbox: Inbox, who: str, **headers: str) -> httpx.Response:
    intake = Intake(inbox, {}, world.time.clock, lambda _: None, "https://pmo.example")
    app = create_app(world.store, world.time.clock, ApiOptions(trackers=[TRELLO], intake=intake))
    headers["authorization"] = f"Bearer {world.keys[who]}"
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://127.0.0.1", headers=headers
    ) as client:
        return await client.get("/v1/watches")


def boards(answer: httpx.Response) -> Any:
    return next(one for one in answer.json()["data"] if one["connection"] == "boards")


async def test_each_webhook_says_how_it_fares_and_each_scope_how_much_is_told(
    fresh: World, inbox: Inbox
) -> None:
    await watched(fresh, inbox)
    told = boards(await asked(fresh, inbox, "admin"))
    assert (told["polling"], told["waiting"]) == (None, 3)
    [red, web] = told["watches"]
    assert (red["name"], red["active"], red["health"], red["deliveries"]) == ("Red", True, "", 0)
    assert web["health"] == "2 deliveries in a row failed"
    assert (web["deliveries"], web["hints"], web["unknown"]) == (2, 6, {"updateNew": 2})
    [heard] = told["scopes"]
    assert (heard["scope"], heard["heard"], heard["lost"], heard["loss"]) == (scope_id("web"), 3, 1, 0.25)
    assert "pmo.example" not in str(told)


async def test_scopes_that_one_may_not_see_are_not_named(fresh: World, inbox: Inbox) -> None:
    await watched(fresh, inbox)
    told = boards(await asked(fresh, inbox, "viewer"))
    assert [one["name"] for one in told["watches"]] == ["Web"]


async def test_what_was_counted_since_changes_the_tag(fresh: World, inbox: Inbox) -> None:
    await watched(fresh, inbox)
    tag = (await asked(fresh, inbox, "admin")).headers["etag"]
    assert (await asked(fresh, inbox, "admin", **{"if-none-match": tag})).status_code == 304
    (_, web) = await watches_of(inbox, ["boards"])
    await note(inbox, [Arrival(watch_id=web.id, connection="boards", refused=True)], fresh.time.clock())
    assert (await asked(fresh, inbox, "admin", **{"if-none-match": tag})).status_code == 200


async def test_without_webhooks_it_says_why_there_are_none(world: World) -> None:
    async with world.client("viewer") as client:
        told = boards(await client.get("/v1/watches"))
    assert "No [server] public_url is set" in told["polling"]
    assert (told["watches"], told["scopes"], told["waiting"]) == ([], [], 0)
