"""Who is told of what happens: kept by pmo and admin, their secrets shown once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from store.outgoing import Tried, behind, due, note
from store.principal import LOCAL
from tests.api.subscribed import URL
from tests.api.test_errors import problem
from tests.api.world import World, item, scope_id

WANTED: dict[str, Any] = {
    "url": URL,
    "name": "App channel",
    "project": ["app"],
    "kind": ["created", "removed"],
}
ALL = "/v1/subscriptions"


async def test_one_is_made_shown_without_its_secret_and_removed(fresh: World) -> None:
    async with fresh.client("pmo") as client:
        answer = await client.post(ALL, json=WANTED)
        assert answer.status_code == 201, answer.text
        made = answer.json()["data"]
        place = answer.headers["location"]
        assert made["secret"].startswith("whsec_")
        assert (made["made_by"], made["state"], made["project"]) == ("the office", "active", ["app"])
        for path in (ALL, place):
            shown = await client.get(path)
            assert made["id"] in shown.text
            assert made["secret"] not in shown.text
        assert (await client.delete(place)).status_code == 204
        problem(await client.get(place), 404, "not-found")
        problem(await client.delete(place), 404, "not-found")


@pytest.mark.parametrize("who", ["viewer", "app lead", "mira"])
async def test_nobody_else_is_let_near_them(world: World, who: str) -> None:
    one = f"{ALL}/{world.subscription}"
    async with world.client(who) as client:
        for method, path in (
            ("GET", ALL), ("POST", ALL), ("GET", one), ("DELETE", one), ("POST", f"{one}/enable"),
            ("GET", f"{one}/deliveries"), ("POST", f"{one}/deliveries/x/resend"),
        ):  # fmt: skip
            body = WANTED if (method, path) == ("POST", ALL) else None
            said = problem(await client.request(method, path, json=body), 403, "forbidden")
            assert "pmo or admin" in said["detail"]


@pytest.mark.parametrize(
    ("wrong", "name", "expected"),
    [
        ({"url": "http://chat.example.org/"}, "url", "in the open"),
        ({"url": "https://10.0.0.1/"}, "url", "network of our own"),
        ({"project": ["websiet"]}, "project", "a project that you may see"),
        ({"scope": ["nowhere"]}, "scope", "a scope that you may see"),
        ({"scope": ["RED_ID"]}, "scope", "a scope that you may see"),
        ({"tracker": ["jria"]}, "tracker", "a tracker that you may see"),
        ({"kind": ["lost"]}, "kind", "'created'"),
        ({"name": " "}, "name", "at least 1 character"),
        ({"projects": ["app"]}, "projects", "Extra inputs"),
    ],
)
async def test_what_could_never_be_told_is_refused(
    world: World, wrong: dict[str, Any], name: str, expected: str
) -> None:
    sent = {
        **WANTED,
        **{key: [scope_id("red")] if value == ["RED_ID"] else value for key, value in wrong.items()},
    }
    async with world.client("pmo") as client:
        said = problem(await client.post(ALL, json=sent), 422, "invalid-request")
        assert len((await client.get(ALL)).json()["data"]) == 1
    assert expected in said["detail"]
    assert any(name in str(error) for error in said["errors"])


async def test_deliveries_are_shown_by_state_and_made_again(fresh: World) -> None:
    deliveries = f"{ALL}/{fresh.subscription}/deliveries"
    async with fresh.client("admin") as client:
        (waiting,) = (await client.get(f"{deliveries}?state=waiting")).json()["data"]
        assert (waiting["type"], waiting["attempts"]) == ("item.modified", 0)
        now = fresh.time.clock()
        tag = (await client.get(deliveries)).headers["etag"]
        error = "Its receiver answered 500: expected 2xx."
        await note(
            fresh.store,
            Tried(delivery=waiting["id"], subscription=fresh.subscription, at=now, status=500, error=error),
        )
        assert (await client.get(f"{deliveries}?state=waiting")).json()["data"] == []
        again = await client.get(deliveries, headers={"If-None-Match": tag})
        (dead,) = again.json()["data"]
        assert (dead["state"], dead["attempts"], dead["last_error"]) == ("dead", 1, error)
        (one,) = (await client.get(ALL)).json()["data"]
        assert (one["state"], one["dead"], one["waiting"]) == ("failing", 1, 0)
        answer = await client.post(f"{deliveries}/{dead['id']}/resend")
        assert (answer.status_code, answer.json()["data"]["state"]) == (202, "waiting")
        problem(await client.post(f"{deliveries}/nothing/resend"), 404, "not-found")
    assert [each.id for each in await due(fresh.store, now, 10)] == [dead["id"]]


async def test_one_that_is_disabled_delivers_nothing_until_it_is_put_to_work_again(fresh: World) -> None:
    one = f"{ALL}/{fresh.subscription}"
    now = fresh.time.clock()
    (waiting,) = await due(fresh.store, now, 10)
    because = "Its receiver answered 410."
    tried = Tried(
        delivery=waiting.id, subscription=fresh.subscription, at=now, status=410, error=because,
        next_at=now + timedelta(seconds=5), disabled_because=because,
    )  # fmt: skip
    async with fresh.client("pmo") as client:
        known = await client.get("/v1/findings")
        await note(fresh.store, tried)
        assert (await client.get(one)).json()["data"]["disabled_because"] == because
        said = problem(await client.post(f"{one}/deliveries/{waiting.id}/resend"), 409, "conflict")
        assert "enable it first" in said["detail"]
        findings = await client.get("/v1/findings", headers={"If-None-Match": known.headers["etag"]})
        (finding,) = [each for each in findings.json()["data"] if each["kind"] == "subscription_disabled"]
        assert (finding["connection"], finding["subject"]) == (None, "PMO channel")
        assert (await client.get(f"/v1/findings/{finding['id']}")).json()["data"]["detail"] == finding[
            "detail"
        ]
        answer = await client.post(f"{one}/enable")
        assert (answer.status_code, answer.json()["data"]["state"]) == (201, "active")
        problem(await client.post(f"{ALL}/nobodys/enable"), 404, "not-found")
    assert [each.id for each in await due(fresh.store, now, 10)] == [waiting.id]


async def test_a_subscription_is_of_what_its_maker_may_see(fresh: World) -> None:
    """The office does not see what a team keeps to itself."""
    async with fresh.client("pmo") as client:
        made = (await client.post(ALL, json={"url": URL, "name": "Everything"})).json()["data"]
    await fresh.read("red", [item("red", "r1", title="Secret again")])
    (one,) = [each for each in await behind(fresh.store) if each.id == made["id"]]
    events, _ = await fresh.store.reader(one.who, fresh.time.clock).changes(one.after, 100, one.chosen)
    assert events == []
    assert (await fresh.store.reader(LOCAL, fresh.time.clock).changes(one.after))[1] > one.after
