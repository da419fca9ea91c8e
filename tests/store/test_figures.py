"""Figures are rolled up while items are put. However items, people and the configuration change, they equal
a recount of what the items say."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event, update

from normalizer.model import DateValue, Flags, Item, Placement, Progress, Quantity
from store.declared import ProjectSpec, Selector, SourceSpec
from store.open import Store
from store.schema import figures
from store.views import Figures, ItemQuery, ItemView
from tests.store.kit import World, account, account_id, at, item, later, other, scope_id, section

NOTHING = Figures(
    categories={}, open_due={}, blocked=0, unassigned=0, people={}, points_all=Decimal(0),
    points_done=Decimal(0), estimated=0, archived=0, uncounted=0,
)  # fmt: skip


def source(remote: str, **conditions: Any) -> SourceSpec:
    return SourceSpec(connection="site", remote=remote, selector=Selector(**conditions))


def project(name: str, *sources: SourceSpec, **values: Any) -> ProjectSpec:
    return ProjectSpec(id=name, kind="project", name=name.title(), sources=sources, **values)


async def figures_of(world: World, name: str) -> Figures:
    view = await world.reader().project(name)
    assert view is not None
    return view.figures


async def everything(world: World, name: str) -> list[ItemView]:
    found: list[ItemView] = []
    query = ItemQuery(project=[name], presence=(), limit=7)
    while True:
        page = await world.reader().items(query)
        found.extend(page.items)
        if page.next_cursor is None:
            return found
        query = replace(query, cursor=page.next_cursor)


def recount(views: list[ItemView]) -> Figures:
    """The definition, said once more and in another way."""
    present = [view.item for view in views if view.presence == "present"]
    counted = [one for one in present if one.flags == Flags()]
    live = [one for one in counted if one.status_category not in ("done", "cancelled")]
    sized = [
        (one, next(estimate.value for estimate in one.estimates if estimate.unit == "points"))
        for one in counted
        if one.status_category != "cancelled" and any(e.unit == "points" for e in one.estimates)
    ]
    return Figures(
        categories=Counter(one.status_category for one in counted),
        open_due=Counter(
            one.due.date or one.due.at.astimezone(UTC).date()  # type: ignore[union-attr]
            for one in live
            if one.due
        ),
        blocked=sum(one.hold == "blocked" for one in live),
        unassigned=sum(not one.assignments for one in live),
        people=Counter(person for one in live for person in {a.account_id for a in one.assignments}),
        points_all=sum((value for _, value in sized), Decimal(0)),
        points_done=sum((v for one, v in sized if one.status_category == "done"), Decimal(0)),
        estimated=len(sized),
        archived=sum(view.presence == "archived" for view in views),
        uncounted=len(present) - len(counted),
    )


def plain(of: Figures) -> Figures:
    return replace(of, categories={k: n for k, n in of.categories.items() if n}, progress={})


async def check(world: World, *names: str) -> None:
    for name in names:
        assert plain(await figures_of(world, name)) == plain(recount(await everything(world, name))), name


async def test_a_scope_that_no_project_takes_is_a_project(world: World) -> None:
    await world.put("OPS", item("1"), item("2", status_category="done"))
    views = await world.reader().portfolio()
    assert [(view.id, view.name, view.kind) for view in views] == [
        (scope_id("OPS"), "OPS board", "project"),
        (scope_id("WEB"), "WEB board", "project"),
    ]
    assert views[0].figures.categories == {"todo": 1, "done": 1}
    assert views[1].figures == NOTHING


async def test_what_an_item_adds(world: World) -> None:
    day = DateValue(date=date(2026, 4, 1))
    instant = DateValue(at=datetime(2026, 4, 1, 23, 30, tzinfo=UTC))
    await world.put(
        "OPS",
        item("1", due=day, hold="blocked", assignees=["ann", "bob", "ann"]),
        item("2", due=instant, hold="paused", estimates=(Quantity(Decimal("2.5"), "points"),)),
        item("3", status_category="done", due=day, estimates=(Quantity(Decimal(3), "points"),)),
        item("4", status_category="cancelled", estimates=(Quantity(Decimal(9), "points"),)),
        item("5", status_category="unknown", progress=Progress(Decimal("33.3"), "checklist")),
        item("6", presence="archived", due=day),
        item("7", flags=Flags(is_template=True), due=day),
        item("8", estimates=(Quantity(Decimal(60), "minutes"), Quantity(Decimal(1), "points"))),
        item("9", estimates=(Quantity(Decimal("NaN"), "points"),)),
    )
    found = await figures_of(world, scope_id("OPS"))
    assert found == Figures(
        categories={"todo": 4, "done": 1, "cancelled": 1, "unknown": 1},
        open_due={date(2026, 4, 1): 2},
        blocked=1,
        unassigned=4,
        people={account_id("ann"): 1, account_id("bob"): 1},
        points_all=Decimal("6.5"),
        points_done=Decimal(3),
        estimated=3,
        archived=1,
        uncounted=1,
        progress={"checklist": (1, Decimal("33.3"))},
    )


async def test_a_persons_accounts_are_one_and_a_bot_is_nobody(world: World) -> None:
    await world.put(
        "OPS",
        other("account", "a", accounts=[
            account("ann", "Ann", "Ann@example.com"),
            account("ann2", "Ann T.", "ann@example.com", system="trello"),
            account("bot", "Robot", kind="bot"),
        ]),
        item("1", assignees=["ann"]),
        item("2", assignees=["ann2", "bot"]),
    )  # fmt: skip
    people = (await figures_of(world, scope_id("OPS"))).people
    assert list(people.values()) == [2]


async def test_a_moved_item_takes_its_figures_along(world: World) -> None:
    await world.declare(project("ops", source("OPS")), project("web", source("WEB")))
    await world.put("OPS", item("1"), item("2"))
    await world.put("WEB", later(item("1", scope="WEB"), 5))
    assert (await figures_of(world, "ops")).categories == {"todo": 1}
    assert (await figures_of(world, "web")).categories == {"todo": 1}
    await check(world, "ops", "web")


async def test_one_project_takes_several_scopes_and_a_scope_feeds_several_projects(world: World) -> None:
    await world.declare(
        project("all", source("OPS"), source("WEB")), project("red", source("OPS", labels=["Red"]))
    )
    await world.put("OPS", item("1", labels=("red",)), item("2"))
    await world.put("WEB", item("3", scope="WEB", labels=("red",)))
    assert (await figures_of(world, "all")).categories == {"todo": 3}
    assert (await figures_of(world, "red")).categories == {"todo": 1}
    assert [view.id for view in await world.reader().portfolio()] == ["all", "red"]
    await check(world, "all", "red")


SELECTED: list[tuple[dict[str, Any], set[str]]] = [
    ({}, {"1", "2", "3", "4"}),
    ({"labels": ["RED", "blue"]}, {"1", "2"}),
    ({"labels": ["red"], "types": ["bug"]}, {"2"}),
    ({"types": ["epic"]}, {"4"}),
    ({"sections": ["doing"]}, {"3"}),
    ({"sections": ["s1"]}, {"3"}),
    ({"parents": ["OPS-4"]}, {"1", "4"}),
    ({"parents": ["4"]}, {"1", "4"}),
    ({"labels": ["green"]}, set()),
]


async def test_selectors(world: World) -> None:
    await world.put(
        "OPS",
        other("section", "s1", sections=[section("s1", "Doing")]),
        item("1", labels=("red",), parent="4"),
        item("2", labels=("red", "blue"), type="bug"),
        item("3", section="s1"),
        item("4", type="epic"),
    )
    for conditions, taken in SELECTED:
        await world.declare(project("part", source("OPS", **conditions)))
        found = {view.item.remote_id for view in await everything(world, "part")}
        assert found == taken, conditions
        await check(world, "part")


async def test_membership_follows_a_renamed_section_and_a_parent_that_comes_late(world: World) -> None:
    await world.declare(
        project("now", source("OPS", sections=["Now"])), project("epic", source("WEB", parents=["OPS-9"]))
    )
    doing = other("section", "s1", sections=[section("s1", "Doing")])
    await world.put("OPS", doing, item("1", section="s1"))
    await world.put("WEB", item("2", scope="WEB", parent="9"))
    assert (await figures_of(world, "now")).categories == {}
    assert (await figures_of(world, "epic")).categories == {}
    await world.put("OPS", other("section", "s1", read_at=at(5), sections=[section("s1", "Now")]))
    await world.put("OPS", item("9"))
    assert (await figures_of(world, "now")).categories == {"todo": 1}
    assert (await figures_of(world, "epic")).categories == {"todo": 1}
    await world.put("OPS", later(item("9"), 7, remote_key="OPS-10"))
    assert (await figures_of(world, "epic")).categories == {"todo": 1}  # it was OPS-9
    await check(world, "now", "epic")


async def test_a_changed_configuration_moves_figures_at_once_and_takes_nothing_from_the_trackers(
    world: World,
) -> None:
    await world.put("OPS", item("1", labels=("red",)), item("2"))
    await world.declare(project("a", source("OPS")))
    assert (await figures_of(world, "a")).categories == {"todo": 2}
    assert await world.reader().project(scope_id("OPS")) is None
    await world.declare(project("a", source("OPS", labels=["red"])), project("b", source("OPS")))
    assert (await figures_of(world, "a")).categories == {"todo": 1}
    assert (await figures_of(world, "b")).categories == {"todo": 2}
    await world.declare()
    assert await world.reader().project("a") is None
    assert (await figures_of(world, scope_id("OPS"))).categories == {"todo": 2}
    await check(world, scope_id("OPS"))


@asynccontextmanager
async def statements(store: Store) -> AsyncIterator[list[str]]:
    heard: list[str] = []

    def hear(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        heard.append(statement)

    engine = store.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", hear)
    yield heard
    event.remove(engine, "before_cursor_execute", hear)


async def test_the_portfolio_counts_no_item(world: World) -> None:
    await world.declare(project("a", source("OPS")))
    await world.put("OPS", item("1", assignees=["ann"]))
    async with statements(world.store) as heard:
        await world.reader().portfolio()
        await world.reader().coverage()
        await world.reader().connections()
    tables = {"items", "placements", "assignments", "item_projects", "item_texts"}
    assert heard
    for statement in heard:
        assert not tables & set(statement.replace("\n", " ").replace(",", " ").split()), statement


async def test_the_portfolio_reads_the_sums(world: World) -> None:
    await world.put("OPS", item("1"))
    async with world.store.database.writing() as session:
        await session.run(update(figures).values(n=41))
    assert (await figures_of(world, scope_id("OPS"))).categories == {"todo": 41}


def some_item(chance: random.Random, remote: str, minute: int) -> Item:
    scope = chance.choice(["OPS", "WEB"])
    other_scope = chance.choice(["OPS", "WEB"])
    places = [Placement(scope_id=scope_id(scope), section_id=f"s{chance.randrange(3)}")]
    if other_scope != scope:
        places.append(Placement(scope_id=scope_id(other_scope), primary=False))
    due = [None, DateValue(date=date(2026, 4, 1 + chance.randrange(3))), DateValue(at=at(minute * 100))]
    return item(
        remote,
        scope=scope,
        status_category=chance.choice(["todo", "in_progress", "done", "cancelled", "unknown", "backlog"]),
        due=chance.choice(due),
        hold=chance.choice(["none", "blocked"]),
        assignees=chance.sample(["ann", "bob", "cy"], chance.randrange(3)),
        labels=tuple(chance.sample(["red", "blue"], chance.randrange(3))),
        type=chance.choice(["task", "bug"]),
        parent=str(chance.randrange(12)),
        estimates=chance.choice([(), (Quantity(Decimal(chance.randrange(1, 80)) / 8, "points"),)]),
        presence=chance.choice(["present", "present", "archived"]),
        flags=chance.choice([Flags(), Flags(), Flags(is_mirror=True)]),
        visibility=chance.choice(["scope", "restricted"]),
        placements=tuple(places),
        remote_updated_at=at(minute),
    )


def some_projects(chance: random.Random) -> list[ProjectSpec]:
    conditions: list[dict[str, Any]] = [
        {},
        {"labels": ["red"]},
        {"types": ["bug"]},
        {"parents": ["OPS-3", "4"]},
        {"labels": ["blue"], "types": ["task"]},
    ]
    return [
        project(
            name,
            *(source(chance.choice(["OPS", "WEB"]), **chance.choice(conditions)) for _ in range(2)),
        )
        for name in chance.sample(["a", "b", "c"], chance.randrange(1, 4))
    ]


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_happens_figures_equal_a_recount(world: World, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311
    declared: list[ProjectSpec] = []
    for minute in range(1, 25):
        if chance.random() < 0.25:
            declared = some_projects(chance)
            await world.declare(*declared)
        page = [some_item(chance, str(chance.randrange(12)), minute - chance.randrange(3)) for _ in range(5)]
        await world.put(chance.choice(["OPS", "WEB"]), *page)
    shown = [view.id for view in await world.reader().portfolio()]
    assert {one.id for one in declared} <= set(shown)
    await check(world, *shown)
