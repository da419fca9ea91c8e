"""Reading on from where the last reading of a Jira project got to."""

from __future__ import annotations

import json
from contextlib import aclosing
from datetime import timedelta
from typing import Any

import pytest

from connectors.base import Page
from connectors.errors import StaleCursor, Unauthorized
from tests.connectors.jira_sandbox import Desk, Mirror, site, titles
from tests.contract.transports import Revoked

MINUTE = timedelta(minutes=1)
LISTS = ["/field", "/issueLinkType", "/priority/search", "/status"]
PROJECT = ["/board", "/board/108/configuration", "/board/108/sprint", "/project/10008"]
KEY = "MOB"


async def first(desk: Desk, mirror: Mirror, **settings: Any) -> None:
    """A whole reading, long after everything in the story."""
    async with desk.connector(**settings) as connector:
        await mirror.run(connector)
    desk.wait(10 * MINUTE)
    desk.asked()
    mirror.read = []


async def test_a_project_in_which_nothing_happened_costs_no_request() -> None:
    with site() as desk:
        mirror = Mirror(KEY)
        await first(desk, mirror)
        async with desk.connector() as connector:
            scope, before = await mirror.scope(connector), mirror.since
            desk.asked()
            (page,) = [page async for page in connector.read(scope, before)]
            assert desk.asked() == []
        assert (page.records, page.gone, page.listed, page.resume) == ((), (), None, None)
        assert page.next_since == before


async def test_what_changed_is_searched_fetched_in_bulk_and_compared_with_all_that_is_there() -> None:
    with site() as desk:
        mirror = Mirror(KEY)
        await first(desk, mirror)
        task, other = list(mirror.items)[:2]
        desk.set(task, title="Edited")
        new = desk.create()
        async with desk.connector() as connector:
            scope = await mirror.scope(connector)
            desk.asked()
            pages = [page async for page in connector.read(scope, mirror.since)]
            told = [*LISTS, *PROJECT, "/changelog/bulkfetch", "/issue/bulkfetch"]
            assert desk.asked() == sorted([*told, "/search/jql", "/search/jql"])
        for page in pages:
            mirror.take(page)
        assert mirror.read == [task, new]
        assert set(pages[-1].listed or ()) == set(desk.truth(KEY))
        assert other in (pages[-1].listed or ())
        assert mirror.titles == titles(desk, KEY)
        changed = {r.body["issueId"] for page in pages for r in page.records if r.kind == "change"}
        assert changed == {task}


async def test_what_was_handed_over_is_not_fetched_again_and_the_definitions_stay() -> None:
    with site() as desk:
        mirror = Mirror(KEY)
        await first(desk, mirror)
        desk.set(next(iter(mirror.items)), title="Edited")
        async with desk.connector() as connector:
            await mirror.run(connector)
            desk.asked()
            mirror.definitions.clear()
            pages = await mirror.run(connector)
            assert desk.asked() == sorted(["/project/search", "/search/jql", "/search/jql"])
        assert (mirror.read, mirror.definitions, len(pages)) == ([], {}, 1)
        assert set(pages[-1].listed or ()) == set(mirror.items)


async def test_definitions_are_read_again_after_an_hour_though_nothing_changed() -> None:
    with site() as desk:
        mirror = Mirror(KEY)
        await first(desk, mirror)
        desk.wait(timedelta(hours=1))
        mirror.definitions.clear()
        async with desk.connector() as connector:
            await mirror.run(connector)
            assert {"project", "board", "fields"} <= set(mirror.definitions)
            assert mirror.read == []


async def test_the_lists_of_the_site_are_read_once_for_all_its_projects() -> None:
    with site() as desk:
        async with desk.connector() as connector:
            scopes = [scope async for scope in connector.scopes() if not scope.closed]
            for scope in scopes:
                pages = [page async for page in connector.read(scope)]
                assert {"fields", "statuses", "priorities"} <= {record.id for record in pages[0].records}
        asked = desk.asked()
        assert len(scopes) > 2
        assert [one for one in asked if one in LISTS] == LISTS


async def test_a_whole_reading_of_a_thousand_issues_asks_as_often_as_the_formula_says() -> None:
    with site(items=400) as desk:
        mirror = Mirror(KEY)
        sizes = {"body_batch": 10, "changelog_batch": 100, "id_page_size": 1000}
        async with desk.connector(**sizes) as connector:
            scope = await mirror.scope(connector)
            desk.asked()
            pages = [page async for page in connector.read(scope)]
        count = len(pages[-1].listed or ())
        asked = [one for one in desk.asked() if one not in LISTS]
        assert count > 30
        bodies, changelogs = -(-count // 10), -(-count // 100)
        assert len(asked) == len(PROJECT) + 1 + bodies + changelogs


@pytest.mark.parametrize("off", [timedelta(hours=3), -timedelta(hours=3)])
async def test_our_own_clock_may_be_three_hours_wrong(off: timedelta) -> None:
    with site() as desk:
        mirror = Mirror(KEY)
        async with desk.connector(off) as connector:
            await mirror.run(connector)
            for step in range(4):
                desk.wait(MINUTE)
                desk.set(list(mirror.items)[step], title=f"Edited {step}")
                await mirror.run(connector)
                assert mirror.titles == titles(desk, KEY)
                assert len(mirror.read) == 1


async def test_the_accounts_time_zone_changes_nothing() -> None:
    told = []
    for zone in ("Pacific/Pago_Pago", "UTC", "Pacific/Kiritimati"):
        with site(account_zone=zone) as desk:
            mirror, reads = Mirror(KEY), list[list[str]]()
            async with desk.connector() as connector:
                for step in range(3):
                    await mirror.run(connector)
                    reads.append(mirror.read)
                    desk.wait(MINUTE)
                    desk.set(list(mirror.items)[step], title=f"Edited {step}", due="2031-05-06")
                await mirror.run(connector)
            assert mirror.titles == titles(desk, KEY)
            told.append((mirror.titles, mirror.changes, reads, mirror.since))
    assert told[0] == told[1] == told[2]


async def test_an_issue_that_changes_between_every_two_requests_is_current_after_each_run() -> None:
    with site() as desk:
        mirror, count = Mirror(KEY), 0
        async with desk.connector(body_batch=5, changelog_batch=10) as connector:
            await mirror.run(connector)
            hot = list(mirror.items)[3]

            def change() -> None:
                nonlocal count
                desk.wait(timedelta(seconds=1))
                count += 1
                desk.set(hot, title=f"Edit {count}")

            change()
            desk.sandbox.wires["jira_cloud"].between = change
            for _ in range(5):
                before = count
                await mirror.run(connector)
                assert int(mirror.titles[hot].split()[1]) > before
                assert mirror.read.count(hot) == 1
            desk.sandbox.wires["jira_cloud"].between = None
            await mirror.run(connector)
        assert mirror.titles == titles(desk, KEY)


async def test_an_issue_edited_after_it_was_handed_over_is_read_by_the_next_run() -> None:
    """Though the same reading hands over others that are newer."""
    with site() as desk:
        mirror = Mirror(KEY)
        async with desk.connector(body_batch=5, history=False, parallel=1) as connector:
            scope = await mirror.scope(connector)
            async with aclosing(connector.read(scope)) as reading:
                async for page in reading:
                    mirror.take(page)
                    desk.wait(10 * MINUTE)
                    if len(mirror.read) == 5:
                        desk.set(mirror.read[0], title="Edited behind us")
                        desk.wait(10 * MINUTE)
                        for ahead in desk.truth(KEY).keys() - set(mirror.read):
                            desk.set(ahead, title="Edited ahead of us")
            mirror.since = page.next_since
            assert "Edited ahead of us" in mirror.titles.values()
            await mirror.run(connector)
        assert mirror.titles == titles(desk, KEY)


async def test_a_search_that_hides_each_write_for_up_to_three_minutes_loses_nothing() -> None:
    with site(search_lag=timedelta(seconds=180)) as desk:
        mirror = Mirror(KEY)
        async with desk.connector(body_batch=10) as connector:
            await mirror.run(connector)
            for step in range(24):
                ids = list(desk.truth(KEY))
                desk.set(ids[step % len(ids)], title=f"Edited {step}")
                desk.set(ids[(7 * step) % len(ids)], labels=[f"step-{step}"])
                if step % 5 == 0:
                    desk.create()
                if step % 7 == 3:
                    desk.sandbox.edit({"op": "delete", "task": ids[-2]})
                desk.wait(timedelta(seconds=40))
                await mirror.run(connector)
            desk.wait(timedelta(seconds=180))
            await mirror.run(connector)
            assert mirror.titles == titles(desk, KEY)
            assert [mirror.items[id]["fields"]["labels"] for id in sorted(mirror.items)] == [
                desk.truth(KEY)[id]["labels"] for id in sorted(mirror.items)
            ]
            fresh = Mirror(KEY)
            await fresh.run(connector)
        assert fresh.changes <= mirror.changes


async def test_a_search_that_shows_nothing_new_for_long_loses_nothing() -> None:
    """The next reading looks no later than what the search showed last, however long ago that is."""
    with site(search_lag=timedelta(hours=2)) as desk:
        mirror, runs = Mirror(KEY), 0
        await first(desk, mirror)
        task = next(iter(mirror.items))
        desk.set(task, title="Edited in the dark")
        while not mirror.read and runs < 13:
            desk.wait(10 * MINUTE)
            runs += 1
            async with desk.connector() as connector:
                await mirror.run(connector)
        assert runs > 2
        assert mirror.read == [task]
        assert mirror.titles == titles(desk, KEY)


async def test_the_ledger_holds_no_more_than_the_overlap() -> None:
    with site() as desk:
        mirror = Mirror(KEY)
        await first(desk, mirror)
        async with desk.connector() as connector:
            for task in list(mirror.items)[:9]:
                desk.set(task, title="Edited")
                await mirror.run(connector)
                assert mirror.since is not None
                assert task in mirror.since["ledger"]["seen"]
                desk.wait(2 * MINUTE)
        assert len(mirror.since["ledger"]["seen"]) <= 3


async def test_issues_moved_and_deleted_while_we_read_are_right_after_the_next_run() -> None:
    with site() as desk:
        mirror, other = Mirror(KEY), Mirror("BIL")
        leaving = [desk.create() for _ in range(6)]
        async with desk.connector(body_batch=5, changelog_batch=10, parallel=1) as connector:
            await other.run(connector)
            scope = await mirror.scope(connector)
            async with aclosing(connector.read(scope)) as reading:
                async for page in reading:
                    mirror.take(page)
                    if len(leaving) > 3:
                        desk.sandbox.edit({"op": "delete", "task": leaving.pop()})
                    elif leaving:
                        target = {"task": leaving.pop(), "project": "billing-integration"}
                        desk.sandbox.edit({"op": "move", **target})
            mirror.since = page.next_since
            assert not leaving
            for one, key in ((mirror, KEY), (other, "BIL")):
                await one.run(connector)
                assert one.titles == titles(desk, key)


@pytest.mark.parametrize("sizes", [{}, {"id_page_size": 3}], ids=["one listing", "several pages"])
async def test_a_reading_of_changes_goes_on_after_any_page(sizes: dict[str, int]) -> None:
    with site() as desk:
        settings = {"body_batch": 2, "changelog_batch": 3, "parallel": 2, **sizes}
        mirror = Mirror(KEY)
        await first(desk, mirror, **settings)
        for task in list(mirror.items)[:8]:
            desk.set(task, title="Edited", labels=["again"])
        async with desk.connector(**settings) as connector:
            scope = await mirror.scope(connector)
            whole = [page async for page in connector.read(scope, mirror.since)]
            assert len(whole) > 6
            for cut in range(1, len(whole)):
                resume = json.loads(json.dumps(whole[cut - 1].resume))
                rest = [page async for page in connector.read(scope, mirror.since, resume)]
                both = (*whole[:cut], *rest)
                assert ids(both, "item") == ids(whole, "item"), cut
                assert ids(both, "change") == ids(whole, "change"), cut
                assert rest[-1].next_since == whole[-1].next_since
                assert set(rest[-1].listed or ()) == set(mirror.items)


def ids(pages: Any, kind: str) -> set[str]:
    return {record.id for page in pages for record in page.records if record.kind == kind}


@pytest.mark.parametrize("after", range(7))
async def test_a_token_that_expires_half_way_loses_nothing(after: int) -> None:
    settings = {"body_batch": 2, "changelog_batch": 3, "parallel": 1}
    with site() as desk:
        mirror = Mirror(KEY)
        await first(desk, mirror, **settings)
        for task in list(mirror.items)[:5]:
            desk.set(task, title="Edited")
        desk.sandbox.edit({"op": "delete", "task": list(mirror.items)[-1]})
        pages: list[Page] = []
        async with desk.connector(transport=Revoked("search/jql|bulkfetch", after), **settings) as connector:
            scope = await mirror.scope(connector)
            with pytest.raises(Unauthorized):
                async for page in connector.read(scope, mirror.since):
                    mirror.take(page)
                    pages.append(page)
        assert not any(page.gone or page.listed or page.next_since for page in pages)
        async with desk.connector(**settings) as connector:
            resume = pages[-1].resume if pages else None
            async for page in connector.read(scope, mirror.since, resume):
                mirror.take(page)
            mirror.since = page.next_since
            assert set(page.listed or ()) == set(desk.truth(KEY))
            await mirror.run(connector)
            fresh = Mirror(KEY)
            await fresh.run(connector)
        assert mirror.titles == titles(desk, KEY)
        assert fresh.changes <= mirror.changes


async def test_a_cursor_that_was_made_otherwise_is_stale_and_says_why() -> None:
    with site() as desk:
        mirror = Mirror(KEY)
        await first(desk, mirror)
        assert mirror.since is not None
        ledger = {**mirror.since, "ledger": {"began": "noon"}}
        cases = [
            ({}, {"updated": 1769939710000}, "another version"),
            ({}, {**mirror.since, "form": "jira_cloud.since.9"}, "another version"),
            ({}, ledger, "cannot be understood"),
            ({"filter": "labels = pmo"}, mirror.since, "filter"),
            ({"history": False}, mirror.since, "history"),
        ]
        for settings, since, said in cases:
            async with desk.connector(**settings) as connector:
                scope = await mirror.scope(connector)
                desk.asked()
                for given in ((since, None), (None, since)):
                    with pytest.raises(StaleCursor) as caught:
                        _ = [page async for page in connector.read(scope, *given)]
                    assert said in str(caught.value) or given[0] is None
                assert desk.asked() == []
