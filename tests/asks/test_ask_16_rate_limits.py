"""Rate limits: a share of them is ours, waiting says until when, and a limit is a state and not a failure."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from sandbox.story import Home
from tests.asks.town import Town, failed, town

PUBLISHED: dict[Home, tuple[int, timedelta]] = {
    "trello": (100, timedelta(seconds=10)),
    "jira_cloud": (100, timedelta(seconds=1)),
    "smartsheet": (300, timedelta(minutes=1)),
    "asana": (1500, timedelta(minutes=1)),
}
"""What each vendor allows one token (Jira Cloud: one endpoint of a site)."""
SHARE = 0.3


def asked_at(made: Town, tracker: Home) -> list[datetime]:
    moments: list[datetime] = []
    made.between(tracker, lambda _: moments.append(made.time.now))
    return moments


def busiest(moments: list[datetime], window: timedelta) -> int:
    return max(sum(start <= one < start + window for one in moments) for start in moments)


@pytest.mark.parametrize("tracker", PUBLISHED)
async def test_ask_16_no_window_holds_more_than_our_share(tracker: Home) -> None:
    allowed, window = PUBLISHED[tracker]
    async with town(tracker, items=200) as made:
        made.more["smartsheet"] = {"history": True}  # else it asks so little that nothing would be shown
        moments = asked_at(made, tracker)
        for _ in range(2):
            assert failed(await made.sync(full=True)) == []
            made.time.now += window
        assert len(moments) > 40
        assert busiest(moments, window) <= allowed * SHARE


@pytest.mark.parametrize("told", [{"retry-after": "90"}, {}])
async def test_ask_16_a_limit_is_waited_for_and_told_until_when(told: dict[str, str]) -> None:
    async with town("trello") as made:
        body = {"error": "API_TOKEN_LIMIT_EXCEEDED", "message": "Rate limit exceeded"}
        made.sandbox.fail_next("trello", r"/cards", {"status": 429, "headers": told, "body": body}, times=2)
        begun = made.time.now
        assert failed(await made.sync()) == []
        waits = [one.waiting_until for one in made.told if one.waiting_until is not None]
        assert waits
        assert max(waits) >= begun + timedelta(seconds=90 if told else 10)
        assert {one.state for one in made.told if one.waiting_until is not None} <= {"waiting", "listing"}
        assert await made.differences() == []


async def test_ask_16_a_wait_beyond_patience_ends_the_run_with_the_time_and_loses_nothing() -> None:
    async with town("trello") as made:
        body = {"error": "API_KEY_LIMIT_EXCEEDED", "message": "Rate limit exceeded"}
        fault = {"status": 429, "headers": {"retry-after": "3600"}, "body": body}
        made.sandbox.fail_next("trello", r"/cards", fault, times=1)
        reports = await made.sync()
        scope, *_ = [one for report in reports for one in report.scopes if one.error]
        assert scope.retry_after is not None
        assert scope.retry_after >= made.time.now + timedelta(seconds=3500)
        assert f"{scope.retry_after:%Y-%m-%d %H:%M}" in (scope.error or "")
        made.time.now = scope.retry_after
        assert failed(await made.sync()) == []
        assert await made.differences() == []
