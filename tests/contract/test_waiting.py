"""Rate limits: every form of being asked to wait, and a reading that is whole afterwards."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from connectors.errors import Unavailable
from tests.contract.bench import OPERATIONS, Bench, read
from tests.faketime import START

FORMS = {"whole": "17", "fraction": "17.5", "zero": "0", "date": None, "absent": ""}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("status", [429, 503])
async def test_it_waits_at_least_as_long_as_asked_and_then_goes_on(
    bench: Bench, form: str, status: int
) -> None:
    scope = await bench.scope()
    value = FORMS[form]
    if value is None:
        value = format_datetime(datetime.now(UTC) + timedelta(seconds=250), usegmt=True)
    headers = {"Retry-After": value} if value else {}
    bench.fail(bench.case.listings["items"], {"status": status, "headers": headers}, times=2, skip=1)
    async with bench.connector() as connector:
        reading = await read(connector, scope)
    assert reading.error is None
    assert sorted(reading.ids("item")) == sorted(bench.true_items(scope))
    least = {"whole": 17, "fraction": 17.5, "date": 200}.get(form, 0.5)
    assert len([slept for slept in bench.time.sleeps if slept >= least]) >= 2


@pytest.mark.parametrize("operation", OPERATIONS)
async def test_a_wait_beyond_our_patience_is_told_and_not_slept(bench: Bench, operation: str) -> None:
    scope = await bench.scope()
    bench.fail("", {"status": 429, "headers": {"Retry-After": "7200"}})
    bench.forget()
    async with bench.connector() as connector:
        with bench.raises(Unavailable) as caught:
            await OPERATIONS[operation](connector, scope, bench.nowhere(scope))
    assert isinstance(caught.value, Unavailable)
    assert caught.value.retry_after is not None
    assert caught.value.retry_after >= START + timedelta(hours=2)
    assert bench.time.now == START
    assert bench.asked() <= 2
