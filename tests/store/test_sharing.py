"""Who may see what, over every read there is."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from normalizer.model import Flags
from store import runs
from store.declared import ProjectSpec, ScopeSpec, SourceSpec
from store.findings import Raised
from store.people import person_of_email
from store.principal import LOCAL, Principal, Role, Sharing
from store.reader import Reader
from store.receipts import issue
from store.resource_views import ResourceQuery
from store.verification_views import Difference, VerificationView
from store.verifications import save_verification
from store.views import ItemQuery, PeopleQuery
from tests.store.compared import compared
from tests.store.kit import World, account, account_id, item, item_id, other, reading, scope_id, unmapped
from tests.store.resourced import GUARDED, KINDS, SHARED, everything

ROLES: tuple[Role, ...] = ("viewer", "lead", "pmo", "admin")
SHARINGS: tuple[Sharing, ...] = ("team_only", "pmo", "organisation")
OTHER = Principal(role="pmo", name="sees nothing special")


def expected_to_see(role: Role, own: bool, sharing: Sharing) -> bool:
    """The rule, once more."""
    if own:
        return True
    return {"team_only": False, "pmo": role in ("pmo", "admin"), "organisation": True}[sharing]


async def a_shared_world(world: World, sharing: Sharing) -> None:
    """One scope of the team ops with everything in it, one item of which is restricted; and WEB, empty."""
    await world.declare(
        ProjectSpec(
            id="secret",
            kind="project",
            name="Secret plan",
            sources=[SourceSpec(connection="site", remote="OPS")],
        ),
        scopes=[
            ScopeSpec(connection="site", remote="OPS", sharing=sharing, team="ops"),
            ScopeSpec(connection="site", remote="WEB"),
        ],
    )
    await world.list("site", "OPS", "WEB")
    run = await runs.begin(world.store, "full", "site", scope_id("OPS"), world.now)
    await world.put(
        "OPS",
        other("account", "ann", accounts=[account("ann", "Ann", "ann@example.com")]),
        reading(item("1", assignees=["ann"]), unmapped=[unmapped("status", "Parked", "1")]),
        item("2", visibility="restricted", title="whisper"),
        *everything(),
        run_id=run,
        whole=True,
    )
    await save_verification(world.store, a_verification(world))
    await issue(world.store, await compared(world))


def a_verification(world: World) -> VerificationView:
    """One difference, in the item that everybody may see who sees the scope."""
    found = Difference(
        scope=scope_id("OPS"), item_id=item_id("1"), remote_id="1", remote_key=None, title="whatever",
        field="title", ours="a", theirs="b", read_at=world.now, updated_at=None, explained=False,
    )  # fmt: skip
    return VerificationView(
        id="v", connection="site", mode="all", started_at=world.now, finished_at=world.now, items=2, fields=9,
        differing=1, unexplained=1, error=None, differences=[found],
    )  # fmt: skip


Seen = Callable[[Reader], Awaitable[bool]]


async def sees_portfolio(reader: Reader) -> bool:
    found = [view for view in await reader.portfolio() if view.id == "secret"]
    return bool(found) and found[0].figures.categories == {"todo": 2}


async def sees_project(reader: Reader) -> bool:
    return await reader.project("secret") is not None


async def sees_items(reader: Reader) -> bool:
    pages = [
        await reader.items(query)
        for query in (
            ItemQuery(),
            ItemQuery(text="item"),
            ItemQuery(project=["secret"]),
            ItemQuery(scope=[scope_id("OPS")]),
            ItemQuery(sort="due", presence=()),
            ItemQuery(assignee=[person for person in ("none",)], status=["todo"]),
        )
    ]
    seen = {any(view.item.id == item_id("1") for view in page.items) for page in pages[:-1]}
    assert len(seen) == 1, "one filter shows what another hides"
    return seen.pop()


async def sees_item(reader: Reader) -> bool:
    found = [await reader.item(name, history=True, raw=True) for name in (item_id("1"), "OPS-1")]
    assert (found[0] is None) == (found[1] is None)
    return found[0] is not None


async def sees_people(reader: Reader) -> bool:
    everybody = await reader.people(PeopleQuery())
    there = await reader.people(PeopleQuery(project="secret"))
    assert len(everybody.people) == len(there.people)
    return bool(everybody.people)


async def sees_identities(reader: Reader) -> bool:
    return bool((await reader.identities()).accounts)


async def sees_encounters(reader: Reader) -> bool:
    found = await reader.encounters([frozenset({account_id("ann"), account_id("bob")})])
    return bool(found.threads)


async def sees_person_history(reader: Reader) -> bool:
    return await reader.person_history(person_of_email("ann@example.com")) is not None


async def sees_changes(reader: Reader) -> bool:
    events, _ = await reader.changes(0)
    return any(event.item_id == item_id("1") for event in events)


async def sees_connections(reader: Reader) -> bool:
    found = (await reader.connections())[0]
    seen = any(view.id == scope_id("OPS") for view in found.scopes)
    assert found.unmapped == int(seen)
    return seen


async def sees_runs(reader: Reader) -> bool:
    return any(run.scope == scope_id("OPS") for run in await reader.runs())


async def sees_run(reader: Reader) -> bool:
    all_seeing = Reader(reader._database, Principal(role="admin"), reader._clock)
    (there,) = [run for run in await all_seeing.runs() if run.scope == scope_id("OPS")]
    return await reader.run(there.id) is not None


async def sees_standings(reader: Reader) -> bool:
    return any(one.scope == scope_id("OPS") for one in await reader.standings(ItemQuery()))


async def sees_findings(reader: Reader) -> bool:
    return bool(await reader.findings())


async def sees_finding(reader: Reader) -> bool:
    parked = Raised("unmapped_value", "status", "Parked", "").id(scope_id("OPS"))
    return await reader.finding(parked) is not None


async def sees_receipt(reader: Reader) -> bool:
    all_seeing = Reader(reader._database, Principal(role="admin"), reader._clock)
    page = await all_seeing.receipts(scope_id("OPS"))
    assert page is not None
    return await reader.receipt(page.receipts[0].id) is not None


async def sees_receipts(reader: Reader) -> bool:
    return await reader.receipts(scope_id("OPS")) is not None


async def sees_newest_receipts(reader: Reader) -> bool:
    return bool(await reader.newest_receipts())


async def sees_reconciliations(reader: Reader) -> bool:
    [found] = await reader.reconciliations()
    assert (found.complete, dict(found.differences)) in ((0, {}), (1, {"missed": 1, "late": 2}))
    return bool(found.complete)


async def sees_coverage(reader: Reader) -> bool:
    coverage = await reader.coverage()
    assert coverage.scopes + coverage.hidden == 2
    return coverage.hidden == 0


async def sees_sample(reader: Reader) -> bool:
    seen = {view.item.id for view in await reader.sample(scope_id("OPS"), item_id("1"), 5)}
    shown = {view.item.id for view in (await reader.items(ItemQuery(scope=[scope_id("OPS")]))).items}
    assert seen == shown
    return item_id("1") in seen


async def sees_verifications(reader: Reader) -> bool:
    (found,) = await reader.verifications("site")
    assert len(found.differences) + found.hidden == 1
    return bool(found.differences)


CONTENT: dict[str, Seen] = {
    "sample": sees_sample,
    "verifications": sees_verifications,
    "portfolio": sees_portfolio,
    "project": sees_project,
    "items": sees_items,
    "item": sees_item,
    "people": sees_people,
    "identities": sees_identities,
    "encounters": sees_encounters,
    "person_history": sees_person_history,
    "changes": sees_changes,
    "coverage": sees_coverage,
    "standings": sees_standings,
    **SHARED,
}
OPERATIONS: dict[str, Seen] = {
    "connections": sees_connections,
    "runs": sees_runs,
    "run": sees_run,
    "findings": sees_findings,
    "finding": sees_finding,
    "receipts": sees_receipts,
    "receipt": sees_receipt,
    "newest_receipts": sees_newest_receipts,
    "reconciliations": sees_reconciliations,
}


def test_every_read_is_in_the_matrix() -> None:
    reads = {name for name, _ in inspect.getmembers(Reader, inspect.isfunction) if not name.startswith("_")}
    assert reads == CONTENT.keys() | GUARDED.keys() | OPERATIONS.keys() | {"revision"}


@pytest.mark.parametrize("sharing", SHARINGS)
async def test_the_matrix(world: World, sharing: Sharing) -> None:
    await a_shared_world(world, sharing)
    for role in ROLES:
        for team in ("ops", "web", None):
            reader = world.reader(Principal(role=role, team=team))
            allowed = expected_to_see(role, team == "ops", sharing)
            for name, sees in CONTENT.items():
                assert await sees(reader) is allowed, (role, team, name)
            for name, sees in GUARDED.items():
                trusted = role in ("pmo", "admin") or (role, team) == ("lead", "ops")
                assert await sees(reader) is (allowed and trusted), (role, team, name)
            for name, sees in OPERATIONS.items():
                assert await sees(reader) is (allowed or role == "admin"), (role, team, name)
            assert await reader.revision()


async def test_whoever_sits_at_the_machine_sees_no_teams_own_items(world: World) -> None:
    await a_shared_world(world, "team_only")
    assert not await sees_items(world.reader(LOCAL))
    assert await sees_connections(world.reader(LOCAL))


async def test_nothing_answered_to_others_names_a_hidden_scope(world: World) -> None:
    await a_shared_world(world, "team_only")
    reader = world.reader(Principal(role="pmo", team="web"))
    answers: list[Any] = [
        await reader.portfolio(),
        await reader.items(ItemQuery(presence=())),
        await reader.people(PeopleQuery()),
        await reader.identities(),
        await reader.changes(0),
        await reader.connections(),
        await reader.runs(),
        await reader.findings("all"),
        await reader.reconciliations(),
        await reader.coverage(),
        *[await getattr(reader, kind)(ResourceQuery()) for kind in KINDS],
    ]
    for answer in answers:
        for name in ("OPS", scope_id("OPS"), "Secret", "secret", "Ann", "Parked", item_id("1"), "whisper"):
            assert name not in repr(answer)


@pytest.mark.parametrize(
    ("principal", "allowed"),
    [
        (Principal(role="viewer", team="ops"), False),
        (Principal(role="viewer"), False),
        (Principal(role="lead", team="web"), False),
        (Principal(role="lead", team="ops"), True),
        (Principal(role="pmo"), True),
        (Principal(role="admin"), True),
    ],
)
async def test_restricted_items_are_counted_and_shown_to_few(
    world: World, principal: Principal, allowed: bool
) -> None:
    await a_shared_world(world, "organisation")
    reader = world.reader(principal)
    page = await reader.items(ItemQuery())
    titles = {view.item.title for view in page.items}
    assert ("whisper" in titles) is allowed
    assert page.coverage.restricted == (0 if allowed else 1)
    assert (await reader.item(item_id("2")) is not None) is allowed
    assert (await reader.items(ItemQuery(text="whisper"))).coverage.restricted == (0 if allowed else 1)
    assert (await reader.items(ItemQuery(text="other"))).coverage.restricted == 0
    assert (await reader.coverage()).restricted == (0 if allowed else 1)
    project = await reader.project("secret")
    assert project is not None
    assert project.figures.categories == {"todo": 2}  # counted for everybody
    assert project.coverage.restricted == (0 if allowed else 1)
    events, _ = await reader.changes(0)
    assert any(event.title == "whisper" for event in events) is allowed


async def test_the_kept_count_of_restricted_items_is_that_of_the_list(world: World) -> None:
    await world.put(
        "OPS",
        item("1", visibility="restricted"),
        item("2", visibility="restricted", flags=Flags(is_template=True)),
        item("3", visibility="restricted", presence="archived"),
        item("4"),
    )
    reader = world.reader(Principal(role="viewer"))
    assert (await reader.items(ItemQuery())).coverage.restricted == 2
    assert (await reader.coverage()).restricted == 2


async def test_a_project_is_summed_over_the_scopes_that_may_be_seen(world: World) -> None:
    sources = [SourceSpec(connection="site", remote=remote) for remote in ("OPS", "WEB")]
    await world.declare(
        ProjectSpec(id="both", kind="project", name="Both", sources=sources),
        scopes=[
            ScopeSpec(connection="site", remote="OPS", sharing="team_only", team="ops"),
            ScopeSpec(connection="site", remote="WEB"),
        ],
    )
    await world.list("site", "OPS", "WEB")
    await world.put("OPS", item("1", assignees=["ann"]), item("2"), whole=True)
    await world.put("WEB", item("3", scope="WEB"))
    outside = await world.reader(OTHER).project("both")
    inside = await world.reader(Principal(role="viewer", team="ops")).project("both")
    assert outside is not None and inside is not None
    assert (outside.figures.categories, outside.figures.people) == ({"todo": 1}, {})
    assert inside.figures.categories == {"todo": 3}
    assert (outside.coverage.scopes, outside.coverage.hidden, outside.coverage.as_of) == (1, 1, None)
    assert [view.name for view in outside.scopes] == ["WEB board"]


async def test_programs_are_seen_with_what_stands_under_them(world: World) -> None:
    await world.declare(
        ProjectSpec(id="top", kind="portfolio", name="Top"),
        ProjectSpec(id="mid", kind="program", name="Mid", parent="top"),
        ProjectSpec(
            id="low", kind="project", name="Low", parent="mid",
            sources=[SourceSpec(connection="site", remote="OPS")],
        ),
        ProjectSpec(id="new", kind="project", name="Nothing yet"),
        ProjectSpec(
            id="lost", kind="project", name="Lost",
            sources=[SourceSpec(connection="site", remote="GONE")],
        ),
        scopes=[
            ScopeSpec(connection="site", remote="OPS", sharing="team_only", team="ops"),
            ScopeSpec(connection="site", remote="GONE", sharing="team_only", team="ops"),
        ],
    )  # fmt: skip
    inside = await world.reader(Principal(role="viewer", team="ops")).portfolio()
    outside = await world.reader(Principal(role="pmo")).portfolio()
    assert [view.id for view in inside] == ["top", "mid", "low", "new", "lost"]
    assert [view.id for view in outside] == ["new"]
    assert inside[4].coverage.expected == 1
