"""Receipts are a chain: what was written down is found changed, removed or exchanged."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from store.receipt_views import read
from store.receipts import Chain, issue, verify
from store.schema import scopes
from store.schema_reconciling import receipts
from tests.store.compared import compared
from tests.store.kit import World, at, item, scope_id


@pytest.fixture
async def chain(world: World) -> World:
    """Four nights of a scope, and one of another."""
    await world.put("OPS", item("1"), item("2"), whole=True)
    for night in range(4):
        world.now = at(night * 1440)
        await issue(world.store, await compared(world, reason=f"night {night} 💩"))
    await issue(world.store, await compared(world, "WEB"))
    return world


async def broken(world: World, *statements: Any) -> Sequence[str]:
    """What is found after these were run on the database by somebody."""
    async with world.store.database.writing() as session:
        for statement in statements:
            await session.run(statement)
    [ops, web] = sorted(await verify(world.store), key=lambda one: one.scope_id != scope_id("OPS"))
    assert web.broken == [], "the other scope's chain is whole"
    return ops.broken


def of(number: int) -> Any:
    return (receipts.c.scope_id == scope_id("OPS")) & (receipts.c.number == number)


async def test_each_receipt_says_all_and_names_the_one_before(world: World) -> None:
    first = await issue(world.store, await compared(world, reason="half\ud83d a word \x00"))
    second = await issue(world.store, comparison := await compared(world))
    other = await issue(world.store, await compared(world, "WEB"))
    assert (first.number, first.previous) == (1, None)
    assert (second.number, second.previous) == (2, first.hash)
    assert (other.number, other.previous) == (1, None)
    assert second.hash == sha256(second.body.encode()).hexdigest()
    assert all(getattr(second, name) == getattr(comparison, name) for name in comparison.__slots__)


async def test_a_whole_chain_speaks_of_what_is_stored_until_more_is_read(chain: World) -> None:
    [ops] = await verify(chain.store, [scope_id("OPS")])
    assert ops == Chain(
        scope_id=scope_id("OPS"), receipts=4, head=ops.head, broken=[], current=True, read_since=0
    )
    chain.now = at(5 * 1440)
    await chain.put("OPS", item("3"))
    [ops] = await verify(chain.store, [scope_id("OPS")])
    assert (ops.broken, ops.current, ops.read_since) == ([], False, 1)


@pytest.mark.parametrize(
    "values",
    [{"body": "{}"}, {"body": "no JSON"}, {"complete": False}, {"hash": "0" * 64}, {"id": "another"}],
)
async def test_a_changed_receipt_is_named(chain: World, values: dict[str, Any]) -> None:
    found = await broken(chain, update(receipts).where(of(2)).values(values))
    assert "receipt 2 does not say any more what it said when it was issued" in found


async def test_a_receipt_that_is_written_anew_with_its_hash_does_not_fit_the_next(chain: World) -> None:
    async with chain.store.database.reading() as session:
        [row] = await session.all(select(receipts).where(of(2)))
    forged = read(row.body.replace('"missed":1', '"missed":0'))
    values = {"id": forged.id, "hash": forged.hash, "body": forged.body}
    found = await broken(chain, update(receipts).where(of(2)).values(values))
    assert found == ["receipt 3 does not follow the one before it, which was exchanged"]


@pytest.mark.parametrize(
    ("removed", "said"),
    [
        ((2,), "receipt 2 is missing"),
        ((1, 2), "receipts 1 to 2 are missing"),
        ((4,), "the newest receipt is missing: there is none after receipt 3"),
        ((1, 2, 3, 4), "the newest receipt is missing: there is none at all"),
    ],
)
async def test_a_removed_receipt_is_named(chain: World, removed: Sequence[int], said: str) -> None:
    assert await broken(chain, *(delete(receipts).where(of(one)) for one in removed)) == [said]


async def test_receipts_in_another_order_are_found(chain: World) -> None:
    steps = ((2, 9), (3, 2), (9, 3))
    found = await broken(chain, *(update(receipts).where(of(a)).values(number=b) for a, b in steps))
    assert [one[:9] for one in found] == ["receipt 2", "receipt 3", "receipt 4"]


async def test_a_scope_knows_the_end_of_its_chain(chain: World) -> None:
    [ops] = await verify(chain.store, [scope_id("OPS")])
    async with chain.store.database.reading() as session:
        [row] = await session.fetch([scopes.c.receipt_id, scopes.c.compared_at], scopes.c.id, [ops.scope_id])
        [last] = await session.fetch([receipts.c.id], receipts.c.hash, [ops.head or ""])
    assert (row.receipt_id, row.compared_at) == (last.id, at(3 * 1440))
