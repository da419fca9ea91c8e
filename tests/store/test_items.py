"""Finding items: filters, order, pages, text."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from normalizer.model import DateValue, Named, Placement
from store.cursor import CursorError
from store.declared import ProjectSpec, ScopeSpec, SourceSpec
from store.folding import sort_key, words
from store.people import person_of_email
from store.views import ItemPage, ItemQuery
from tests.store.kit import World, account, account_id, at, item, item_id, later, other, scope_id, section

SORTS: tuple[Any, ...] = ("updated", "-updated", "due", "-due", "title", "-title", "key", "-key")


def day(number: int) -> DateValue:
    return DateValue(date=date(2026, 4, number))


async def found(world: World, **filters: Any) -> list[str]:
    page = await world.reader().items(ItemQuery(sort="key", **filters))
    return [view.item.remote_id for view in page.items]


async def a_few(world: World) -> None:
    await world.put(
        "OPS",
        other("account", "a", accounts=[account("ann", "Ann", "ann@example.com"), account("bob", "Bob")]),
        other("section", "s", sections=[section("s1", "Doing")]),
        item("1", due=day(1), assignees=["ann"], section="s1", status_category="in_progress"),
        item("2", due=day(2), assignees=["bob"], type="bug"),
        item("3", due=DateValue(at=datetime(2026, 4, 2, 23, 59, tzinfo=UTC)), remote_updated_at=at(90)),
        item("4", presence="archived"),
    )
    await world.put("WEB", item("5", scope="WEB", assignees=["ann", "bob"]))


FILTERS: list[tuple[dict[str, Any], str]] = [
    ({}, "1235"),
    ({"tracker": ["jira_cloud"]}, "1235"),
    ({"tracker": ["trello"]}, ""),
    ({"connection": ["site"]}, "1235"),
    ({"connection": ["boards", "nobody"]}, ""),
    ({"scope": [scope_id("WEB")]}, "5"),
    ({"scope": ["OPS"]}, "123"),
    ({"scope": ["web", "ops"]}, "1235"),
    ({"scope": ["WEB board"]}, "5"),
    ({"project": ["p"]}, "5"),
    ({"project": ["program"]}, "5"),
    ({"project": [scope_id("OPS")]}, "123"),
    ({"project": ["p", scope_id("OPS")]}, "1235"),
    ({"project": ["nobody"]}, ""),
    ({"status": ["in_progress", "done"]}, "1"),
    ({"type": ["bug"]}, "2"),
    ({"assignee": [person_of_email("ann@example.com")]}, "15"),
    ({"assignee": [account_id("bob")]}, "25"),
    ({"assignee": ["none"]}, "3"),
    ({"assignee": ["none", account_id("bob")]}, "235"),
    ({"team": ["ops"]}, "123"),
    ({"due_from": date(2026, 4, 2)}, "23"),
    ({"due_to": date(2026, 4, 2)}, "123"),
    ({"due_from": date(2026, 4, 1), "due_to": date(2026, 4, 1)}, "1"),
    ({"updated_from": at(90)}, "3"),
    ({"updated_to": at(89)}, "125"),
    ({"presence": ["archived"]}, "4"),
    ({"presence": ()}, "12345"),
    ({"status": ["todo"], "assignee": [account_id("bob")], "scope": ["OPS"]}, "2"),
]


async def test_filters(world: World) -> None:
    await world.declare(
        ProjectSpec(id="program", kind="program", name="Program"),
        ProjectSpec(
            id="p",
            kind="project",
            name="P",
            parent="program",
            sources=[SourceSpec(connection="site", remote="WEB")],
        ),
        scopes=[
            ScopeSpec(connection="site", remote="OPS", team="ops"),
            ScopeSpec(connection="site", remote="*"),
        ],
    )
    await a_few(world)
    for filters, expected in FILTERS:
        assert await found(world, **filters) == list(expected), filters


async def test_an_item_is_shown_with_names_for_the_ids_in_it(world: World) -> None:
    await a_few(world)
    await world.put(
        "OPS", later(item("2", assignees=["bob", "unknown"]), 3), absent={"estimates": "unsupported"}
    )
    view = await world.reader().item("OPS-1")
    assert view is not None
    assert (view.assignees, view.section) == (["Ann"], "Doing")
    assert (view.connection, view.tracker, view.scope) == ("site", "jira_cloud", scope_id("OPS"))
    assert view.projects == [scope_id("OPS")]
    assert view.absent == {"estimates": "unsupported"}
    assert len(view.provenance.record_hash) == 32
    assert view.history is None
    nameless = await world.reader().item("OPS-2")
    assert nameless is not None and nameless.assignees == ["Bob", account_id("unknown")]


async def walk(world: World, query: ItemQuery) -> list[str]:
    seen: list[str] = []
    while True:
        page = await world.reader().items(query)
        assert len(page.items) <= query.limit
        seen.extend(view.item.remote_id for view in page.items)
        if page.next_cursor is None:
            return seen
        assert len(page.items) == query.limit
        query = replace(query, cursor=page.next_cursor)


def many() -> list[Any]:
    """Ties, gaps, and titles and keys that sort differently by code point, by case and by number."""
    titles = ["b", "B", "a", "Ä", "z", "_", "10", "9"]
    return [
        item(
            str(n),
            title=titles[n % len(titles)],
            remote_key=None if n % 5 == 0 else f"OPS-{n}",
            remote_updated_at=None if n % 4 == 0 else at(n % 3),
            due=[None, day(1 + n % 2), DateValue(at=datetime(2026, 4, 1, n % 3, tzinfo=UTC))][n % 3],
        )
        for n in range(23)
    ]


async def test_pages_bring_every_item_once_in_one_order(world: World) -> None:
    await world.put("OPS", *many())
    for sort in SORTS:
        whole = await walk(world, ItemQuery(sort=sort, limit=100))
        assert sorted(whole) == sorted(str(n) for n in range(23)), sort
        for limit in (1, 4, 23):
            assert await walk(world, ItemQuery(sort=sort, limit=limit)) == whole, (sort, limit)


async def test_what_has_no_value_comes_last_in_either_direction(world: World) -> None:
    await world.put("OPS", *many())
    items = {one.remote_id: one for one in many()}
    for sort in ("due", "-due"):
        empty = [items[remote].due is None for remote in await walk(world, ItemQuery(sort=sort))]
        assert empty == sorted(empty)
        assert True in empty


async def test_keys_sort_as_numbers_and_titles_without_case(world: World) -> None:
    await world.put("OPS", item("10", title="beta"), item("9", title="Gamma"), item("2", title="Alpha"))
    assert await walk(world, ItemQuery(sort="key")) == ["2", "9", "10"]
    assert await walk(world, ItemQuery(sort="title")) == ["2", "10", "9"]
    assert sort_key("OPS-9") < sort_key("ops-10")


async def test_an_item_that_changes_between_two_pages_shifts_no_other(world: World) -> None:
    await world.put("OPS", *(item(str(n), remote_updated_at=at(n)) for n in range(1, 7)))
    first = await world.reader().items(ItemQuery(limit=2))
    await world.put("OPS", later(item("1"), 99))
    rest = await walk(world, ItemQuery(limit=2, cursor=first.next_cursor))
    assert rest == ["4", "3", "2"]


def forged(*values: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


CURSORS = [
    "nonsense",
    "ü",
    "====",
    "e30",
    forged("-updated"),
    forged("-updated", 5, "x"),
    forged("-updated", "yesterday", "x"),
    forged("-updated", "2026-01-01T00:00:00", "x"),
    forged("due", "2026-01-01", "x"),
    forged("'; drop table items", "a", "b"),
]


async def test_a_cursor_that_is_not_ours_is_refused_in_a_sentence(world: World) -> None:
    for cursor in CURSORS:
        with pytest.raises(CursorError, match=r"^The cursor .*\.$"):
            await world.reader().items(ItemQuery(cursor=cursor))


TEXTS = {
    "1": ("Deploy the Größe-report", "Uses  résumé.pdf and C++; e-mail: ops@example.com"),
    "2": ("deployment plan", None),
    "3": ('He said "OR" AND (NOT)', "100% of user_name"),
    "4": ("サーバー 移行", None),
}


SEARCHES = [
    ("deploy", "12"),
    ("DEPLOY REPORT", "1"),
    ("ploy", ""),
    ("grosse", "1"),
    ("größe", "1"),
    ("resume", "1"),
    ("c++", "1"),
    ("example.com ops@", "1"),
    ("OPS-3", "3"),
    ('"or" AND', "3"),
    ("OR NOT", "3"),
    ("name", "3"),
    ("100%", "3"),
    ("サーバー", "4"),
    ("plan deploy", "2"),
    ("*", ""),
    ("", ""),
    ('") OR 7=7 --', ""),
    ("\x00 \ud83d", ""),
]


async def test_text_finds_the_same_on_both_databases(world: World) -> None:
    await world.put(
        "OPS",
        *(item(key, title=title, description_md=body) for key, (title, body) in TEXTS.items()),
    )
    for text, expected in SEARCHES:
        assert await found(world, text=text) == list(expected), text


async def test_text_follows_what_is_written_later_and_old_keys(world: World) -> None:
    await world.put("OPS", item("1", title="alpha"))
    await world.put("OPS", later(item("1", title="beta", remote_key="WEB-7"), 5))
    assert await found(world, text="alpha") == []
    assert await found(world, text="beta") == ["1"]
    assert await found(world, text="OPS-1") == ["1"]


def test_words_leave_out_case_accents_and_marks() -> None:
    assert words("Straße_ÉCOLE ﬁn—x²") == ["strasse", "ecole", "fin", "x2"]


async def test_the_envelope_counts_what_the_question_touches(world: World) -> None:
    await world.declare(
        scopes=[
            ScopeSpec(connection="site", remote="OPS"),
            ScopeSpec(connection="site", remote="WEB", sharing="team_only", team="web"),
            ScopeSpec(connection="site", remote="LOST"),
        ]
    )
    await world.put("OPS", item("1"), whole=True)

    async def coverage(**filters: Any) -> Any:
        page: ItemPage = await world.reader().items(ItemQuery(**filters))
        return page.coverage

    whole = await coverage()
    assert (whole.scopes, whole.complete, whole.hidden, whole.expected) == (1, 1, 1, 2)
    assert (whole.as_of, whole.oldest_scope) == (at(0), scope_id("OPS"))
    assert (await coverage(scope=["OPS"])).hidden == 0
    assert (await coverage(connection=["site"])).expected == 1
    assert (await coverage(tracker=["trello"])).expected == 1  # that connection listed nothing yet
    assert (await coverage(scope=["WEB"])).as_of is None


async def test_an_item_in_two_scopes_is_told_by_the_one_where_it_is_at_home(world: World) -> None:
    """Else each of the two readings would undo the other's words, for ever."""
    both = (Placement(scope_id=scope_id("OPS")), Placement(scope_id=scope_id("WEB"), primary=False))
    at_home = item("1", placements=both, original_status=Named("Doing"))
    elsewhere = replace(at_home, original_status=Named("Column B"))
    assert (await world.put("WEB", elsewhere)).written == 1
    assert (await world.put("OPS", at_home)).written == 1
    for _ in range(2):
        assert (await world.put("WEB", elsewhere)).written == 0
        assert (await world.put("OPS", at_home)).written == 0
    view = await world.reader().item(item_id("1"))
    assert view is not None
    assert view.item.original_status == Named("Doing")
    assert (await world.put("WEB", later(elsewhere, 5, title="Renamed"))).written == 1
