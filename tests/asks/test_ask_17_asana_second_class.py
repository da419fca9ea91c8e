"""Asana is second class everywhere: read whole each time, without subtasks, or with subtasks that a listing
of the project then deletes; blind to what Asana calls no modification, and to promised and absent people.

airbyte#76838, airbyte#83791, archestra#3885, django-asana PR 3, asanawarrior#3.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.connectors.asana_mirror import SLUG, Desk, Mirror, desk


@pytest.fixture
def office() -> Iterator[Desk]:
    with desk() as made:
        yield made


def unmodified(office: Desk, gid: str, **fields: object) -> None:
    """An edit that Asana does not count as a modification of the task."""
    task = next(one for one in office.sandbox.world.tasks_of(SLUG) if one.remote_id == gid)
    before = task.updated
    office.edit("set", task=gid, fields=fields)
    task.updated = before


async def test_ask_17_what_did_not_change_is_not_read_again(office: Desk) -> None:
    async with office.mirror() as mirror:
        await mirror.run()
        whole = len(mirror.read_again())
        office.requests()
        await mirror.run()
        assert mirror.read_again() == []
        assert len(office.requests()) == 2
        changed = office.alone()[0]
        office.rename(changed, "Changed")
        await mirror.run()
    assert mirror.read_again() == [changed]
    assert whole > 20


async def test_ask_17_subtasks_come_at_every_depth_and_no_listing_of_the_project_deletes_them(
    office: Desk,
) -> None:
    deep = office.subtasks()
    async with office.mirror() as mirror:
        await mirror.run()
        assert set(deep) <= mirror.items.keys()
        mirror.since = None
        await mirror.run()
        assert set(deep) <= mirror.items.keys()
        await mirror.run()
    assert mirror.why == {}
    assert set(deep) <= mirror.items.keys()
    depths = [depth_of(mirror, gid) for gid in deep]
    assert max(depths) >= 2


def depth_of(mirror: Mirror, gid: str) -> int:
    parent = mirror.items[gid]["parent"]
    return 0 if parent is None else 1 + depth_of(mirror, parent["gid"])


async def test_ask_17_a_changed_subtask_is_seen_though_no_task_above_it_is_modified(office: Desk) -> None:
    deep = office.subtasks()[0]
    async with office.mirror() as mirror:
        await mirror.run()
        above = mirror.items[deep]["parent"]["gid"]
        before = mirror.items[above]["modified_at"]
        office.rename(deep, "Changed far below")
        await mirror.run()
        assert mirror.items[deep]["name"] == "Changed far below"
        assert mirror.items[above]["modified_at"] == before
        assert await office.differences(mirror) == {}


async def test_ask_17_a_new_subtask_is_seen_and_a_deleted_one_is_known_to_be_deleted(office: Desk) -> None:
    deep = office.subtasks()[0]
    async with office.mirror() as mirror:
        office.edit("delete", task=deep)
        await mirror.run()
        assert deep not in mirror.items
        office.edit("undelete", task=deep)
        await mirror.run()
        assert deep in mirror.items
        office.edit("delete", task=deep)
        await mirror.run()
    assert mirror.why == {deep: "deleted"}


@pytest.mark.parametrize(
    "change", [{"labels": ["a-new-tag"]}, {"stage": "review"}], ids=["a tag", "a section"]
)
async def test_ask_17_what_asana_counts_as_no_modification_is_seen_with_its_story(
    office: Desk, change: dict[str, object]
) -> None:
    gid = office.alone()[0]
    async with office.mirror() as mirror:
        await mirror.run()
        before = mirror.items[gid]
        unmodified(office, gid, **change)
        await mirror.run()
        after = mirror.items[gid]
        assert await office.differences(mirror) == {}
    assert after["modified_at"] == before["modified_at"]
    assert (after["tags"], after["memberships"]) != (before["tags"], before["memberships"])


async def test_ask_17_promised_and_absent_people_and_money_are_read(office: Desk) -> None:
    truth = {one["slug"]: one for one in office.sandbox.truth()["trackers"]["asana"]["scopes"]}
    kinds = {"allocation": "allocations", "budget": "budgets", "rate": "rates", "time_entry": "time_entries"}
    met = dict.fromkeys((*kinds, "availability", "status_report"), 0)
    for slug, scope in truth.items():
        async with office.mirror(slug) as mirror:
            await mirror.run()
            records = [record for page in mirror.pages for record in page.records]
            for kind, name in kinds.items():
                there = told(mirror, kind)
                assert set(there) == {one["id"] for one in scope[name]}, (slug, kind)
            for kind in met:
                met[kind] += sum(record.kind == kind for record in records)
    assert all(met.values()), met


async def test_ask_17_time_that_is_logged_is_seen_at_once_and_a_report_within_the_hour(office: Desk) -> None:
    gid = office.alone()[0]
    async with office.mirror() as mirror:
        await mirror.run()
        entry = office.edit("log_time", task=gid, person=2, minutes=45)["time_entry"]
        await mirror.run()
        assert entry in told(mirror, "time_entry")
        report = office.edit("report", project=SLUG, rag="off_track", text="Late.")["report"]
        assert mirror.since is not None
        an_hour_ago = office.sandbox.world.now() - timedelta(minutes=61)
        mirror.since = {**mirror.since, "defined": an_hour_ago.isoformat()}
        await mirror.run()
    assert report in told(mirror, "status_report")


def told(mirror: Mirror, kind: str) -> list[str]:
    return [record.id for page in mirror.pages for record in page.records if record.kind == kind]
