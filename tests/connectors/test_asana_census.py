"""What a fingerprint notices, and what it does not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.connectors.asana_site import PROJECT, SCOPE, Site, connector, task


def place(section: str, name: str) -> list[dict[str, Any]]:
    return [{"project": {"gid": PROJECT}, "section": {"gid": section, "name": name}}]


def field(shown: str) -> list[dict[str, Any]]:
    return [{"gid": "95", "name": "Points", "display_value": shown}]


PLAIN: dict[str, Any] = {"custom_fields": field("5"), "dependencies": [{"gid": "9", "completed": False}]}


async def census(*tasks: dict[str, Any]) -> dict[str, bytes]:
    async with connector(Site(tasks)) as asana:
        return {one.id: one.value async for one in asana.census(SCOPE)}


@pytest.mark.parametrize(
    "edit",
    [
        {"name": "Other"},
        {"completed": True},
        {"assignee": {"gid": "11"}},
        {"due_on": "2026-05-01"},
        {"parent": {"gid": "2"}},
        {"tags": [{"gid": "1", "name": "customer"}]},
        {"dependencies": [{"gid": "2"}]},
        {"dependencies": [{"gid": "9", "completed": True}]},
        {"dependents": [{"gid": "2"}]},
        {"custom_fields": field("8")},
        {"custom_type_status_option": {"gid": "65", "name": "In review"}},
        {"memberships": place("72", "Doing")},
        {"memberships": place("71", "Renamed")},
        {"modified_at": "2026-02-02T10:00:00.000Z"},
    ],
    ids=lambda edit: next(iter(edit)),
)
async def test_a_fingerprint_changes_with_the_task_and_no_other_does(edit: dict[str, Any]) -> None:
    before = await census(task(1, **PLAIN), task(2))
    after = await census(task(1, **{**PLAIN, **edit}), task(2))
    assert {gid for gid in before if before[gid] != after[gid]} == {"1"}


async def test_order_and_the_number_of_subtasks_are_no_change() -> None:
    tags = [{"gid": "1", "name": "a"}, {"gid": "2", "name": "b"}]
    before = await census(task(1, tags=tags))
    assert await census(task(1, tags=tags[::-1], subtasks=3)) == before


@pytest.mark.parametrize("odd", [{"assignee": "Ada"}, {"tags": [7]}, {"name": "half \ud83d"}], ids=str)
async def test_an_odd_task_spoils_no_census(odd: dict[str, Any]) -> None:
    before = await census(task(1, **odd), task(2, subtasks=1), task(3, parent=2, **odd))
    after = await census(task(1, **odd), task(2, subtasks=1), task(3, parent=2, **odd, completed=True))
    assert set(before) == {"1", "2", "3"}
    assert {gid for gid in before if before[gid] != after[gid]} == {"3"}


async def test_a_census_of_an_archived_project_says_so_of_every_task() -> None:
    async with connector(Site([task(1)])) as asana:
        shelved = replace(SCOPE, closed=True)
        found = [[one async for one in asana.census(scope)] for scope in (SCOPE, shelved)]
        assert found[0] != found[1]
        body = task(1)
        prints = [asana.printing(scope, {}).of(body) for scope in (SCOPE, shelved)]
    assert prints == [one.value for (one,) in found]


async def test_a_census_asks_for_no_notes_and_little_of_each_field() -> None:
    site = Site([task(1)])
    async with connector(site) as asana:
        [one async for one in asana.census(SCOPE)]
    asked = next(query["opt_fields"].split(",") for path, query in site.asked if path.endswith("/tasks"))
    assert not {"notes", "custom_fields.enum_value", "custom_fields.text_value"} & set(asked)
    assert {"memberships.section.name", "tags.name", "custom_fields.display_value"} <= set(asked)
