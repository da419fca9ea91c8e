"""People: accounts are joined where a shown address is the same, and nowhere else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from store.cursor import CursorError
from store.declared import ProjectSpec, ScopeSpec, SourceSpec
from store.people import person_of_email
from store.principal import Principal
from store.schema_people import account_links
from store.views import PeopleQuery, PersonView
from tests.store.kit import World, account, account_id, at, item, later, other, scope_id


async def everybody(world: World, **asked: str) -> list[PersonView]:
    return list((await world.reader().people(PeopleQuery(**asked))).people)  # type: ignore[arg-type]


async def test_accounts_with_one_shown_address_are_one_person(world: World) -> None:
    await world.put(
        "OPS",
        other("account", "a", accounts=[account("1", "Ann Smith", "Ann@Example.com")]),
        other("account", "b", accounts=[account("2", "A. Smith", " ann@example.com", system="trello")]),
        other("account", "c", accounts=[account("3", "Ann Smith")]),
        other(
            "account", "d", accounts=[account("4", "Robot", kind="bot"), account("5", "Team", kind="group")]
        ),
        item("1", assignees=["1"]),
        item("2", assignees=["2", "4"]),
        item("3", assignees=["1"], status_category="done"),
    )
    found = await everybody(world)
    assert sorted((one.name, len(one.accounts), one.open_items) for one in found) == [
        ("Ann Smith", 1, 0),
        ("Ann Smith", 2, 2),
    ]
    ann = next(one for one in found if len(one.accounts) == 2)
    assert ann.id == person_of_email("ann@example.com")
    assert (ann.open_items, ann.projects) == (2, [scope_id("OPS")])


async def test_an_address_that_is_shown_later_joins_and_the_history_of_joining_is_kept(world: World) -> None:
    await world.put("OPS", other("account", "a", accounts=[account("1", "Ann")]))
    before = (await everybody(world))[0]
    shown = account("1", "Ann", "ann@example.com")
    await world.put("OPS", other("account", "a", read_at=at(1), accounts=[shown]))
    after = (await everybody(world))[0]
    assert after.id == person_of_email("ann@example.com") != before.id
    assert after.email == "ann@example.com"
    await world.put("OPS", other("account", "a", read_at=at(2), accounts=[account("1", "Ann")]))
    hidden = await everybody(world)
    assert [(one.id, one.email) for one in hidden] == [(after.id, None)]
    async with world.store.database.reading() as session:
        links = await session.all(select(account_links).order_by(account_links.c.n))
    assert [(one.person_id, one.state) for one in links] == [
        (before.id, "own"),
        (after.id, "joined_by_email"),
    ]


async def test_a_hidden_address_is_never_given_out_nor_joined_by(world: World) -> None:
    hidden = replace(account("1", "Ann", "ann@example.com"), email_visibility="hidden")
    await world.put("OPS", other("account", "a", accounts=[hidden]))
    found = await everybody(world)
    assert (found[0].email, found[0].accounts[0].email) == (None, None)
    assert found[0].id != person_of_email("ann@example.com")


async def test_people_are_listed_by_name_in_pages(world: World) -> None:
    names = ["bob", "Émile", "ann", "Ann", "Zoe", "émile b", "--"]
    await world.put(
        "OPS", other("account", "a", accounts=[account(str(n), name) for n, name in enumerate(names)])
    )
    whole = [one.name for one in await everybody(world)]
    assert whole[0] == "--"
    assert [name.casefold() for name in whole[1:]] == ["ann", "ann", "bob", "émile", "émile b", "zoe"]
    seen: list[str] = []
    query = PeopleQuery(limit=2)
    while True:
        page = await world.reader().people(query)
        seen.extend(one.name for one in page.people)
        if page.next_cursor is None:
            break
        query = replace(query, cursor=page.next_cursor)
    assert seen == whole
    assert [one.name for one in await everybody(world, text="emi")] == ["Émile", "émile b"]
    assert [one.name for one in await everybody(world, text="b")] == ["bob", "émile b"]
    with pytest.raises(CursorError):
        await world.reader().people(PeopleQuery(cursor="x"))


async def test_a_projects_people_hold_open_items_there(world: World) -> None:
    sources = [SourceSpec(connection="site", remote="WEB")]
    await world.declare(ProjectSpec(id="web", kind="project", name="Web", sources=sources))
    await world.put("OPS", other("account", "a", accounts=[account("1", "Ann"), account("2", "Bob")]))
    await world.put("WEB", item("1", scope="WEB", assignees=["1"]))
    await world.put("OPS", item("2", assignees=["1", "2"]))
    assert [(one.name, one.projects) for one in await everybody(world, project="web")] == [
        ("Ann", sorted([scope_id("OPS"), "web"]))
    ]
    assert [one.open_items for one in await everybody(world)] == [2, 1]
    await world.put("WEB", later(item("1", scope="WEB", assignees=["1"]), 5, status_category="done"))
    assert await everybody(world, project="web") == []


async def test_only_the_accounts_met_where_one_may_look_are_shown(world: World) -> None:
    await world.declare(
        scopes=[
            ScopeSpec(connection="site", remote="OPS", sharing="team_only", team="ops"),
            ScopeSpec(connection="site", remote="WEB"),
        ]
    )
    closed, public = account("1", "Ann inside", "ann@example.com"), account("2", "Ann", "ann@example.com")
    await world.put(
        "OPS", other("account", "a", accounts=[closed, account("3", "Bob")]), item("1", assignees=["1"])
    )
    await world.put("WEB", other("account", "b", accounts=[public]))
    outside = (await world.reader(Principal(role="admin")).people(PeopleQuery())).people
    assert [(one.name, [a.id for a in one.accounts], one.open_items) for one in outside] == [
        ("Ann", [account_id("2")], 0)
    ]
    inside = (await world.reader(Principal(role="viewer", team="ops")).people(PeopleQuery())).people
    assert [(len(one.accounts), one.open_items) for one in inside] == [(2, 1), (1, 0)]


async def test_whoever_is_assigned_was_met_there_without_a_record_of_the_scope(world: World) -> None:
    await world.put("OPS", other("account", "a", accounts=[account("1", "Ann")]))
    await world.declare(
        scopes=[
            ScopeSpec(connection="site", remote="OPS", sharing="team_only", team="ops"),
            ScopeSpec(connection="site", remote="WEB"),
        ]
    )
    assert (await world.reader().people(PeopleQuery())).people == []
    await world.put("WEB", item("1", scope="WEB", assignees=["1"]))
    assert [one.name for one in await everybody(world)] == ["Ann"]
