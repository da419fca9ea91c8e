"""What a census says of an item is what the item's own record says, as long as nothing happened to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields as fields_of
from typing import Any

from connectors.base import Connector, JsonObject, Printing, Record, ScopeRecord
from normalizer.model import Item
from tests.contract.bench import Bench, Reading, counted, fetched, read
from tests.contract.test_edits import change, create

DEFINED = {"definition", "section", "iteration", "release"}
Bodies = dict[str, JsonObject]


def bodies(records: list[Record], kind: str = "item") -> Bodies:
    return {record.id: record.body for record in records if record.kind == kind}


def said(connector: Connector, scope: ScopeRecord, records: list[Record]) -> Printing:
    return connector.printing(scope, bodies(records, "definition"))


async def whole(connector: Connector, scope: ScopeRecord) -> Reading:
    reading = await read(connector, scope)
    assert reading.error is None
    return reading


async def defined(connector: Connector, scope: ScopeRecord) -> list[Record]:
    return [record async for record in connector.definitions(scope)]


def others(census: Mapping[str, bytes], kept: Bodies, printing: Printing) -> set[str]:
    """What a night would fetch: items that are new, or not as their record says."""
    return {id for id, value in census.items() if id not in kept or printing.of(kept[id]) != value}


async def test_a_census_says_of_every_item_what_its_record_says(bench: Bench) -> None:
    async with bench.connector() as connector:
        for scope in [scope async for scope in connector.scopes()]:
            reading = await whole(connector, scope)
            printing = said(connector, scope, reading.records)
            census = await counted(connector, scope)
            assert set(census) == set(reading.ids("item")), scope.name
            assert all(len(value) == 16 for value in census.values())
            assert not others(census, bodies(reading.records), printing)
            found = [one for one in await fetched(connector, scope, list(census)) if isinstance(one, Record)]
            assert not others(census, bodies(found), printing)
            assert {"title", "status_category", "placements"} <= set(printing.covers)
            assert set(printing.covers) <= {field.name for field in fields_of(Item)}


async def test_only_what_an_edit_touches_is_not_as_its_record_says(editable: Bench) -> None:
    scope = await editable.scope()
    member = editable.sandbox.world.project(editable.slug(scope)).members[1]
    edits: list[Mapping[str, Any]] = [*editable.case.printed, {"assignees": [member]}]
    async with editable.connector() as connector:
        id = create(editable, scope)
        reading = await whole(connector, scope)
        kept, printing = bodies(reading.records), said(connector, scope, reading.records)
        for edit in edits:
            change(editable, id, edit)
            census = await counted(connector, scope)
            assert others(census, kept, printing) == {id}, edit
            kept |= bodies([one for one in await fetched(connector, scope, [id]) if isinstance(one, Record)])
            assert not others(census, kept, printing), edit
        later = await read(connector, scope, since=reading.pages[-1].next_since)
        assert id in later.ids("item")
        assert not others(census, kept | bodies(later.records), printing)


async def test_where_a_word_changed_a_night_sees_what_shows_it_and_no_more(editable: Bench) -> None:
    """Where the word itself is no part of a record, it is the definitions that say it anew."""
    scope = await editable.scope()
    async with editable.connector() as connector:
        id = create(editable, scope)
        reading = await whole(connector, scope)
        kept, words = bodies(reading.records), reading.records
        for op in editable.case.around:
            editable.sandbox.edit({**op, "project": editable.slug(scope)})
            census = await counted(connector, scope)
            seen = others(census, kept, said(connector, scope, words))
            assert id in seen, op
            assert len(seen) < len(kept), op
            words = await defined(connector, scope)
            printing = said(connector, scope, words)
            left = list(others(census, kept, printing))
            assert set(left) <= seen, op
            kept |= bodies([one for one in await fetched(connector, scope, left) if isinstance(one, Record)])
            assert not others(census, kept, printing), op


async def test_definitions_alone_are_what_a_whole_reading_brings_beside_the_items(bench: Bench) -> None:
    async with bench.connector() as connector:
        for scope in [scope async for scope in connector.scopes()]:
            bench.forget()
            reading = await whole(connector, scope)
            asked = bench.asked()
            bench.forget()
            told = await defined(connector, scope)
            assert bench.asked() < asked
            kinds = DEFINED | {one.kind for one in told}
            assert not kinds & {"item", "change"}
            assert {(one.kind, one.id): one.body for one in told} == {
                (one.kind, one.id): one.body for one in reading.records if one.kind in kinds
            }, scope.name
            assert all(one.scope_id == scope.id for one in told)
