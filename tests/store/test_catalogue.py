"""The configuration and the listings: what is shown, whose sharing holds, what is missing."""

from __future__ import annotations

import pytest

from connectors.base import Identity
from store.catalogue import Check, save_check
from store.declared import ConnectionSpec, ProjectSpec, ScopeSpec, Selector, SourceSpec
from store.principal import Principal
from store.views import ItemQuery, ScopeView
from tests.store.kit import CONNECTIONS, World, at, item, scope_id
from tests.store.touched import watching

ADMIN = Principal(role="admin")


def spec(remote: str, sharing: str = "organisation", team: str | None = None, of: str = "site") -> ScopeSpec:
    return ScopeSpec(connection=of, remote=remote, sharing=sharing, team=team)  # type: ignore[arg-type]


def project(name: str, *remotes: str) -> ProjectSpec:
    sources = [SourceSpec(connection="site", remote=remote) for remote in remotes]
    return ProjectSpec(id=name, kind="project", name=name, sources=sources)


async def scopes(world: World) -> dict[str, ScopeView]:
    return {view.remote_id: view for one in await world.reader(ADMIN).connections() for view in one.scopes}


async def test_declaring_the_same_again_writes_nothing(world: World) -> None:
    wanted = (
        ProjectSpec(
            id="a", kind="project", name="A", owner="x", method="kanban", target_end="2026-12-31",
            sources=[SourceSpec(connection="site", remote="OPS", selector=Selector(labels=["red"]))],
        ),
    )  # fmt: skip
    await world.declare(*wanted, scopes=[spec("OPS", "pmo", "ops"), spec("*")])
    async with watching(world.store) as touched:
        await world.declare(*wanted, scopes=[spec("OPS", "pmo", "ops"), spec("*")])
    assert touched == set()
    view = await world.reader().project("a")
    assert view is not None
    assert (view.owner, view.method, str(view.target_end)) == ("x", "kanban", "2026-12-31")


async def test_listing_the_same_again_changes_no_scope(world: World) -> None:
    async with watching(world.store) as touched:
        await world.list("site", "OPS", "WEB")
    assert "claims" not in touched and "figures" not in touched
    assert (await scopes(world))["OPS"].state == "never_read"


@pytest.mark.parametrize("name", ["OPS", "ops", "OPS board"])
async def test_a_scope_is_meant_by_its_id_key_or_name(world: World, name: str) -> None:
    await world.declare(project("p", name), scopes=[spec(name, "pmo", "t"), spec("*")])
    found = await scopes(world)
    assert (found["OPS"].sharing, found["OPS"].team) == ("pmo", "t")
    assert (found["WEB"].sharing, found["WEB"].team) == ("organisation", None)
    view = await world.reader().project("p")
    assert view is not None and [one.remote_id for one in view.scopes] == ["OPS"]


async def test_the_rest_takes_what_no_other_declaration_names(world: World) -> None:
    await world.declare(scopes=[spec("*", "pmo"), spec("OPS")])
    found = await scopes(world)
    assert (found["OPS"].sharing, found["WEB"].sharing) == ("organisation", "pmo")


async def test_of_two_declarations_of_one_scope_the_strictest_holds(world: World) -> None:
    await world.declare(scopes=[spec("OPS"), spec("ops", "team_only", "t"), spec("OPS board", "pmo")])
    assert (await scopes(world))["OPS"].sharing == "team_only"


async def test_two_connections_meet_in_one_scope_and_the_strictest_sharing_holds(world: World) -> None:
    more = (*CONNECTIONS, ConnectionSpec(id="again", tracker="jira_cloud", system="jira"))
    await world.declare(
        scopes=[spec("OPS", "team_only", "t", of="again"), spec("*", of="again")], connections=more
    )
    assert (await scopes(world))["OPS"].sharing == "organisation"
    await world.list("again", "OPS")
    found = await scopes(world)
    assert (found["OPS"].sharing, found["OPS"].connection) == ("team_only", "site")
    await world.declare(scopes=[spec("OPS", "team_only", "t", of="again")], connections=more[1:])
    assert (await scopes(world))["OPS"].connection == "again"


async def test_a_renamed_scope_keeps_its_sharing_and_its_project(world: World) -> None:
    """A new name on the tracker must not open a closed board, nor empty a project."""
    await world.declare(project("p", "OPS board"), scopes=[spec("OPS board", "team_only", "t"), spec("*")])
    await world.put("OPS", item("1"))
    await world.list("site", "OPS", "WEB", names={"OPS": "Brand new"})
    found = await scopes(world)
    assert (found["OPS"].name, found["OPS"].sharing) == ("Brand new", "team_only")
    view = await world.reader(Principal(role="viewer", team="t")).project("p")
    assert view is not None and view.figures.categories == {"todo": 1}
    assert view.coverage.expected == 0


async def test_a_name_that_another_scope_takes_over_means_that_one(world: World) -> None:
    await world.declare(project("p", "OPS board"))
    await world.list("site", "OPS", "WEB", names={"OPS": "Old", "WEB": "OPS board"})
    view = await world.reader().project("p")
    assert view is not None and [one.remote_id for one in view.scopes] == ["WEB"]


async def test_a_new_scope_is_never_open_before_its_sharing_is_known(world: World) -> None:
    await world.declare(scopes=[spec("*"), spec("HR", "team_only", "hr")])
    await world.list("site", "OPS", "WEB", "HR")
    assert (await scopes(world))["HR"].sharing == "team_only"


async def test_a_scope_that_is_listed_no_longer_keeps_its_items_and_counts_as_missing(world: World) -> None:
    await world.put("OPS", item("1"), whole=True)
    await world.put("WEB", item("2", scope="WEB"), whole=True)
    assert (await world.reader().coverage()).complete == 2
    await world.list("site", "WEB")
    coverage = await world.reader().coverage()
    assert (coverage.scopes, coverage.complete) == (2, 1)
    lost = (await scopes(world))["OPS"]
    assert lost.state == "failed" and lost.error is not None
    assert "does not list OPS board any more" in lost.error
    assert len((await world.reader().items(ItemQuery())).items) == 2
    await world.list("site", "OPS", "WEB")
    assert (await scopes(world))["OPS"].state == "complete"


async def test_what_is_declared_and_not_seen_is_expected_and_a_finding(world: World) -> None:
    await world.declare(project("p", "OPS", "LOST"), scopes=[spec("LOST"), spec("*")])
    whole, view = await world.reader().coverage(), await world.reader().project("p")
    assert whole.expected == 2  # LOST, and whatever the connection boards would list
    assert view is not None and view.coverage.expected == 1
    findings = [one for one in await world.reader().findings() if one.kind == "not_found"]
    assert [(one.subject, one.connection, one.count) for one in findings] == [("LOST", "site", 1)]
    await world.list("boards")
    await world.list("site", "OPS", "WEB", "LOST")
    assert (await world.reader().coverage()).expected == 0
    assert await world.reader().findings() == []


async def test_a_connection_that_never_worked_is_missing_coverage(world: World) -> None:
    await world.put("OPS", item("1"), whole=True)
    await save_check(world.store, "boards", Check(state="unavailable", at=at(1), error="It is down."))
    assert (await world.reader().coverage()).expected == 1
    found = (await world.reader().connections())[1]
    assert (found.id, found.state, found.error, found.checked_at) == (
        "boards",
        "unavailable",
        "It is down.",
        at(1),
    )
    assert found.coverage.expected == 1


async def test_a_failed_check_keeps_what_was_known_of_the_account(world: World) -> None:
    identity = Identity(system="jira", site="example", account_id="1", account_name="Bot")
    await save_check(world.store, "site", Check(state="ok", at=at(1), identity=identity))
    await save_check(world.store, "site", Check(state="unauthorized", at=at(2), error="No."))
    found = (await world.reader().connections())[0]
    assert (found.site, found.account, found.state) == ("example", "Bot", "unauthorized")
    await save_check(world.store, "site", Check(state="ok", at=at(3), identity=identity))
    assert (await world.reader().connections())[0].error is None


async def test_a_connection_taken_out_of_the_configuration_is_hidden_and_kept(world: World) -> None:
    await world.declare(project("p", "OPS"))
    await world.put("OPS", item("1"), whole=True)
    await world.declare(connections=CONNECTIONS[1:])
    reader = world.reader(ADMIN)
    assert [one.id for one in await reader.connections()] == ["boards"]
    assert await reader.portfolio() == []
    assert (await reader.items(ItemQuery())).items == []
    assert await reader.changes(0) == ([], 1)
    assert await reader.runs() == []
    assert (await reader.coverage()).scopes + (await reader.coverage()).hidden == 0
    await world.declare(project("p", "OPS"))
    view = await world.reader().project("p")
    assert view is not None and view.figures.categories == {"todo": 1}


async def test_a_connection_with_declared_scopes_shows_those_and_what_projects_take(
    world: World,
) -> None:
    await world.declare(scopes=[spec("OPS")])
    assert set(await scopes(world)) == {"OPS"}
    await world.declare(project("p", "WEB"), scopes=[spec("OPS")])
    assert set(await scopes(world)) == {"OPS", "WEB"}


async def test_scopes_say_what_they_hold_and_how_fresh_they_are(world: World) -> None:
    await world.put("OPS", item("1"), item("2", presence="archived"), resume={"page": 2})
    assert (await scopes(world))["OPS"].complete_at is None
    world.now = at(30)
    await world.put("OPS", item("3"), started_at=at(2), whole=True)
    view = (await scopes(world))["OPS"]
    assert (view.items, view.complete_at, view.id) == (3, at(2), scope_id("OPS"))
    coverage = await world.reader().coverage()
    assert (coverage.as_of, coverage.oldest_scope, coverage.scopes, coverage.complete) == (
        at(2),
        view.id,
        2,
        1,
    )
