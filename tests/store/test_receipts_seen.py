"""Receipts, reconciliations and findings, as each principal may see them."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from store.cursor import Cursor, CursorError, encode
from store.database import StoreError
from store.declared import ScopeSpec
from store.held import Decision, decide, hold
from store.presence import Absent
from store.principal import Principal
from store.receipts import issue
from store.schema_reconciling import receipts
from store.standing import Standing, raise_standing
from tests.store.compared import compared
from tests.store.kit import World, at, item, item_id, reading, scope_id, unmapped

OPS = scope_id("OPS")
VIEWER, LEAD = Principal(role="viewer"), Principal(role="lead", team="Ops")
ADMIN = Principal(role="admin")


@pytest.fixture
async def ops(world: World) -> World:
    """OPS belongs to its team, WEB is everybody's; OPS has an item that is restricted."""
    await world.declare(
        scopes=[
            ScopeSpec(connection="site", remote="OPS", sharing="team_only", team="Ops"),
            ScopeSpec(connection="site", remote="WEB", sharing="organisation", team=None),
        ]
    )
    secret = item("2", title="A secret", visibility="restricted")
    await world.put("OPS", item("1"), secret, item("3", title="=cmd"), whole=True)
    return world


async def vanished(world: World) -> str:
    standing = Standing(scope_id=OPS, kind="mass_absence", subject="items", detail="3 of 3")
    absents = [
        Absent(item_id=item_id(one), presence="gone", evidence="404", at=at(60)) for one in ("1", "2", "3")
    ]
    async with world.store.database.writing() as session:
        finding = await raise_standing(session, standing, at(60))
        await hold(session, finding, absents)
    return finding


async def test_receipts_are_paged_newest_first_and_only_for_who_may_see_the_scope(ops: World) -> None:
    for _ in range(5):
        await issue(ops.store, await compared(ops))
    reader = ops.reader(LEAD)
    first = await reader.receipts(OPS, 3)
    assert first is not None
    second = await reader.receipts(OPS, 3, first.next_cursor)
    assert second is not None
    assert [one.number for one in first.receipts] == [5, 4, 3]
    assert [one.number for one in second.receipts] == [2, 1]
    assert (second.next_cursor, second.coverage.scopes) == (None, 1)
    assert await reader.receipt(first.receipts[0].id) == first.receipts[0]
    assert await ops.reader(VIEWER).receipts(OPS) is None
    assert await ops.reader(VIEWER).receipt(first.receipts[0].id) is None
    assert await ops.reader(ADMIN).receipt(first.receipts[0].id) is not None, "admins see every scope's state"
    assert await reader.receipt("a\x00b") is None


@pytest.mark.parametrize("number", ["", "x", "-1", "9" * 30, "٣"])
async def test_a_forged_cursor_is_refused(ops: World, number: str) -> None:
    with pytest.raises(CursorError):
        await ops.reader(LEAD).receipts(OPS, 3, encode(Cursor(f"receipts of {OPS}", None, number)))


@pytest.mark.parametrize("body", ["no JSON", "{}", None])
async def test_a_receipt_that_was_changed_is_not_shown_as_one(ops: World, body: str | None) -> None:
    issued = await issue(ops.store, await compared(ops))
    text = body or issued.body.replace('"missed":1', '"missed":0')
    async with ops.store.database.writing() as session:
        await session.run(update(receipts).values(body=text))
    reader = ops.reader(LEAD)
    for read in (reader.receipt(issued.id), reader.receipts(OPS), reader.newest_receipts()):
        with pytest.raises(StoreError, match=r"Receipt 1 of scope .* was changed after it was issued"):
            await read


async def test_a_reconciliation_sums_what_may_be_seen(ops: World) -> None:
    await issue(ops.store, await compared(ops, differences={"missed": 1, "gone": 2}))
    await issue(ops.store, await compared(ops, "WEB", complete=False, differences={"missed": 4}))
    [office] = await ops.reader(ADMIN).reconciliations()
    [viewer] = await ops.reader(VIEWER).reconciliations()
    assert (office.connection, office.complete, office.partial) == ("site", 1, 1)
    assert office.differences == {"gone": 2, "missed": 5}
    assert (viewer.complete, viewer.partial, viewer.differences) == (0, 1, {"missed": 4})


async def test_what_a_finding_holds_is_named_to_who_may_see_the_items(ops: World) -> None:
    finding = await vanished(ops)
    plain = Principal(role="viewer", team="Ops")
    told = {}
    for name, who in {"lead": LEAD, "plain": plain, "admin": ADMIN}.items():
        detail = await ops.reader(who).finding(finding)
        assert detail is not None
        assert (detail.count, detail.state) == (3, "open")
        told[name] = ([one.title for one in detail.held], detail.hidden)
    assert told["lead"] == (["=cmd", "A secret", "Item 1"], 0)
    assert told["plain"] == (["=cmd", "Item 1"], 1)
    assert told["admin"] == ([], 3), "whoever keeps it running is not shown what a team keeps to itself"
    assert await ops.reader(VIEWER).finding(finding) is None
    limited = await ops.reader(LEAD).finding(finding, 1)
    assert limited is not None
    [held] = limited.held
    assert (held.item_id, held.url, held.presence, held.evidence) == (
        item_id("3"), "https://site/3", "gone", "404",
    )  # fmt: skip


async def test_findings_by_what_became_of_them(ops: World) -> None:
    parked = unmapped("status_category", "Parked", "1")
    await ops.put("OPS", reading(item("1"), unmapped=(parked,)))
    mass = await vanished(ops)
    reader = ops.reader(LEAD)
    [before, value] = await reader.findings()
    assert (before.id, value.kind) == (mass, "unmapped_value")
    await decide(ops.store, value.id, Decision(verb="dismiss", who="Mira", why="not ours", at=at(90)))
    [dismissed] = await reader.findings("dismissed")
    assert (dismissed.id, dismissed.decided_by, dismissed.why) == (value.id, "Mira", "not ours")
    await decide(ops.store, mass, Decision(verb="approve", who="Mira", why="moved away", at=at(91)))
    [approved] = await reader.findings("approved")
    assert (approved.id, approved.count, approved.decided_at) == (mass, 3, at(91))
    assert await reader.findings() == []
    [site] = [one for one in await ops.reader(ADMIN).connections() if one.id == "site"]
    assert site.unmapped == 0, "what was dismissed is not open"


async def test_a_finding_that_nothing_raises_any_more_is_over(ops: World) -> None:
    await ops.put("OPS", reading(item("1"), unmapped=(unmapped("type", "Epos", "1"),)))
    ops.now = at(10)
    await ops.put("OPS", item("1", title="Mapped now"))
    assert await ops.reader(LEAD).findings() == []
    [over] = await ops.reader(LEAD).findings("all")
    assert (over.kind, over.state, over.count) == ("unmapped_value", "over", 0)
