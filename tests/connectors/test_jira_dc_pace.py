"""The rate limit that an administrator of Data Center set, as its headers tell it."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from connectors.http import Budget, Limiter
from connectors.jira_dc_pace import budget, heeding
from sandbox.options import DataCenter
from tests.connectors.jira_dc_bench import Tampering, ids, read, worked_on
from tests.faketime import FakeTime

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("fill", "seconds", "share", "kept"),
    [
        ("100", "1", 0.3, budget(10)),  # more than we ask for anyway
        ("20", "1", 0.3, Budget("Jira requests", 6, SECOND)),
        ("600", "60", 0.3, Budget("Jira requests", 3, SECOND)),
        ("10", "60", 0.3, Budget("Jira requests", 1, 20 * SECOND)),
        ("20", "1", 1, budget(10)),
        ("", "1", 0.3, budget(10)),
        ("0", "1", 0.3, budget(10)),
        ("5", "0", 0.3, budget(10)),
    ],
)
def test_a_share_of_what_the_bucket_is_filled_with_is_kept_to(
    fill: str, seconds: str, share: float, kept: Budget
) -> None:
    limiter = Limiter(budget(10), FakeTime().clock)
    heeding(limiter, share)({"x-ratelimit-fillrate": fill, "x-ratelimit-interval-seconds": seconds})
    assert limiter.budget == kept


def test_a_limit_that_grew_again_is_not_believed_before_the_next_start() -> None:
    limiter = Limiter(budget(10), FakeTime().clock)
    for fill in ("3", "10", "2"):
        heeding(limiter, 0.3)({"x-ratelimit-fillrate": fill, "x-ratelimit-interval-seconds": "1"})
    assert limiter.budget == budget(0.6)


async def test_a_reading_leaves_most_of_the_accounts_limit_to_others() -> None:
    with worked_on(budgets=True, data_center=DataCenter(bucket=20, fill=10)) as jira:
        async with jira.connector() as connector:
            scope = await jira.scope()
            began, before = jira.time.now, jira.asked("")
            pages = await read(connector, scope)
        asked, took = jira.asked("") - before, (jira.time.now - began) / SECOND
    assert sorted(ids(pages)) == sorted(jira.true(scope))
    assert asked > 10
    assert took >= asked // 3 - 1


async def test_where_a_proxy_hides_for_whom_jira_answered_the_account_is_proved_by_itself() -> None:
    class Hiding(httpx.AsyncHTTPTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            answer = await super().handle_async_request(request)
            del answer.headers["x-ausername"]
            return answer

    with worked_on() as jira:
        scope = await jira.scope()
        for transport, times in ((Hiding(), 2), (Tampering("nothing"), 1)):
            jira.paths()
            async with jira.connector(transport) as connector:
                await read(connector, scope)
            assert jira.paths().count("/myself") == times
