"""Deliveries: hints are committed before the answer, and whoever is not let in learns and leaves nothing."""

from __future__ import annotations

import asyncio
import gzip
import json
import random
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from api.app import create_app
from api.intake import REMEMBERED, Intake
from api.options import ApiOptions
from api.webhooks import LARGEST
from connectors.base import Delivery, Hint, Received, Watch, WatchState
from connectors.errors import Unauthorized
from store.inbox import Inbox, opened_inbox
from store.open import Store, open_store
from store.watches import drop_watches, expect, save_state, set_making, watches_of
from tests.api.delivering import BASE, Answer, Post, changed, post
from tests.faketime import START, FakeTime

MUTANTS = 10_000
AT_ONCE = 250


@pytest.fixture
async def jira(store: Store, inbox: Inbox) -> Post:
    """On both databases."""
    return await post(store, inbox)


@pytest.fixture
async def here(sqlite_url: str) -> AsyncIterator[Post]:
    """For what no database does differently."""
    opened = await open_store(sqlite_url)
    async with opened_inbox(sqlite_url) as inbox:
        yield await post(opened, inbox)
    await opened.aclose()


def hint(id: str) -> Hint:
    return Hint(scope_id="10000", item_id=id)


async def test_a_delivery_leaves_its_hint_and_rings(jira: Post) -> None:
    assert await jira.deliver(changed("1"), changed("2"), changed("1")) == [200, 200, 200]
    assert {one.hint: one.n for one in await jira.waiting()} == {hint("1"): 2, hint("2"): 1}
    assert jira.rung == ["jira"] * 3
    counted = await jira.counted()
    assert (counted.deliveries, counted.hints, counted.refused) == (3, 3, 0)


async def test_many_deliveries_at_once_lose_no_hint(jira: Post) -> None:
    answers = await asyncio.gather(*(jira.deliver(changed(str(n % 50))) for n in range(500)))
    assert {status for one in answers for status in one} == {200}
    assert sum(one.n for one in await jira.waiting()) == 500
    assert len(await jira.waiting()) == 50


async def test_events_that_we_do_not_know_are_answered_well_and_counted_by_name(here: Post) -> None:
    assert await here.deliver({"webhookEvent": "nobody_knows"}, {"webhookEvent": "user_created"}) == [200] * 2
    counted = await here.counted()
    assert (counted.unknown, counted.ignored, counted.hints) == ({"nobody_knows": 1}, 1, 0)
    assert here.rung == []


async def test_forged_unsigned_and_unreadable_deliveries_are_refused_and_counted(here: Post) -> None:
    body = json.dumps(changed("1")).encode()
    assert (await here.send([body], {"x-hub-signature": f"sha256={'0' * 64}"})).status == 401
    assert (await here.send([body])).status == 401
    assert (await here.send([body + b" "], here.signed(body))).status == 401
    assert (await here.send([body[:-9]], here.signed(body[:-9]))).status == 400
    assert (await here.send([b"<xml/>"], here.signed(b"<xml/>"))).status == 400
    assert (await here.send([b"[" * 100_000], here.signed(b"[" * 100_000))).status == 400
    assert await here.waiting() == []
    counted = await here.counted()
    assert (counted.refused, counted.last_at) == (6, None)
    assert here.rung == []


async def test_an_empty_secret_signs_for_nobody(here: Post) -> None:
    nothing = WatchState(id="7", scope_id=None, callback_url="", active=True, secret="")
    await save_state(here.inbox, here.watch.id, nothing, START)
    here.watch = await here.counted()
    assert here.watch.secret == ""
    body = json.dumps(changed("1")).encode()
    assert (await here.send([body], here.signed(body))).status == 401
    assert await here.waiting() == []


async def test_every_address_that_is_none_answers_the_same(here: Post) -> None:
    body = json.dumps(changed("1")).encode()
    token = here.path.rpartition("/")[2]
    paths = ["/webhooks/jira/x", f"/webhooks/jira/{token}x", f"/webhooks/other/{token}", "/webhooks/jira/%00"]
    answers = [await here.send([body], here.signed(body), path=path) for path in paths]
    assert {answer.status for answer in answers} == {404}
    assert len({_without_address(answer) for answer in answers}) == 1
    assert (await here.send([], method="HEAD", path="/webhooks/jira/x")).status == 404
    assert (await here.send([], method="GET")).status == 405
    assert (await here.counted()).deliveries == 0


def _without_address(answer: Answer) -> str:
    told = json.loads(answer.body)
    told.pop("instance")
    return json.dumps(told)


async def test_a_body_is_read_no_further_than_it_may_be_long(here: Post) -> None:
    flood = [b" " * 1_000_000] * (LARGEST // 1_000_000)
    assert (await here.send([*flood, b"x"])).status == 413
    body = b" " * (LARGEST - 100) + json.dumps({"webhookEvent": "user_created"}).encode()
    assert (await here.send([body], here.signed(body))).status == 200


async def test_a_compressed_body_is_not_opened(here: Post) -> None:
    bomb = gzip.compress(b" " * 50_000_000)
    assert (await here.send([bomb], {**here.signed(bomb), "content-encoding": "gzip"})).status == 415


async def test_who_hangs_up_in_the_middle_leaves_nothing(here: Post) -> None:
    body = json.dumps(changed("1")).encode()
    assert (await here.send([body], here.signed(body), cut=True)).status == 400
    assert await here.waiting() == []


async def test_an_id_that_no_tracker_makes_is_refused(store: Store, inbox: Inbox) -> None:
    """A database would refuse it, too, and less politely."""

    def receive(_delivery: Delivery, _watch: Watch) -> Received:
        return Received(hints=[Hint(scope_id=None, item_id="9" * 100_000)])

    jira = await post(store, inbox, receive)
    assert (await jira.send([b""])).status == 400
    assert await jira.waiting() == []


async def test_a_handshake_is_answered_and_learnt_only_while_the_webhook_is_being_made(
    store: Store, inbox: Inbox
) -> None:
    def receive(delivery: Delivery, watch: Watch) -> Received:
        secret = delivery.headers["x-hook-secret"]
        if not watch.making:
            raise Unauthorized("nobody asked")
        return Received(headers={"X-Hook-Secret": secret}, new_secret=secret)

    asana = await post(store, inbox, receive)
    assert (await asana.send([], {"x-hook-secret": "theirs"})).status == 401
    assert (await asana.counted()).secret == asana.watch.secret
    await set_making(inbox, asana.watch.id, making=True)
    answer = await asana.send([], {"x-hook-secret": "theirs"})
    assert (answer.status, answer.headers["x-hook-secret"]) == (200, "theirs")
    assert (await asana.counted()).secret == "theirs"


async def test_a_webhook_is_looked_for_once_in_a_while_and_always_while_it_is_being_made(here: Post) -> None:
    time, token = FakeTime(), here.path.rpartition("/")[2]
    intake = Intake(here.inbox, {}, time.clock, here.rung.append)
    await set_making(here.inbox, here.watch.id, making=True)
    assert (await intake.watch_at("jira", token)) == replace(here.watch, making=True)
    await set_making(here.inbox, here.watch.id, making=False)
    assert (await intake.watch_at("jira", token)) == here.watch
    await drop_watches(here.inbox, [here.watch.id])
    assert (await intake.watch_at("jira", token)) == here.watch
    assert await intake.watch_at("jira", token, anew=True) is None
    assert await intake.watch_at("jira", token) is None
    await expect(here.inbox, "jira", [None], BASE)
    (other,) = await watches_of(here.inbox, ["jira"])
    assert await intake.watch_at("jira", other.callback_url.removeprefix(BASE)) == other
    await drop_watches(here.inbox, [other.id])
    time.now += REMEMBERED
    assert await intake.watch_at("jira", other.callback_url.removeprefix(BASE)) is None


async def test_without_an_intake_there_is_no_webhook(here: Post) -> None:
    here.app = create_app(here.app.state.service.store, FakeTime().clock, ApiOptions())
    assert (await here.send([b"{}"])).status == 404


async def test_ten_thousand_mutated_deliveries_let_nobody_in_and_lose_nothing(here: Post) -> None:
    """Among genuine ones, each of which is there in the end."""
    chance = random.Random(7)  # noqa: S311
    statuses: Counter[int] = Counter()
    for number in range(MUTANTS // AT_ONCE):
        body = json.dumps(changed(str(number))).encode()
        answers = await asyncio.gather(
            here.deliver(changed(str(number))), *(_mutant(chance, here, body) for _ in range(AT_ONCE))
        )
        assert answers[0] == [200]
        statuses.update(answer.status for answer in answers[1:] if isinstance(answer, Answer))
    assert set(statuses) == {401, 404}
    assert statuses.total() == MUTANTS
    assert [(one.hint, one.n) for one in await here.waiting()] == [
        (hint(str(number)), 1) for number in sorted(range(MUTANTS // AT_ONCE), key=str)
    ]
    assert (await here.counted()).refused == statuses[401]


async def _mutant(chance: random.Random, here: Post, body: bytes) -> Answer:
    """One byte or more are other ones, in the body, in its signature, or in the address."""
    headers, part = here.signed(body), chance.randrange(4)
    if part == 0:
        return await here.send(
            [body], headers, path=_broken(chance, here.path.encode(), 15).decode("latin-1")
        )
    if part == 1:
        headers = {"x-hub-signature": _broken(chance, headers["x-hub-signature"].encode()).decode("latin-1")}
        return await here.send([body], headers)
    return await here.send([_broken(chance, body)], headers)


def _broken(chance: random.Random, text: bytes, after: int = 0) -> bytes:
    at = chance.randrange(after, len(text))
    other = bytes([chance.choice([n for n in range(33, 256) if n not in (text[at], *b"/?#")])])
    return chance.choice([text[:at] + other + text[at + 1 :], text[:at], text[:at] + other + text[at:]])
