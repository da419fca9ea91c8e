"""Subscribers are told what happens: signed, once, again where they fail, and not for ever."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

import httpx
import pytest

from store.leases import held
from store.open import Store
from store.outgoing import Message, Tried, behind, due, enqueue, note
from store.principal import Principal
from store.subscription_views import DeliveryView, SubscriptionView
from store.subscriptions import (
    SubscriptionSpec,
    enable,
    list_deliveries,
    list_subscriptions,
    resend,
    subscribe,
)
from store.views import FeedFilter
from sync.outgoing import AGAIN, GIVEN_UP, KEPT, Teller, client, telling
from sync.targets import Guard
from tests.store.kit import PMO, World, item, later, scope_id
from tests.sync.receivers import Receiver, receiving

LOOPBACK = Guard([ip_network("127.0.0.0/8")])


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


@pytest.fixture
async def world(store: Store) -> World:
    """The clock is right, since receivers compare a signature's time with their own."""
    made = World(store, datetime.now(UTC))
    await made.declare()
    await made.list("site", "OPS", "WEB")
    return made


@pytest.fixture
async def teller(world: World) -> AsyncIterator[Teller]:
    async with client() as http:
        yield Teller(world.store, lambda: world.now, http, LOOPBACK)


async def subscriber(
    world: World, receiver: Receiver, chosen: FeedFilter | None = None, who: Principal = PMO
) -> str:
    spec = SubscriptionSpec(url=receiver.url, name="Chat", chosen=chosen or FeedFilter())
    made = await subscribe(world.store, who, spec, world.now)
    receiver.secret = made.secret
    return made.id


async def the_one(world: World) -> tuple[SubscriptionView, list[DeliveryView]]:
    (one,) = await list_subscriptions(world.store)
    return one, await list_deliveries(world.store, one.id, None, 100)


async def tried_until_given_up(world: World, teller: Teller) -> list[timedelta]:
    """How long it waited before each further attempt."""
    waits = []
    while True:
        assert await teller.tell() == 1
        assert await teller.tell() == 0, "not before its time"
        _, (delivery,) = await the_one(world)
        if delivery.next_at is None:
            return waits
        waits.append(delivery.next_at - world.now)
        world.now = delivery.next_at


async def test_what_happens_is_told_signed_thin_and_once(
    world: World, receiver: Receiver, teller: Teller
) -> None:
    await world.put("OPS", item("0"))
    await subscriber(world, receiver)
    await world.put("OPS", item("1", title="Confidential"))
    await world.put("OPS", later(item("1"), 5, title="More"))
    assert await teller.tell() == 2
    assert await teller.tell() == 0
    created, modified = receiver.got
    assert (created["type"], modified["type"]) == ("item.created", "item.modified")
    assert datetime.fromisoformat(created["timestamp"]) == world.now
    assert created["data"] == {
        "seq": 2, "item_id": created["data"]["item_id"], "tracker": "jira_cloud", "scope": scope_id("OPS"),
        "remote_id": "1", "fields": [], "presence": "present",
    }  # fmt: skip
    assert "title" in modified["data"]["fields"]
    one, deliveries = await the_one(world)
    assert (one.state, one.waiting, one.dead) == ("active", 0, 0)
    assert [(each.state, each.attempts, each.last_status) for each in deliveries] == [
        ("delivered", 1, 200)
    ] * 2
    assert receiver.ids == [each.id for each in reversed(deliveries)]


async def test_a_subscriber_is_told_what_it_chose_and_may_be_seen(
    world: World, receiver: Receiver, teller: Teller
) -> None:
    viewer, chosen = Principal(role="viewer"), FeedFilter(scope=[scope_id("OPS")], field=["title"])
    await subscriber(world, receiver, chosen, viewer)
    await world.put("OPS", item("1"), item("2", visibility="restricted"))
    await world.put("OPS", later(item("1"), 5, status_category="done"))
    await world.put("OPS", later(item("1"), 6, status_category="done", title="New"))
    await world.put("WEB", item("3", scope="WEB"))
    assert await teller.tell() == 2
    assert [(one["type"], one["data"]["remote_id"]) for one in receiver.got] == [
        ("item.created", "1"),
        ("item.modified", "1"),
    ]
    assert await behind(world.store) == [], "what is passed over is passed over once"


async def test_a_failure_is_tried_again_later_and_later_and_then_kept(
    world: World, receiver: Receiver, teller: Teller
) -> None:
    await subscriber(world, receiver)
    await world.put("OPS", item("1"))
    receiver.status = 500
    assert tuple(await tried_until_given_up(world, teller)) == AGAIN
    one, (dead,) = await the_one(world)
    assert (dead.state, dead.attempts, dead.last_status) == ("dead", len(AGAIN) + 1, 500)
    assert dead.last_error == "Its receiver answered 500: expected 2xx."
    assert (one.state, one.dead) == ("failing", 1)
    assert len(set(receiver.ids)) == 1, "the receiver can tell that it is the same"
    receiver.status, world.now = 204, datetime.now(UTC)
    await resend(world.store, one.id, dead.id, world.now)
    assert await teller.tell() == 1
    one, (delivered,) = await the_one(world)
    assert (one.state, delivered.state, delivered.id) == ("active", "delivered", dead.id)


async def test_one_that_is_away_holds_up_nobody_and_is_not_pressed(
    world: World, receiver: Receiver, teller: Teller
) -> None:
    with receiving() as other:
        await subscriber(world, receiver)
        await subscriber(world, other)
        receiver.status = 503
        await world.put("OPS", *(item(str(n)) for n in range(20)))
        assert await teller.tell() == 21
        assert await teller.tell() == 0, "nor is anything else sent to it meanwhile"
    assert (len(receiver.ids), len(other.got)) == (1, 20)
    receiver.status = 200
    world.now += AGAIN[0]
    assert await teller.tell() == 20
    assert [one["data"]["seq"] for one in receiver.got] == list(range(1, 21)), "in the order of the feed"


async def test_one_that_fails_for_days_is_disabled_with_a_finding_and_goes_on_where_it_stood(
    world: World, receiver: Receiver, teller: Teller, caplog: pytest.LogCaptureFixture
) -> None:
    id = await subscriber(world, receiver)
    receiver.status = 500
    await world.put("OPS", item("1"))
    await teller.tell()
    assert not [one for one in await world.reader(PMO).findings() if one.kind == "subscription_disabled"]
    world.now += GIVEN_UP
    with caplog.at_level(logging.WARNING, "tspmo"):
        await teller.tell()
    assert "is disabled" in caplog.text
    await world.put("OPS", item("2"))
    assert await teller.tell() == 0
    (finding,) = [one for one in await world.reader(PMO).findings() if one.kind == "subscription_disabled"]
    assert f"tspmo subscriptions enable {id}" in finding.detail
    assert finding.connection is None
    viewer = await world.reader(Principal(role="viewer")).findings()
    assert not [one for one in viewer if one.kind == "subscription_disabled"]
    assert receiver.secret not in str(finding)
    world.now, receiver.status = datetime.now(UTC), 200
    assert await enable(world.store, id, world.now)
    assert await teller.tell() == 2
    assert [one["data"]["remote_id"] for one in receiver.got] == ["1", "2"]
    assert not [one for one in await world.reader(PMO).findings() if one.kind == "subscription_disabled"]


async def test_one_that_says_that_it_is_gone_is_told_nothing_more(
    world: World, receiver: Receiver, teller: Teller
) -> None:
    await subscriber(world, receiver)
    receiver.status = 410
    await world.put("OPS", item("1"))
    await teller.tell()
    one, _ = await the_one(world)
    assert one.state == "disabled"
    assert one.disabled_because == "Its receiver answered 410, which says that it is there no more."


async def test_only_one_process_tells_at_a_time(world: World, receiver: Receiver, teller: Teller) -> None:
    await subscriber(world, receiver)
    await world.put("OPS", item("1"))
    async with held(world.store, "outgoing"):
        assert await teller.tell() == 0
    assert await teller.tell() == 1


async def test_no_redirect_is_followed_and_no_cookie_kept(
    world: World, receiver: Receiver, teller: Teller
) -> None:
    await subscriber(world, receiver)
    receiver.status, receiver.headers = 307, {"Location": receiver.url, "Set-Cookie": "a=b"}
    await world.put("OPS", item("1"))
    assert await teller.tell() == 1
    receiver.status, receiver.headers = 200, {}
    world.now += AGAIN[0]
    assert await teller.tell() == 1
    assert receiver.cookies == ["", ""]


async def test_what_turns_out_to_lie_within_is_told_nothing(world: World, receiver: Receiver) -> None:
    """The name was public when the subscription was made."""
    await subscriber(world, receiver)
    await world.put("OPS", item("1"))
    async with client() as http:
        assert await Teller(world.store, lambda: world.now, http, Guard()).tell() == 1
    assert receiver.ids == []
    _, (delivery,) = await the_one(world)
    assert "lies in a network of our own" in (delivery.last_error or "")


async def test_a_name_is_looked_up_once_and_the_address_found_is_the_one_told(
    world: World, receiver: Receiver
) -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200)

    async def resolve(host: str) -> list[str]:
        assert host == "hooks.example.org"
        return ["2606:4700::1"]

    receiver.url = "https://hooks.example.org:8443/hook"
    await subscriber(world, receiver)
    await world.put("OPS", item("1"))
    async with client(httpx.MockTransport(answer)) as http:
        assert await Teller(world.store, lambda: world.now, http, Guard((), resolve)).tell() == 1
    (request,) = asked
    assert str(request.url) == "https://[2606:4700::1]:8443/hook"
    assert request.headers["host"] == "hooks.example.org:8443"
    assert request.extensions["sni_hostname"] == "hooks.example.org", "whose certificate is asked for"


async def test_what_was_delivered_is_forgotten_after_a_while_and_what_died_is_not(
    world: World, receiver: Receiver, teller: Teller
) -> None:
    id = await subscriber(world, receiver)
    await world.put("OPS", item("1"))
    await teller.tell()
    receiver.status = 410
    await world.put("OPS", item("2"))
    await teller.tell()
    (gone,) = await list_deliveries(world.store, id, "waiting", 100)
    await note(world.store, Tried(delivery=gone.id, subscription=id, at=world.now, status=410, error="Gone."))
    world.now += KEPT + timedelta(hours=1)
    await enable(world.store, id, world.now)
    await world.put("OPS", item("3"))
    await teller.tell()
    left = await list_deliveries(world.store, id, None, 100)
    assert [(one.seq, one.state) for one in left] == [(3, "waiting"), (2, "dead")]


async def test_what_cannot_be_reached_says_so(world: World, receiver: Receiver, teller: Teller) -> None:
    receiver.url = "http://127.0.0.1:1/hook"
    await subscriber(world, receiver)
    await world.put("OPS", item("1"))
    await teller.tell()
    _, (delivery,) = await the_one(world)
    assert (delivery.last_status, delivery.state) == (None, "waiting")
    assert "cannot be reached" in (delivery.last_error or "")
    assert len(await due(world.store, world.now + AGAIN[0], 10)) == 1


async def test_a_worker_tells_while_it_works_and_ends_with_what_it_began(
    world: World, receiver: Receiver, teller: Teller
) -> None:
    await subscriber(world, receiver)
    await world.put("OPS", item("1"))
    async with telling(teller):
        while not receiver.got:
            await asyncio.sleep(0)
    _, (delivery,) = await the_one(world)
    assert delivery.state == "delivered"


async def test_two_workers_that_saw_the_same_make_one_delivery_of_it(
    world: World, receiver: Receiver, teller: Teller
) -> None:
    await subscriber(world, receiver)
    await world.put("OPS", item("1"))
    (seen,) = await behind(world.store)
    for _ in range(2):
        await enqueue(world.store, seen, 1, [Message(seq=1, type="item.created", body="{}")], world.now)
    assert await teller.tell() == 1
