"""What people do while we read, and what a census and a later reading make of it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import aclosing
from typing import Any

from connectors.base import Absence, Record, ScopeRecord
from tests.contract.bench import Bench, counted, fetched, read


def create(bench: Bench, scope: ScopeRecord) -> str:
    """A new item, which nothing else shows: no child, no link, no mirror."""
    return str(bench.sandbox.edit({"op": "create", "project": bench.slug(scope), "title": "New"})["task"])


def change(bench: Bench, id: str, fields: Mapping[str, Any]) -> None:
    bench.sandbox.edit({"op": "set", "task": id, "fields": fields})


async def test_a_census_has_every_item_and_stays_the_same_while_nothing_changes(bench: Bench) -> None:
    async with bench.connector() as connector:
        for scope in [scope async for scope in connector.scopes()]:
            first = await counted(connector, scope)
            assert set(first) == set(bench.true_items(scope)), scope.name
            assert await counted(connector, scope) == first
    async with bench.connector() as another:
        assert await counted(another, scope) == first


async def test_a_fingerprint_changes_with_the_item_and_no_other_does(editable: Bench) -> None:
    scope = await editable.scope()
    async with editable.connector() as connector:
        id = create(editable, scope)
        member = editable.sandbox.world.project(editable.slug(scope)).members[1]
        before = await counted(connector, scope)
        for fields in (*editable.case.printed, {"assignees": [member]}):
            change(editable, id, fields)
            after = await counted(connector, scope)
            assert {one for one in after if after[one] != before.get(one)} == {id}, fields
            before = after


async def test_a_fingerprint_changes_with_the_place_where_an_item_stands(editable: Bench) -> None:
    scope = await editable.scope()
    id = create(editable, scope)
    async with editable.connector() as connector:
        before = await counted(connector, scope)
        for op in editable.case.around:
            editable.sandbox.edit({**op, "project": editable.slug(scope)})
            after = await counted(connector, scope)
            assert after[id] != before[id], op
            before = after


async def test_a_census_follows_what_comes_and_goes(editable: Bench) -> None:
    scope, other = await editable.scope(), await editable.scope(1)
    async with editable.connector() as connector:
        moved, deleted = create(editable, scope), create(editable, scope)
        before = set(await counted(connector, scope))
        arrived = editable.sandbox.edit({"op": "move", "task": moved, "project": editable.slug(other)})[
            "task"
        ]
        editable.sandbox.edit({"op": "delete", "task": deleted})
        new = create(editable, scope)
        assert set(await counted(connector, scope)) == (before - {moved, deleted}) | {new}
        assert arrived in await counted(connector, other)
        absent = {one.id: one for one in await fetched(connector, scope, [moved, deleted, new])}
    assert isinstance(absent[new], Record)
    reasons = {id: one.reason for id, one in absent.items() if isinstance(one, Absence)}
    assert reasons == {moved: editable.case.moved, deleted: "not_found"}
    assert (arrived == moved) == (editable.case.moved == "moved")


async def test_a_reading_since_the_last_one_brings_what_changed(editable: Bench) -> None:
    scope = await editable.scope()
    async with editable.connector() as connector:
        edited = create(editable, scope)
        whole = await read(connector, scope)
        since = whole.pages[-1].next_since
        change(editable, edited, {"title": "Edited", "stage": "done"})
        new = create(editable, scope)
        changed = await read(connector, scope, since=since)
        again = await read(connector, scope, since=changed.pages[-1].next_since)
    assert {edited, new} <= set(changed.ids("item"))
    assert set(changed.ids("item")) <= set(editable.true_items(scope))
    known = {mark for _, _, mark in editable.case.changes(whole.records)}
    fresh = {id for id, _, mark in editable.case.changes(changed.records) if mark not in known}
    assert edited in fresh
    assert changed.whole
    assert again.whole


async def test_edits_while_we_read_neither_skip_nor_repeat_an_item(editable: Bench) -> None:
    scope = await editable.scope()
    there = list(editable.true_items(scope))
    seen: list[str] = []
    async with (
        editable.connector() as connector,
        aclosing(connector.read(scope)) as pages,
    ):
        async for page in pages:
            seen += [record.id for record in page.records if record.kind == "item"]
            for id in (there[0], there[-1], there[len(there) // 2]):
                change(editable, id, {"title": f"Edit {len(seen)}"})
            if len(seen) < len(there):  # else the reading would never catch up with us
                create(editable, scope)
    assert set(there) <= set(seen)
    assert max(seen.count(id) for id in there) == 1


async def test_an_empty_scope_is_read_as_empty(editable: Bench) -> None:
    scope = await editable.scope(-1)
    while editable.true_items(scope):
        editable.sandbox.edit({"op": "delete", "task": next(iter(editable.true_items(scope)))})
    async with editable.connector() as connector:
        reading = await read(connector, scope)
        assert reading.error is None
        assert reading.whole
        assert reading.ids("item") == []
        assert await counted(connector, scope) == {}
