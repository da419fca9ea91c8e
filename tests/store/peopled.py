"""Accounts that come and change, and what somebody decides of them."""

from __future__ import annotations

from typing import Any

from normalizer.model import Account
from store.decisions import Decided, Decision, decide, undo
from store.principal import Principal
from store.views import PeopleQuery, PersonView
from tests.store.kit import PMO, World, account, account_id, at, other

SHE, HE = "Ann at the office", "Bob at the office"


async def described(world: World, *accounts: Account) -> None:
    """A record for each account; a later one is read later."""
    world.now = at((world.now - at(0)).total_seconds() / 60 + 1)
    made = [other("account", one.remote_id, read_at=world.now, accounts=[one]) for one in accounts]
    await world.put("OPS", *made)


async def ann(world: World, *remotes: str, email: str | None = None) -> None:
    """Accounts named Ann, with the address."""
    await described(world, *(account(remote, f"Ann {remote}", email) for remote in remotes))


async def people(world: World) -> list[PersonView]:
    return list((await world.reader().people(PeopleQuery())).people)


async def groups(world: World) -> list[set[str]]:
    """The accounts of each person, by their remote ids."""
    found = [{one.remote_id for one in person.accounts} for person in await people(world)]
    return sorted(found, key=sorted)


async def person_of(world: World, remote: str) -> str:
    return next(
        person.id for person in await people(world) for one in person.accounts if one.remote_id == remote
    )


async def joined(world: World, remote: str) -> str:
    return next(
        one.joined for person in await people(world) for one in person.accounts if one.remote_id == remote
    )


async def decided(
    world: World, verdict: Any, remote: str, with_: str | None = None, who: Principal = PMO, **more: Any
) -> Decided:
    """``with_`` is an account of the person."""
    person = await person_of(world, with_) if with_ else None
    other_id = account_id(with_) if with_ else None
    decision = Decision(
        verdict=verdict,
        account=account_id(remote),
        person=person,
        by=SHE,
        at=world.now,
        other=other_id,
        **more,
    )
    return await decide(world.store, who, decision)


async def undone(world: World, remote: str | None = None, who: Principal = PMO) -> Decided:
    return await undo(world.store, who, account_id(remote) if remote else None, HE, world.now)
