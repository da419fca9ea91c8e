"""An outage is told once and its end once, whoever looks and however often; and it is a finding meanwhile."""

from __future__ import annotations

import logging
from datetime import datetime

import pytest

from store.open import Store, open_store
from store.principal import Principal
from store.views import FindingView
from sync.freshness import watch_freshness
from tests.store.kit import CONNECTIONS, World, at, item

ADMIN = Principal(role="admin")


@pytest.fixture
async def world(store: Store) -> World:
    made = World(store)
    await made.declare(connections=CONNECTIONS[:1])
    await made.list("site", "OPS", "WEB")
    return made


async def late(world: World, principal: Principal = ADMIN) -> list[FindingView]:
    return [one for one in await world.reader(principal).findings() if one.kind == "late"]


async def looked(world: World, minutes: float) -> list[tuple[str, datetime, bool]]:
    """What changed by then: of which scope, since when it was late, and whether it still is."""
    world.now = at(minutes)
    changed = await watch_freshness(world.store, lambda: world.now)
    return sorted((one.subject, one.began_at, one.ended_at is None) for one in changed)


async def test_an_outage_and_its_end_are_told_once(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "tspmo")
    await world.put("OPS", item("1"), whole=True)
    assert await looked(world, 60) == []
    world.now = at(30)
    await world.put("OPS", item("1"), whole=True)
    assert await looked(world, 61) == [("WEB board", at(60), True)]
    assert await looked(world, 80) == []
    assert await looked(world, 91) == [("OPS board", at(90), True)]
    assert await looked(world, 200) == []
    await world.put("OPS", item("1"), whole=True)
    await world.put("WEB", item("2", "WEB"), whole=True)
    assert await looked(world, 201) == [("OPS board", at(90), False), ("WEB board", at(60), False)]
    assert await looked(world, 202) == []
    began, later, ended = [one.getMessage() for one in caplog.records if one.name == "tspmo"]
    assert began.startswith("site: WEB board is late since 2026-03-01 10:00 UTC: Nothing has read WEB board")
    assert later.startswith("site: OPS board is late since 2026-03-01 10:30 UTC: ")
    assert ended == "site: OPS board, WEB board are late no more, after 2026-03-01 10:00 UTC."


async def test_a_process_that_begins_anew_does_not_tell_it_again(world: World, store_url: str) -> None:
    assert len(await looked(world, 61)) == 2
    again = await open_store(store_url)
    assert await watch_freshness(again, lambda: at(70)) == []
    await again.aclose()


async def test_what_turned_late_is_seen_by_whoever_asks_whether_anything_changed(world: World) -> None:
    world.now = at(59)
    before = await world.reader().revision()
    world.now = at(61)
    assert await world.reader().revision() == before, "age alone changes nothing"
    await watch_freshness(world.store, lambda: world.now)
    after = await world.reader().revision()
    assert after != before
    await watch_freshness(world.store, lambda: world.now)
    assert await world.reader().revision() == after


async def test_a_late_scope_is_a_finding_that_goes_with_its_cause(world: World) -> None:
    world.now = at(61)
    found = {one.subject: one for one in await late(world)}
    assert set(found) == {"OPS board", "WEB board"}
    assert (found["OPS board"].first_seen, found["OPS board"].connection) == (at(60), "site")
    assert "is tspmo serve or tspmo worker running?" in found["OPS board"].detail
    await world.put("OPS", item("1"), whole=True)
    assert [one.subject for one in await late(world)] == ["WEB board"]
