"""Bad credentials, pages for people, trackers that are down: which error, from every operation."""

from __future__ import annotations

import socket
from dataclasses import replace

import pytest

from connectors.base import Absence, Connector
from connectors.errors import NotFound, Unauthorized, Unavailable, Unexpected
from tests.contract.bench import OPERATIONS, Bench, counted, fetched, read
from tests.contract.transports import Revoked, Stuck

operation = pytest.mark.parametrize("operation", OPERATIONS)


@operation
@pytest.mark.parametrize("which", [0, 1])
async def test_bad_credentials_are_unauthorized_whatever_is_asked(
    bench: Bench, operation: str, which: int
) -> None:
    scope = await bench.scope()
    id = next(iter(bench.true_items(scope)))
    bench.forget()
    async with bench.connector(**bench.case.bad[which]) as connector:
        with bench.raises(Unauthorized) as caught:
            await OPERATIONS[operation](connector, scope, id)
    assert not [value for value in bench.case.bad[which].values() if value in str(caught.value)]
    assert bench.asked() <= 3  # a refusal is never asked again: some vendors lock the account


@pytest.mark.parametrize("operation", ["scopes", "fetch", "census", "definitions"])
async def test_credentials_that_die_at_any_request_are_unauthorized_and_nothing_is_missing(
    bench: Bench, operation: str
) -> None:
    scope = await bench.scope()
    ids = [*bench.true_items(scope), bench.nowhere(scope)]

    async def ask(connector: Connector) -> None:
        if operation == "fetch":
            await fetched(connector, scope, ids)
        else:
            await OPERATIONS[operation](connector, scope, ids[0])

    bench.forget()
    async with bench.connector() as connector:
        await ask(connector)
    for after in range(bench.asked()):
        async with bench.connector(Revoked("", after)) as connector:
            with bench.raises(Unauthorized):
                await ask(connector)


@operation
async def test_a_page_for_people_says_that_the_base_url_is_probably_wrong(
    bench: Bench, operation: str
) -> None:
    scope = await bench.scope()
    bench.fail("", "html")
    async with bench.connector() as connector:
        with bench.raises(Unexpected) as caught:
            await OPERATIONS[operation](connector, scope, bench.nowhere(scope))
    assert "base URL" in str(caught.value)


@operation
@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_a_tracker_that_fails_is_unavailable_after_some_tries(
    bench: Bench, operation: str, status: int
) -> None:
    scope = await bench.scope()
    bench.fail("", {"status": status, "body": "<html>Sorry</html>"})
    bench.forget()
    async with bench.connector() as connector:
        with bench.raises(Unavailable) as caught:
            await OPERATIONS[operation](connector, scope, bench.nowhere(scope))
    assert bench.asked() >= 3
    assert isinstance(caught.value, Unavailable)
    assert caught.value.retry_after is not None


@operation
async def test_a_tracker_that_is_down_is_unavailable_and_named(bench: Bench, operation: str) -> None:
    scope = await bench.scope()
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        base = f"http://127.0.0.1:{unused.getsockname()[1]}"
        async with bench.connector(base_url=base) as connector:
            with bench.raises(Unavailable) as caught:
                await OPERATIONS[operation](connector, scope, bench.nowhere(scope))
    assert base in str(caught.value)


@operation
async def test_a_login_page_is_unauthorized(bench: Bench, operation: str) -> None:
    scope = await bench.scope()
    bench.fail("", {"status": 302, "headers": {"Location": "https://id.example/login?continue=x"}})
    async with bench.connector() as connector:
        with bench.raises(Unauthorized) as caught:
            await OPERATIONS[operation](connector, scope, bench.nowhere(scope))
    assert "id.example/login" in str(caught.value)


async def test_a_repeated_page_is_unexpected(bench: Bench) -> None:
    scope = await bench.scope()
    for listing, more in bench.case.endless.items():
        transport = Stuck(bench.case.listings[listing], more)
        async with bench.connector(transport) as connector:
            reading = await read(connector, scope)
        assert transport.repeats >= 1, listing
        assert isinstance(reading.error, Unexpected), listing
        assert not reading.whole
    transport = Stuck(bench.case.listings["items"], bench.case.endless["items"])
    async with bench.connector(transport) as connector:
        with bench.raises(Unexpected):
            await counted(connector, scope)


@pytest.mark.parametrize("fault", ["cut", "html", {"status": 200, "body": "OK"}, {"status": 503}], ids=str)
@pytest.mark.parametrize("skip", [0, 1, 2])
async def test_a_census_is_whole_or_raises(bench: Bench, fault: str, skip: int) -> None:
    scope = await bench.scope()
    bench.fail(bench.case.listings["items"], fault, skip=skip)
    async with bench.connector() as connector:
        with bench.raises(Unavailable if isinstance(fault, dict) and fault["status"] == 503 else Unexpected):
            await counted(connector, scope)
        bench.mend()
        assert set(await counted(connector, scope)) == set(bench.true_items(scope))


async def test_a_fault_of_fetch_is_never_an_absence(bench: Bench) -> None:
    scope = await bench.scope()
    ids = list(bench.true_items(scope))
    for fault in ("cut", "html", {"status": 500}, {"status": 200, "body": {}}, {"status": 200, "body": []}):
        bench.fail(bench.case.bulk, fault, skip=1)
        async with bench.connector() as connector:
            with pytest.raises((Unexpected, Unavailable)):
                await fetched(connector, scope, ids)
        bench.mend()


async def test_a_scope_out_of_reach_is_not_found_and_no_empty_listing(editable: Bench) -> None:
    scope = await editable.scope()
    id = next(iter(editable.true_items(scope)))
    editable.sandbox.edit({"op": "revoke", "project": editable.slug(scope)})
    async with editable.connector() as connector:
        assert scope.id not in [seen.id async for seen in connector.scopes()]
        for name in ("read", "census", "definitions"):
            with editable.raises(NotFound):
                await OPERATIONS[name](connector, scope, id)
        (absence,) = await fetched(connector, scope, [id])
    assert isinstance(absence, Absence)
    assert absence.reason == "forbidden"


async def test_a_scope_that_never_was_is_not_found(bench: Bench) -> None:
    scope = replace(await bench.scope(), id=bench.case.nowhere)
    async with bench.connector() as connector:
        for name in ("read", "census", "definitions"):
            with bench.raises(NotFound):
                await OPERATIONS[name](connector, scope, bench.nowhere(scope))
