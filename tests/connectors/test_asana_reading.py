"""A whole project: every level of subtasks, stories, people, and what a plan is without."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from connectors.base import Record
from connectors.errors import StaleCursor
from tests.connectors.asana_site import PROJECT, SCOPE, Site, connector, ids, person, story, task

TREE = Site(
    tasks=[task(9), task(20, subtasks=2), task(30)],
    subtasks={
        "20": [task(21, subtasks=1, parent=20), task(30, parent=20)],
        "21": [task(22, subtasks=1, parent=21)],
        "22": [task(23, parent=22)],
    },
    stories={"23": [story(501), story(502)], "9": [story(503, type="comment")], "20": [story(504)]},
)


def site(**more: object) -> Site:
    return Site(TREE.tasks, TREE.subtasks, TREE.stories, **more)  # type: ignore[arg-type]


async def test_every_level_of_subtasks_comes_once_and_only_those_with_any_are_asked() -> None:
    tree = site()
    async with connector(tree, page_size=2) as asana:
        pages = [page async for page in asana.read(SCOPE)]
        census = [one.id async for one in asana.census(SCOPE)]
    assert ids(pages) == ["9", "20", "21", "22", "23", "30"]
    assert sorted(census) == sorted(ids(pages))
    assert tree.times("/tasks/9/subtasks") == 0
    assert tree.times("/tasks/20/subtasks") == 2  # by the reading and by the census
    assert [page.expected for page in pages if page.expected][-1] == 6


async def test_stories_come_after_their_tasks_say_which_it_is_and_are_no_comments() -> None:
    async with connector(site()) as asana:
        pages = [page async for page in asana.read(SCOPE)]
    changes = [record for page in pages for record in page.records if record.kind == "change"]
    assert [(one.id, one.body["target"]["gid"]) for one in changes] == [
        ("504", "20"),
        ("501", "23"),
        ("502", "23"),
    ]
    asked = [query["opt_fields"] for path, query in TREE.asked if path.endswith("/stories")]
    assert not [fields for fields in asked if "text" in fields.split(",")]


@pytest.mark.parametrize("size", [1, 2, 100])
async def test_it_resumes_after_any_page_without_a_gap_and_without_the_items_again(size: int) -> None:
    async with connector(site(), page_size=size) as asana:
        whole = [page async for page in asana.read(SCOPE)]
        for cut in range(1, len(whole)):
            before = whole[:cut]
            after = [page async for page in asana.read(SCOPE, resume=before[-1].resume)]
            assert ids(before) + ids(after) == ids(whole), f"cut after page {cut}"
            assert {*ids(before, "change"), *ids(after, "change")} == set(ids(whole, "change"))
            assert after[-1].next_since == whole[-1].next_since
    assert [page.resume is None for page in whole] == [False] * (len(whole) - 1) + [True]


async def test_a_place_that_this_version_never_gave_is_stale_in_a_sentence() -> None:
    async with connector(site()) as asana:
        pages = [page async for page in asana.read(SCOPE)]
        resume, since = pages[0].resume, pages[-1].next_since
        assert resume
        assert since
        rubbish: Mapping[str, Any]
        for rubbish in ({}, {"offset": "o1"}, {**resume, "form": "other"}, {**resume, "under": "many"}):
            with pytest.raises(StaleCursor, match="anew, whole"):
                await anext(asana.read(SCOPE, resume=rubbish))
        lately = {"sync": "s0", "moment": "lately"}
        other: Mapping[str, Any]
        for other in ({"modified": "lately"}, {**since, "mark": lately}, resume):
            with pytest.raises(StaleCursor, match="anew, whole"):
                await anext(asana.read(SCOPE, since=other))
        with pytest.raises(StaleCursor):
            await anext(asana.read(SCOPE, since=since, resume=resume))
    async with connector(site(), history=False) as asana:
        with pytest.raises(StaleCursor, match="configuration"):
            await anext(asana.read(SCOPE, since=since))


async def test_without_history_no_story_is_asked_for() -> None:
    tree = site()
    async with connector(tree, history=False, page_size=1) as asana:
        pages = [page async for page in asana.read(SCOPE)]
        after = [page async for page in asana.read(SCOPE, resume=pages[2].resume)]
    assert not [path for path, _ in tree.asked if path.endswith("/stories")]
    assert ids(pages[:3]) + ids(after) == ids(pages)


async def test_people_come_once_as_the_workspace_knows_them_and_those_who_left_by_their_name() -> None:
    tree = site(lists={"/users": [person(11, "Ada Abbott", email="ada@x.example")]})
    tree.tasks = [
        task(9, assignee={"gid": "11", "name": "Ada"}, created_by={"gid": "13"}),
        task(
            10, assignee={"gid": "14", "name": "Gone"}, custom_fields=[{"people_value": [person(15, "Eve")]}]
        ),
    ]
    tree.subtasks = {}
    async with connector(tree) as asana:
        pages = [page async for page in asana.read(SCOPE)]
    accounts = {r.id: r.body for page in pages for r in page.records if r.kind == "account"}
    assert sorted(ids(pages, "account")) == ["11", "12", "14", "15"]
    assert accounts["11"]["email"] == "ada@x.example"
    assert accounts["14"] == {"gid": "14", "name": "Gone"}


RESOURCES: Mapping[str, tuple[str, str]] = {
    "/status_updates": ("status_report", "parent"),
    "/time_tracking_entries": ("time_entry", "attributable_to"),
    "/allocations": ("allocation", "parent"),
    "/budgets": ("budget", "parent"),
    "/rates": ("rate", "parent"),
    "/ooo_entries": ("availability", "user"),
}


async def test_every_kind_of_record_beside_the_tasks_is_read() -> None:
    tree = site(lists={path: [{"gid": f"6{n}"}] for n, path in enumerate(RESOURCES)})
    async with connector(tree) as asana:
        first = await anext(asana.read(SCOPE))
    for n, (path, (kind, by)) in enumerate(RESOURCES.items()):
        assert f"6{n}" in ids([first], kind), path
        assert next(query for seen, query in tree.asked if seen == path)[by] in {PROJECT, "11"}
    assert "limit" not in next(query for seen, query in tree.asked if seen == "/budgets")
    assert features(first.records) == {}


def features(records: object) -> Mapping[str, Mapping[str, object]]:
    assert isinstance(records, list)
    told: Record = next(one for one in records if one.kind == "definition" and one.id == "features")
    lacking: Mapping[str, Mapping[str, object]] = told.body["lacking"]
    return lacking


@pytest.mark.parametrize("status", [402, 403, 404])
async def test_what_a_plan_is_without_is_noted_once_a_kind_and_stops_nothing(status: int) -> None:
    def refuse(path: str, query: Mapping[str, str]) -> tuple[int, str] | None:
        lacks = {*RESOURCES, "/users", "/custom_types", f"/projects/{PROJECT}/custom_field_settings"}
        return (status, "not on this plan") if path in lacks else None

    tree = site(refuse=refuse)
    async with connector(tree) as asana:
        pages = [page async for page in asana.read(SCOPE)]
        await anext(asana.read(SCOPE))
    kinds = {kind for kind, _ in RESOURCES.values()}
    assert set(features(pages[0].records)) == {*kinds, "account", "custom_field", "custom_type"}
    assert features(pages[0].records)["rate"] == {"status": status, "message": "not on this plan"}
    assert tree.times("/ooo_entries") == 2  # the project has two members, and they are asked once
    assert len(ids(pages)) == 6


async def test_the_people_of_a_workspace_are_asked_for_once_for_all_its_projects() -> None:
    tree = site()
    async with connector(tree) as asana:
        for _ in range(2):
            await anext(asana.read(SCOPE))
    assert tree.times("/users") == 1
    assert tree.times("/ooo_entries") == 2


async def test_a_task_that_vanishes_while_it_is_read_is_told_and_the_rest_goes_on() -> None:
    def refuse(path: str, query: Mapping[str, str]) -> tuple[int, str] | None:
        return (404, "task: Not a recognized ID") if path == "/tasks/20/stories" else None

    async with connector(site(refuse=refuse)) as asana:
        pages = [page async for page in asana.read(SCOPE)]
    (gone,) = [absence for page in pages for absence in page.gone]
    assert (gone.id, gone.reason) == ("20", "not_found")
    assert ids(pages, "change") == ["501", "502"]
