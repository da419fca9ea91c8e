"""A reading that is cut anywhere goes on where it was, in another process, and leaves no gap."""

from __future__ import annotations

import json

import pytest

from connectors.errors import TrackerError, Unauthorized, Unavailable, Unexpected
from sandbox.middleware import Fault
from tests.contract.bench import Bench, Reading, read
from tests.contract.transports import Revoked


def through_a_store(reading: Reading) -> dict[str, object]:
    token: dict[str, object] = json.loads(json.dumps(reading.resume))
    return token


async def test_it_resumes_after_any_page_without_a_gap(bench: Bench) -> None:
    scope = await bench.scope()
    async with bench.connector() as connector:
        whole = await read(connector, scope)
    assert set(whole.ids("item")) == set(bench.true_items(scope))
    for cut in range(1, len(whole.pages)):
        async with bench.connector() as connector:
            before = await read(connector, scope, most=cut)
        async with bench.connector() as connector:
            after = await read(connector, scope, resume=through_a_store(before))
        assert after.whole
        for kind in ("item", "change"):
            union = {*before.ids(kind), *after.ids(kind)}
            assert union == set(whole.ids(kind)), f"cut after page {cut}"
        assert len(after.ids("item")) <= len(whole.ids("item")) - len(before.ids("item")) + 4


async def test_the_definitions_come_on_the_first_page_of_a_resumed_reading_too(bench: Bench) -> None:
    scope = await bench.scope()
    async with bench.connector() as connector:
        before = await read(connector, scope, most=4)
        after = await read(connector, scope, resume=through_a_store(before), most=1)
    assert set(after.ids("definition")) == set(before.ids("definition")) != set()


async def test_a_resume_that_we_never_gave_is_unexpected_and_not_a_whole_reading(bench: Bench) -> None:
    async with bench.connector() as connector:
        scope = await bench.scope()
        for rubbish in ({"phase": "x", "limit": 5}, {"token": 7, "last": [], "before": 3}):
            reading = await read(connector, scope, resume=rubbish)
            assert isinstance(reading.error, Unexpected)
            assert not reading.whole


FAULTS: dict[str, tuple[Fault, type[TrackerError]]] = {
    "500": ({"status": 500}, Unavailable),
    "503": ({"status": 503, "headers": {"Retry-After": "1"}}, Unavailable),
    "429": ({"status": 429, "body": {"error": "RATE_LIMIT_EXCEEDED"}}, Unavailable),
    "drop": ("drop", Unavailable),
    "cut": ("cut", Unexpected),
    "html": ("html", Unexpected),
    "not JSON": ({"status": 200, "body": "OK"}, Unexpected),
    "half JSON": ({"status": 200, "body": '[{"id": "1"'}, Unexpected),
    "other JSON": ({"status": 200, "body": {"hello": []}}, Unexpected),
    "null": ({"status": 200, "body": None}, Unexpected),
    "teapot": ({"status": 418, "body": {}}, Unexpected),
}


@pytest.mark.parametrize(("fault", "skip"), [*((fault, 1) for fault in FAULTS), ("503", 0), ("cut", 2)])
async def test_a_fault_on_any_page_ends_the_reading_and_loses_nothing(
    bench: Bench, fault: str, skip: int
) -> None:
    scope = await bench.scope()
    planted, error = FAULTS[fault]
    for listing, path in bench.case.listings.items():
        bench.fail(path, planted, skip=skip)
        async with bench.connector() as connector:
            before = await read(connector, scope)
        assert type(before.error) is error, f"{listing}: {before.error!r}"
        assert not before.whole
        assert all(page.resume for page in before.pages)
        bench.mend()
        async with bench.connector() as connector:
            after = await read(connector, scope, resume=through_a_store(before) if before.pages else None)
        assert after.whole
        assert {*before.ids("item"), *after.ids("item")} == set(bench.true_items(scope)), listing


@pytest.mark.parametrize("fault", ["500", "503", "429", "drop", "cut"])
async def test_a_fault_that_passes_is_not_noticed(bench: Bench, fault: str) -> None:
    scope = await bench.scope()
    async with bench.connector() as connector:
        whole = await read(connector, scope)
        for path in bench.case.listings.values():
            bench.fail(path, FAULTS[fault][0], times=1, skip=1)
        reading = await read(connector, scope)
    assert reading.error is None
    for kind in ("item", "change", "section", "account", "iteration"):
        assert sorted(reading.ids(kind)) == sorted(whole.ids(kind))


@pytest.mark.parametrize("after", [0, 1, 2])
async def test_credentials_that_die_in_the_middle_never_make_a_short_listing_look_whole(
    bench: Bench, after: int
) -> None:
    scope = await bench.scope()
    for listing, path in bench.case.listings.items():
        transport = Revoked(path, after)
        async with bench.connector(transport) as connector:
            reading = await read(connector, scope)
        assert transport.revoked
        assert isinstance(reading.error, Unauthorized), f"{listing}: {reading.error!r}"
        assert not reading.whole
