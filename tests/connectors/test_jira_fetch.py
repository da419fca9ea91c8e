"""Fetching issues by id."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.base import Absence, Record
from connectors.errors import Unauthorized
from connectors.jira_cloud import reset_moment
from tests.connectors.jira_stub import SCOPE, Stub, issue, listing, read


async def fetched(stub: Stub, *wanted: str, **settings: Any) -> list[Record | Absence]:
    async with stub.connected(**settings) as connector:
        return [one async for one in connector.fetch(SCOPE, wanted)]


async def test_issues_come_in_the_order_asked_in_bulk() -> None:
    stub = Stub(issues=[issue(n) for n in range(1, 8)])
    found = await fetched(stub, "7", "3", "5", body_batch=2)
    assert [one.id for one in found] == ["7", "3", "5"]
    assert all(isinstance(one, Record) for one in found)
    assert len(stub.requests("/issue/bulkfetch")) == 2


async def test_a_404_says_deleted_or_hidden_and_no_more() -> None:
    (found,) = await fetched(Stub(), "9")
    assert isinstance(found, Absence)
    assert (found.id, found.reason) == ("9", "not_found")
    assert "404" in found.evidence
    assert "alike" in found.evidence


async def test_a_404_to_a_stranger_says_nothing() -> None:
    good = iter([200])  # the token is revoked after the first proof
    stub = Stub(says={"/myself": lambda _: (next(good, 401), {"accountId": "1"})})
    with pytest.raises(Unauthorized):
        await fetched(stub, "9")


async def test_a_403_is_forbidden() -> None:
    (found,) = await fetched(Stub(says={"/issue/9": lambda _: (403, {})}), "9")
    assert isinstance(found, Absence)
    assert found.reason == "forbidden"


async def test_of_a_hidden_project_nothing_is_said_to_be_missing() -> None:
    stub = Stub(says={"/project/search": lambda _: listing([])})
    found = await fetched(stub, "8", "9")
    assert [isinstance(one, Absence) and one.reason for one in found] == ["forbidden", "forbidden"]
    assert not stub.requests("/issue/9")


async def test_what_the_bulk_fetch_left_out_may_be_there_after_all() -> None:
    stub = Stub(says={"/issue/9": lambda _: (200, issue(9))})
    (found,) = await fetched(stub, "9")
    assert isinstance(found, Record)
    assert found.body == issue(9)


async def test_a_moved_issue_says_where_it_went() -> None:
    stub = Stub(issues=[issue(9, project={"id": "10099", "key": "OPS"})])
    (found,) = await fetched(stub, "9")
    assert isinstance(found, Absence)
    assert (found.reason, found.evidence) == ("moved", "it is NET-9 now, in project OPS")
    async with stub.connected() as connector:  # the search index is still behind
        assert not [one async for one in connector.census(SCOPE)]
        (gone,) = [one for page in await read(connector) for one in page.gone]
    assert gone == found


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("2026-11-23T15:00Z", "2026-11-23T15:00:00+00:00"),
        ("2026-11-23T15:00:30+01:00", "2026-11-23T14:00:30+00:00"),
        ("soon", "None"),
    ],
)
def test_the_end_of_a_rate_limit_is_read_with_and_without_seconds(told: str, expected: str) -> None:
    moment = reset_moment({"x-ratelimit-reset": told})
    assert (moment.isoformat() if moment else "None") == expected
