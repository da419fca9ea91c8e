"""What people do on Data Center while it is read, and what clocks, zones and a slow index do to it."""

from __future__ import annotations

import json
from contextlib import aclosing
from datetime import timedelta
from typing import Any

import pytest

from connectors.base import Page
from connectors.errors import Unauthorized
from sandbox.options import DataCenter
from tests.connectors.jira_dc_bench import ids, read, worked_on
from tests.connectors.jira_sandbox import Mirror
from tests.connectors.test_jira_dc_changes import KEY, MINUTE, first, titles
from tests.contract.transports import Revoked

OTHER = "PCS"


@pytest.mark.parametrize("off", [timedelta(hours=3), -timedelta(hours=3)])
async def test_our_own_clock_may_be_three_hours_wrong(off: timedelta) -> None:
    with worked_on() as jira:
        mirror = Mirror(KEY)
        async with jira.connector(off=off) as connector:
            await mirror.run(connector)
            for step in range(4):
                jira.wait(MINUTE)
                jira.set(sorted(mirror.items)[step], title=f"Edited {step}")
                await mirror.run(connector)
                assert mirror.titles == titles(jira)
                assert len(mirror.read) == 1


async def test_the_accounts_time_zone_changes_nothing() -> None:
    told = []
    for zone in ("Pacific/Pago_Pago", "UTC", "Pacific/Kiritimati"):
        with worked_on(account_zone=zone) as jira:
            mirror, brought = Mirror(KEY), list[list[str]]()
            async with jira.connector() as connector:
                assert (await connector.check()).time_zone == zone
                for step in range(3):
                    await mirror.run(connector)
                    brought.append(mirror.read)
                    jira.wait(MINUTE)
                    jira.set(sorted(mirror.items)[step], title=f"Edited {step}", due="2031-05-06")
                await mirror.run(connector)
            assert mirror.titles == titles(jira)
            told.append((mirror.titles, mirror.changes, brought, mirror.since))
    assert told[0] == told[1] == told[2]


async def test_an_issue_that_changes_between_every_two_requests_is_current_after_each_run() -> None:
    with worked_on() as jira:
        mirror, count = Mirror(KEY), 0
        async with jira.connector() as connector:
            await mirror.run(connector)
            hot = sorted(mirror.items)[6]

            def change() -> None:
                nonlocal count
                jira.wait(timedelta(seconds=1))
                count += 1
                jira.set(hot, title=f"Edit {count}")

            change()
            jira.sandbox.wires["jira_dc"].between = change
            for _ in range(5):
                before = count
                await mirror.run(connector)
                assert int(mirror.titles[hot].split()[1]) > before
                assert mirror.read.count(hot) == 1
            jira.sandbox.wires["jira_dc"].between = None
            await mirror.run(connector)
        assert mirror.titles == titles(jira)


@pytest.mark.parametrize("off", [timedelta(0), timedelta(hours=3)])
async def test_an_issue_edited_after_it_was_handed_over_is_read_by_the_next_run(off: timedelta) -> None:
    """Though the same reading hands over others that are newer."""
    with worked_on() as jira:
        mirror = Mirror(KEY)
        async with jira.connector(off=off, parallel=1) as connector:
            scope = await mirror.scope(connector)
            async with aclosing(connector.read(scope)) as reading:
                async for page in reading:
                    mirror.take(page)
                    jira.wait(10 * MINUTE)
                    if len(mirror.read) == 3:
                        jira.set(mirror.read[0], title="Edited behind us")
                        jira.wait(20 * MINUTE)
                        for ahead in titles(jira).keys() - set(mirror.read):
                            jira.set(ahead, title="Edited ahead of us")
            mirror.since = page.next_since
            assert "Edited ahead of us" in mirror.titles.values()
            await mirror.run(connector)
        assert mirror.titles == titles(jira)


@pytest.mark.parametrize("cap", [1000, 4])
async def test_a_search_that_hides_each_write_for_up_to_three_minutes_loses_nothing(cap: int) -> None:
    """As the nodes of a cluster do, whose indexes follow each other."""
    lag = timedelta(seconds=180)
    with worked_on(search_lag=lag, data_center=DataCenter(page_cap=cap)) as jira:
        mirror = Mirror(KEY)
        async with jira.connector() as connector:
            await mirror.run(connector)
            for step in range(24):
                there = sorted(titles(jira))
                jira.set(there[step % len(there)], title=f"Edited {step}")
                jira.set(there[(7 * step) % len(there)], labels=[f"step-{step}"])
                if step % 5 == 0:
                    jira.create()
                if step % 7 == 3:
                    jira.sandbox.edit({"op": "delete", "task": there[-2]})
                jira.wait(timedelta(seconds=40))
                await mirror.run(connector)
            jira.wait(lag)
            await mirror.run(connector)
            assert mirror.titles == titles(jira)
            true = jira.true(await mirror.scope(connector))
            labels = {id: body["fields"]["labels"] for id, body in mirror.items.items()}
            assert labels == {id: item["labels"] for id, item in true.items()}
            fresh = Mirror(KEY)
            await fresh.run(connector)
        assert fresh.changes <= mirror.changes


async def test_issues_moved_and_deleted_while_we_read_are_right_after_the_next_run() -> None:
    with worked_on() as jira:
        mirror, other = Mirror(KEY), Mirror(OTHER)
        leaving = [jira.create() for _ in range(6)]
        async with jira.connector(parallel=1) as connector:
            await other.run(connector)
            scope = await mirror.scope(connector)
            async with aclosing(connector.read(scope)) as reading:
                async for page in reading:
                    mirror.take(page)
                    if len(leaving) > 3:
                        jira.sandbox.edit({"op": "delete", "task": leaving.pop(0)})
                    elif leaving:
                        target = {"task": leaving.pop(0), "project": "plant-control"}
                        jira.sandbox.edit({"op": "move", **target})
            mirror.since = page.next_since
            assert not leaving
            for one, key in ((mirror, KEY), (other, OTHER)):
                await one.run(connector)
                assert one.titles == titles(jira, key)


async def test_a_reading_of_changes_goes_on_after_any_page() -> None:
    settings: dict[str, Any] = {"page_size": 2, "parallel": 2}
    with worked_on() as jira:
        mirror = Mirror(KEY)
        await first(jira, mirror, **settings)
        for task in sorted(mirror.items)[:8]:
            jira.set(task, title="Edited", labels=["again"])
        jira.sandbox.edit({"op": "delete", "task": max(mirror.items, key=int)})
        async with jira.connector(**settings) as connector:
            scope = await mirror.scope(connector)
            whole = await read(connector, scope, since=mirror.since)
            assert len(whole) == 6
            for cut in range(1, len(whole)):
                resume = json.loads(json.dumps(whole[cut - 1].resume))
                rest = await read(connector, scope, since=mirror.since, resume=resume)
                told = [*whole[:cut], *rest]
                assert ids(told) == ids(whole), cut
                assert ids(told, "change") == ids(whole, "change"), cut
                reached, end = rest[-1].next_since or {}, whole[-1].next_since or {}
                assert {**reached, "defined": 0} == {**end, "defined": 0}
                assert rest[-1].listed == whole[-1].listed


@pytest.mark.parametrize("after", range(5))
async def test_a_token_that_expires_half_way_loses_nothing(after: int) -> None:
    settings: dict[str, Any] = {"page_size": 2, "parallel": 1}
    with worked_on() as jira:
        mirror = Mirror(KEY)
        await first(jira, mirror, **settings)
        for task in sorted(mirror.items)[:6]:
            jira.set(task, title="Edited")
        jira.sandbox.edit({"op": "delete", "task": max(mirror.items, key=int)})
        pages: list[Page] = []
        async with jira.connector(Revoked(r"/search$", after), **settings) as connector:
            scope = await mirror.scope(connector)
            try:
                async for page in connector.read(scope, mirror.since):
                    mirror.take(page)
                    pages.append(page)
            except Unauthorized:
                assert not any(page.gone or page.listed or page.next_since for page in pages)
            else:
                assert after == 4  # no more than it takes
        async with jira.connector(**settings) as connector:
            resume = pages[-1].resume if pages else None
            async for page in connector.read(scope, mirror.since, resume):
                mirror.take(page)
            assert set(page.listed or ()) == set(titles(jira))
            mirror.since = page.next_since
            await mirror.run(connector)
            fresh = Mirror(KEY)
            await fresh.run(connector)
        assert {id: mirror.titles[id] for id in titles(jira)} == titles(jira)
        assert fresh.changes <= mirror.changes
