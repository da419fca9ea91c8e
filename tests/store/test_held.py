"""What vanished all at once is held until a person's word; the word, its author and its reason stay."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import select

from store.held import Decision, DecisionError, NotKnown, Verb, decide, hold, let_go, released, silenced
from store.presence import Absent
from store.schema import findings, items
from store.standing import Standing, StandingKind, end_standing, raise_standing
from tests.store.kit import World, at, item, item_id, reading, scope_id, unmapped

OPS = scope_id("OPS")
KNOWN = ("1", "2", "3")


def standing(kind: StandingKind = "mass_absence", detail: str = "2 of 3 vanished") -> Standing:
    return Standing(scope_id=OPS, kind=kind, subject="items", detail=detail)


def absent(*remotes: str, minutes: float = 60) -> list[Absent]:
    return [Absent(item_id=item_id(one), presence="gone", evidence="404", at=at(minutes)) for one in remotes]


async def vanished(world: World, *remotes: str, minutes: float = 60) -> str:
    async with world.store.database.writing() as session:
        finding = await raise_standing(session, standing(), at(minutes))
        await hold(session, finding, absent(*remotes, minutes=minutes))
    return finding


async def said(world: World, finding: str, verb: Verb, why: str = "seen to", minutes: float = 90) -> None:
    await decide(world.store, finding, Decision(verb=verb, who="Mira", why=why, at=at(minutes)))


async def presences(world: World) -> list[str]:
    async with world.store.database.reading() as session:
        return [row.presence for row in await session.all(select(items).order_by(items.c.remote_id))]


async def raised(world: World) -> Sequence[Any]:
    async with world.store.database.reading() as session:
        return await session.all(select(findings).order_by(findings.c.first_seen))


async def words(world: World) -> tuple[set[str], set[str]]:
    """Which items are let through, and which are kept as they are."""
    async with world.store.database.reading() as session:
        return await released(session, OPS), await silenced(session, OPS)


@pytest.fixture
async def ops(world: World) -> World:
    await world.put("OPS", *(item(one) for one in KNOWN), whole=True)
    return world


async def test_an_approval_lets_go_what_was_not_read_since_and_its_author_stays(ops: World) -> None:
    finding = await vanished(ops, "1", "2")
    assert await presences(ops) == ["present"] * 3
    ops.now = at(70)
    await ops.put("OPS", item("2", title="It was there after all"))
    before = await ops.reader().revision()
    await said(ops, finding, "approve", " the board was cleared ")
    assert await presences(ops) == ["gone", "present", "present"]
    [row] = await raised(ops)
    assert (row.decision, row.decided_by, row.why, row.decided_at) == (
        "approved", "Mira", "the board was cleared", at(90),
    )  # fmt: skip
    assert await words(ops) == ({item_id("1"), item_id("2")}, set())
    assert await ops.reader().revision() != before


async def test_a_dismissal_keeps_them_and_what_vanishes_later_is_another_finding(ops: World) -> None:
    first = await vanished(ops, "1", "2")
    assert await vanished(ops, "1", "2", "3", minutes=61) == first, "it stands, and holds what is held now"
    await said(ops, first, "dismiss")
    assert await presences(ops) == ["present"] * 3
    assert await words(ops) == (set(), {item_id(one) for one in KNOWN})
    assert await vanished(ops, "3", minutes=100) != first


async def test_a_word_is_used_up_when_its_items_are_back(ops: World) -> None:
    await said(ops, await vanished(ops, "1", "2"), "dismiss")
    async with ops.store.database.writing() as session:
        await let_go(session, OPS, [item_id("2")])
    assert await words(ops) == (set(), {item_id("2")})


async def test_what_is_over_holds_nothing_and_needs_no_word(ops: World) -> None:
    finding = await vanished(ops, "1", "2")
    async with ops.store.database.writing() as session:
        await end_standing(session, OPS, "access_lost")
        await end_standing(session, OPS, "mass_absence", "other things")
    await vanished(ops, "1", minutes=61)
    async with ops.store.database.writing() as session:
        await end_standing(session, OPS, "mass_absence")
    with pytest.raises(DecisionError, match="is over"):
        await said(ops, finding, "approve")
    assert await presences(ops) == ["present"] * 3
    assert await vanished(ops, "1", minutes=200) != finding


async def test_lost_access_that_was_dismissed_stays_silent_until_it_is_lost_anew(ops: World) -> None:
    async def lost(detail: str, minutes: float) -> str:
        async with ops.store.database.writing() as session:
            return await raise_standing(session, standing("access_lost", detail), at(minutes))

    first = await lost("not listed", 60)
    with pytest.raises(DecisionError, match="holds nothing back"):
        await said(ops, first, "approve")
    await said(ops, first, "dismiss")
    assert await lost("still not listed", 120) == first
    [row] = await raised(ops)
    assert (row.decision, row.detail, row.last_seen) == ("dismissed", "still not listed", at(120))
    async with ops.store.database.writing() as session:
        await end_standing(session, OPS, "access_lost")
    assert await lost("not listed again", 180) != first


@pytest.mark.parametrize(
    ("why", "times", "expected"),
    [(" ", 1, "needs a reason"), ("so", 2, "was dismissed by Mira on 2026")],
)
async def test_what_cannot_be_decided(ops: World, why: str, times: int, expected: str) -> None:
    finding = await vanished(ops, "1")
    with pytest.raises(DecisionError, match=expected):
        for _ in range(times):
            await said(ops, finding, "dismiss", why)


async def test_an_unknown_finding_is_not_known(ops: World) -> None:
    with pytest.raises(NotKnown, match="no finding nothing"):
        await said(ops, "nothing", "dismiss")


async def test_a_finding_of_a_record_that_was_dismissed_stays_so_when_it_is_read_again(ops: World) -> None:
    parked = reading(item("4"), unmapped=(unmapped("status_category", "Parked", "4"),))
    await ops.put("OPS", parked)
    [row] = await raised(ops)
    await said(ops, row.id, "dismiss", "we never use it")
    ops.now = at(200)
    await ops.put("OPS", parked)
    [row] = await raised(ops)
    assert (row.decision, row.why) == ("dismissed", "we never use it")
