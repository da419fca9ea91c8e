"""What joins accounts by itself: the same address, shown on both. Nothing that happens by itself takes
accounts apart, and nothing goes against what a person decided."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Row

from normalizer.model import Account
from store.links import append, holding, mates, parted, trails
from store.schema import accounts
from store.session import Session
from store.types import storable

PERSON = UUID("0d8f6a3e-53c1-5f7e-8a55-94d1c6a0b7e2")


def person_of_email(email: str) -> str:
    """The id of whoever has this address."""
    return str(uuid5(PERSON, f"email|{storable(email).strip().casefold()}"))


def own_person(account_id: str) -> str:
    """The id of whom an account stands for that is joined with none."""
    return str(uuid5(PERSON, f"account|{account_id}"))


def shown_address(account: Account) -> str | None:
    shown = account.email if account.email_visibility == "shown" else None
    return storable(shown or "").strip().casefold() or None


async def join(
    session: Session, described: Mapping[str, Account], held: Mapping[str, Row[Any] | None], now: datetime
) -> None:
    """Link these accounts, which are new or changed; ``held`` is each one's row as it was before."""
    human = {key: account for key, account in described.items() if account.kind == "human"}
    addressed = {
        key: address
        for key, account in human.items()
        if (address := shown_address(account)) and _news(held[key], address)
    }
    whose = {key: row.person_id for key, row in held.items() if row is not None}
    known = {key for key in addressed if whose.get(key) is not None}
    targets = await _targets(session, addressed)
    links = [
        _link(key, own_person(key), "own", now)
        for key in human
        if key not in addressed and whose.get(key) is None
    ]
    links += [
        _link(key, targets[address], "joined_by_email", now)
        for key, address in addressed.items()
        if key not in known
    ]
    await append(session, links)
    for key in sorted(known):
        await bring(session, key, targets[addressed[key]], now)


def _news(held: Row[Any] | None, address: str) -> bool:
    return held is None or held.person_id is None or held.email != address


async def rejoin(session: Session, account_ids: Collection[str], now: datetime) -> None:
    """Where a decision no longer holds an account, let its address join it again."""
    columns = [accounts.c.id, accounts.c.email]
    for row in await session.fetch(columns, accounts.c.id, account_ids):
        if row.email:
            targets = await _targets(session, {row.id: row.email})
            await bring(session, row.id, targets[row.email], now)


async def _targets(session: Session, addressed: Mapping[str, str]) -> dict[str, str]:
    """By address, the person of the other accounts that show it; where there are none, the person that the
    address itself stands for. An account that somebody split off brings nobody after it."""
    columns = [accounts.c.id, accounts.c.email, accounts.c.person_id, accounts.c.joined]
    showing: dict[str, set[str]] = defaultdict(set)
    for row in await session.fetch(columns, accounts.c.email, sorted(set(addressed.values()))):
        if row.id not in addressed and row.joined in ("joined_by_email", "confirmed"):
            showing[row.email].add(row.person_id)
    targets = {}
    for address in addressed.values():
        own, found = person_of_email(address), showing[address]
        targets[address] = own if own in found or len(found) != 1 else next(iter(found))
    return targets


@dataclass(frozen=True, slots=True)
class _Move:
    """An account that newly shows an address, with those that are joined with it, and where it would go."""

    account_id: str
    moving: Collection[str]
    target: str
    there: Collection[str]


async def bring(session: Session, account_id: str, target: str, now: datetime) -> None:
    """Join an account that had a person before, with all that somebody confirmed to be the same person's."""
    held = holding((await trails(session, [account_id]))[account_id])
    if held.person_id == target:
        return
    move = _Move(account_id, await mates(session, held.person_id), target, await mates(session, target))
    known = await trails(session, {*move.moving, *move.there})
    if not _may(move, held.state, parted(known.values())):
        return
    links = [_link(account_id, target, "joined_by_email", now)]
    for mate in move.moving:
        if mate != account_id:
            links.append({**holding(known[mate])._mapping, "person_id": target, "decided_at": now})
    await append(session, [{k: v for k, v in link.items() if k != "n"} for link in links])


def _may(move: _Move, state: str, apart: Collection[frozenset[str]]) -> bool:
    """An account that a person placed stays; one whose address changed stays with those whom the former one
    joined; and nothing crosses a rejection."""
    if state in ("confirmed", "split") or (state == "joined_by_email" and len(move.moving) > 1):
        return False
    return not any(frozenset((one, other)) in apart for one in move.moving for other in move.there)


def _link(account_id: str, person: str, state: str, now: datetime) -> dict[str, Any]:
    return {"account_id": account_id, "person_id": person, "state": state, "decided_at": now}
