"""What the listing of projects says is believed only where it cannot hide a change; and a filter."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import aclosing
from datetime import timedelta
from typing import Any

import pytest

from connectors.base import Absence, Page, Record
from connectors.errors import Unauthorized
from tests.connectors.jira_sandbox import JIRA, Desk, Mirror, site, titles
from tests.connectors.jira_stub import PROJECT, SCOPE, Stub, issue, listing
from tests.contract.transports import Revoked

TWO = [issue(1, updated="2026-02-01T10:00:00.000+0000"), issue(2, updated="2026-02-01T11:00:00.000+0000")]
KEY = "MOB"


async def again(stub: Stub, first: Any, second: Any, **settings: Any) -> tuple[list[Page], int]:
    """The pages of a second reading, and how often it asked for issues; both after a listing of projects that
    told such an insight."""
    since, pages = None, list[Page]()
    async with stub.connected(**settings) as connector:
        for told in (first, second):
            stub.says["/project/search"] = lambda _, told=told: listing([{**PROJECT, "insight": told}])
            scopes = [scope async for scope in connector.scopes()]
            stub.asked.clear()
            pages = [page async for page in connector.read(scopes[0], since)]
            since = json.loads(json.dumps(pages[-1].next_since))
    return pages, len(stub.requests("/search/jql"))


def insight(count: Any = 2, latest: Any = "2026-02-01T11:00:00.000+0000") -> dict[str, Any]:
    return {"totalIssueCount": count, "lastIssueUpdateTime": latest}


@pytest.mark.parametrize("latest", ["2026-02-01T11:00:00.000+0000", 1769943600000])
async def test_what_tells_the_same_again_is_not_asked(latest: Any) -> None:
    pages, searches = await again(Stub(issues=TWO), insight(2, latest), insight(2, latest))
    assert (len(pages), searches) == (1, 0)
    assert not pages[0].records


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (insight(), insight(3)),
        (insight(), insight(2, "2026-02-01T12:00:00.000+0000")),
        (insight(), None),
        (None, insight()),
        (insight(3), insight(3)),
        (insight(2, "2026-02-01T10:59:59.000+0000"), insight(2, "2026-02-01T10:59:59.000+0000")),
        (insight(2, "2126-02-01T11:00:00.000+0000"), insight(2, "2126-02-01T11:00:00.000+0000")),
        (insight(2, None), insight(2, None)),
        (insight(2, "lately"), insight(2, "lately")),
        (insight("2"), insight("2")),
    ],
    ids=[
        "more issues", "a later update", "no longer told", "told only now", "more than we found",
        "older than what we saw", "too young to be settled", "no time", "no such time", "no number",
    ],
)  # fmt: skip
async def test_it_is_asked_whenever_there_is_a_doubt(first: Any, second: Any) -> None:
    pages, searches = await again(Stub(issues=TWO), first, second)
    assert searches == 2
    assert pages[-1].listed == ["1", "2"]


async def test_a_filter_may_let_in_what_nobody_touched() -> None:
    _, searches = await again(Stub(issues=TWO), insight(), insight(), filter="due < now()")
    assert searches == 2


async def test_an_empty_project_that_stays_empty_is_not_asked() -> None:
    _, searches = await again(Stub(), insight(0, None), insight(0, None))
    assert searches == 0


async def test_what_the_listing_told_is_believed_for_an_hour() -> None:
    with site() as desk:
        mirror, asked = Mirror(KEY), list[int]()
        for _ in range(9):
            async with desk.connector() as connector:
                await mirror.run(connector)
            asked.append(len([one for one in desk.asked() if one == "/search/jql"]))
            desk.wait(timedelta(minutes=15))
        assert asked == [1, 0, 0, 0, 0, 2, 0, 0, 0]


async def test_a_listing_of_some_time_ago_is_not_believed() -> None:
    with site() as desk:
        mirror = Mirror(KEY)
        async with desk.connector() as connector:
            await mirror.run(connector)
        ours = desk.hands
        async with desk.connector(clock=ours) as connector:
            scope = await mirror.scope(connector)
            desk.wait(timedelta(minutes=11))
            task = next(iter(mirror.items))
            desk.set(task, title="Edited")
            pages = [page async for page in connector.read(scope, mirror.since)]
        assert [record.id for page in pages for record in page.records if record.kind == "item"] == [task]


async def test_what_came_between_the_parts_of_a_cut_reading_is_asked_for() -> None:
    """The part that goes on takes as done what the first one brought, and the listing tells of a later
    change of it."""
    with site() as desk:
        mirror = Mirror(KEY)
        async with desk.connector(body_batch=5, changelog_batch=5) as connector:
            scope = await mirror.scope(connector)
            async with aclosing(connector.read(scope)) as reading:
                async for page in reading:
                    mirror.take(page)
                    if mirror.changes:
                        break
            resume, task = page.resume, mirror.read[0]
        desk.wait(timedelta(minutes=20))
        desk.set(task, title="Edited")
        desk.wait(timedelta(minutes=20))
        async with desk.connector() as connector:
            scope = await mirror.scope(connector)
            pages = [page async for page in connector.read(scope, None, resume)]
            for page in pages:
                mirror.take(page)
            mirror.since = pages[-1].next_since
            await mirror.run(connector)
        assert mirror.titles == titles(desk, KEY)


async def filtered(desk: Desk) -> tuple[Mirror, list[str]]:
    """A mirror of what is labelled, and two issues that are."""
    mirror = Mirror(KEY)
    async with desk.connector() as connector:
        await mirror.run(connector)
    labelled = list(mirror.items)[:2]
    for task in labelled:
        desk.set(task, labels=["pmo"])
    return Mirror(KEY), labelled


async def test_a_filter_lies_over_every_query() -> None:
    with site() as desk:
        mirror, labelled = await filtered(desk)
        async with desk.connector(filter="labels = pmo OR labels = never") as connector:
            pages = await mirror.run(connector)
            assert set(mirror.items) == set(pages[-1].listed or ()) == set(labelled)
            census = [one.id async for one in connector.census(await mirror.scope(connector))]
            assert sorted(census) == sorted(labelled)


async def test_what_leaves_the_filter_is_told_apart_from_what_is_gone() -> None:
    with site() as desk:
        mirror, (leaving, deleted) = await filtered(desk)
        async with desk.connector(filter="labels = pmo") as connector:
            await mirror.run(connector)
            desk.set(leaving, labels=["other"])
            desk.sandbox.edit({"op": "delete", "task": deleted})
            new = desk.create(labels=["pmo"])
            scope = await mirror.scope(connector)
            found = {one.id: one async for one in connector.fetch(scope, [new, leaving, deleted])}
            assert isinstance(found[new], Record)
            assert reasons(list(found.values())) == {leaving: "filtered", deleted: "not_found"}
            desk.wait(timedelta(minutes=1))
            await mirror.run(connector)
            assert set(mirror.items) == {new}
        assert leaving in titles(desk, KEY)


async def test_the_filter_of_a_fetch_is_not_behind_as_the_search_is() -> None:
    with site(search_lag=timedelta(seconds=180)) as desk:
        mirror, (leaving, staying) = await filtered(desk)
        desk.wait(timedelta(minutes=5))
        async with desk.connector(filter="labels = pmo") as connector:
            scope = await mirror.scope(connector)
            desk.set(leaving, labels=["other"])
            found = [one async for one in connector.fetch(scope, [leaving, staying])]
            assert reasons(found) == {leaving: "filtered"}


async def test_a_stranger_who_finds_nothing_is_not_taken_for_the_filter() -> None:
    with site() as desk:
        mirror, labelled = await filtered(desk)
        async with desk.connector(transport=Revoked("search/jql", 0), filter="labels = pmo") as connector:
            scope = await mirror.scope(connector)
            with pytest.raises(Unauthorized):
                _ = [one async for one in connector.fetch(scope, labelled)]


def reasons(found: Sequence[Record | Absence]) -> dict[str, str]:
    return {one.id: one.reason for one in found if isinstance(one, Absence)}


async def test_answers_that_name_nobody_are_proved_and_others_are_not() -> None:
    """A site that does not say for whom it answers is asked once more at the end of a reading."""
    stub = Stub(issues=TWO)
    async with stub.connected(history=False) as connector:
        _ = [page async for page in connector.read(SCOPE)]
    assert [one.path.rpartition("/")[2] for one in (stub.asked[0], stub.asked[-1])] == ["myself", "myself"]
    with site() as desk:
        async with desk.connector() as connector:
            await Mirror(KEY).run(connector)
        paths = [seen.path for seen in desk.sandbox.requests(JIRA)]
        assert [path for path in paths if path.endswith("/myself")] == paths[:1]
