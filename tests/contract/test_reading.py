"""Whole listings: every page exactly once, and nothing but the truth."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta

from connectors.base import Absence, Record
from tests.contract.bench import Bench, counted, fetched, read
from tests.contract.transports import Sparing


async def test_check_tells_who_we_are_how_the_clocks_differ_and_what_we_may(bench: Bench) -> None:
    bench.time.now = datetime.now(UTC) - timedelta(minutes=10)  # our clock is slow
    async with bench.connector() as connector:
        identity = await connector.check()
        again = await connector.check()
    accounts = {one["id"]: one for one in bench.sandbox.truth()["trackers"][bench.case.name]["accounts"]}
    assert identity.account_name == accounts[identity.account_id]["name"]
    assert identity.site
    assert (identity.site, identity.system) == (again.site, again.system)
    assert identity.clock_skew is not None
    assert abs(identity.clock_skew - timedelta(minutes=10)) < timedelta(minutes=1)
    assert identity.permissions
    assert all(permission.held and permission.mend for permission in identity.permissions)


async def test_scopes_are_all_scopes_in_reach(bench: Bench) -> None:
    async with bench.connector() as connector:
        scopes = [scope async for scope in connector.scopes()]
    truth = bench.truth()
    assert sorted(scope.id for scope in scopes) == sorted(truth)
    for scope in scopes:
        true = truth[scope.id]
        assert (scope.name, scope.key, scope.closed) == (true["name"], true["key"], true["closed"])
        assert scope.url.startswith("https://")
        assert scope.body


async def test_a_reading_brings_every_item_of_every_scope_exactly_once(bench: Bench) -> None:
    async with bench.connector() as connector:
        scopes = [scope async for scope in connector.scopes()]
        for scope in scopes:
            reading = await read(connector, scope)
            assert reading.error is None
            assert sorted(reading.ids("item")) == sorted(bench.true_items(scope)), scope.name
            for record in (record for page in reading.pages for record in page.records):
                assert record.scope_id == scope.id
                assert record.read_at.utcoffset() == timedelta(0)


async def test_a_reading_takes_many_pages_of_each_listing(bench: Bench) -> None:
    scope = await bench.scope()
    bench.forget()
    async with bench.connector() as connector:
        reading = await read(connector, scope)
    for listing in bench.case.listings.values():
        assert bench.asked(listing) >= 3, listing
    assert len(reading.pages) >= 5


async def test_a_page_shorter_than_asked_for_is_not_taken_for_the_last(bench: Bench) -> None:
    scope, transport = await bench.scope(), Sparing()
    async with bench.connector() as connector:
        whole = await read(connector, scope)
    async with bench.connector(transport) as connector:
        reading = await read(connector, scope)
        census = await counted(connector, scope)
    assert transport.spared
    assert reading.error is None
    for kind in ("item", "change"):
        assert sorted(reading.ids(kind)) == sorted(whole.ids(kind))
    assert set(census) == set(whole.ids("item"))


async def test_only_the_last_page_says_that_it_is_the_last(bench: Bench) -> None:
    async with bench.connector() as connector:
        reading = await read(connector, await bench.scope())
    resumable = [page.resume is not None for page in reading.pages]
    assert resumable == [True] * (len(reading.pages) - 1) + [False]
    reached = [page.next_since is not None for page in reading.pages]
    assert reached == [False] * (len(reading.pages) - 1) + [True]
    expected = [page.expected for page in reading.pages if page.expected is not None]
    assert expected == sorted(expected)
    assert set(expected[-1:]) <= {len(reading.ids("item"))}
    json.dumps([page.resume for page in reading.pages])
    json.dumps(reading.pages[-1].next_since)


async def test_every_change_comes_exactly_once(bench: Bench) -> None:
    scope = await bench.scope()
    async with bench.connector() as connector:
        reading = await read(connector, scope)
    assert max(Counter(reading.ids("change")).values()) == 1
    instants: dict[str, set[datetime]] = defaultdict(set)
    for id, at, _ in bench.case.changes(reading.records):
        instants[id].add(at)
    told = {id: item[bench.case.true_changes] for id, item in bench.true_items(scope).items()}
    true = {id: number for id, number in told.items() if number}
    assert {id: len(at) for id, at in instants.items() if id in bench.true_items(scope)} == true


async def test_without_history_no_change_is_read_and_every_item_still_is(bench: Bench) -> None:
    scope = await bench.scope()
    bench.forget()
    async with bench.connector(history=False) as connector:
        reading = await read(connector, scope)
    assert reading.of("change") == []
    if "changes" in bench.case.listings:  # elsewhere they come with the items
        assert bench.asked(bench.case.listings["changes"]) == 0
    assert sorted(reading.ids("item")) == sorted(bench.true_items(scope))


async def test_the_definitions_come_on_the_first_page_and_only_there(bench: Bench) -> None:
    async with bench.connector() as connector:
        reading = await read(connector, await bench.scope())
    first, *rest = reading.pages
    definitions = [record for record in first.records if record.kind == "definition"]
    assert definitions
    assert len({record.id for record in definitions}) == len(definitions)
    assert not [record for page in rest for record in page.records if record.kind == "definition"]


async def test_fetch_brings_items_as_a_reading_does_and_in_bulk(bench: Bench) -> None:
    scope = await bench.scope()
    async with bench.connector(history=False) as connector:
        reading = await read(connector, scope)
        bench.forget()
        ids = reading.ids("item")
        found = await fetched(connector, scope, ids)
    asked = bench.asked()
    assert asked < len(ids)
    assert Counter(one.id for one in found) == Counter(ids)
    assert all(isinstance(one, Record) and one.kind == "item" for one in found)
    bodies = {record.id: record.body for record in reading.of("item")}
    assert {one.id: one.body for one in found if isinstance(one, Record)} == bodies


async def test_fetch_of_nothing_is_nothing(bench: Bench) -> None:
    async with bench.connector() as connector:
        assert await fetched(connector, await bench.scope(), []) == []


async def test_an_item_that_does_not_exist_is_absent_with_its_evidence(bench: Bench) -> None:
    scope = await bench.scope()
    id = next(iter(bench.true_items(scope)))
    async with bench.connector() as connector:
        found = {one.id: one for one in await fetched(connector, scope, [bench.nowhere(scope), id])}
    assert isinstance(found[id], Record)
    absence = found[bench.nowhere(scope)]
    assert isinstance(absence, Absence)
    assert absence.reason == "not_found"
    assert absence.evidence


async def test_no_request_has_a_credential_in_its_address(bench: Bench) -> None:
    async with bench.connector() as connector:
        await connector.check()
        await read(connector, await bench.scope())
    secrets = bench.sandbox.credentials[bench.case.name].values()
    for seen in bench.sandbox.requests(bench.case.name):
        assert not {"key", "token"} & set(seen.keys)
        assert not [secret for secret in secrets if secret in seen.path]
