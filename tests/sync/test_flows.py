"""What is asked for is done: once, the urgent first, in shares of time, after a crash and after an upgrade."""

from __future__ import annotations

import pytest

from store.open import Store
from tests.sync.shift import Shift, errand
from tests.sync.stage import Bench, Stage, card, done


@pytest.fixture
async def bench(store: Store) -> Bench:
    return Bench(store, Stage([[done(card(str(n)))] for n in range(50)]))


async def shift_of(bench: Bench, store_url: str, **more: object) -> Shift:
    await bench.sync()
    return Shift(bench.store, store_url, {"team": bench.source}, **more)  # type: ignore[arg-type]


async def test_what_is_asked_for_is_done_and_its_ticket_says_so(bench: Bench, store_url: str) -> None:
    shift = await shift_of(bench, store_url)
    with shift.asking() as queue:
        assert not await queue.attended()
        ticket = await queue.ask(errand("incremental"))
        assert ticket.state == "waiting"
        async with shift.at_work(queue):
            assert await queue.attended()
            assert (await shift.done(queue, ticket)).state == "done"
        assert not await queue.attended()
    assert len(bench.stage.asked) == 2
