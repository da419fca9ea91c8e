"""A reading since the last one: what events ask for, what the listing adds, how few requests it takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors.base import Connector, JsonObject, Page
from connectors.errors import NotFound, StaleCursor, Unavailable, Unexpected
from tests.connectors.asana_site import PROJECT, SCOPE, Refusal, Site, connector, ids, story, task
from tests.faketime import FakeTime

Query = Mapping[str, str]


def now(**later: float) -> str:
    """As the site's clock has it; the connector's own may be years off."""
    return (datetime.now(UTC) + timedelta(**later)).isoformat()


def event(kind: str, gid: int, action: str = "changed", **more: Any) -> dict[str, Any]:
    made = f"2026-03-01T10:00:{more.pop('later', 0):02}.000Z"
    return {
        "resource": {"gid": str(gid), "resource_type": kind},
        "action": action,
        "created_at": made,
        **more,
    }


def inside(kind: str, gid: int | str) -> dict[str, Any]:
    return {"parent": {"gid": str(gid), "resource_type": kind}}


def field(name: str) -> dict[str, Any]:
    return {"change": {"field": name, "action": "changed"}}


def tree() -> Site:
    """1 with 11 and 111 below it, and twenty more."""
    return Site(
        tasks=[task(1, subtasks=1), *(task(n) for n in range(200, 220))],
        subtasks={"1": [task(11, subtasks=1, parent=1)], "11": [task(111, parent=11)]},
        stories={"111": [story(501)], "200": [story(502)]},
    )


async def whole(asana: Connector) -> JsonObject:
    """Where a whole reading got."""
    pages = [page async for page in asana.read(SCOPE)]
    assert pages[-1].next_since is not None
    return pages[-1].next_since


async def changed(asana: Connector, since: JsonObject) -> list[Page]:
    return [page async for page in asana.read(SCOPE, since=since)]


def calls(site: Site) -> tuple[list[str], Sequence[int]]:
    """What was asked for since this was last asked, and how large the batches were."""
    in_batches = [path for batch in site.batches for path in batch]
    alone = [path for path, _ in site.asked]
    for path in in_batches:
        alone.remove(path)
    sizes = [len(batch) for batch in site.batches]
    site.asked.clear()
    site.batches.clear()
    return alone, sizes


async def test_where_nothing_happened_it_is_one_empty_page_for_two_requests() -> None:
    site = tree()
    async with connector(site) as asana:
        since = await whole(asana)
        calls(site)
        for _ in range(3):
            (page,) = await changed(asana, since)
            assert (page.records, page.gone, page.resume, page.listed) == ((), [], None, None)
            assert page.next_since is not None
            since = page.next_since
            assert calls(site) == (["/events", "/tasks"], [])


async def test_what_events_name_is_read_ten_at_a_time_with_its_stories_and_nothing_else_is() -> None:
    site = tree()
    async with connector(site) as asana:
        since = await whole(asana)
        await anext(asana.read(SCOPE))  # the people of the workspace are known by now
        calls(site)
        site.feed += [event("task", n, **field("name")) for n in range(200, 211)]
        site.feed += [
            event("task", 200, **field("notes")),
            event("story", 502, "added", **inside("task", 111)),
        ]
        pages = await changed(asana, since)
        assert sorted(ids(pages)) == sorted(["111", *(str(n) for n in range(200, 211))])
        assert ids(pages, "change") == ["501", "502"]
        assert ids(pages, "definition") == []
        alone, sizes = calls(site)
        assert alone == ["/events", "/tasks"]
        # Two steps up from the subtask, to see where it stands; those of one level come in any order.
        assert (sorted(sizes[:2]), sizes[2:4], sorted(sizes[4:])) == ([2, 10], [1, 1], [2, 10])
        assert await changed(asana, pages[-1].next_since or {}) != pages


async def test_what_was_listed_as_modified_is_not_asked_for_again_and_is_read_once() -> None:
    site = tree()
    async with connector(site, history=False) as asana:
        since = await whole(asana)
        calls(site)
        site.tasks = [task(1, subtasks=1), task(200, modified_at=now()), task(201)]
        site.feed += [event("task", 200, **field("name"))]
        pages = await changed(asana, since)
        assert ids(pages) == ["200"]
        assert calls(site)[1] == []
        again = await changed(asana, pages[-1].next_since or {})
        assert ids(again) == []
        site.feed += [event("task", 200, "added", **inside("section", 72))]  # a move modifies nothing
        moved = await changed(asana, again[-1].next_since or {})
        assert ids(moved) == ["200"]


async def test_a_task_that_came_brings_all_below_it_and_one_that_moved_between_sections_does_not() -> None:
    site = tree()
    async with connector(site, history=False) as asana:
        since = await whole(asana)
        for how, brought in (
            (event("task", 1, "added", **inside("section", 72)), ["1"]),
            (event("task", 1, "removed", **inside("section", 71)), ["1"]),
            (event("task", 1, "added", **inside("project", PROJECT)), ["1", "11", "111"]),
            (event("task", 1, "undeleted"), ["1", "11", "111"]),
            (event("task", 11, "added", **inside("task", 1)), ["1", "11", "111"]),
            (event("task", 11, **field("parent")), ["11", "111"]),
            (event("task", 11, **field("name")), ["11"]),
            (event("attachment", 7, "added", **inside("task", 11)), ["11"]),
            (event("story", 8, "deleted"), []),
        ):
            site.feed.append(how)
            pages = await changed(asana, since)
            assert sorted(ids(pages)) == brought, how
            since = pages[-1].next_since or {}


async def test_a_task_that_left_takes_along_what_is_below_it() -> None:
    site = tree()
    async with connector(site) as asana:
        since = await whole(asana)
        elsewhere = [{"project": {"gid": "901"}}]
        site.tasks = site.tasks[1:]
        site.subtasks = {**site.subtasks, "0": [task(1, subtasks=1, memberships=elsewhere)]}
        site.feed += [event("task", 1, "removed", **inside("project", PROJECT))]
        pages = await changed(asana, since)
    gone = [(one.id, one.reason) for page in pages for one in page.gone]
    assert sorted(gone) == [("1", "moved"), ("11", "moved"), ("111", "moved")]
    assert ids(pages) == []


@pytest.mark.parametrize(
    ("events", "told"),
    [
        ([event("task", 404, "deleted")], "deleted"),
        ([event("task", 404, "undeleted"), event("task", 404, "deleted", later=1)], "deleted"),
        ([event("task", 404, "deleted"), event("task", 404, later=1, **field("name"))], "deleted"),
        ([event("task", 404, "deleted"), event("task", 404, "undeleted", later=1)], "not_found"),
        ([event("task", 404, **field("name"))], "not_found"),
        ([event("task", 200, "deleted")], "here"),
        ([event("task", 200, "undeleted"), event("task", 200, "deleted", later=1)], "here"),
        ([event("task", 200, **field("name"))], "here"),
    ],
)
async def test_only_an_event_that_says_so_last_is_proof_of_a_deletion_of_what_is_not_there(
    events: list[dict[str, Any]], told: str
) -> None:
    site = tree()
    async with connector(site) as asana:
        since = await whole(asana)
        site.feed += events
        pages = await changed(asana, since)
    gone = {one.id: one for page in pages for one in page.gone}
    assert [one.reason for one in gone.values()] == ([] if told == "here" else [told])
    assert ids(pages) == (["200"] if told == "here" else [])
    if told == "deleted":
        assert all("event of 20" in one.evidence for one in gone.values())


async def test_what_depends_on_a_changed_task_is_told_anew_for_it_tells_whether_that_is_completed() -> None:
    site = tree()
    async with connector(site, history=False) as asana:
        since = await whole(asana)
        waiting = task(201, dependencies=[{"gid": "200", "completed": True}])
        site.tasks = [task(1, subtasks=1), task(200, completed=True, dependents=[{"gid": "201"}]), waiting]
        site.feed += [event("task", 200, **field("completed"))]
        pages = await changed(asana, since)
    assert ids(pages) == ["200", "201"]


@pytest.mark.parametrize(
    "how",
    [
        event("section", 72, "added", **inside("project", PROJECT)),
        event("project", 900, **field("name")),
        event("custom_field_setting", 5, "removed"),
        event("something_new", 5, "added"),
        event("task", 200, **field("actual_time_minutes")),
    ],
    ids=lambda how: how["resource"]["resource_type"],
)
async def test_definitions_are_read_again_when_an_event_is_about_them(how: dict[str, Any]) -> None:
    site = tree()
    async with connector(site) as asana:
        since = await whole(asana)
        site.feed.append(how)
        pages = await changed(asana, since)
        assert set(ids(pages[:1], "definition")) == {
            "project", "sections", "custom_field_settings", "custom_types", "features",
        }  # fmt: skip
        assert ids(await changed(asana, pages[-1].next_since or {}), "definition") == []


async def test_a_renamed_section_is_told_with_the_tasks_that_stand_in_it() -> None:
    site = tree()
    async with connector(site, history=False) as asana:
        since = await whole(asana)
        site.lists = {"/sections/71/tasks": site.tasks[5:8]}
        site.feed += [event("section", 71, **field("name")), event("section", 79, **field("name"))]
        calls(site)
        pages = await changed(asana, since)
        assert ids(pages) == ["204", "205", "206"]
        assert ids(pages, "definition") != []
        assert calls(site)[1] == [9]  # the definitions


async def test_definitions_are_read_again_after_an_hour_by_the_clock_of_asana() -> None:
    site = tree()
    async with connector(site) as asana:
        since = await whole(asana)
        for past, reread in ((50, False), (61, True)):
            pages = await changed(asana, {**since, "defined": now(minutes=-past)})
            assert (ids(pages, "definition") != []) is reread, past


async def test_more_than_a_hundred_events_are_heard_to_the_last() -> None:
    site = tree()
    async with connector(site, history=False) as asana:
        since = await whole(asana)
        calls(site)
        site.heard = 3
        site.feed += [event("task", n, **field("name")) for n in range(200, 210)]
        pages = await changed(asana, since)
        assert len(ids(pages)) == 10
        assert calls(site)[0] == ["/events"] * 4 + ["/tasks"]
        assert ids(await changed(asana, pages[-1].next_since or {})) == []


@pytest.mark.parametrize("after", [0, 1, 2])
async def test_a_token_that_expires_in_the_middle_is_stale_before_any_page(after: int) -> None:
    left = [after]

    def refuse(path: str, query: Query) -> Refusal | None:
        left[0] -= path == "/events" and "sync" in query
        return (412, "Sync token invalid or too old") if path == "/events" and left[0] < 0 else None

    site = tree()
    site.heard = 2
    async with connector(site) as asana:
        since = await whole(asana)
        site.feed += [event("task", n, **field("name")) for n in range(200, 210)]
        site.refuse = refuse
        with pytest.raises(StaleCursor, match="24 hours"):
            await anext(asana.read(SCOPE, since=since))


async def test_the_same_token_twice_is_noticed() -> None:
    site = tree()
    async with connector(site) as asana:
        since = await whole(asana)
        stuck = {"data": [event("task", 200)], "sync": "s0", "has_more": True}
        site.events = lambda _: (200, stuck)  # type: ignore[assignment,method-assign]
        with pytest.raises(Unexpected, match="same page"):
            await changed(asana, since)


@pytest.mark.parametrize(
    "body",
    [
        {"data": [event("task", 200)], "has_more": False},
        {"data": {}, "sync": "s1"},
        {"data": [{"action": "changed"}], "sync": "s1"},
        {"data": [{"action": "changed", "resource": {"gid": 7}}], "sync": "s1"},
        {"sync": "s1"},
        [],
    ],
)
async def test_events_in_a_form_that_nobody_documents_are_unexpected(body: object) -> None:
    site = tree()
    async with connector(site) as asana:
        since = await whole(asana)
        site.events = lambda _: (200, body)  # type: ignore[assignment,method-assign]
        with pytest.raises(Unexpected):
            await changed(asana, since)


@pytest.mark.parametrize(("status", "error"), [(403, NotFound), (404, NotFound), (503, Unavailable)])
async def test_a_project_whose_events_are_refused_later_on_is_never_unchanged(
    status: int, error: type[Exception]
) -> None:
    site = tree()
    async with connector(site) as asana:
        since = await whole(asana)
        site.refuse = lambda path, _: (status, "no") if path == "/events" else None
        with pytest.raises(error):
            await changed(asana, since)


@pytest.mark.parametrize("status", [402, 403, 404])
async def test_where_asana_gives_no_events_the_project_is_read_whole_each_time(status: int) -> None:
    site = tree()
    site.refuse = lambda path, _: (status, "no events") if path == "/events" else None
    async with connector(site) as asana:
        since = await whole(asana)
        pages = await changed(asana, since)
        before = [page async for page in asana.read(SCOPE, since=since, resume=pages[1].resume)]
    assert len(ids(pages)) == 23
    assert pages[-1].listed is not None
    assert sorted(pages[-1].listed) == sorted(ids(pages))
    assert before[-1].listed is None


async def test_more_modified_than_asana_lists_is_stale() -> None:
    site = tree()
    async with connector(site) as asana:
        since = await whole(asana)
        site.refuse = lambda path, _: (400, "The results have been truncated") if path == "/tasks" else None
        with pytest.raises(StaleCursor, match="truncated"):
            await changed(asana, since)


@pytest.mark.parametrize("size", [2, 100])
async def test_it_resumes_after_any_page_and_hears_no_event_twice(size: int) -> None:
    site = tree()
    async with connector(site, FakeTime(), page_size=size) as asana:
        since = await whole(asana)
        site.tasks = [*site.tasks[:8], *(task(n, modified_at=now()) for n in range(300, 302))]
        site.feed += [event("task", n, **field("name")) for n in (200, 201, 111, 999)]
        site.feed += [event("task", 1, "added", **inside("project", PROJECT)), event("task", 219, "deleted")]
        site.feed += [event("section", 72, **field("name"))]
        site.lists = {"/sections/72/tasks": site.tasks[3:7]}
        straight = await changed(asana, since)
        assert {"1", "11", "111", "200", "300", "301"} <= set(ids(straight))
        assert len(straight) >= 4
        for cut in range(1, len(straight)):
            calls(site)
            resume = straight[cut - 1].resume
            after = [page async for page in asana.read(SCOPE, since=since, resume=resume)]
            assert "/events" not in calls(site)[0]
            for kind in ("item", "change"):
                assert {*ids(straight[:cut], kind), *ids(after, kind)} == set(ids(straight, kind)), cut
            gone = {one.id: one.reason for page in (*straight[:cut], *after) for one in page.gone}
            assert gone == {"999": "not_found", "219": "deleted"}
            assert ids(after, "definition") == []
            assert after[-1].next_since == straight[-1].next_since
            assert len(ids(after)) <= len(ids(straight)) - len(ids(straight[: cut - 1])) + size
