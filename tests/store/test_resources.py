"""What stands beside items: put as items are, and dropped when no record tells of it any more."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from normalizer.model import Named
from normalizer.resources import Money
from store.cursor import CursorError
from store.declared import ProjectSpec, Selector, SourceSpec
from store.people import person_of_email
from store.resource_views import ResourceQuery, TimeEntryView
from store.resources import TABLES
from store.schema_resources import resource_records
from tests.store.kit import World, account, account_id, at, item, item_id, other, scope_id
from tests.store.resourced import KINDS, budget, entry, everything, ident, leave, rate, remotes, report
from tests.store.test_put import PROGRESS
from tests.store.touched import watching

TABLE_NAMES = {*TABLES, "resource_records"}


async def count(world: World, table: Any) -> int:
    async with world.store.database.reading() as session:
        return int((await session.run(select(func.count()).select_from(table))).scalar_one())


async def test_every_kind_comes_back_as_it_was(world: World) -> None:
    await world.put(
        "OPS",
        other("account", "ann", accounts=[account("ann", "Ann", "ann@example.com")]),
        item("1"),
        *everything(),
        other("status_report", "2", status_reports=[report("2", original=Named("On track", "7"))]),
    )
    reader = world.reader()
    [one] = (await reader.time_entries(ResourceQuery())).rows
    assert (one.minutes, one.day, one.item_id) == (Decimal("90.5"), date(2026, 3, 2), item_id("1"))
    assert (one.person, one.name) == (person_of_email("ann@example.com"), "Ann")
    assert (one.connection, one.tracker, one.scope) == ("site", "jira_cloud", scope_id("OPS"))
    [budgeted] = (await reader.budgets(ResourceQuery())).rows
    assert budgeted.money == Money(amount=Decimal("1000.10"), currency="EUR")
    [away] = (await reader.availability(ResourceQuery())).rows
    assert (away.kind, away.start, away.end, away.scope) == (
        "leave", date(2026, 3, 9), date(2026, 3, 13), scope_id("OPS"),
    )  # fmt: skip
    reports = (await reader.status_reports(ResourceQuery())).rows
    assert {(r.title, r.original, r.at) for r in reports} == {
        ("Week OPS-ann", None, at(0)),
        ("Week 2", Named("On track", "7"), at(0)),
    }
    assert [len((await getattr(reader, kind)(ResourceQuery())).rows) for kind in KINDS] == [2, 1, 1, 1, 1, 1]


async def test_a_page_put_twice_writes_nothing_the_second_time(world: World) -> None:
    await world.put("OPS", *everything())
    before = await world.reader().revision()
    world.now = at(60)
    async with watching(world.store) as touched:
        await world.put("OPS", *everything())
    assert touched <= PROGRESS
    assert await world.reader().revision() != before


async def test_a_change_is_written_and_changes_the_revision(world: World) -> None:
    await world.put("OPS", *everything())
    before = await world.reader().revision()
    async with watching(world.store) as touched:
        raised = budget("OPS-ann", money=Money(amount=Decimal(2000), currency="EUR"))
        await world.put("OPS", other("budget", "OPS-ann", at(5), budgets=[raised]))
    assert touched & TABLE_NAMES == {"budgets"}
    assert await world.reader().revision() != before
    [one] = (await world.reader().budgets(ResourceQuery())).rows
    assert (one.money, one.read_at) == (raised.money, at(5))


async def test_older_never_overwrites_newer(world: World) -> None:
    """Also where another record tells of it, and also where it is gone by now."""
    await world.put("OPS", other("budget", "1", at(10), budgets=[budget("1", category="labour")]))
    await world.put("OPS", other("budget", "1", at(5), budgets=[budget("1", category="vendor")]))
    await world.put("OPS", other("definition", "1", at(5), budgets=[budget("1", category="software")]))
    assert [b.category for b in (await world.reader().budgets(ResourceQuery())).rows] == ["labour"]


async def test_what_its_record_no_longer_tells_of_is_dropped_and_stays_so(world: World) -> None:
    first = other(
        "item", "sheet row", at(1), status_reports=[report("1")], budgets=[budget("1"), budget("2")]
    )
    await world.put("OPS", first)
    changed = other("item", "sheet row", at(9), budgets=[budget("2")])
    changed = replace(changed, record=replace(changed.record, body={"id": "sheet row", "rag": None}))
    await world.put("OPS", changed)
    reader = world.reader()
    assert await remotes(reader, "status_reports") == []
    assert await remotes(reader, "budgets") == ["2"]
    await world.put("OPS", first)  # a page of an older reading comes late
    assert await remotes(reader, "budgets") == ["2"]
    assert await count(world, resource_records) == 1


async def test_what_two_records_tell_of_stays_until_neither_does(world: World) -> None:
    for scope in ("OPS", "WEB"):
        await world.put(scope, other("availability", "1", availabilities=[leave("1")]))
    await world.put("OPS", other("availability", "1", at(5)))
    reader = world.reader()
    assert [view.scope for view in (await reader.availability(ResourceQuery())).rows] == [scope_id("WEB")]
    await world.put("WEB", other("availability", "1", at(5)))
    assert await remotes(reader, "availability") == []
    assert await count(world, resource_records) == 0


async def test_what_belongs_to_a_scope_that_nobody_listed_waits_for_it(world: World) -> None:
    page = [
        other("budget", "1", budgets=[budget("1", "NEW"), budget("2")]),
        other("rate", "1", rates=[rate("1", scope="NEW"), rate("2", scope=None)]),
    ]
    await world.put("OPS", *page)
    assert (await remotes(world.reader(), "budgets"), await remotes(world.reader(), "rates")) == (
        ["2"],
        ["2"],
    )
    await world.list("site", "OPS", "WEB", "NEW")
    await world.put("OPS", *page)
    assert await remotes(world.reader(), "budgets", scope=[scope_id("NEW")]) == ["1"]
    assert sorted(await remotes(world.reader(), "rates")) == ["1", "2"]


async def test_halves_of_emoji_are_left_out(world: World) -> None:
    odd = report("1", title="cut \ud83d", text_md="nul \x00")
    await world.put("OPS", other("status_report", "1", status_reports=[odd]))
    [one] = (await world.reader().status_reports(ResourceQuery())).rows
    assert (one.title, one.text_md) == ("cut \ufffd", "nul \ufffd")
    async with watching(world.store) as touched:
        await world.put("OPS", other("status_report", "1", status_reports=[odd]))
    assert not touched & TABLE_NAMES


async def test_filters(world: World) -> None:
    march = {n: date(2026, 3, n) for n in (1, 2, 3)}
    await world.put(
        "OPS",
        other("account", "ann", accounts=[account("ann", "Ann", "ann@example.com"), account("bob", "Bob")]),
        item("1"),
        *[other("time_entry", str(n), time_entries=[entry(str(n), day=day)]) for n, day in march.items()],
        other("time_entry", "b", time_entries=[entry("b", "bob", None, day=march[2])]),
        other("availability", "l", availabilities=[leave("l", start=march[1], end=march[2])]),
        other("rate", "open", rates=[rate("open", end=march[2])]),
        other("status_report", "late", status_reports=[report("late", at=at(15 * 60))]),  # midnight, UTC
        other("status_report", "timeless", status_reports=[report("timeless", at=None)]),
    )
    reader = world.reader()
    assert sorted(await remotes(reader, "time_entries", day_from=march[2])) == ["2", "3", "b"]
    for person in (person_of_email("ann@example.com"), account_id("ann")):
        assert await remotes(reader, "time_entries", person=[person]) == ["3", "2", "1"]
        assert await remotes(reader, "time_entries", person=[person], day_to=march[1]) == ["1"]
    assert await remotes(reader, "time_entries", person=["nobody"]) == []
    assert len(await remotes(reader, "time_entries", person=[account_id("ann"), account_id("bob")])) == 4
    assert await remotes(reader, "time_entries", scope=["WEB"]) == []
    assert len(await remotes(reader, "time_entries", scope=["ops", "WEB"])) == 4
    assert await remotes(reader, "availability", day_from=march[2], day_to=march[3]) == ["l"]
    assert await remotes(reader, "availability", day_from=march[3]) == []
    assert await remotes(reader, "rates", day_from=march[2]) == ["open"]
    assert await remotes(reader, "rates", day_from=march[3]) == []
    assert await remotes(reader, "status_reports", day_from=march[2]) == ["late", "timeless"]
    assert await remotes(reader, "status_reports", day_from=march[3]) == ["timeless"]
    assert await remotes(reader, "status_reports", day_to=march[1]) == ["timeless"]


async def test_pages_follow_one_another(world: World) -> None:
    days = [date(2026, 3, 1 + n % 3) for n in range(7)]
    made = [entry(str(n), of=None, day=day) for n, day in enumerate(days)]
    await world.put("OPS", *[other("time_entry", one.remote_id, time_entries=[one]) for one in made])
    reader, query = world.reader(), ResourceQuery(limit=3)
    seen: list[TimeEntryView] = []
    while True:
        page = await reader.time_entries(query)
        seen += page.rows
        if page.next_cursor is None:
            break
        query = replace(query, cursor=page.next_cursor)
    assert [(one.day, one.id) for one in seen] == sorted(((one.day, one.id) for one in made), reverse=True)
    first = (await reader.time_entries(ResourceQuery(limit=3))).next_cursor
    for read, cursor in ((reader.allocations, first), (reader.time_entries, "x")):
        with pytest.raises(CursorError):
            await read(ResourceQuery(cursor=cursor))


async def test_a_project_has_what_is_of_its_items_and_of_its_scopes(world: World) -> None:
    part = SourceSpec(connection="site", remote="OPS", selector=Selector(labels=["red"]))
    whole = SourceSpec(connection="site", remote="WEB")
    await world.declare(
        ProjectSpec(id="both", kind="program", name="Both"),
        ProjectSpec(id="red", kind="project", name="Red", parent="both", sources=[part]),
        ProjectSpec(id="web", kind="project", name="Web", parent="both", sources=[whole]),
    )
    await world.put(
        "OPS",
        item("1", labels=("red",)),
        item("2"),
        other(
            "time_entry", "t",
            time_entries=[entry("in", of="1"), entry("out", of="2"), entry("of", of=None)],
        ),
        other("budget", "b", budgets=[budget("b")]),
        other(
            "status_report", "s", status_reports=[report("in", item_id=item_id("1")), report("all"),
            report("out", item_id=item_id("2"))],
        ),
    )  # fmt: skip
    await world.put("WEB", other("availability", "w", availabilities=[leave("w")]))
    reader = world.reader()
    assert sorted(await remotes(reader, "time_entries", project=["red"])) == ["in", "of"]
    assert sorted(await remotes(reader, "status_reports", project=["red"])) == ["all", "in"]
    assert await remotes(reader, "budgets", project=["red"]) == ["b"]
    assert await remotes(reader, "availability", project=["red"]) == []
    assert await remotes(reader, "availability", project=["both"]) == ["w"]
    assert await remotes(reader, "budgets", project=["web"]) == []
    page = await reader.budgets(ResourceQuery(project=["both"]))
    assert page.coverage.scopes == 2
    assert (await reader.budgets(ResourceQuery(project=["web"]))).coverage.scopes == 1


async def test_the_latest_word_on_each_scope_is_declared_and_moves_no_figure(world: World) -> None:
    sources = [SourceSpec(connection="site", remote=remote) for remote in ("WEB", "OPS")]
    await world.declare(
        ProjectSpec(id="top", kind="portfolio", name="Top"),
        ProjectSpec(id="both", kind="project", name="Both", parent="top", sources=sources),
    )
    await world.put("OPS", item("1", status_category="done"))
    figures = [view.figures for view in await world.reader().portfolio()]
    reports = [
        report("old", at=at(1)), report("new", at=at(9), rag="off_track"),
        report("none", at=None, rag="complete"),
        report("row", at=at(20), item_id=item_id("1"), rag="at_risk"),
    ]  # fmt: skip
    await world.put("OPS", *[other("status_report", one.remote_id, status_reports=[one]) for one in reports])
    await world.put("WEB", other("definition", "w", status_reports=[report("web", "WEB", at=None)]))
    top, both = await world.reader().portfolio()
    assert [(one.scope_name, one.remote_id, one.rag) for one in both.declared] == [
        ("OPS board", "new", "off_track"),
        ("WEB board", "web", "on_track"),
    ]
    assert top.declared == both.declared
    assert [view.figures for view in (top, both)] == figures


@pytest.mark.parametrize("kind", TABLES)
async def test_every_row_is_told_by_a_record(world: World, kind: str) -> None:
    await world.put("OPS", *everything())
    async with world.store.database.reading() as session:
        rows = await session.all(select(TABLES[kind].c.id))
        told = await session.all(select(resource_records).where(resource_records.c.resource == kind))
    assert [row.id for row in rows] == [row.resource_id for row in told]
    assert ident("nothing", "OPS-ann") not in {row.id for row in rows}
