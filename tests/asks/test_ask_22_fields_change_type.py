"""A number turns to text at noon: sync goes on, a finding says so, and the old value is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from connectors.base import JsonObject, Record, ScopeRecord
from normalizer.context import Context
from normalizer.registry import NORMALIZERS
from store.open import Store
from store.views import ItemView
from tests.normalizer import jira_site, trello_board
from tests.store.kit import Reading, World, at

COST = "customfield_20"
ASANA = Context(
    system="asana",
    site="app.asana.com",
    scope=ScopeRecord(id="9", kind="project", name="Portal", url="https://app.asana.com/0/9"),
)
SHEET = Context(
    system="smartsheet",
    site="smartsheet.com",
    scope=ScopeRecord(id="7", kind="sheet", name="Rollout", url="https://app.smartsheet.com/sheets/x"),
    definitions={
        "sheet": {
            "columns": [
                {"id": 1, "title": "Task", "type": "TEXT_NUMBER", "primary": True},
                {"id": 2, "title": "Story Points", "type": "TEXT_NUMBER"},
                {"id": 3, "title": "Signed", "type": "CHECKBOX"},
            ]
        }
    },
)


JIRA = jira_site.context(
    definitions={
        **jira_site.DEFINITIONS,
        "fields": {"values": [*jira_site.FIELDS, jira_site.custom(COST, "Cost", "number", "x:float")]},
    }
)


def jira(points: Any, cost: Any) -> JsonObject:
    return jira_site.issue(**{jira_site.POINTS: points, COST: cost})


def trello(points: Any, cost: Any) -> JsonObject:
    told = {"f-points": points, "f-cost": cost}
    return trello_board.body(
        customFieldItems=[
            {"idCustomField": key, "value": {"number": str(value)}}
            for key, value in told.items()
            if value is not None
        ]
    )


def asana(points: Any, cost: Any) -> JsonObject:
    told = (("31", "Story points", points), ("32", "Cost", cost))
    return {
        "gid": "501",
        "name": "Replace login page",
        "custom_fields": [
            {"gid": gid, "name": name, "resource_subtype": "number", "number_value": value}
            for gid, name, value in told
        ],
    }


def smartsheet(points: Any, signed: Any) -> JsonObject:
    told = enumerate(("Move the rack", points, signed), 1)
    return {"id": 5, "cells": [{"columnId": n, "value": value} for n, value in told if value is not None]}


@dataclass(frozen=True, kw_only=True)
class Tracker:
    """``body`` makes the record of one item with points and a field of its own; ``good`` are two values of
    the latter as the tracker sends them, with what we keep of them, and ``bad`` is one of another type."""

    name: str
    context: Context
    body: Callable[[Any, Any], JsonObject]
    custom: str
    good: tuple[tuple[Any, str], tuple[Any, str]] = ((120, "120"), (90, "90"))
    bad: Any = "a lot"


TRACKERS = [
    Tracker(name="jira_cloud", context=JIRA, body=jira, custom=COST),
    Tracker(name="jira_dc", context=JIRA, body=jira, custom=COST),
    Tracker(name="trello", context=trello_board.context(), body=trello, custom="f-cost"),
    Tracker(name="asana", context=ASANA, body=asana, custom="32"),
    Tracker(
        name="smartsheet",
        context=SHEET,
        body=smartsheet,
        custom="3",
        good=((True, "True"), (False, "False")),
    ),
]


@dataclass
class Noon:
    """One item of a tracker in a store, read again and again."""

    world: World
    tracker: Tracker

    async def read(self, *values: Any) -> ItemView:
        return await self.put(self.tracker.context, self.tracker.body(*values))

    async def put(self, context: Context, body: JsonObject) -> ItemView:
        self.world.now = at((self.world.now - at(0)).total_seconds() / 60 + 10)
        remote = str(body.get("gid") or body["id"])
        record = Record("item", remote, context.scope.id, body, self.world.now)
        became = NORMALIZERS[self.tracker.name](context)(record)
        await self.world.put("OPS", Reading(record, became), whole=True)
        found = await self.world.reader().item(became.items[0].id, raw=True)
        assert found is not None
        assert found.raw == body  # whatever could not be read is kept as it came
        return found

    async def findings(self) -> set[tuple[str, str]]:
        return {(one.kind, one.subject) for one in await self.world.reader().findings()}


def shown(view: ItemView, custom: str) -> tuple[list[str], str | None]:
    """The points, and the field of the tracker's own."""
    value = view.item.custom.get(custom)
    return [f"{one.value}" for one in view.item.estimates], None if value is None else str(value.value)


@pytest.fixture(params=TRACKERS, ids=lambda one: one.name)
async def noon(request: pytest.FixtureRequest, store: Store) -> Noon:
    world = World(store)
    await world.declare()
    await world.list("site", "OPS")
    return Noon(world, request.param)


async def test_ask_22_what_turns_into_another_type_keeps_its_old_value_until_it_can_be_read(
    noon: Noon,
) -> None:
    (first, ours), (second, theirs) = noon.tracker.good
    custom = noon.tracker.custom
    assert shown(await noon.read(5, first), custom) == (["5"], ours)
    assert not {kind for kind, _ in await noon.findings()} & {"rejected_field", "rejected_record"}

    assert shown(await noon.read("five", noon.tracker.bad), custom) == (["5"], ours)
    refused = {subject for kind, subject in await noon.findings() if kind == "rejected_field"}
    assert len(refused) == 2
    assert shown(await noon.read("fünf", noon.tracker.bad), custom) == (["5"], ours)

    assert shown(await noon.read(8, second), custom) == (["8"], theirs)
    assert not {kind for kind, _ in await noon.findings()} & {"rejected_field", "rejected_record"}


async def test_ask_22_what_the_tracker_emptied_is_emptied(noon: Noon) -> None:
    await noon.read(5, noon.tracker.good[0][0])
    assert shown(await noon.read(None, None), noon.tracker.custom) == ([], None)
    assert shown(await noon.read("five", noon.tracker.bad), noon.tracker.custom) == ([], None)


async def test_ask_22_a_kept_value_is_no_change_of_the_item(noon: Noon) -> None:
    await noon.read(5, noon.tracker.good[0][0])
    before = await noon.world.reader().changes(0)
    await noon.read("five", noon.tracker.bad)
    assert await noon.world.reader().changes(0) == before


async def test_ask_22_a_field_that_came_or_went_stops_nothing(noon: Noon) -> None:
    """A new field is shown, or a finding says that nobody told of it; one that went is empty."""
    tracker = noon.tracker
    of = tracker.context
    fewer = {
        name: {**body, **{key: _without(value, tracker.custom) for key, value in body.items()}}
        for name, body in of.definitions.items()
    }
    value = tracker.good[0][0]
    seen = await noon.put(replace(of, definitions=fewer), tracker.body(5, value))
    told = {subject for kind, subject in await noon.findings() if kind == "unmapped_value"}
    assert tracker.custom in seen.item.custom or "custom" in told
    assert shown(await noon.read(5, value), tracker.custom) == (["5"], tracker.good[0][1])
    gone = await noon.put(replace(of, definitions=fewer), tracker.body(5, None))
    assert shown(gone, tracker.custom) == (["5"], None)


def _without(listed: Any, field: str) -> Any:
    if not isinstance(listed, list):
        return listed
    return [one for one in listed if not isinstance(one, dict) or str(one.get("id")) != field]
