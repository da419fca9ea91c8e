"""Everything that Data Center tells, read and normalised, is what the story says: field by field."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

import pytest

from connectors.base import ScopeRecord
from normalizer.context import Context
from normalizer.jira_dc import prepare
from normalizer.model import Change, DateValue, Item, Normalised, Quantity
from sandbox.options import DataCenter
from tests.connectors.jira_dc_bench import Bench, bench, read

SITE = "jira.northlight.example/jira"


class View(NamedTuple):
    item: Item
    context: Context
    sections: Mapping[str, str]
    changes: list[Change]

    def ids(self, kind: str, true: list[str]) -> list[str]:
        return [self.context.id(kind, id) for id in true]


def instant(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def when(value: DateValue | None) -> str | None:
    if value is None:
        return None
    return value.date.isoformat() if value.date else instant(value.at)


def amount(quantities: list[Quantity | None], unit: str) -> Decimal | None:
    return next((one.value for one in quantities if one and one.unit == unit), None)


def _custom(view: View) -> Mapping[str, Any]:
    told = {field.name.lower(): field.value for field in view.item.custom.values()}
    cost = told.get("cost")
    return {"customer": told.get("customer"), "cost": None if cost is None else float(str(cost))}


def _progress(view: View) -> Any:
    told = view.item.progress
    return told and {"percent": round(float(told.percent), 2), "method": told.method}


PLAIN: Mapping[str, Callable[[View], Any]] = {
    "key": lambda v: v.item.remote_key,
    "title": lambda v: v.item.title,
    "type": lambda v: v.item.type,
    "level": lambda v: v.item.level,
    "status_category": lambda v: v.item.status_category,
    "outcome": lambda v: v.item.outcome,
    "completed_at": lambda v: instant(v.item.completed_at),
    "hold": lambda v: v.item.hold,
    "priority": lambda v: v.item.priority,
    "start": lambda v: when(v.item.start),
    "due": lambda v: when(v.item.due),
    "estimate": lambda v: amount([*v.item.estimates], "points"),
    "estimate_minutes": lambda v: amount([*v.item.estimates], "minutes"),
    "spent_minutes": lambda v: amount([v.item.spent], "minutes"),
    "remaining_minutes": lambda v: amount([v.item.remaining], "minutes"),
    "progress": _progress,
    "labels": lambda v: sorted(v.item.labels),
    "section": lambda v: v.sections.get(v.item.placements[0].section_id or ""),
    "custom": _custom,
    "presence": lambda v: v.item.presence,
    "restricted": lambda v: v.item.visibility == "restricted",
    "created": lambda v: instant(v.item.remote_created_at),
    "updated": lambda v: instant(v.item.remote_updated_at),
    "changes": lambda v: len({change.at for change in v.changes}),
}
"""How a field of the truth is read off the item."""
OURS: Mapping[str, tuple[Callable[[View], Any], Callable[[View, Any], Any]]] = {
    "assignees": (
        lambda v: sorted(one.account_id or "" for one in v.item.assignments),
        lambda v, true: sorted(v.ids("account", true)),
    ),
    "reporter": (lambda v: v.item.reporter_account_id, lambda v, true: v.context.id("account", true)),
    "parent": (lambda v: v.item.parent_id, lambda v, true: true and v.context.id("item", true)),
    "iterations": (lambda v: list(v.item.iteration_ids), lambda v, true: v.ids("iteration", true)),
    "links": (
        lambda v: sorted([one.type, one.from_id, one.to_id] for one in v.item.links),
        lambda v, true: sorted([kind, *v.ids("item", ends)] for kind, *ends in true),
    ),
}
"""And where the truth has the tracker's ids: how these are made ours."""


async def _views(bench: Bench, scope: ScopeRecord) -> tuple[dict[str, View], list[Normalised]]:
    async with bench.connector() as connector:
        records = [record for page in await read(connector, scope) for record in page.records]
    context = Context(
        system="jira",
        site=SITE,
        scope=scope,
        definitions={one.id: one.body for one in records if one.kind == "definition"},
    )
    mapper = prepare(context)
    made = [mapper(record) for record in records]
    sections = {section.id: section.name for one in made for section in one.sections}
    changes = [change for one in made for change in one.changes]
    return {
        item.remote_id: View(item, context, sections, [c for c in changes if c.item_id == item.id])
        for one in made
        for item in one.items
    }, made


@pytest.fixture(scope="module", params=["8.20.1", "11.3.1"])
def jira(request: pytest.FixtureRequest) -> Iterator[Bench]:
    with bench(items=200, data_center=DataCenter(version=request.param)) as made:
        yield made


@pytest.mark.parametrize("key", ["ERP", "PCS"])
async def test_every_field_of_every_item_is_the_storys(jira: Bench, key: str) -> None:
    scope = await jira.scope(key)
    views, _ = await _views(jira, scope)
    truth = jira.true(scope)
    assert views.keys() == truth.keys()
    wrong = [
        f"{truth[id]['key']} {name}: found {found!r}, true {true!r}"
        for id, view in views.items()
        for name, found, true in (
            *((name, tell(view), truth[id][name]) for name, tell in PLAIN.items()),
            *((name, tell(view), ours(view, truth[id][name])) for name, (tell, ours) in OURS.items()),
        )
        if found != true
    ]
    assert not wrong


async def test_nothing_is_rejected_and_only_what_the_story_plants_is_unmapped(jira: Bench) -> None:
    for key in ("ERP", "PCS"):
        _, made = await _views(jira, await jira.scope(key))
        assert not [one for each in made for one in each.rejections]
        assert {one.field for each in made for one in each.unmapped} <= {"status_category"}


async def test_accounts_and_sprints_are_the_storys(jira: Bench) -> None:
    scope = await jira.scope("PCS")
    views, made = await _views(jira, scope)
    context = next(iter(views.values())).context
    told = jira.sandbox.truth()["trackers"]["jira_dc"]
    true = {context.id("account", one["id"]): one for one in told["accounts"]}
    seen = {account.id: account for one in made for account in one.accounts}
    assert seen
    for id, account in seen.items():
        assert (account.display_name, account.email, account.active) == (
            true[id]["name"],
            true[id]["email"],
            true[id]["active"],
        )
    (project,) = [one for one in told["scopes"] if one["id"] == scope.id]
    sprints = {one.remote_id: one for each in made for one in each.iterations}
    assert {id: (one.name, one.state, when(one.start)) for id, one in sprints.items()} == {
        one["id"]: (one["name"], one["state"], one["start"]) for one in project["iterations"]
    }
