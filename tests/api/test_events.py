"""The feed as server-sent events, over a real socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from api.app import create_app
from api.events import written
from api.examples import CHANGES
from api.news import EVERY, QUIET, News
from api.options import ApiOptions, Clock
from store.keys import list_keys, revoke_key
from store.open import Store, StoreError
from store.principal import Principal
from store.reader import Reader
from tests.api.streams import EventSource, following, served
from tests.api.test_errors import problem
from tests.api.world import World, item, scope_id
from tests.faketime import FakeTime


@asynccontextmanager
async def open_to_all(world: World, store: Store | None = None) -> AsyncIterator[str]:
    """The world's application on a socket. Its waiting takes no time, and none of the world's."""
    app = create_app(store or world.store, world.time.clock, ApiOptions(sleep=FakeTime().sleep))
    app.openapi_schema = world.app.openapi()  # made once, since it takes longer than most tests
    async with served(app) as (_, base):
        yield base


async def patch(world: World, title: str, **more: Any) -> None:
    await world.read("ops", [item("ops", "o1", title=title, **more)])


async def taken(source: EventSource, count: int) -> list[dict[str, Any]]:
    return [event for _ in range(count) if (event := await source.next())]


async def listed(world: World, key: str) -> list[dict[str, Any]]:
    async with world.client(key) as client:
        found: list[dict[str, Any]] = (await client.get("/v1/changes?limit=1000")).json()["data"]
        return found


async def test_what_happens_comes_as_it_happens_and_whoever_comes_again_misses_nothing(fresh: World) -> None:
    known = await listed(fresh, "pmo")
    async with open_to_all(fresh) as base:
        async with following(base, fresh.keys["pmo"], "?after=0") as source:
            assert await taken(source, len(known)) == known
            await patch(fresh, "Patched once")
            once = await source.next()
            assert once is not None
            assert (once["kind"], once["title"]) == ("modified", "Patched once")
            assert source.id == str(once["seq"])
            assert source.retry > 0
        await patch(fresh, "Patched twice")
        await patch(fresh, "Patched again")
        question, resumed = "?after=0", {"Last-Event-ID": source.id}
        async with following(base, fresh.keys["pmo"], question, **resumed) as source:
            missed = [event["seq"] for event in await taken(source, 2)]
            assert missed == [once["seq"] + 1, once["seq"] + 2]


async def test_whoever_asks_for_nothing_older_is_told_from_now_on(fresh: World) -> None:
    async with open_to_all(fresh) as base, following(base, fresh.keys["pmo"]) as source:
        await source.comment()
        await patch(fresh, "Patched now")
        event = await source.next()
    assert event is not None
    assert event["title"] == "Patched now"


async def test_it_is_an_event_stream_that_no_proxy_holds_back(world: World) -> None:
    async with open_to_all(world) as base, following(base, world.keys["pmo"], "?after=0") as source:
        headers = source.response.headers
    assert headers["content-type"].partition(";")[0] == "text/event-stream"
    assert headers["x-accel-buffering"] == "no"
    assert "no-cache" in headers["cache-control"]
    assert "content-length" not in headers


@pytest.mark.parametrize("who", ["viewer", "red viewer"])
async def test_everybody_is_told_what_the_feed_tells_them(world: World, who: str) -> None:
    known = await listed(world, who)
    async with open_to_all(world) as base, following(base, world.keys[who], "?after=0") as source:
        assert await taken(source, len(known)) == known
        await source.comment()
    assert not [event for event in known if event["scope"] == scope_id("red")] or who == "red viewer"


PARTS: dict[str, set[str]] = {
    f"scope={scope_id('web')}": {"web"},
    "tracker=jira_cloud": {"APP"},
    "project=operations": {"ops"},
    "project=digital": {"web", "APP"},
    f"project=digital&tracker=trello&scope={scope_id('web')}": {"web"},
    f"project=digital&scope={scope_id('ops')}": set(),
    f"scope={scope_id('red')}": set(),
    "kind=removed": set(),
}


async def test_a_part_of_the_feed_can_be_followed(world: World) -> None:
    every = await listed(world, "pmo")
    async with open_to_all(world) as base:
        for question, scopes in PARTS.items():
            known = [event for event in every if event["scope"] in map(scope_id, scopes)]
            assert bool(known) == bool(scopes)
            async with following(base, world.keys["pmo"], f"?after=0&{question}") as source:
                assert await taken(source, len(known)) == known, question
                assert await source.comment() == "nothing new", "nor is anything else told"


async def test_only_modifications_of_a_field_can_be_followed(fresh: World) -> None:
    asked = "?kind=modified&field=hold"
    async with open_to_all(fresh) as base, following(base, fresh.keys["pmo"], asked) as source:
        await patch(fresh, "Another title", hold="blocked")
        await patch(fresh, "Another title", hold="waiting")
        event = await source.next()
    assert event is not None
    assert event["fields"] == ["hold"]


async def test_what_is_passed_over_is_not_read_again(fresh: World) -> None:
    async with open_to_all(fresh) as base, following(base, fresh.keys["viewer"]) as source:
        await source.comment()
        before = source.id
        await patch(fresh, "Unseen by viewers")
        while source.id == before:
            await source.comment()
    assert int(source.id) == int(before) + 1


async def test_a_revoked_key_is_told_no_more(fresh: World) -> None:
    async with open_to_all(fresh) as base, following(base, fresh.keys["pmo"]) as source:
        await source.comment()
        (key,) = [one for one in await list_keys(fresh.store) if one.name == "the office"]
        await revoke_key(fresh.store, key.id, fresh.time.clock())
        assert await source.next() is None
    assert "not known" in source.comments[-1]


async def test_a_stream_ends_before_its_server_does(world: World) -> None:
    app = create_app(world.store, world.time.clock, ApiOptions())
    app.openapi_schema = world.app.openapi()
    async with served(app) as (server, base), following(base, world.keys["pmo"], "?after=0") as source:
        await source.next()
        server.should_exit = True
        while await source.next() is not None:
            pass


@dataclass(frozen=True, kw_only=True)
class Shaky(Store):
    """A database that is away whenever something is in ``away``."""

    away: list[str] = field(default_factory=list)

    def reader(self, principal: Principal, clock: Clock) -> Reader:
        if self.away:
            raise StoreError(self.away[0])
        return super().reader(principal, clock)


async def test_a_database_that_is_away_ends_no_stream(fresh: World) -> None:
    shaky = Shaky(url=fresh.store.url, database=fresh.store.database)
    async with open_to_all(fresh, shaky) as base, following(base, fresh.keys["pmo"]) as source:
        await source.comment()
        shaky.away.append("The database is away.")
        while await source.comment() != "The database is away.":
            pass
        await patch(fresh, "Patched meanwhile")
        shaky.away.clear()
        event = await source.next()
    assert event is not None
    assert event["title"] == "Patched meanwhile"


@pytest.mark.parametrize(
    ("question", "headers", "name"),
    [
        ("?after=-1", {}, "after"),
        ("?after=first", {}, "after"),
        (f"?after={2**63}", {}, "after"),
        ("?kind=lost", {}, "kind"),
        ("?scopes=x", {}, "scopes"),
        ("", {"Last-Event-ID": "x"}, "last-event-id"),
        ("", {"Last-Event-ID": "-1"}, "last-event-id"),
    ],
)
async def test_what_cannot_be_followed_is_refused_at_once(
    world: World, question: str, headers: dict[str, str], name: str
) -> None:
    async with world.client("pmo") as client:
        said = problem(await client.get(f"/v1/events{question}", headers=headers), 422, "invalid-request")
    assert [error["name"] for error in said["errors"]] == [name]
    assert said["errors"][0]["location"] == ("header" if headers else "query")


def test_the_document_shows_an_event_as_it_is_sent(world: World) -> None:
    operation = world.app.openapi()["paths"]["/v1/events"]["get"]
    content = operation["responses"]["200"]["content"]
    assert list(content) == ["text/event-stream"]
    assert content["text/event-stream"]["example"] == written(CHANGES.data[0]).decode()
    assert {"304", "404"}.isdisjoint(operation["responses"])


async def test_many_who_wait_cost_one_look_and_nobody_waiting_costs_none() -> None:
    time, looks = FakeTime(), 0

    async def look() -> int:
        nonlocal looks
        looks += 1
        return 7 if looks > 3 else 0

    news = News(look, time.sleep)
    await asyncio.gather(*(news.beyond(0) for _ in range(50)))
    assert (looks, time.sleeps) == (4, [EVERY] * 4)
    await news.beyond(6)
    assert looks == 4
    begun = time.now
    await asyncio.gather(*(news.beyond(7) for _ in range(50)))
    assert time.now - begun == timedelta(seconds=QUIET), "all quiet is told too"
    waiting = [asyncio.ensure_future(news.beyond(7)) for _ in range(50)]
    await asyncio.sleep(0)
    news.end()
    await asyncio.gather(*waiting)
