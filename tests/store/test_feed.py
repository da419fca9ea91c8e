"""The ordered feed, and the revision that says when an answer may differ."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing

import psycopg
import pytest
from sqlalchemy import make_url

from normalizer.model import Placement
from store import runs
from store.catalogue import Check, save_check
from store.declared import ScopeSpec
from store.dialect import WRITERS
from store.open import Store, open_store
from store.principal import Principal
from store.views import FeedFilter
from tests.store.kit import PMO, World, at, item, item_id, later, scope_id

VIEWER = Principal(role="viewer")
TEAM = Principal(role="viewer", team="ops")
CLOSED = ScopeSpec(connection="site", remote="OPS", sharing="team_only", team="ops")


async def test_events_come_in_order_and_name_the_changed_fields(world: World) -> None:
    await world.put("OPS", item("1"), item("2"))
    await world.put("OPS", later(item("2"), 5, title="New", status_category="done"))
    events, last = await world.reader().changes(0)
    assert [(one.seq, one.kind, one.remote_id, one.title) for one in events] == [
        (1, "created", "1", "Item 1"),
        (2, "created", "2", "New"),
        (3, "modified", "2", "New"),
    ]
    assert events[2].fields == ["remote_updated_at", "status_category", "title"]
    assert last == 3
    assert await world.reader().changes(last) == ([], 3)


async def test_the_feed_is_read_in_pages(world: World) -> None:
    await world.put("OPS", *(item(str(n)) for n in range(5)))
    seen, after = [], 0
    for _ in range(3):
        events, after = await world.reader().changes(after, limit=2)
        seen += [one.seq for one in events]
    assert seen == [1, 2, 3, 4, 5]
    assert after == 5


async def test_hidden_events_are_passed_over_and_the_end_is_still_reached(world: World) -> None:
    await world.declare(scopes=[CLOSED, ScopeSpec(connection="site", remote="*")])
    await world.list("site", "OPS", "WEB")
    await world.put("WEB", item("9", scope="WEB"))
    await world.put("OPS", *(item(str(n)) for n in range(4)))
    events, last = await world.reader(VIEWER).changes(0, limit=2)
    assert [one.remote_id for one in events] == ["9"]
    assert last == 5


async def test_whoever_loses_sight_of_an_item_is_told_that_it_is_gone(world: World) -> None:
    await world.declare(scopes=[CLOSED, ScopeSpec(connection="site", remote="*")])
    await world.list("site", "OPS", "WEB")
    await world.put("WEB", item("1", scope="WEB"))
    await world.put("OPS", later(item("1"), 5))
    outside, _ = await world.reader(VIEWER).changes(0)
    assert [(one.kind, one.presence, one.title, one.scope) for one in outside] == [
        ("removed", "moved_out", "", scope_id("WEB"))
    ]
    inside, _ = await world.reader(TEAM).changes(0)
    assert [(one.kind, one.scope) for one in inside] == [
        ("created", scope_id("WEB")),
        ("modified", scope_id("OPS")),
    ]


async def test_whoever_comes_to_see_an_item_is_told_that_it_is_new(world: World) -> None:
    await world.declare(scopes=[CLOSED, ScopeSpec(connection="site", remote="*")])
    await world.list("site", "OPS", "WEB")
    await world.put("OPS", item("1"))
    moved = later(item("1", scope="WEB"), 5, placements=(Placement(scope_id=scope_id("WEB")),))
    await world.put("WEB", moved)
    events, _ = await world.reader(VIEWER).changes(0)
    assert [(one.kind, one.fields, one.title) for one in events] == [("created", [], "Item 1")]


async def test_an_item_that_becomes_restricted_goes_from_those_who_may_not_see_it(world: World) -> None:
    await world.put("OPS", item("1"))
    await world.put("OPS", later(item("1"), 5, visibility="restricted", title="secret"))
    await world.put("OPS", later(item("1"), 6, visibility="restricted", title="more"))
    events, last = await world.reader(VIEWER).changes(0)
    assert [(one.seq, one.kind, one.presence, one.title) for one in events] == [
        (2, "removed", "access_lost", "")
    ]
    assert last == 3
    assert len((await world.reader(PMO).changes(0))[0]) == 3


async def test_two_processes_never_commit_the_feed_out_of_order(world: World, store_url: str) -> None:
    """A reader that has come to a number has seen all before it, also while two processes write."""
    second = World(await open_store(store_url))
    seen: list[int] = []
    after = 0
    stop = asyncio.Event()

    async def follow() -> None:
        nonlocal after
        while not stop.is_set():
            events, after = await world.reader().changes(after)
            seen.extend(one.seq for one in events)
            await asyncio.sleep(0)

    async def write(through: World, first: int) -> None:
        for n in range(8):
            await through.put("OPS", *(item(str(first + n * 10 + k)) for k in range(3)))

    follower = asyncio.create_task(follow())
    await asyncio.gather(write(world, 1000), write(second, 5000))
    stop.set()
    await follower
    events, _ = await world.reader().changes(after)
    seen.extend(one.seq for one in events)
    await second.store.aclose()
    assert len(seen) == len(set(seen)) == 48


async def test_while_one_process_writes_no_other_can_begin_to(store: Store, store_url: str) -> None:
    """Numbers are drawn in the order of the commits only if writers wait for each other from the start."""
    url = make_url(store_url)
    async with store.database.writing():
        if url.drivername == "sqlite":
            second = sqlite3.connect(url.database or "", timeout=0)
            with closing(second), pytest.raises(sqlite3.OperationalError, match="locked"):
                second.execute("BEGIN IMMEDIATE")
        else:
            with psycopg.connect(store_url) as other:
                assert other.execute("SELECT pg_try_advisory_xact_lock(%s)", [WRITERS]).fetchone() == (False,)


async def test_the_revision_differs_with_every_visible_change_and_not_with_age(world: World) -> None:
    known = {await world.reader().revision()}

    async def differs() -> None:
        revision = await world.reader().revision()
        assert revision not in known
        known.add(revision)

    world.now = at(60 * 24)
    assert {await world.reader().revision()} == known
    run = await runs.begin(world.store, "full", "site", scope_id("OPS"), world.now)
    await differs()
    await world.put("OPS", item("1"), run_id=run, whole=True)
    await differs()
    await runs.wait(world.store, run, at(60 * 25))
    await differs()
    world.now = at(60 * 26)  # the waiting is over: the run shows as running again
    await differs()
    await runs.finish(world.store, run, runs.Ending("failed", "The site is down."), world.now)
    await differs()
    await save_check(world.store, "site", Check(state="ok", at=world.now))
    await differs()
    await world.declare(scopes=[CLOSED])
    await differs()
    await world.declare(scopes=[CLOSED])
    assert await world.reader().revision() in known
    await world.list("site", "OPS")
    await differs()
    world.now = at(60 * 48)
    assert await world.reader().revision() in known


async def test_an_item_put_again_is_no_event(world: World) -> None:
    await world.put("OPS", item("1"))
    await world.put("OPS", item("1"))
    events, _ = await world.reader().changes(0)
    assert [one.item_id for one in events] == [item_id("1")]


async def test_whoever_follows_a_part_is_told_of_what_comes_into_it_and_goes_from_it(world: World) -> None:
    await world.list("site", "OPS", "WEB")
    await world.put("OPS", item("1"), item("2"))
    await world.put("WEB", later(item("1", scope="WEB"), 5, title="Moved"))
    told = {}
    for name in ("OPS", "WEB"):
        events, last = await world.reader().changes(0, chosen=FeedFilter(scope=[scope_id(name)]))
        told[name] = [(one.seq, one.kind, one.remote_id, one.presence, one.title) for one in events]
        assert last == 3
    assert told["OPS"] == [
        (1, "created", "1", "present", "Moved"),
        (2, "created", "2", "present", "Item 2"),
        (3, "removed", "1", "moved_out", ""),
    ]
    assert told["WEB"] == [(3, "created", "1", "present", "Moved")]
