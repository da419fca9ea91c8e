"""What depends on when and where somebody searches: writes that the index does not know yet, time zones."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.sandbox.jira_reader import Reader, reading

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LAG = timedelta(seconds=180)


class Hands:
    """A clock that somebody moves."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@contextmanager
def lagging() -> Iterator[tuple[Reader, Hands]]:
    hands = Hands()
    with reading(items=120, clock=hands, search_lag=LAG, homes=("jira_cloud",)) as jira:
        yield jira, hands


def test_each_write_is_hidden_for_a_time_of_its_own_and_bulk_fetch_sees_it_at_once() -> None:
    with lagging() as (jira, hands):
        tasks = jira.found("project = MOB")[:8]
        for task in tasks:
            jira.sandbox.edit({"op": "set", "task": task, "fields": {"title": "Zanzibar"}})
        bodies = jira.post("issue/bulkfetch", {"issueIdsOrKeys": tasks, "fields": ["summary"]})["issues"]
        assert {body["fields"]["summary"] for body in bodies} == {"Zanzibar"}
        counts = []
        for _ in range(7):
            counts.append(len(jira.found("project = MOB AND summary ~ zanzibar")))
            hands.now += timedelta(seconds=30)
        assert counts == sorted(counts)
        assert counts[0] == 0
        assert len(set(counts)) > 3
        assert len(jira.found("project = MOB AND summary ~ zanzibar")) == len(tasks)


def test_what_was_made_moved_and_deleted_shows_late_too() -> None:
    with lagging() as (jira, hands):
        before = jira.found("project = MOB")
        new = jira.sandbox.edit({"op": "create", "project": "field-app", "title": "New"})["task"]
        deleted = before[-1]
        jira.sandbox.edit({"op": "delete", "task": deleted})
        assert jira.found("project = MOB") == before
        assert jira.ask(f"issue/{deleted}").status_code == 404
        hands.now += LAG
        after = jira.found("project = MOB")
        assert new in after
        assert deleted not in after


def test_issues_to_reconcile_are_searched_as_they_are_now() -> None:
    with lagging() as (jira, _):
        first, second = jira.found("project = MOB")[:2]
        for task in (first, second):
            jira.sandbox.edit({"op": "set", "task": task, "fields": {"title": "Zanzibar"}})
        assert jira.found("project = MOB AND summary ~ zanzibar", reconcileIssues=[int(first)]) == [first]


@pytest.mark.parametrize("zone", ["Pacific/Pago_Pago", "UTC", "Pacific/Kiritimati"])
def test_a_quoted_time_is_meant_in_the_accounts_zone_and_milliseconds_are_not(zone: str) -> None:
    with reading(items=120, clock=lambda: NOON, account_zone=zone, homes=("jira_cloud",)) as jira:
        assert jira.get("myself")["timeZone"] == zone
        new = jira.sandbox.edit({"op": "create", "project": "field-app", "title": "New"})["task"]
        local = NOON.astimezone(ZoneInfo(zone))
        assert jira.found(f'updated >= "{local:%Y-%m-%d %H:%M}"') == [new]
        assert jira.found(f'updated > "{local:%Y-%m-%d %H:%M}"') == []
        assert jira.found(f"updated >= {int(NOON.timestamp() * 1000)}") == [new]
        told = jira.get(f"issue/{new}")["fields"]["updated"]
        assert told == f"{local:%Y-%m-%dT%H:%M:%S.000%z}"
        assert datetime.fromisoformat(told) == NOON
