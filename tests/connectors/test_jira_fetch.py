"""Fetching issues by id, and the census."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.base import Absence, Record
from connectors.errors import Unauthorized
from connectors.jira_census import Census, printing
from connectors.jira_cloud import reset_moment
from tests.connectors.jira_stub import SCOPE, Stub, issue, listing, read

TYPES = "com.atlassian.jira.plugin.system.customfieldtypes"
SPRINT_FIELD = {"id": "customfield_8", "schema": {"custom": "com.pyxis.greenhopper.jira:gh-sprint"}}


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


async def test_a_census_counts_every_issue_by_its_cheap_fields() -> None:
    stub = Stub(issues=[issue(n) for n in range(1, 11)], says={"/field": lambda _: (200, [SPRINT_FIELD])})
    async with stub.connected(id_page_size=4, body_batch=2) as connector:
        found = [one async for one in connector.census(SCOPE)]
    assert [one.id for one in found] == [str(n) for n in range(1, 11)]
    assert len({one.value for one in found}) == 10
    asked = stub.requests("/issue/bulkfetch")[0].given["fields"]
    assert {"summary", "status", "updated", "project", "customfield_8"} <= set(asked)


SITE = [
    SPRINT_FIELD,
    {"id": "customfield_9", "name": "Flagged", "schema": {"custom": f"{TYPES}:multicheckboxes"}},
    {"id": "customfield_10", "name": "Colours", "schema": {"custom": f"{TYPES}:multicheckboxes"}},
    {"id": "customfield_11", "name": "Cost", "schema": {"custom": f"{TYPES}:float"}},
    {"id": "customfield_12", "name": "Notes", "schema": {"custom": f"{TYPES}:textarea"}},
    {"id": "odd", "schema": {"custom": f"{TYPES}:float"}},
]
WHOLE = issue(
    1,
    status={"id": "1", "name": "Open", "self": "https://a", "statusCategory": {"id": 2, "key": "new"}},
    assignee={"accountId": "712020:ada", "displayName": "Ada", "avatarUrls": {"48x48": "https://c"}},
    parent={"id": "7", "fields": {"summary": "Above"}},
    labels=["a"],
    project={"id": "10011", "name": "Network"},
    resolutiondate="2026-02-02T10:00:00.000+0100",
    customfield_8=[{"id": 1, "name": "Sprint 1", "state": "active"}],
    customfield_10=[{"id": "4", "value": "Red"}],
    customfield_11=4.5,
)


def said(body: dict[str, Any]) -> bytes:
    return printing(SCOPE, {"fields": {"values": SITE}}).of(body)


@pytest.mark.parametrize(
    "changed",
    [
        {"summary": "Other"},
        {"status": {"id": "1", "name": "Renamed", "statusCategory": {"key": "new"}}},
        {"status": {"id": "1", "name": "Open", "statusCategory": {"key": "done"}}},
        {"status": "odd"},
        {"assignee": None},
        {"parent": {"id": "8"}},
        {"labels": ["a", "b"]},
        {"project": {"id": "10099"}},
        {"resolutiondate": None},
        {"archiveddate": "2026-02-02T10:00:00.000+0100"},
        {"components": [{"id": "5", "name": "Core"}]},
        {"components": "odd"},
        {"security": {"id": "3", "name": "Confidential"}},
        {"issuerestriction": {"issuerestrictions": {"projectrole": [{"id": 1}]}}},
        {"customfield_8": [{"id": 1, "name": "Sprint 1", "state": "closed"}]},
        {"customfield_9": [{"id": "3", "value": "Impediment"}]},
        {"customfield_11": 5},
        {"updated": "2026-03-01T00:00:00.000+0000"},
    ],
)
def test_a_print_changes_with_the_issue(changed: dict[str, Any]) -> None:
    assert said({**WHOLE, "fields": {**WHOLE["fields"], **changed}}) != said(WHOLE)


def test_a_print_changes_with_the_key_and_with_what_is_no_list_of_fields() -> None:
    assert len({said(one) for one in (WHOLE, {**WHOLE, "key": "OPS-1"}, {**WHOLE, "fields": [7]})}) == 3


def test_a_print_stays_when_only_pictures_addresses_zones_or_others_change() -> None:
    same = {
        "status": {"id": "1", "name": "Open", "self": "https://x", "statusCategory": {"key": "new"}},
        "assignee": {"accountId": "712020:ada", "displayName": "Ada B.", "avatarUrls": {}},
        "parent": {"id": "7", "fields": {"summary": "Above all"}},
        "project": {"id": "10011", "name": "Renamed"},
        "resolutiondate": "2026-02-02T04:00:00.000-0500",
        "duedate": None,
        "description": "New",
        "customfield_10": [],
        "customfield_12": "New",
    }
    assert said({**WHOLE, "self": "x", "fields": {**WHOLE["fields"], **same}}) == said(WHOLE)


def test_a_sprint_that_data_center_prints_is_the_same_at_every_address() -> None:
    def sprint(text: str) -> bytes:
        return said(issue(1, customfield_8=[f"com.atlassian.greenhopper.service.sprint.Sprint@{text}"]))

    assert sprint("1f0[id=1,name=One]") == sprint("2a7[id=1,name=One]") != sprint("1f0[id=1,name=Two]")


async def test_a_text_cut_in_the_middle_of_a_character_is_printed_alike() -> None:
    cut = issue(1, summary="half \ud83d", project={"id": "10011"})
    stub = Stub(issues=[cut], says={"/field": lambda _: (200, SITE)})
    async with stub.connected() as connector:
        (one,) = [one async for one in connector.census(SCOPE)]
    assert one.value == said(cut) != said(issue(1, project={"id": "10011"}))


def test_a_census_asks_for_this_sites_own_fields() -> None:
    asked = Census(SCOPE.id, SITE).fields
    assert [one for one in asked if one.startswith("custom")] == [
        "customfield_11", "customfield_8", "customfield_9"
    ]  # fmt: skip
    assert {"summary", "resolutiondate", "archiveddate"} <= set(asked)
    assert not {"description", "odd"} & set(asked)


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
