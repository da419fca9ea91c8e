"""Reading Data Center: every issue once, whatever the window, the caps and the cuts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from connectors.errors import Unauthorized, Unavailable, Unexpected
from sandbox.options import DataCenter
from tests.connectors.jira_dc_bench import Bench, Tampering, as_a_stranger, bench, ids, read, records

SEARCH = r"/search$"


@pytest.fixture(scope="module")
def jira() -> Iterator[Bench]:
    with bench() as made:
        yield made


def listings(asked: list[Any]) -> list[Any]:
    """The requests of the reading itself, without those for epics."""
    return [one for one in asked if "*all" in one["fields"]]


async def whole(bench: Bench, transport: httpx.AsyncBaseTransport | None = None, **settings: Any) -> None:
    scope = await bench.scope()
    async with bench.connector(transport, **settings) as connector:
        pages = await read(connector, scope)
    assert len(ids(pages)) == len(set(ids(pages)))
    assert set(ids(pages)) == set(bench.true(scope))
    assert pages[-1].resume is None
    assert pages[-1].expected == len(ids(pages))


async def test_pages_follow_each_other_by_creation_and_ask_for_version_2(jira: Bench) -> None:
    wire = Tampering(SEARCH)
    await whole(jira, wire)
    first, second, *rest = listings(wire.asked)
    scope = await jira.scope()
    assert first == {
        "jql": f"project = {scope.id} ORDER BY created ASC, key ASC",
        "startAt": 0,
        "maxResults": 7,
        "fields": ["*all", "-comment", "-worklog", "-attachment"],
        "validateQuery": True,
        "expand": ["changelog"],
    }
    assert "AND created >= " in second["jql"]
    assert '"' not in second["jql"]
    assert rest
    assert all(seen.path.startswith("/jira/rest/") for seen in jira.sandbox.requests("jira_dc"))


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


async def test_the_window_is_learnt_from_the_refusal_where_jira_does_not_tell_it() -> None:
    with bench(data_center=DataCenter(version="10.3.4", window=5)) as narrow:
        wire = Tampering(SEARCH)
        await whole(narrow, wire)
    assert wire.asked[0]["maxResults"] == 1000
    assert {one["maxResults"] for one in listings(wire.asked)} == {5}


async def test_the_window_is_asked_for_where_jira_tells_it() -> None:
    with bench(data_center=DataCenter(version="11.3.1", window=5)) as narrow:
        wire = Tampering(SEARCH)
        await whole(narrow, wire)
    assert {one["maxResults"] for one in wire.asked} == {5}


async def test_issues_of_one_minute_are_counted_through(jira: Bench) -> None:
    """An import creates thousands at once."""

    def same(_n: int, asked: Any, told: Any) -> Any:
        """At a time before all others, so that the slice is the whole project for the server too."""
        for issue in told["issues"]:
            issue["fields"]["created"] = "1970-01-01T00:00:00.000+0000"
        return told

    await whole(jira, Tampering(SEARCH, same))


async def test_more_in_one_minute_than_the_window_is_said_and_not_cut() -> None:
    with bench(data_center=DataCenter(version="11.3.1", window=4)) as narrow:
        scope = await narrow.scope()

        def same(_n: int, asked: Any, told: Any) -> Any:
            for issue in told["issues"]:
                issue["fields"]["created"] = "1970-01-01T00:00:00.000+0000"
            return told

        async with narrow.connector(Tampering(SEARCH, same)) as connector:
            with pytest.raises(Unexpected, match="created in one minute"):
                await read(connector, scope)


async def test_a_reading_goes_on_after_a_cut_anywhere(jira: Bench) -> None:
    scope = await jira.scope()
    async with jira.connector() as connector:
        pages = await read(connector, scope)
        for cut in range(1, len(pages)):
            resume = json.loads(json.dumps(pages[cut - 1].resume))
            rest = await read(connector, scope, resume=resume)
            assert ids(pages[:cut]) + ids(rest) == ids(pages), cut


async def test_an_issue_that_goes_away_between_pages_hides_no_other() -> None:
    with bench() as editable:
        scope = await editable.scope()
        there = set(editable.true(scope))
        seen: list[str] = []
        async with editable.connector() as connector:
            async for page in connector.read(scope):
                new = ids([page])
                seen += new
                if new:
                    editable.sandbox.edit({"op": "delete", "task": new[-1]})
        assert sorted(seen) == sorted(there)


async def test_an_index_that_forgets_what_jira_holds_is_not_taken_for_the_truth(jira: Bench) -> None:
    scope = await jira.scope()

    def forgetful(_n: int, asked: Any, told: Any) -> Any:
        if "created >=" in asked["jql"]:
            kept = told["issues"][1:]
            return {**told, "issues": kept, "total": told["total"] - 1}
        return told

    async with jira.connector(Tampering(SEARCH, forgetful)) as connector:
        with pytest.raises(Unavailable, match="index"):
            await read(connector, scope)


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
        return broken(body) if "*all" in asked["fields"] else body

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
    async with jira.connector(wire) as connector:
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
        if asked["fields"] == ["created", "customfield_10100"]:
            told["issues"][0]["fields"]["customfield_10100"] = item["key"]
        return told

    wire = Tampering(SEARCH, elsewhere)
    async with jira.connector(wire) as connector:
        first, *_ = await read(connector, scope)
    (told,) = [record.body for record in first.records if record.id == "epics"]
    assert {"key": item["key"], "id": id} in told["values"]
    (lookup,) = [one for one in wire.asked if one["jql"].startswith("key in")]
    assert lookup["jql"] == f'key in ("{item["key"]}")'
    assert lookup["validateQuery"] is False


async def test_a_later_reading_asks_for_no_more_than_what_the_first_could_miss(jira: Bench) -> None:
    scope = await jira.scope()
    async with jira.connector() as connector:
        pages = await read(connector, scope)
    since = pages[-1].next_since
    assert since is not None
    wire = Tampering(SEARCH)
    async with jira.connector(wire) as connector:
        again = await read(connector, scope, since=since)
    assert f" AND updated >= {since['updated']} ORDER BY" in listings(wire.asked)[0]["jql"]
    assert len(ids(again)) < len(ids(pages))
    assert again[-1].next_since is not None


async def test_the_next_reading_begins_before_this_one_did(jira: Bench) -> None:
    """An issue that was passed and then changed is not seen again in this reading."""
    scope = await jira.scope()
    place: dict[str, Any] = {
        "minute": None,
        "seen": [],
        "known": 0,
        "newest": 5_000_000_000_000,
        "began": 1_700_000_000_000,
    }
    async with jira.connector() as connector:
        pages = await read(connector, scope, resume=place)
    assert pages[-1].next_since == {"updated": 1_700_000_000_000 - 600_000}
