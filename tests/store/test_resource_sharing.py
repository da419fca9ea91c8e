"""Who is shown whose time and whose money: the office, the team's lead, and everybody their own time."""

from __future__ import annotations

import pytest

from normalizer.model import Placement
from store.declared import ProjectSpec, ScopeSpec, SourceSpec
from store.people import person_of_email
from store.principal import Principal, Role
from store.resource_views import ResourceQuery
from tests.store.kit import World, account, account_id, item, item_id, other, scope_id
from tests.store.resourced import KINDS, entry, everything, leave, rate, remotes, report

PERSONAL = ("time_entries", "allocations", "availability")
ANN, BOB = (person_of_email(f"{name}@example.com") for name in ("ann", "bob"))


async def two_teams(world: World) -> None:
    """OPS of the team ops, where Ann and Bob work, and WEB of the team web, where Bob does; everybody sees
    the items of both."""
    await world.declare(
        scopes=[
            ScopeSpec(connection="site", remote="OPS", team="ops"),
            ScopeSpec(connection="site", remote="WEB", team="web"),
        ]
    )
    people = [account(name, name.title(), f"{name}@example.com") for name in ("ann", "bob")]
    await world.put(
        "OPS",
        other("account", "all", accounts=people),
        item("1"),
        *everything("OPS", "ann"),
        *everything("OPS", "bob"),
    )
    await world.put("WEB", item("2", scope="WEB"), *everything("WEB", "bob", of="2"))


EVERYTHING = {"OPS-ann", "OPS-bob", "WEB-bob"}


@pytest.mark.parametrize(
    ("principal", "personal", "money"),
    [
        (Principal(role="viewer"), set(), set()),
        (Principal(role="viewer", team="ops"), set(), set()),
        (Principal(role="viewer", person=ANN), {"OPS-ann"}, set()),
        (Principal(role="viewer", person=BOB), {"OPS-bob", "WEB-bob"}, set()),
        (Principal(role="viewer", team="ops", person="somebody else"), set(), set()),
        (Principal(role="lead"), set(), set()),
        (Principal(role="lead", team="ops"), {"OPS-ann", "OPS-bob"}, {"OPS-ann", "OPS-bob"}),
        (Principal(role="lead", team="ops", person=BOB), EVERYTHING, {"OPS-ann", "OPS-bob"}),
        (Principal(role="lead", team="web", person=ANN), {"OPS-ann", "WEB-bob"}, {"WEB-bob"}),
        (Principal(role="pmo"), EVERYTHING, EVERYTHING),
        (Principal(role="admin"), EVERYTHING, EVERYTHING),
    ],
)
async def test_the_matrix_of_people_and_money(
    world: World, principal: Principal, personal: set[str], money: set[str]
) -> None:
    await two_teams(world)
    reader = world.reader(principal)
    for kind, allowed in [*((kind, personal) for kind in PERSONAL), ("budgets", money), ("rates", money)]:
        page = await getattr(reader, kind)(ResourceQuery())
        assert {view.remote_id for view in page.rows} == allowed, kind
        assert page.coverage.restricted == 3 - len(allowed), kind
    assert set(await remotes(reader, "status_reports")) == EVERYTHING


async def test_what_is_withheld_is_counted_coarsely(world: World) -> None:
    """Else asking for one person and one day would tell whether she is on leave."""
    await two_teams(world)
    reader = world.reader(Principal(role="viewer"))
    away = leave("x")
    counted = {
        (await reader.availability(query)).coverage.restricted
        for query in (
            ResourceQuery(person=[ANN]),
            ResourceQuery(person=["nobody"]),
            ResourceQuery(day_from=away.start, day_to=away.start),
            ResourceQuery(day_from=away.end.replace(year=2030)),
            ResourceQuery(limit=1),
        )
    }
    assert counted == {3}
    assert (await reader.availability(ResourceQuery(scope=[scope_id("WEB")]))).coverage.restricted == 1


async def test_a_persons_own_in_a_scope_that_is_not_hers_to_see_stays_hidden(world: World) -> None:
    await two_teams(world)
    await world.declare(
        scopes=[
            ScopeSpec(connection="site", remote="OPS", sharing="team_only", team="ops"),
            ScopeSpec(connection="site", remote="WEB", team="web"),
        ]
    )
    ann = world.reader(Principal(role="viewer", person=ANN))
    bob = world.reader(Principal(role="viewer", person=BOB))
    for kind in PERSONAL:
        assert await remotes(ann, kind) == []
        assert await remotes(bob, kind) == ["WEB-bob"]
        page = await getattr(bob, kind)(ResourceQuery())
        assert (page.coverage.hidden, page.coverage.restricted) == (1, 0)
        assert scope_id("OPS") not in repr(page)


async def test_time_goes_with_the_home_of_its_item(world: World) -> None:
    """The item stands in both and is at home in WEB, which only its team sees; OPS told of the time."""
    await world.declare(
        scopes=[
            ScopeSpec(connection="site", remote="OPS", team="ops"),
            ScopeSpec(connection="site", remote="WEB", sharing="team_only", team="web"),
        ]
    )
    places = [Placement(scope_id=scope_id("OPS"), primary=False), Placement(scope_id=scope_id("WEB"))]
    await world.put(
        "OPS",
        item("1", placements=places),
        other("time_entry", "1", time_entries=[entry("1", of="1")]),
        other("status_report", "1", status_reports=[report("1", item_id=item_id("1"))]),
    )
    for kind in ("time_entries", "status_reports"):
        for principal in (Principal(role="lead", team="ops"), Principal(role="pmo")):
            assert await remotes(world.reader(principal), kind) == []
        page = await getattr(world.reader(Principal(role="lead", team="web")), kind)(ResourceQuery())
        assert [view.scope for view in page.rows] == [scope_id("WEB")]


async def test_time_on_an_unknown_item_stands_where_it_was_read(world: World) -> None:
    await two_teams(world)
    await world.put("WEB", other("time_entry", "x", time_entries=[entry("x", of="never seen")]))
    assert "x" in await remotes(world.reader(Principal(role="lead", team="web")), "time_entries")
    assert "x" not in await remotes(world.reader(Principal(role="lead", team="ops")), "time_entries")


@pytest.mark.parametrize(
    ("principal", "allowed"),
    [
        (Principal(role="viewer", team="ops"), False),
        (Principal(role="viewer", person=ANN), False),
        (Principal(role="lead", team="web"), False),
        (Principal(role="lead", team="ops"), True),
        (Principal(role="pmo"), True),
    ],
)
async def test_a_report_on_a_restricted_item_is_as_restricted(
    world: World, principal: Principal, allowed: bool
) -> None:
    await two_teams(world)
    told = report("hush", item_id=item_id("3"), title="whisper", author_id=account_id("ann"))
    await world.put(
        "OPS", item("3", visibility="restricted"), other("status_report", "3", status_reports=[told])
    )
    page = await world.reader(principal).status_reports(ResourceQuery())
    assert ("hush" in {view.remote_id for view in page.rows}) is allowed
    assert page.coverage.restricted == int(not allowed)


@pytest.mark.parametrize(
    ("role", "allowed"), [("viewer", False), ("lead", False), ("pmo", True), ("admin", True)]
)
async def test_a_rate_of_no_scope_is_for_the_office(world: World, role: Role, allowed: bool) -> None:
    """Also a lead in whose team's scope it was read does not see what the whole house pays."""
    await two_teams(world)
    await world.put("OPS", other("rate", "house", rates=[rate("house", scope=None)]))
    page = await world.reader(Principal(role=role, team="ops")).rates(ResourceQuery())
    assert ("house" in {view.remote_id for view in page.rows}) is allowed


async def test_absence_read_in_several_scopes_names_only_one_that_may_be_seen(world: World) -> None:
    await world.declare(
        ProjectSpec(
            id="mixed", kind="project", name="Mixed",
            sources=[SourceSpec(connection="site", remote=remote) for remote in ("OPS", "NEW")],
        ),
        scopes=[
            ScopeSpec(connection="site", remote="OPS", sharing="team_only", team="ops"),
            ScopeSpec(connection="site", remote="WEB"),
            ScopeSpec(connection="site", remote="NEW"),
        ],
    )  # fmt: skip
    await world.list("site", "OPS", "WEB", "NEW")
    for scope in ("OPS", "WEB"):
        await world.put(scope, other("availability", "1", availabilities=[leave("1")]))
    outside = world.reader(Principal(role="pmo"))
    page = await outside.availability(ResourceQuery())
    assert [view.scope for view in page.rows] == [scope_id("WEB")]
    assert await remotes(outside, "availability", project=["mixed"]) == [], "it would tell of OPS"
    assert await remotes(outside, "availability", scope=[scope_id("OPS")]) == []
    inside = world.reader(Principal(role="lead", team="ops"))
    assert await remotes(inside, "availability", project=["mixed"]) == ["1"]


async def test_declared_status_follows_the_sharing_of_its_scope(world: World) -> None:
    sources = [SourceSpec(connection="site", remote=remote) for remote in ("OPS", "WEB")]
    await world.declare(
        ProjectSpec(id="both", kind="project", name="Both", sources=sources),
        scopes=[
            ScopeSpec(connection="site", remote="OPS", sharing="team_only", team="ops"),
            ScopeSpec(connection="site", remote="WEB"),
        ],
    )
    await world.list("site", "OPS", "WEB")
    for scope in ("OPS", "WEB"):
        await world.put(scope, other("status_report", "1", status_reports=[report(scope, scope)]))
    for principal, expected in (
        (Principal(role="admin"), ["WEB"]),
        (Principal(role="viewer", team="ops"), ["OPS", "WEB"]),
    ):
        both = await world.reader(principal).project("both")
        assert both is not None
        assert [one.remote_id for one in both.declared] == expected


async def test_a_scope_that_is_no_longer_shown_takes_all_of_it_along(world: World) -> None:
    await two_teams(world)
    await world.declare(connections=[])
    for kind in KINDS:
        assert await remotes(world.reader(), kind) == []
