"""Putting items: idempotent, guarded by version, moving with their keys; nothing is ever lost."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from connectors.base import Record
from normalizer.model import DateValue, FieldValue, Item, Normalised, Placement
from store.checkpoints import definitions
from store.codec import item_text
from store.schema import changes, items, records
from store.views import ItemQuery, ItemView
from tests.store.kit import (
    Reading,
    World,
    account,
    at,
    change,
    item,
    item_id,
    later,
    other,
    reading,
    rejection,
    scope_id,
    section,
    unmapped,
)
from tests.store.touched import watching

PROGRESS = {"runs", "meta", "checkpoints", "scopes"}
"""What every put writes: how far the reading is."""


async def stored(world: World, remote: str, **extras: bool) -> ItemView:
    view = await world.reader().item(item_id(remote), **extras)
    assert view is not None
    return view


async def count(world: World, table: Any) -> int:
    async with world.store.database.reading() as session:
        return int((await session.run(select(func.count()).select_from(table))).scalar_one())


def full_page() -> list[Reading]:
    return [
        other("account", "ann", accounts=[account("ann", "Ann", "ann@example.com")]),
        other("section", "s1", sections=[section("s1", "Doing")]),
        reading(
            item("1", section="s1", assignees=["ann"], description_md="words", labels=("a",)),
            changes=[change("c1", "1", "in_progress", at(1))],
        ),
        reading(item("2", parent="3")),
        reading(item("3"), rejections=[rejection("3")]),
    ]


async def test_a_page_put_twice_writes_nothing_the_second_time(world: World) -> None:
    await world.put("OPS", *full_page())
    world.now = at(60)
    async with watching(world.store) as touched:
        result = await world.put("OPS", *full_page())
    assert (result.items, result.written, result.unchanged, result.stale) == (3, 0, 3, 0)
    assert touched <= PROGRESS | {"findings"}  # the rejection was seen again: last_seen
    assert (await stored(world, "1")).provenance.read_at == at(0)


async def test_a_written_item_comes_back_as_it_was(world: World) -> None:
    one = item(
        "1",
        due=DateValue(at=at(5), tz="Europe/Vienna"),
        custom={
            "cost": FieldValue(name="Cost", type="number", value=Decimal("12.50")),
            "who": FieldValue(name="Who", type="text", value="12.50"),
        },
        labels=("b", "a"),
    )
    await world.put("OPS", one)
    read = (await stored(world, "1")).item
    assert item_text(read) == (read, item_text(one)[1])
    assert read.custom["cost"].value == Decimal("12.50")
    assert read.custom["who"].value == "12.50"


async def test_an_older_version_is_stale_whenever_it_was_read(world: World) -> None:
    new = later(item("1"), 10, title="new")
    await world.put("OPS", new)
    world.now = at(60)
    async with watching(world.store) as touched:
        result = await world.put("OPS", reading(later(item("1"), 5, title="old"), read_at=at(60)))
    assert (result.written, result.stale) == (0, 1)
    assert "items" not in touched
    assert (await stored(world, "1")).item.title == "new"


@pytest.mark.parametrize("version", [at(10), None])
async def test_of_one_version_the_later_reading_holds(world: World, version: Any) -> None:
    """A section moves without a new version; two requests race."""
    one = replace(item("1"), remote_updated_at=version)
    await world.put("OPS", reading(replace(one, title="second"), read_at=at(20)))
    stale = await world.put("OPS", reading(replace(one, title="first"), read_at=at(15)))
    fresh = await world.put("OPS", reading(replace(one, title="third"), read_at=at(25)))
    assert (stale.stale, fresh.written) == (1, 1)
    assert (await stored(world, "1")).item.title == "third"


async def test_an_item_twice_in_a_page_is_taken_in_its_newest_version(world: World) -> None:
    result = await world.put("OPS", later(item("1"), 9, title="new"), later(item("1"), 3, title="old"))
    assert (result.items, result.written) == (1, 1)
    assert (await stored(world, "1")).item.title == "new"


async def test_a_late_record_does_not_replace_a_newer_one(world: World) -> None:
    await world.put("OPS", other("definition", "board", read_at=at(9)))
    record = Record("definition", "board", "x", {"older": True}, at(3))
    await world.put("OPS", Reading(record, Normalised()))
    assert await count(world, records) == 1
    assert await definitions(world.store, scope_id("OPS")) == {"board": {"id": "board"}}


async def test_an_item_that_moves_to_another_scope_moves_with_its_keys(world: World) -> None:
    await world.put("OPS", item("1"))
    moved = later(
        item("1", scope="WEB"), 5, remote_key="WEB-7", placements=(Placement(scope_id=scope_id("WEB")),)
    )
    await world.put("WEB", moved)
    again = later(item("1", scope="OPS"), 9)
    await world.put("OPS", again)
    view = await stored(world, "1")
    assert view.scope == scope_id("OPS")
    assert view.item.remote_key == "OPS-1"
    assert list(view.item.former_keys) == ["WEB-7"]
    found = await world.reader().item("WEB-7")
    assert found is not None and found.item.id == item_id("1")
    page = await world.reader().items(ItemQuery(scope=["WEB"]))
    assert page.items == []


async def test_a_key_is_found_in_any_case_and_only_whole(world: World) -> None:
    await world.put("OPS", item("1"), item("12"))
    found = await world.reader().item("ops-1")
    assert found is not None and found.item.remote_id == "1"
    assert await world.reader().item("ops-") is None
    assert await world.reader().item("%") is None


async def test_what_a_reading_did_not_see_is_left_alone(world: World) -> None:
    await world.put("OPS", item("1"), item("2"), whole=True)
    world.now = at(10)
    async with watching(world.store) as touched:
        await world.put("OPS", item("2"), whole=True)
    assert touched <= PROGRESS
    assert (await stored(world, "1")).presence == "present"


async def test_a_child_may_come_before_its_parent(world: World) -> None:
    await world.put("OPS", item("2", parent="1"))
    await world.put("OPS", item("1"))
    assert (await stored(world, "2")).item.parent_id == item_id("1")


async def test_an_item_without_a_place_stands_where_it_was_read(world: World) -> None:
    await world.put("OPS", item("1", placements=()))
    view = await stored(world, "1")
    assert view.scope == scope_id("OPS")
    assert [place.scope_id for place in view.item.placements] == [scope_id("OPS")]


async def test_an_item_at_home_in_a_scope_nobody_lists_stays_where_it_was_read(world: World) -> None:
    elsewhere = (Placement(scope_id="unknown"), Placement(scope_id=scope_id("OPS"), primary=False))
    await world.put("OPS", item("1", placements=elsewhere))
    view = await stored(world, "1")
    assert view.scope == scope_id("OPS")
    assert [place.scope_id for place in view.item.placements] == [scope_id("OPS")]


async def test_archiving_is_kept_with_its_time(world: World) -> None:
    await world.put("OPS", item("1"))
    assert (await stored(world, "1")).presence_since is None
    world.now = at(30)
    archived = later(item("1"), 29, presence="archived")
    await world.put("OPS", archived)
    world.now = at(40)
    await world.put("OPS", later(archived, 39, title="still archived"))
    view = await stored(world, "1")
    assert (view.presence, view.presence_since) == ("archived", at(30))


async def test_changes_are_appended_once_and_times_follow_from_them(world: World) -> None:
    done = later(item("1"), 9, status_category="done")
    began, ended = change("c1", "1", "in_progress", at(2)), change("c2", "1", "done", at(9))
    await world.put("OPS", other("change", "h", changes=[ended, began]))  # history may come first
    await world.put("OPS", done)
    world.now = at(20)
    async with watching(world.store) as touched:
        await world.put("OPS", other("change", "h", changes=[began, ended]))
    assert touched <= PROGRESS | {"records"}  # told in another order, it became something else
    view = await stored(world, "1", history=True)
    assert (view.actual_start, view.completed_at) == (at(2), at(9))
    assert view.history == [began, ended]
    assert await count(world, changes) == 2


async def test_completed_is_the_trackers_word_first_and_nothing_for_what_is_open_again(world: World) -> None:
    ended = change("c2", "1", "done", at(9))
    own = later(item("1"), 9, status_category="done", completed_at=at(8))
    await world.put("OPS", reading(own, changes=[ended]))
    assert (await stored(world, "1")).completed_at == at(8)
    await world.put("OPS", later(item("1"), 12, status_category="todo"))
    assert (await stored(world, "1")).completed_at is None
    await world.put("OPS", later(item("1"), 15, status_category="done"))
    assert (await stored(world, "1")).completed_at == at(9)


async def test_history_that_comes_later_sets_the_times_of_an_unchanged_item(world: World) -> None:
    await world.put("OPS", item("1"))
    last = (await world.reader().changes(0))[1]
    await world.put("OPS", other("change", "h", changes=[change("c1", "1", "in_progress", at(2))]))
    assert (await stored(world, "1")).actual_start == at(2)
    events, _ = await world.reader().changes(last)
    assert [(event.kind, event.fields) for event in events] == [("modified", ["actual_start"])]


async def test_the_raw_record_is_as_it_was_sent(world: World) -> None:
    body = {"nested": {"b": [1, 2.5, None, "half \ud83d and \x00"]}, "a": True}
    record = Record("item", "1", "x", body, at(0))
    await world.put("OPS", Reading(record, Normalised(items=(item("1"),))))
    assert (await stored(world, "1", raw=True)).raw == body
    assert (await stored(world, "1")).raw is None


async def test_text_that_no_database_takes_is_kept_as_far_as_it_can_be(world: World) -> None:
    """A tracker may cut a text in the middle of an emoji."""
    broken = "cut \ud83d\x00 here"
    ann = account("ann", broken, "ann@example.com")
    page = [
        other("account", "ann", accounts=[ann]),
        other("section", "s1", sections=[section("s1", broken)]),
        reading(
            item("1", title=broken, section="s1", labels=(broken,), assignees=["ann"]),
            changes=[change("c1", "1", broken, at(1), field="title")],
            unmapped=[unmapped("status", broken, "1")],
        ),
    ]
    first = await world.put("OPS", *page)
    second = await world.put("OPS", *page)
    assert (first.written, second.unchanged) == (1, 1)
    assert (await stored(world, "1")).item.title.startswith("cut ")
    found = await world.reader().items(ItemQuery(text="here"))
    assert len(found.items) == 1


async def test_a_page_is_put_whole_or_not_at_all(world: World) -> None:
    bad: Item = replace(item("2"), remote_updated_at=at(0).replace(tzinfo=None))
    revision = await world.reader().revision()
    run = "a run"
    with pytest.raises(Exception, match="no time zone"):
        await world.put("OPS", item("1"), bad, run_id=run)
    assert await count(world, items) == 0
    assert await count(world, records) == 0
    assert await world.reader().revision() == revision


async def test_large_pages_are_written_in_parts(world: World) -> None:
    many = [item(str(n)) for n in range(1203)]
    assert (await world.put("OPS", *many)).written == 1203
    assert (await world.put("OPS", *many)).unchanged == 1203
    assert await count(world, items) == 1203
