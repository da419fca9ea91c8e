"""That a census covers what it says it covers: no edit that the truth shows in such a field escapes it, and
what stayed as it was is not said to differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from connectors.base import Connector, JsonObject, Record, ScopeRecord
from tests.contract.bench import Bench, counted, fetched, read

TOLD: Mapping[str, str] = {
    "key": "remote_key", "title": "title", "type": "type", "status_category": "status_category",
    "outcome": "outcome", "completed_at": "completed_at", "hold": "hold", "priority": "priority",
    "start": "start", "due": "due", "estimate": "estimates", "estimate_minutes": "estimates",
    "spent_minutes": "spent", "remaining_minutes": "remaining", "progress": "progress",
    "assignees": "assignments", "labels": "labels", "parent": "parent_id", "iterations": "iteration_ids",
    "links": "links", "custom": "custom", "presence": "presence", "counted": "flags",
    "placements": "placements", "updated": "remote_updated_at",
}  # fmt: skip
"""The field of an item that tells what the truth has under this name."""


def bodies(records: list[Record | Any], kind: str = "item") -> dict[str, JsonObject]:
    return {one.id: one.body for one in records if isinstance(one, Record) and one.kind == kind}


async def defined(connector: Connector, scope: ScopeRecord) -> dict[str, JsonObject]:
    return bodies([record async for record in connector.definitions(scope)], "definition")


async def test_after_an_edit_exactly_what_it_touches_is_said_to_differ(editable: Bench) -> None:
    scope = await editable.scope()
    edits = list(edits_of(editable, scope))
    async with editable.connector(history=False) as connector:
        covers = set(connector.printing(scope, await defined(connector, scope)).covers)
        held = bodies((await read(connector, scope)).records)
        before = await counted(connector, scope)
        noticed: set[str] = set()
        for edit in edits:
            was = editable.true_items(scope)
            editable.sandbox.edit(edit)
            now = editable.true_items(scope)
            touched = {id for id in now if seen(was[id], covers) != seen(now[id], covers)}
            after = await counted(connector, scope)
            differing = {id for id in after if after[id] != before[id]}
            assert touched <= differing, edit
            found = bodies(await fetched(connector, scope, sorted(differing)))
            assert [id for id in differing if found[id] == held[id]] == [], edit
            held |= found
            of = connector.printing(scope, await defined(connector, scope)).of
            assert {id: of(body) for id, body in held.items()} == after, edit
            before, noticed = after, noticed | touched
    assert {edit["task"] for edit in edits} <= noticed


async def test_what_cannot_be_told_is_not_covered(bench: Bench) -> None:
    scope = await bench.scope()
    async with bench.connector() as connector:
        covers = connector.printing(scope, await defined(connector, scope)).covers
        never = {name for name, support in connector.capabilities.fields.items() if support == "none"}
    assert len(set(covers)) == len(covers)
    assert not never & set(covers)


def seen(told: Mapping[str, Any], covers: set[str]) -> Mapping[str, Any]:
    return {name: told[name] for name, field in TOLD.items() if field in covers}


def edits_of(bench: Bench, scope: ScopeRecord) -> Iterator[Mapping[str, Any]]:
    """Each field of a new item that nothing else shows, and one that another waits for, until it is done."""
    slug = bench.slug(scope)
    new = bench.sandbox.edit({"op": "create", "project": slug, "title": "New"})["task"]
    member = bench.sandbox.world.project(slug).members[1]
    for change in (*bench.case.printed, {"assignees": [member]}):
        yield {"op": "set", "task": new, "fields": change}
    items = bench.true_items(scope)
    open_ones = {id for id, one in items.items() if one["status_category"] in ("todo", "in_progress")}
    ties = (tie for one in items.values() for tie in one["links"])
    awaited = (before for _, before, after in ties if {before, after} <= open_ones)
    for id in list(awaited)[:1]:
        for stage in ("doing", "done"):
            yield {"op": "set", "task": id, "fields": {"stage": stage}}
