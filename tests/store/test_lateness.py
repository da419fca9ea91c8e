"""Which scopes are past their target and why, measured from what is wanted and not from what once worked."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.base import Identity
from store import runs
from store.catalogue import Check, Declared, declare, save_check
from store.declared import ScopeSpec
from store.principal import Principal
from store.views import Coverage, ScopeView
from tests.store.kit import CONNECTIONS, World, at, item, scope_id

ADMIN = Principal(role="admin")
SITE = CONNECTIONS[:1]
HOURLY, DAILY = 60, 24 * 60


async def scopes(world: World) -> dict[str, ScopeView]:
    found = await world.reader(ADMIN).connections()
    return {view.remote_id: view for one in found for view in one.scopes}


async def coverage(world: World) -> Coverage:
    return await world.reader(ADMIN).coverage()


def spec(remote: str, minutes: int | None = None, of: str = "site") -> ScopeSpec:
    return ScopeSpec(connection=of, remote=remote, freshness_seconds=minutes and minutes * 60)


async def test_a_scope_is_late_when_its_last_whole_reading_is_older_than_its_target(world: World) -> None:
    await world.declare(scopes=[spec("OPS"), spec("WEB", DAILY)], connections=SITE)
    await world.put("OPS", item("1"), whole=True)
    await world.put("WEB", item("2", "WEB"), whole=True)
    world.now = at(HOURLY)
    assert {name: view.late for name, view in (await scopes(world)).items()} == {"OPS": False, "WEB": False}
    world.now = at(HOURLY + 1)
    found = await scopes(world)
    assert {name: (view.target_seconds, view.late) for name, view in found.items()} == {
        "OPS": (3600, True),
        "WEB": (86400, False),
    }
    assert "Nothing has read OPS board since 2026-03-01 09:00 UTC: is tspmo serve or tspmo worker" in str(
        found["OPS"].late_reason
    )
    assert ((await coverage(world)).late, (await coverage(world)).target_seconds) == (1, 3600)


async def test_the_installation_s_target_holds_where_a_scope_has_none(world: World) -> None:
    declared = Declared(connections=SITE, scopes=[spec("*"), spec("WEB", HOURLY)], freshness_seconds=86400)
    await declare(world.store, declared, world.now)
    world.now = at(HOURLY + 1)
    assert {name: view.late for name, view in (await scopes(world)).items()} == {"OPS": False, "WEB": True}


async def test_of_several_targets_the_shortest_holds(world: World) -> None:
    await world.declare(scopes=[spec("OPS", DAILY), spec("ops", HOURLY), spec("*", 5)], connections=SITE)
    assert {name: view.target_seconds for name, view in (await scopes(world)).items()} == {
        "OPS": 3600,
        "WEB": 300,
    }


async def test_a_scope_that_was_never_read_to_its_end_is_late_too(world: World) -> None:
    await world.declare(connections=SITE)
    await world.put("OPS", item("1"))
    world.now = at(HOURLY)
    assert not (await scopes(world))["OPS"].late
    world.now = at(HOURLY + 1)
    assert "since it was listed 2026-03-01 09:00" in str((await scopes(world))["OPS"].late_reason)
    assert (await coverage(world)).late == 2


async def test_a_connection_that_never_listed_and_a_name_without_a_scope_are_late_too(world: World) -> None:
    await world.declare(scopes=[spec("OPS"), spec("GHOST")])
    await world.put("OPS", item("1"), whole=True)
    world.now = at(HOURLY)
    assert ((await coverage(world)).expected, (await coverage(world)).late) == (2, 0)
    world.now = at(HOURLY + 1)
    await world.put("OPS", item("1"), whole=True)
    assert (await coverage(world)).late == 2


async def test_what_is_dropped_and_wanted_again_is_waited_for_anew(world: World) -> None:
    await world.declare(connections=[])
    world.now = at(DAILY)
    assert (await coverage(world)).late == 0
    await world.declare()
    assert (await coverage(world)).late == 0
    world.now = at(DAILY + HOURLY + 1)
    assert (await coverage(world)).late == 3


async def test_the_reason_is_the_nearest_to_the_cause(world: World) -> None:
    await world.declare(connections=SITE)
    world.now = at(HOURLY + 1)
    run = await runs.begin(world.store, "full", "site", scope_id("OPS"), world.now)
    await world.put("OPS", item("1"), run_id=run, expected=4)

    async def reason() -> str:
        return str((await scopes(world))["OPS"].late_reason)

    assert "began 2026-03-01 10:01 UTC has 1 of 4 items so far" in await reason()
    await runs.wait(world.store, run, at(90))
    assert "waits until 2026-03-01 10:30 UTC, as its tracker asked" in await reason()
    await runs.finish(world.store, run, runs.Ending("failed", "The site is down."), world.now)
    assert await reason() == "The site is down."
    await world.list("site", "WEB")
    assert "does not list OPS board any more" in await reason()
    await save_check(
        world.store, "site", Check(state="unauthorized", at=world.now, error="The token was revoked.")
    )
    assert await reason() == "The token was revoked."
    identity = Identity(system="jira", site="site", account_id="1", account_name="Reader")
    await save_check(world.store, "site", Check(state="ok", at=world.now, identity=identity))
    assert "does not list OPS board any more" in await reason()


@pytest.mark.parametrize("read", [True, False])
async def test_a_moment_of_the_future_is_no_proof_of_freshness(world: World, read: bool) -> None:
    """Whoever read it had a clock that was five hours ahead."""
    world.now = at(300)
    await world.declare(connections=[])
    await world.declare(connections=SITE)
    given: dict[str, Any] = {"whole": True} if read else {}
    await world.put("OPS", item("1"), **given)
    world.now = at(0)
    found = (await scopes(world))["OPS"]
    assert found.late
    assert "2026-03-01 14:00 UTC, which is still to come by the clock" in str(found.late_reason)
    assert "NTP" in str(found.late_reason)
    await world.put("OPS", item("1"), whole=True)
    assert not (await scopes(world))["OPS"].late


async def test_a_viewer_is_told_of_what_it_may_see(world: World) -> None:
    closed = ScopeSpec(connection="site", remote="OPS", sharing="team_only", team="ops")
    await world.declare(scopes=[closed, spec("*")], connections=SITE)
    world.now = at(HOURLY + 1)
    assert (await world.reader(Principal(role="viewer")).coverage()).late == 1
    assert (await world.reader(Principal(role="viewer", team="ops")).coverage()).late == 2
