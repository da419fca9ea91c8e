"""Reading on from where the last reading of a Data Center project got to: what it asks and brings."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from connectors.errors import StaleCursor
from sandbox.options import DataCenter
from tests.connectors.jira_dc_bench import Bench, Tampering, ids, read, records, worked_on
from tests.connectors.jira_sandbox import Mirror

KEY = "ERP"
SEARCH = r"/search$"
LISTS = ["/field", "/issueLinkType", "/priority", "/status"]
PROJECT = ["/board", "/board/118/configuration", "/project/10018"]
MINUTE = timedelta(minutes=1)


def titles(jira: Bench, key: str = KEY) -> dict[str, str]:
    scopes = jira.sandbox.truth()["trackers"]["jira_dc"]["scopes"]
    return {item["id"]: item["title"] for scope in scopes if scope["key"] == key for item in scope["items"]}


def category(body: Any) -> str:
    return str(body["fields"]["status"]["statusCategory"]["key"])


async def first(jira: Bench, mirror: Mirror, **settings: Any) -> None:
    """A whole reading, long after everything in the story."""
    async with jira.connector(**settings) as connector:
        await mirror.run(connector)
    jira.wait(10 * MINUTE)
    jira.paths()
    mirror.read = []


async def test_a_project_in_which_nothing_happened_is_one_narrow_question_and_one_empty_page() -> None:
    with worked_on() as jira:
        mirror, wire = Mirror(KEY), Tampering(SEARCH)
        await first(jira, mirror)
        async with jira.connector(wire) as connector:
            scope = await mirror.scope(connector)
            jira.paths()
            (page,) = await read(connector, scope, since=mirror.since)
        assert jira.paths() == ["/search"]
        assert wire.asked == [
            {
                "jql": f"project = {scope.id} ORDER BY updated DESC, key DESC",
                "startAt": 0,
                "maxResults": 100,
                "fields": ["created", "updated", "resolutiondate", "customfield_10100"],
                "validateQuery": True,
            }
        ]
        assert (page.records, page.gone, page.listed, page.resume) == ((), (), None, None)
        assert page.next_since == mirror.since


async def test_what_changed_is_read_by_id_with_the_words_of_its_project_and_nothing_is_listed() -> None:
    with worked_on() as jira:
        mirror, wire = Mirror(KEY), Tampering(SEARCH)
        await first(jira, mirror)
        edited = sorted(mirror.items)[4]
        jira.set(edited, title="Edited")
        new = jira.create()
        async with jira.connector(wire) as connector:
            scope = await mirror.scope(connector)
            jira.paths()
            pages = await read(connector, scope, since=mirror.since)
        assert jira.paths() == sorted([*LISTS, *PROJECT, "/search", "/search"])
        assert wire.asked[1]["jql"] == f"id in ({edited}, {new}) ORDER BY created ASC, key ASC"
        assert ids(pages) == [edited, new]
        assert {"project", "board", "fields", "epics_since"} <= set(ids(pages, "definition"))
        assert edited in {record.body["issueId"] for record in records(pages, "change")}
        assert pages[-1].listed is None
        assert pages[0].expected == 2


async def test_what_was_handed_over_is_not_read_again() -> None:
    with worked_on() as jira:
        mirror = Mirror(KEY)
        await first(jira, mirror)
        jira.set(sorted(mirror.items)[4], title="Edited")
        async with jira.connector() as connector:
            await mirror.run(connector)
            for _ in range(3):
                jira.wait(MINUTE)
                jira.paths()
                assert len(await mirror.run(connector)) == 1
                assert jira.paths() == ["/project", "/search"]
                assert mirror.read == []


async def test_more_changes_than_the_latest_are_listed_in_the_order_of_creation() -> None:
    with worked_on(data_center=DataCenter(page_cap=2)) as jira:
        mirror, wire = Mirror(KEY), Tampering(SEARCH)
        await first(jira, mirror)
        edited = sorted(mirror.items)[1:6]
        for task in edited:
            jira.set(task, title="Edited")
        async with jira.connector(wire) as connector:
            await mirror.run(connector)
        listed = [one["jql"] for one in wire.asked if "updated >=" in one["jql"]]
        assert listed
        assert all(
            re.search(r"AND updated >= \d{13} .*ORDER BY created ASC, key ASC$", one) for one in listed
        )
        assert sorted(mirror.read) == edited


async def test_one_that_went_and_one_that_came_are_both_noticed_though_the_number_is_the_same() -> None:
    with worked_on() as jira:
        mirror, wire = Mirror(KEY), Tampering(SEARCH)
        await first(jira, mirror)
        gone = sorted(mirror.items)[-1]
        jira.sandbox.edit({"op": "delete", "task": gone})
        new = jira.create()
        async with jira.connector(wire) as connector:
            pages = await mirror.run(connector)
        assert set(pages[-1].listed or ()) == set(titles(jira))
        assert (gone in mirror.items, new in mirror.items) == (False, True)
        jira.paths()
        async with jira.connector() as connector:
            assert (await mirror.run(connector))[-1].listed is None


async def test_an_issue_that_is_put_away_and_comes_back_as_it_was_is_followed() -> None:
    """Jira's search does not find what is archived; and whoever lets us see more changes no issue."""
    with worked_on() as jira:
        mirror = Mirror(KEY)
        await first(jira, mirror)
        one = sorted(mirror.items)[2]

        def hidden(_n: int, asked: Any, told: Any) -> Any:
            kept = [issue for issue in told["issues"] if issue["id"] != one]
            return {**told, "issues": kept, "total": told["total"] - (not asked["jql"].startswith("id in"))}

        async with jira.connector(Tampering(SEARCH, hidden)) as connector:
            scope = await mirror.scope(connector)
            pages = await read(connector, scope, since=mirror.since)
            assert one not in (pages[-1].listed or (one,))
        async with jira.connector() as connector:
            back = await read(connector, scope, since=pages[-1].next_since)
        assert ids(back) == [one]
        assert one in (back[-1].listed or ())


async def test_definitions_are_read_again_after_an_hour_though_nothing_changed() -> None:
    with worked_on() as jira:
        mirror = Mirror(KEY)
        await first(jira, mirror)
        jira.wait(timedelta(hours=1))
        mirror.definitions.clear()
        async with jira.connector() as connector:
            (page,) = await mirror.run(connector)
            assert {"project", "board", "fields", "epics_since"} <= set(mirror.definitions)
            assert (mirror.read, page.resume) == ([], None)
            mirror.definitions.clear()
            await mirror.run(connector)
        assert mirror.definitions == {}


async def test_the_lists_of_the_site_are_read_once_for_all_its_projects() -> None:
    with worked_on() as jira:
        async with jira.connector(page_size=1000) as connector:
            scopes = [scope async for scope in connector.scopes()]
            jira.paths()
            for scope in scopes:
                assert {"fields", "statuses"} <= set(ids(await read(connector, scope), "definition"))
        asked = jira.paths()
        assert len(scopes) == 2
        assert [one for one in asked if one in LISTS] == LISTS
        assert asked.count("/search") == 2


@pytest.mark.parametrize("size", [1000, 14, 13, 5, 2])
async def test_a_whole_reading_asks_as_often_as_the_formula_says(size: int) -> None:
    with worked_on() as jira:
        async with jira.connector(page_size=size) as connector:
            scope = await jira.scope()
            jira.paths()
            pages = await read(connector, scope)
        items = len(ids(pages))
        searches = -(-items // size) + (items > size)
        assert jira.paths() == sorted([*LISTS, *PROJECT, "/myself", *["/search"] * searches])


async def test_an_epic_that_was_not_named_before_joins_the_others() -> None:
    with worked_on() as jira:
        mirror = Mirror(KEY)
        await first(jira, mirror)
        before = list(mirror.definitions["epics"]["values"])
        edited = next(one for one in mirror.items if one not in {epic["id"] for epic in before})
        id, item = next(iter(jira.true(await jira.scope("PCS")).items()))
        jira.set(edited, title="Edited")

        def elsewhere(_n: int, _asked: Any, told: Any) -> Any:
            for issue in told["issues"]:
                if issue["id"] == edited:
                    issue["fields"]["customfield_10100"] = item["key"]
            return told

        wire = Tampering(SEARCH, elsewhere)
        async with jira.connector(wire) as connector:
            await mirror.run(connector)
        assert mirror.definitions["epics_since"]["values"] == [*before, {"key": item["key"], "id": id}]
        assert len([one for one in wire.asked if one["jql"].startswith("key in")]) == 1
        jira.set(edited, title="Edited again")
        async with jira.connector(wire) as connector:
            await mirror.run(connector)
        assert len([one for one in wire.asked if one["jql"].startswith("key in")]) == 1


async def test_a_reading_of_changes_leaves_the_epics_that_the_whole_scope_names_as_they_were() -> None:
    """Another may have learnt meanwhile that one has a new key, of which no change tells."""
    with worked_on() as jira:
        mirror = Mirror(KEY)
        await first(jira, mirror)
        held = mirror.definitions["epics"]
        jira.set(next(iter(mirror.items)), title="Edited")
        async with jira.connector() as connector:
            await mirror.run(connector)
        assert mirror.definitions["epics"] is held
        assert mirror.definitions["epics_since"] == held


async def test_a_cursor_that_was_made_otherwise_is_stale_and_says_why() -> None:
    with worked_on() as jira:
        mirror = Mirror(KEY)
        await first(jira, mirror)
        since = dict(mirror.since or {})
        cases: list[tuple[dict[str, Any], dict[str, Any], str]] = [
            ({}, {"updated": 1769939710000}, "another version"),
            ({}, {**since, "form": "jira_dc.since.9"}, "another version"),
            ({}, {**since, "ids": "not packed"}, "cannot be understood"),
            ({}, {**since, "recent": {"1": "noon"}}, "cannot be understood"),
            ({"filter": "labels = pmo"}, since, "filter"),
            ({"history": False}, since, "history"),
        ]
        for settings, cursor, said in cases:
            async with jira.connector(**settings) as connector:
                scope = await mirror.scope(connector)
                jira.paths()
                with pytest.raises(StaleCursor, match=said):
                    await read(connector, scope, since=cursor)
                with pytest.raises(StaleCursor):
                    await read(connector, scope, resume=cursor)
                assert jira.paths() == []


async def test_a_filter_holds_for_every_question_and_tells_what_it_takes_no_more() -> None:
    only = "statusCategory != Done"
    with worked_on() as jira:
        mirror, every = Mirror(KEY), Mirror(KEY)
        await first(jira, mirror, filter=only)
        await first(jira, every)
        done = {id for id, body in every.items.items() if category(body) == "done"}
        assert done
        assert set(mirror.items) == set(every.items) - done
        leaving = sorted(mirror.items)[0]
        jira.set(leaving, stage="done")
        wire = Tampering(SEARCH)
        async with jira.connector(wire, filter=only) as connector:
            scope = await mirror.scope(connector)
            pages = await read(connector, scope, since=mirror.since)
            assert set(pages[-1].listed or ()) == set(mirror.items) - {leaving}
            told = [one async for one in connector.fetch(scope, [leaving, *(pages[-1].listed or ())])]
            prints = [one.id async for one in connector.census(scope)]
        assert [getattr(one, "reason", None) for one in told] == ["filtered", *[None] * len(prints)]
        assert set(prints) == set(pages[-1].listed or ())
        assert f"({only})" in wire.asked[0]["jql"]


async def test_the_same_epics_are_the_same_definition_in_whatever_order_a_cursor_was_kept() -> None:
    with worked_on() as jira:
        mirror = Mirror(KEY)
        await first(jira, mirror)
        since = dict(mirror.since or {})
        epics = {**since["epics"], "ERP-0": "1", "PCS-0": "2"}
        jira.set(sorted(mirror.items)[4], title="Edited")
        told = []
        async with jira.connector() as connector:
            scope = await mirror.scope(connector)
            for kept in (epics, dict(reversed(epics.items()))):
                pages = await read(connector, scope, since={**since, "epics": kept})
                told += [record.body for record in pages[0].records if record.id == "epics_since"]
        assert len(told) == 2
        assert told[0] == told[1]
