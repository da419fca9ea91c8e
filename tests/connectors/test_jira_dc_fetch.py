"""Issues by id from Data Center, and the census."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from connectors.base import Absence, Record
from sandbox.options import DataCenter
from tests.connectors.jira_dc_bench import Bench, Tampering, bench

NOWHERE = "987654321"


@pytest.fixture(scope="module")
def jira() -> Iterator[Bench]:
    with bench() as made:
        yield made


async def fetched(bench: Bench, *wanted: str, **settings: Any) -> list[Record | Absence]:
    scope = await bench.scope()
    async with bench.connector(**settings) as connector:
        return [one async for one in connector.fetch(scope, wanted)]


async def test_issues_come_in_the_order_asked_in_bulk_and_the_unknown_spoils_nothing(jira: Bench) -> None:
    ids = sorted(jira.true(await jira.scope()))[:10]
    wanted = [*reversed(ids), NOWHERE]
    wire = Tampering(r"/search$")
    *found, absent = await fetched(jira, *wanted, transport=wire, page_size=6)
    assert [one.id for one in found] == [*reversed(ids)]
    assert all(isinstance(one, Record) for one in found)
    assert isinstance(absent, Absence)
    assert (absent.reason, "alike" in absent.evidence) == ("not_found", True)
    assert len(wire.asked) == 2
    assert not [one for one in wire.asked if one["validateQuery"]]


async def test_a_server_that_gives_less_than_asked_for_hides_nothing() -> None:
    with bench(data_center=DataCenter(page_cap=2)) as capped:
        ids = sorted(capped.true(await capped.scope()))[:7]
        before = capped.asked(r"/issue/")
        assert all(isinstance(one, Record) for one in await fetched(capped, *ids))
        assert capped.asked(r"/issue/") == before


async def test_what_is_no_id_is_asked_for_alone(jira: Bench) -> None:
    id = min(jira.true(await jira.scope()))
    first, second = await fetched(jira, "1) OR (project = ERP", id)
    assert isinstance(first, Absence)
    assert isinstance(second, Record)


async def test_moved_and_hidden_are_told_apart() -> None:
    with bench() as editable:
        scope = await editable.scope()
        ids = sorted(editable.true(scope))
        made = editable.sandbox.edit({"op": "create", "project": "erp-upgrade", "title": "New"})
        editable.sandbox.edit({"op": "move", "task": made["task"], "project": "plant-control"})
        (moved,) = await fetched(editable, made["task"])
        assert isinstance(moved, Absence)
        assert (moved.reason, "in project PCS" in moved.evidence) == ("moved", True)
        async with editable.connector() as connector:
            editable.sandbox.edit({"op": "revoke", "project": "erp-upgrade"})
            (hidden,) = [one async for one in connector.fetch(scope, ids[:1])]
        assert isinstance(hidden, Absence)
        assert hidden.reason == "forbidden"


async def test_a_census_counts_every_issue_by_its_cheap_fields(jira: Bench) -> None:
    scope, wire = await jira.scope(), Tampering(r"/search$")
    async with jira.connector(wire) as connector:
        found = [one async for one in connector.census(scope)]
    assert sorted(one.id for one in found) == sorted(jira.true(scope))
    asked = wire.asked[0]
    assert {"summary", "status", "customfield_10100", "customfield_10105"} <= set(asked["fields"])
    assert "description" not in asked["fields"]
    assert "expand" not in asked
