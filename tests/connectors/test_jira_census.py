"""What a census of Jira says of an issue, on either edition."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from connectors.base import Record
from connectors.jira_census import Census, printing
from normalizer.context import Context
from normalizer.registry import NORMALIZERS
from sandbox.options import SandboxOptions
from sandbox.server import running
from tests.connectors.jira_stub import SCOPE, Stub, issue
from tests.contract.bench import Bench, read
from tests.contract.cases import CASES

TYPES = "com.atlassian.jira.plugin.system.customfieldtypes"
SPRINT_FIELD = {"id": "customfield_8", "schema": {"custom": "com.pyxis.greenhopper.jira:gh-sprint"}}
BLOCKS = {"id": "1", "name": "Blocks", "inward": "is blocked by", "outward": "blocks"}
OTHER = {"id": "2", "key": "NET-2", "fields": {"status": {"id": "1", "name": "Open"}}}
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
        {"issuelinks": [{"type": BLOCKS, "inwardIssue": OTHER}]},
        {"subtasks": [OTHER]},
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


async def test_a_census_counts_every_issue_by_its_cheap_fields() -> None:
    stub = Stub(issues=[issue(n) for n in range(1, 11)], says={"/field": lambda _: (200, [SPRINT_FIELD])})
    async with stub.connected(id_page_size=4, body_batch=2) as connector:
        found = [one async for one in connector.census(SCOPE)]
    assert [one.id for one in found] == [str(n) for n in range(1, 11)]
    assert len({one.value for one in found}) == 10
    asked = stub.requests("/issue/bulkfetch")[0].given["fields"]
    assert {"summary", "status", "updated", "project", "customfield_8"} <= set(asked)


@pytest.mark.parametrize(
    "case", [one for one in CASES if one.name.startswith("jira")], ids=lambda one: one.name
)
async def test_what_a_census_covers_follows_from_what_it_looks_at(case: Any) -> None:
    """Issues cut down to that make the same items as whole ones, in every field that is covered."""
    with running(SandboxOptions(items=120, budgets=False)) as sandbox:
        bench = Bench(case, sandbox)
        async with bench.connector() as connector:
            for scope in [scope async for scope in connector.scopes()]:
                reading = await read(connector, scope)
                words = {one.id: one.body for one in reading.of("definition")}
                census, covers = Census(scope.id, words["fields"]["values"]), printing(scope, words).covers
                context = Context(system="jira", site="a.test", scope=scope, definitions=words)
                mapper = NORMALIZERS[case.name](context)
                for record in reading.of("item"):
                    body = census.decode(msgspec.json.encode({"issues": [record.body]})).issues[0]
                    cut = Record("item", record.id, scope.id, msgspec.to_builtins(body), record.read_at)
                    (whole,), (made,) = mapper(record).items, mapper(cut).items
                    assert [getattr(made, one) for one in covers] == [getattr(whole, one) for one in covers]
