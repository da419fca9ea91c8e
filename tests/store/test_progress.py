"""Runs, checkpoints and findings: how a reading goes, and what a person should look at."""

from __future__ import annotations

from typing import Any

from store import checkpoints, runs
from store.checkpoints import Checkpoint
from store.principal import Principal
from store.views import FindingView, RunView, ScopeView
from tests.store.kit import World, at, item, later, other, reading, rejection, scope_id, unmapped

OPS = scope_id("OPS")


async def begun(world: World) -> str:
    return await runs.begin(world.store, "full", "site", OPS, world.now)


async def scope(world: World) -> ScopeView:
    return (await world.reader().connections())[0].scopes[0]


async def test_a_run_counts_what_its_pages_brought(world: World) -> None:
    run = await begun(world)
    await world.put("OPS", item("1"), reading(item("2"), rejections=[rejection("2")]), run_id=run, expected=3)
    world.now = at(1)
    await world.put("OPS", item("1"), item("3"), run_id=run, whole=True)
    await runs.finish(world.store, run, runs.Ending("done"), at(2))
    assert await world.reader().runs() == [
        RunView(
            id=run, kind="full", connection="site", scope=OPS, state="done", started_at=at(0),
            finished_at=at(2), pages=2, records=4, items=4, written=3, rejected=1, expected=3,
            waiting_until=None, error=None,
        )
    ]  # fmt: skip


async def test_a_waiting_run_says_until_when_and_is_running_again_afterwards(world: World) -> None:
    run = await begun(world)
    await runs.wait(world.store, run, at(5))
    assert [(one.state, one.waiting_until) for one in await world.reader().runs()] == [("waiting", at(5))]
    world.now = at(6)
    assert [(one.state, one.waiting_until) for one in await world.reader().runs()] == [("running", None)]
    await runs.wait(world.store, run, None)
    world.now = at(4)
    assert (await world.reader().runs())[0].state == "running"


async def test_what_a_dead_process_left_running_is_abandoned_by_the_next(world: World) -> None:
    await begun(world)
    elsewhere = await runs.begin(world.store, "full", "site", scope_id("WEB"), world.now)
    whole = await runs.begin(world.store, "full", "site", None, world.now)
    world.now = at(9)
    await begun(world)
    states = {(one.id, one.state) for one in await world.reader().runs()}
    assert {state for _, state in states} == {"running", "abandoned"}
    assert {(elsewhere, "running"), (whole, "running")} <= states
    assert sum(state == "abandoned" for _, state in states) == 1
    again = await runs.begin(world.store, "full", "site", None, world.now)
    assert {
        one.id for one in await world.reader().runs() if one.scope is None and one.state == "running"
    } == {again}


async def test_a_failure_stays_on_the_scope_until_a_reading_is_done(world: World) -> None:
    run = await begun(world)
    assert (await scope(world)).state == "reading"
    await runs.finish(world.store, run, runs.Ending("failed", "The site is down."), at(1))
    failed = await scope(world)
    assert (failed.state, failed.error) == ("failed", "The site is down.")
    run = await begun(world)
    await world.put("OPS", item("1"), run_id=run, whole=True)
    await runs.finish(world.store, run, runs.Ending("done"), at(3))
    mended = await scope(world)
    assert (mended.state, mended.error, mended.complete_at) == ("complete", None, at(0))


async def test_a_failed_reading_leaves_the_last_complete_one_readable(world: World) -> None:
    await world.put("OPS", item("1"), whole=True)
    world.now = at(60)
    run = await begun(world)
    await world.put("OPS", later(item("1"), 59, title="New"), run_id=run, resume={"p": 2})
    await runs.finish(world.store, run, runs.Ending("failed", "Cut."), at(61))
    coverage = await world.reader().coverage()
    assert (coverage.complete, coverage.as_of) == (1, at(0))


async def test_newest_runs_come_first_and_as_many_as_asked_for(world: World) -> None:
    for minute in range(4):
        world.now = at(minute)
        await begun(world)
    found = await world.reader().runs(limit=3)
    assert [one.started_at for one in found] == [at(3), at(2), at(1)]


async def test_a_cut_reading_is_resumed_where_it_stood(world: World) -> None:
    assert await checkpoints.load(world.store, OPS) is None
    first = await begun(world)
    await world.put("OPS", item("1"), run_id=first, resume={"page": 2}, since={"token": "old"})
    assert await checkpoints.load(world.store, OPS) == Checkpoint(
        resume={"page": 2}, since={"token": "old"}, run_id=first, started_at=at(0)
    )
    world.now = at(9)
    second = await begun(world)
    await world.put("OPS", item("2"), run_id=second, started_at=at(0), since={"token": "old"}, whole=True,
                    next_since={"token": "new"})  # fmt: skip
    assert await checkpoints.load(world.store, OPS) == Checkpoint(
        resume=None, since={"token": "new"}, run_id=second, started_at=at(0)
    )
    assert (await scope(world)).complete_at == at(0)


async def test_a_whole_reading_that_is_cut_does_not_take_the_old_state_for_its_own(world: World) -> None:
    await world.put("OPS", item("1"), whole=True, next_since={"token": 1})
    await world.put("OPS", item("1"), resume={"page": 2})
    checkpoint = await checkpoints.load(world.store, OPS)
    assert checkpoint is not None and (checkpoint.resume, checkpoint.since) == ({"page": 2}, None)
    await world.put("OPS", item("1"))  # one item refreshed: no part of the reading
    assert await checkpoints.load(world.store, OPS) == checkpoint
    await checkpoints.forget(world.store, OPS)
    assert await checkpoints.load(world.store, OPS) is None


async def test_definitions_are_kept_for_a_resumed_reading(world: World) -> None:
    await world.put("OPS", other("definition", "board"), other("definition", "fields"), item("1"))
    assert await checkpoints.definitions(world.store, OPS) == {
        "board": {"id": "board"},
        "fields": {"id": "fields"},
    }
    assert await checkpoints.definitions(world.store, scope_id("WEB")) == {}


def summary(found: list[FindingView]) -> list[tuple[str, str, int]]:
    return [(one.kind, one.subject, one.count) for one in found]


async def test_findings_count_records_once_however_often_they_are_read(world: World) -> None:
    page = [
        reading(item("1"), unmapped=[unmapped("status", "Parked", "1"), unmapped("status", "Parked", "1")]),
        reading(item("2"), unmapped=[unmapped("status", "Parked", "2")], rejections=[rejection("2")]),
        other("item", "3", rejections=[rejection("3", whole=True)]),
    ]
    for minute in range(3):
        world.now = at(minute)
        result = await world.put("OPS", *page)
        assert result.rejected == 2
    found = await world.reader().findings()
    assert summary(found) == [
        ("rejected_field", "item.due", 1),
        ("rejected_record", "item.due", 1),
        ("unmapped_value", "status", 2),
    ]
    assert [(one.first_seen, one.last_seen) for one in found] == [(at(0), at(2))] * 3
    assert "'Parked'" in found[2].detail and "'soon'" in found[0].detail
    connection = (await world.reader().connections())[0]
    assert (connection.unmapped, connection.rejected) == (1, 2)
    assert connection.scopes[0].rejected == 2


async def test_a_finding_closes_when_nothing_raises_it_any_more(world: World) -> None:
    def parked(remote: str, minute: float, **became: Any) -> Any:
        return reading(later(item(remote), minute), read_at=at(minute), **became)

    await world.put(
        "OPS",
        parked("1", 0, unmapped=[unmapped("status", "Parked", "1")]),
        parked("2", 0, unmapped=[unmapped("status", "Parked", "2")]),
    )
    await world.put("OPS", parked("1", 5))
    assert summary(await world.reader().findings()) == [("unmapped_value", "status", 1)]
    await world.put("OPS", parked("2", 5))
    assert await world.reader().findings() == []
    await world.put("OPS", parked("2", 3, unmapped=[unmapped("status", "Parked", "2")]))  # read before that
    assert await world.reader().findings() == []


async def test_the_same_value_in_two_scopes_is_two_findings(world: World) -> None:
    for name in ("OPS", "WEB"):
        one = item(name, scope=name)
        await world.put(name, reading(one, unmapped=[unmapped("status", "Parked", name)]))
    found = await world.reader(Principal(role="viewer")).findings()
    assert {one.scope for one in found} == {OPS, scope_id("WEB")}
