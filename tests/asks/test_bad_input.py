"""What goes wrong around a reading: a clock that is off, a cursor of another version, a token that dies."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from sandbox.story import Home
from tests.asks.town import Town, failed, town

TRACKERS: tuple[Home, ...] = ("asana", "jira_cloud", "jira_dc", "smartsheet", "trello")


def work(made: Town, tracker: Home) -> None:
    tasks = made.tasks(tracker)
    made.edit("set", task=tasks[0], fields={"title": f"Edited at {made.time.now}"})
    made.edit("create", project=made.scopes(tracker)[0]["slug"], title=f"Made at {made.time.now}")
    made.edit("delete", task=made.tasks(tracker, rank=1)[-1])


@pytest.mark.parametrize("hours", [3, -3])
@pytest.mark.parametrize("tracker", TRACKERS)
async def test_a_clock_of_ours_that_is_hours_off_loses_nothing(tracker: Home, hours: int) -> None:
    async with town(tracker) as made:
        made.skew = timedelta(hours=hours)
        assert failed(await made.sync()) == []
        for _ in range(2):
            made.time.now += timedelta(minutes=30)
            work(made, tracker)
            made.time.now += timedelta(minutes=2)
            assert failed(await made.sync()) == []
            assert await made.differences() == []


@pytest.mark.parametrize("tracker", TRACKERS)
async def test_a_cursor_of_another_version_is_given_up_with_a_sentence(tracker: Home) -> None:
    async with town(tracker) as made:
        assert failed(await made.sync()) == []
        async with made.store.database.engine.begin() as connection:
            await connection.execute(text("UPDATE checkpoints SET next_since = '{\"updated\": 7}'"))
        made.time.now += timedelta(minutes=30)
        work(made, tracker)
        reports = await made.sync()
        assert failed(reports) == []
        scopes = [scope for report in reports for scope in report.scopes]
        assert all("another version" in " ".join(scope.notes) for scope in scopes)
        assert {scope.kind for scope in scopes} == {"full"}
        assert await made.differences() == []


@pytest.mark.parametrize("tracker", TRACKERS)
async def test_a_token_that_dies_half_way_is_a_sentence_and_what_was_there_stays(tracker: Home) -> None:
    async with town(tracker) as made:
        assert failed(await made.sync()) == []
        before = await made.items()
        made.time.now += timedelta(minutes=30)
        work(made, tracker)
        dead = {"status": 401, "body": "invalid token"}
        made.sandbox.fail_next(tracker, ".", dead, times=10_000, skip=4)
        errors = failed(await made.sync())
        assert errors
        assert any("token" in error for error in errors)
        assert (await made.items()).keys() >= before.keys() - {made.tasks(tracker, rank=1)[-1]}
        made.sandbox.wires[tracker].planned.clear()
        assert failed(await made.sync()) == []
        assert await made.differences() == []
