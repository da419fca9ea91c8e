"""One holder at a time, by the database's clock; and who is known to live."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from store.executors import SILENCE, beat, forget, known
from store.leases import TERM, Taken, held
from store.open import Store
from store.party import new_party
from store.schema_work import executors, leases


def another(store: Store) -> Store:
    """A second process with the same database."""
    return replace(store, party=new_party())


async def age(store: Store, by: timedelta) -> None:
    """Lets time pass since whatever is noted was noted."""
    async with store.database.writing() as session:
        lease, executor = await session.all(leases.select()), await session.all(executors.select())
        for row in lease:
            await session.run(update(leases).values(since=row.since - by, until=row.until - by))
        for row in executor:
            await session.run(
                update(executors).where(executors.c.id == row.id).values(beat_at=row.beat_at - by)
            )


async def test_a_second_holder_is_told_who_holds_it_and_since_when(store: Store) -> None:
    async with held(store, "trello"):
        with pytest.raises(Taken, match=r"by process \d+ on .+, since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC"):
            async with held(another(store), "trello"):
                raise AssertionError("held twice")
        with pytest.raises(Taken):  # nor twice by the same
            async with held(store, "trello"):
                raise AssertionError("held twice")
        async with held(another(store), "jira"):
            pass
    async with held(another(store), "trello"):
        pass


async def test_what_a_dead_holder_held_is_free_after_its_term_and_not_before(store: Store) -> None:
    dead, heir = another(store), another(store)
    async with held(dead, "trello"):
        await age(store, TERM - timedelta(seconds=5))
        with pytest.raises(Taken):
            async with held(heir, "trello"):
                raise AssertionError("held twice")
        await age(store, timedelta(seconds=6))
        async with held(heir, "trello"):
            pass


async def test_a_lease_that_another_took_meanwhile_is_lost_and_left_to_them(store: Store) -> None:
    heir = another(store)
    async with held(store, "trello", renewal=0.01) as lease:
        async with store.database.writing() as session:
            await session.run(update(leases).values(holder=heir.party))
        async with asyncio.timeout(10):
            while not lease.lost:
                await asyncio.sleep(0)
    with pytest.raises(Taken):
        async with held(store, "trello"):
            raise AssertionError("what the heir holds was given away")


async def test_a_lease_is_renewed_for_as_long_as_it_is_held(store: Store) -> None:
    async with held(store, "trello", renewal=0.01) as lease:
        await age(store, TERM - timedelta(seconds=1))
        async with asyncio.timeout(10):
            while not await _far(store):
                await asyncio.sleep(0)
        assert not lease.lost


async def _far(store: Store) -> bool:
    """Whether the lease runs for most of a term from now."""
    async with store.database.reading() as session:
        (row,) = await session.all(leases.select())
        return bool(row.until > await session.now() + TERM / 2)


async def test_who_does_not_beat_is_silent_and_whatever_it_held_is_free_once_it_is_forgotten(
    store: Store,
) -> None:
    dead, living = another(store), another(store)
    await beat(dead, "worker", "1")
    async with held(dead, "trello"):
        await age(store, SILENCE + timedelta(seconds=1))
        await beat(living, "serve", "1")
        found = {one.id: (one.role, one.silent) for one in await known(store)}
        assert found == {dead.party: ("worker", True), living.party: ("serve", False)}
        await beat(dead, "worker", "1")  # it only stood still
        assert [one.silent for one in await known(store)] == [False, False]
        await forget(living, [dead.party])
        assert [one.id for one in await known(store)] == [living.party]
        async with held(living, "trello"):
            pass
