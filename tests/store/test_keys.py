"""API keys: shown once, kept as a hash, revoked at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from store.keys import KeySpec, any_keys, create_key, find_principal, list_keys, revoke_key
from store.open import Store
from store.people import person_of_email
from store.principal import Principal
from tests.store.kit import at

SPEC = KeySpec(role="lead", name="Ann's", person="Ann@example.com", team="ops")


async def test_a_key_stands_for_its_principal(store: Store) -> None:
    assert not await any_keys(store)
    plain = await create_key(store, SPEC, at(0))
    assert plain.startswith("tspmo_") and len(plain) > 50
    assert await any_keys(store)
    assert await find_principal(store, plain, at(1)) == Principal(
        role="lead", person=person_of_email("ann@example.com"), team="ops", name="Ann's"
    )


async def test_the_secret_is_nowhere_in_the_database(store: Store) -> None:
    plain = await create_key(store, SPEC, at(0))
    secret = plain.split("_", 2)[2]
    async with store.database.reading() as session:
        rows = await session.all(text("SELECT * FROM keys"))
    assert secret not in repr(rows)
    assert secret not in repr(await list_keys(store))


@pytest.mark.parametrize(
    "change", ["", "tspmo_", "{}x", "x{}", "tspmo_{}", "tspmo_000000000000_x", "\x00{}", "ü\ud800"]
)
async def test_anything_else_stands_for_nobody(store: Store, change: str) -> None:
    plain = await create_key(store, SPEC, at(0))
    assert await find_principal(store, change.format(plain), at(1)) is None


async def test_one_keys_secret_does_not_open_another(store: Store) -> None:
    one, two = [await create_key(store, SPEC, at(0)) for _ in range(2)]
    mixed = "_".join([*one.split("_", 2)[:2], two.split("_", 2)[2]])
    assert await find_principal(store, mixed, at(1)) is None


async def test_a_revoked_key_opens_nothing_and_still_locks_the_door(store: Store) -> None:
    plain = await create_key(store, SPEC, at(0))
    key = (await list_keys(store))[0]
    assert await revoke_key(store, key.id, at(1))
    assert not await revoke_key(store, key.id, at(2))
    assert not await revoke_key(store, "nobody", at(2))
    assert await find_principal(store, plain, at(3)) is None
    assert await any_keys(store)
    assert (await list_keys(store))[0].revoked_at == at(1)


async def test_use_is_noted_but_not_at_every_request(store: Store) -> None:
    plain = await create_key(store, SPEC, at(0))
    for moment in (at(1), at(1) + timedelta(seconds=30), at(3)):
        await find_principal(store, plain, moment)
        expected = at(3) if moment == at(3) else at(1)
        assert (await list_keys(store))[0].last_used_at == expected


async def test_keys_are_listed_oldest_first(store: Store) -> None:
    for minute, name in ((5, "second"), (1, "first")):
        await create_key(store, KeySpec(role="viewer", name=name), at(minute))
    assert [key.name for key in await list_keys(store)] == ["first", "second"]
