"""Accounts and the people behind them. Accounts are joined only where the e-mail address that their
trackers show is the same; every other account is a person of its own."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from normalizer.model import Account, Item
from store.codec import plain
from store.folding import spaced
from store.records import write_entities
from store.schema import account_links, account_scopes, accounts, people
from store.session import Session
from store.types import storable

PERSON = UUID("0d8f6a3e-53c1-5f7e-8a55-94d1c6a0b7e2")


def person_of_email(email: str) -> str:
    """The id of whoever has this address."""
    return str(uuid5(PERSON, f"email|{storable(email).strip().casefold()}"))


def _own_person(account_id: str) -> str:
    return str(uuid5(PERSON, f"account|{account_id}"))


@dataclass(frozen=True, slots=True)
class Met:
    """The accounts of one page: those that a record described, and those that items only refer to."""

    described: Sequence[tuple[Account, datetime]]
    scope_id: str
    now: datetime


async def write_accounts(session: Session, met: Met) -> None:
    rows = [
        {
            "id": account.id,
            "system": account.system,
            "remote_id": account.remote_id,
            "name": account.display_name,
            "body": plain(account),
            "read_at": read_at,
        }
        for account, read_at in met.described
    ]
    changed = await write_entities(session, accounts, rows)
    await meet(session, met.scope_id, {row["id"] for row in rows})
    if changed:
        described = {account.id: account for account, _ in met.described}
        await _link(session, {key: described[key] for key in changed}, met.now)


async def meet(session: Session, scope_id: str, account_ids: Collection[str]) -> None:
    """Note that the accounts were met in a scope."""
    rows = [{"scope_id": scope_id, "account_id": account_id} for account_id in sorted(account_ids)]
    await session.add_missing(account_scopes, rows)


def referred(item: Item) -> set[str]:
    """The accounts that an item names."""
    named = [*(assignment.account_id for assignment in item.assignments), item.reporter_account_id]
    return {account_id for account_id in named if account_id}


async def _link(session: Session, changed: Mapping[str, Account], now: datetime) -> None:
    columns = [accounts.c.id, accounts.c.person_id]
    held = {row.id: row.person_id for row in await session.fetch(columns, accounts.c.id, changed)}
    links: list[dict[str, Any]] = []
    for account_id, account in changed.items():
        person, evidence = _whose(account, held[account_id])
        if person is not None and person != held[account_id]:
            links.append(
                {"account_id": account_id, "person_id": person, "evidence": evidence, "decided_at": now}
            )
    chosen = {link["person_id"] for link in links}
    await session.add_missing(people, [{"id": person, "name_sort": ""} for person in sorted(chosen)])
    await session.add(account_links, links)
    await session.change(
        accounts, [{"id": link["account_id"], "person_id": link["person_id"]} for link in links]
    )
    await _name(session, {*chosen, *(person for person in held.values() if person)})


def _whose(account: Account, held: str | None) -> tuple[str | None, str]:
    """The person, and why. An address that is hidden again undoes nothing."""
    if account.kind != "human":
        return held, "kept"
    if account.email and account.email_visibility == "shown":
        return person_of_email(account.email), "email"
    return held or _own_person(account.id), "own"


async def _name(session: Session, person_ids: Collection[str]) -> None:
    """A person is listed under the name of the first account, by system and id there."""
    names: dict[str, str] = {}
    ordered = [accounts.c.person_id, accounts.c.name, accounts.c.system, accounts.c.remote_id]
    found = await session.fetch(ordered, accounts.c.person_id, person_ids)
    for row in sorted(found, key=lambda row: (row.system, row.remote_id)):
        names.setdefault(row.person_id, spaced(row.name))
    await session.upsert(people, [{"id": person, "name_sort": name} for person, name in names.items()])
