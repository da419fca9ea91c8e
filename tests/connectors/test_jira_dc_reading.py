"""Reading Data Center: every issue once, whatever the window, the caps and the cuts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from connectors.base import Page
from connectors.errors import Unauthorized, Unavailable, Unexpected
from sandbox.options import DataCenter
from tests.connectors.jira_dc_bench import Bench, Tampering, as_a_stranger, bench, ids, read, records

SEARCH = r"/search$"


class Counting(httpx.AsyncHTTPTransport):
    """``most`` searches by id were under way at once."""

    def __init__(self) -> None:
        super().__init__()
        self._now = self.most = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        searches = b"id in (" in request.content
        self._now += searches
        self.most = max(self.most, self._now)
        try:
            return await super().handle_async_request(request)
        finally:
            self._now -= searches


@pytest.fixture(scope="module")
def jira() -> Iterator[Bench]:
    with bench() as made:
        yield made


def listings(asked: list[Any]) -> list[Any]:
    """The requests of issues as they are listed, whole or in short."""
    return [one for one in asked if one["jql"].startswith("project =")]


def bodies(asked: list[Any]) -> list[Any]:
    return [one for one in asked if one["jql"].startswith("id in (")]


async def whole(bench: Bench, transport: httpx.AsyncBaseTransport | None = None, **settings: Any) -> None:
    scope = await bench.scope()
    async with bench.connector(transport, **settings) as connector:
        pages = await read(connector, scope)
    assert len(ids(pages)) == len(set(ids(pages)))
    assert set(ids(pages)) == set(bench.true(scope))
    assert pages[-1].resume is None
    assert pages[-1].expected == len(ids(pages))


async def test_a_project_that_fits_a_page_is_one_question_and_no_more(jira: Bench) -> None:
    wire = Tampering(SEARCH)
    await whole(jira, wire, page_size=1000)
    scope = await jira.scope()
    assert wire.asked == [
        {
            "jql": f"project = {scope.id} ORDER BY created ASC, key ASC",
            "startAt": 0,
            "maxResults": 1000,
            "fields": ["*all", "-comment", "-worklog", "-attachment"],
            "validateQuery": True,
            "expand": ["changelog"],
        }
    ]
    assert all(seen.path.startswith("/jira/rest/") for seen in jira.sandbox.requests("jira_dc"))


async def test_of_a_larger_project_the_rest_is_listed_in_short_and_read_by_id(jira: Bench) -> None:
    wire = Tampering(SEARCH)
    await whole(jira, wire)
    first, second = listings(wire.asked)
    assert (first["maxResults"], second["maxResults"]) == (3, 1000)
    assert second["fields"] == ["created", "updated", "resolutiondate", "customfield_10100"]
    assert " AND created >= " in second["jql"]
    assert '"' not in second["jql"]
    items = len(jira.true(await jira.scope()))
    assert len(bodies(wire.asked)) == -(-(items - 3) // 3)
    assert all(one["expand"] == ["changelog"] and not one["validateQuery"] for one in bodies(wire.asked))


async def test_after_the_first_page_what_is_open_comes_before_what_is_closed(jira: Bench) -> None:
    async with jira.connector() as connector:
        pages = await read(connector, await jira.scope())
    items = [records([page], "item") for page in pages[2:-1]]
    opened = [any(one.body["fields"]["resolutiondate"] is None for one in page) for page in items]
    assert opened == sorted(opened, reverse=True)
    assert len(set(opened)) == 2


async def test_as_many_questions_are_under_way_as_is_allowed(jira: Bench) -> None:
    wire = Counting()
    async with jira.connector(wire, parallel=3) as connector:
        await read(connector, await jira.scope())
    assert wire.most == 3


@pytest.mark.parametrize("size", [1, 2, 3, 50])
async def test_every_issue_comes_once_whatever_the_page(jira: Bench, size: int) -> None:
    await whole(jira, page_size=size)


@pytest.mark.parametrize("cap", [1, 4])
async def test_a_server_that_gives_less_than_asked_for_is_read_whole(cap: int) -> None:
    with bench(data_center=DataCenter(page_cap=cap)) as capped:
        await whole(capped)


@pytest.mark.parametrize("version", ["8.20.1", "10.3.4", "11.3.1"])
async def test_a_window_that_is_smaller_than_the_project_is_no_end(version: str) -> None:
    with bench(data_center=DataCenter(version=version, window=5)) as narrow:
        await whole(narrow)


async def test_the_window_is_learnt_from_the_refusal() -> None:
    with bench(data_center=DataCenter(window=5)) as narrow:
        wire = Tampering(SEARCH)
        await whole(narrow, wire, page_size=1000)
    assert wire.asked[0]["maxResults"] == 1000
    assert {one["maxResults"] for one in listings(wire.asked)[3:]} == {5}


def at_once(_n: int, asked: Any, told: Any) -> Any:
    """At a time before all others, so that the slice is the whole project for the server too."""
    for issue in told.get("issues", ()):
        issue["fields"]["created"] = "1970-01-01T00:00:00.000+0000"
    return told


async def test_issues_of_one_minute_are_counted_through() -> None:
    """An import creates thousands at once."""
    with bench(data_center=DataCenter(page_cap=7)) as capped:
        await whole(capped, Tampering(SEARCH, at_once))


async def test_more_in_one_minute_than_the_window_is_said_and_not_cut() -> None:
    with bench(data_center=DataCenter(window=2)) as narrow:
        scope = await narrow.scope()
        async with narrow.connector(Tampering(SEARCH, at_once)) as connector:
            with pytest.raises(Unexpected, match="created in one minute"):
                await read(connector, scope)


async def test_a_reading_goes_on_after_a_cut_anywhere(jira: Bench) -> None:
    scope = await jira.scope()
    async with jira.connector() as connector:
        pages = await read(connector, scope)
        for cut in range(1, len(pages)):
            resume = json.loads(json.dumps(pages[cut - 1].resume))
            rest = await read(connector, scope, resume=resume)
            assert sorted(ids(pages[:cut]) + ids(rest)) == sorted(ids(pages)), cut
            assert rest[-1].listed == pages[-1].listed
            assert rest[-1].next_since == pages[-1].next_since


async def test_the_last_page_lists_every_issue(jira: Bench) -> None:
    scope = await jira.scope()
    async with jira.connector() as connector:
        *early, last = await read(connector, scope)
    assert sorted(last.listed or ()) == sorted(jira.true(scope))
    assert not [page for page in early if page.listed is not None]


@pytest.mark.parametrize("cap", [7, 1000])
async def test_an_issue_that_goes_away_between_pages_hides_no_other(cap: int) -> None:
    with bench(data_center=DataCenter(page_cap=cap)) as editable:
        scope = await editable.scope()
        there = set(editable.true(scope))
        gone: set[str] = set()
        async with editable.connector(parallel=1) as connector:
            pages: list[Page] = []
            async for page in connector.read(scope):
                pages.append(page)
                if left := sorted(editable.true(scope)):
                    gone.update(editable.sandbox.edit({"op": "delete", "task": left[-1]})["deleted"])
        seen, told = ids(pages), [one for page in pages for one in page.gone]
        assert {*seen, *(one.id for one in told)} == there
        assert {one.reason for one in told} == {"not_found"}
        assert not {one.id for one in told} - gone
        assert set(pages[-1].listed or ()) == set(seen)


async def test_an_issue_that_moves_away_between_pages_is_told_as_moved() -> None:
    with bench() as editable:
        scope = await editable.scope()
        async with editable.connector() as connector:
            pages: list[Page] = []
            async for page in connector.read(scope):
                if not pages:
                    last = max(editable.true(scope), key=int)
                    editable.sandbox.edit({"op": "move", "task": last, "project": "plant-control"})
                pages.append(page)
    assert [(one.id, one.reason) for page in pages for one in page.gone] == [(last, "moved")]
    assert last not in ids(pages)


async def test_an_issue_that_only_another_node_finds_is_read_by_itself(jira: Bench) -> None:
    def behind(_n: int, asked: Any, told: Any) -> Any:
        if not asked["jql"].startswith("id in ("):
            return told
        return {**told, "issues": told["issues"][1:], "total": told["total"] - 1}

    wire = Tampering(SEARCH, behind)
    await whole(jira, wire)
    async with jira.connector(wire) as connector:
        pages = await read(connector, await jira.scope())
    async with jira.connector() as connector:
        assert sorted(ids(pages, "change")) == sorted(
            ids(await read(connector, await jira.scope()), "change")
        )


async def test_an_index_that_forgets_what_jira_holds_is_not_taken_for_the_truth() -> None:
    def forgetful(_n: int, asked: Any, told: Any) -> Any:
        if "created >=" in asked["jql"]:
            return {**told, "issues": told["issues"][1:], "total": told["total"] - 1}
        return {**told, "issues": [], "total": 0} if asked["fields"] == ["created"] else told

    with bench(data_center=DataCenter(page_cap=7)) as capped:
        async with capped.connector(Tampering(SEARCH, forgetful)) as connector:
            with pytest.raises(Unavailable, match="index"):
                await read(connector, await capped.scope())


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (lambda body: {**body, "issues": list(reversed(body["issues"]))}, "order of their creation"),
        (lambda body: {**body, "issues": []}, "empty page"),
        (lambda body: {**body, "startAt": 3}, "begins at 3"),
        (lambda body: {name: body[name] for name in ("startAt", "issues")}, "how many"),
        (lambda body: {**body, "issues": [{**body["issues"][0], "fields": {}}]}, "time of creation"),
        (
            lambda body: {**body, "issues": [_bare(body["issues"][0])]},
            "without the changelog",
        ),
        (lambda body: {**body, "issues": [_cut(body["issues"][0])]}, "of the 99 changes"),
    ],
)
async def test_a_page_that_breaks_the_protocol_is_unexpected(jira: Bench, broken: Any, told: str) -> None:
    scope = await jira.scope()

    def tamper(_n: int, asked: Any, body: Any) -> Any:
        return broken(body) if asked["fields"][0] == "*all" else body

    async with jira.connector(Tampering(SEARCH, tamper)) as connector:
        with pytest.raises(Unexpected, match=told):
            await read(connector, scope)


def _bare(issue: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in issue.items() if key != "changelog"}


def _cut(issue: dict[str, Any]) -> dict[str, Any]:
    return {**issue, "changelog": {**issue["changelog"], "total": 99}}


async def test_a_dropped_session_is_taken_up_again(jira: Bench) -> None:
    """The page in the middle is answered as to a stranger, once."""
    refusal = {"errorMessages": ["Field 'x' does not exist or you do not have permission to view it."]}
    wire = Tampering(SEARCH, lambda n, _, told: as_a_stranger(400, refusal) if n == 4 else told)
    await whole(jira, wire)


@pytest.mark.parametrize("status", [200, 400, 401, 404])
async def test_a_session_that_stays_dropped_is_unauthorized(jira: Bench, status: int) -> None:
    scope = await jira.scope()
    empty = {"startAt": 0, "maxResults": 7, "total": 0, "issues": []}
    wire = Tampering(SEARCH, lambda n, _, told: as_a_stranger(status, empty) if n >= 4 else told)
    async with jira.connector(wire, parallel=1) as connector:
        with pytest.raises(Unauthorized, match="stranger"):
            await read(connector, scope)
    assert len(wire.asked) == 5


async def test_changes_come_with_their_issues_and_only_when_asked_for(jira: Bench) -> None:
    scope = await jira.scope()
    async with jira.connector() as connector:
        pages = await read(connector, scope)
        changes = records(pages, "change")
        assert {change.body["issueId"] for change in changes} <= set(ids(pages))
        assert len({change.id for change in changes}) == len(changes) > 50
        assert not [item for item in records(pages, "item") if "changelog" in item.body]
    wire = Tampering(SEARCH)
    async with jira.connector(wire, history=False) as connector:
        bare = await read(connector, scope)
    assert ids(bare) == ids(pages)
    assert not ids(bare, "change")
    assert not [one for one in wire.asked if "expand" in one]


async def test_the_first_page_has_the_definitions_and_the_ids_of_epics(jira: Bench) -> None:
    scope = await jira.scope()
    async with jira.connector() as connector:
        first, *_ = await read(connector, scope)
    names = {record.id for record in first.records if record.kind == "definition"}
    assert names == {"project", "fields", "statuses", "priorities", "link_types", "board", "epics"}
    (told,) = [record.body for record in first.records if record.id == "epics"]
    items = jira.true(scope)
    epics = {item["parent"] for item in items.values() if item["parent"] and item["type"] != "subtask"}
    assert {one["id"] for one in told["values"]} == epics != set()
    assert all(items[one["id"]]["key"] == one["key"] for one in told["values"])


async def test_epics_of_another_project_are_looked_up(jira: Bench) -> None:
    scope, other = await jira.scope(), await jira.scope("PCS")
    id, item = next(iter(jira.true(other).items()))

    def elsewhere(_n: int, asked: Any, told: Any) -> Any:
        if asked["fields"][-1] == "customfield_10100":
            told["issues"][-1]["fields"]["customfield_10100"] = item["key"]
        return told

    wire = Tampering(SEARCH, elsewhere)
    async with jira.connector(wire) as connector:
        first, *_ = await read(connector, scope)
    (told,) = [record.body for record in first.records if record.id == "epics"]
    assert {"key": item["key"], "id": id} in told["values"]
    (lookup,) = [one for one in wire.asked if one["jql"].startswith("key in")]
    assert lookup["jql"] == f'key in ("{item["key"]}")'
    assert lookup["validateQuery"] is False


async def test_of_an_epic_that_is_hidden_its_key_is_told(jira: Bench) -> None:
    """So that it is known to have been asked for."""
    scope = await jira.scope()

    def hidden(_n: int, asked: Any, told: Any) -> Any:
        if asked["fields"][-1] == "customfield_10100":
            told["issues"][-1]["fields"]["customfield_10100"] = "HID-1"
        return told

    async with jira.connector(Tampering(SEARCH, hidden)) as connector:
        first, *_ = await read(connector, scope)
    (told,) = [record.body for record in first.records if record.id == "epics"]
    assert [one for one in told["values"] if one["key"] == "HID-1"] == [{"key": "HID-1"}]


@pytest.mark.parametrize("body", [{"fields": None}, {}])
async def test_an_issue_without_fields_is_kept_and_stops_no_other(jira: Bench, body: Any) -> None:
    scope = await jira.scope()

    def bare(_n: int, asked: Any, told: Any) -> Any:
        if asked["jql"].startswith("id in"):
            issue = told["issues"][0]
            told["issues"][0] = {key: issue[key] for key in ("id", "key", "changelog")} | body
        return told

    wire = Tampering(SEARCH, bare)
    async with jira.connector(wire, page_size=5) as connector:
        pages = await read(connector, scope)
    assert [one["jql"] for one in wire.asked if one["jql"].startswith("id in")]
    assert set(ids(pages)) == set(jira.true(scope))
