"""Accounts as records describe them and items name them, and where each was met."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from normalizer.model import Account, Item
from store.codec import plain
from store.joining import join, person_of_email, shown_address
from store.links import name
from store.records import write_bodies
from store.schema import account_scopes, accounts
from store.session import Session

__all__ = ["Met", "meet", "person_of_email", "referred", "write_accounts"]


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
            "email": shown_address(account),
            "body": plain(account),
            "read_at": read_at,
        }
        for account, read_at in met.described
    ]
    changed = await write_bodies(session, accounts, rows)
    await meet(session, met.scope_id, {row["id"] for row in rows})
    if changed:
        described = {account.id: account for account, _ in met.described if account.id in changed}
        await join(session, described, changed, met.now)
        await name(session, {row.person_id for row in changed.values() if row and row.person_id})


async def meet(session: Session, scope_id: str, account_ids: Collection[str]) -> None:
    """Note that the accounts were met in a scope."""
    rows = [{"scope_id": scope_id, "account_id": account_id} for account_id in sorted(account_ids)]
    await session.add_missing(account_scopes, rows)


def referred(item: Item) -> set[str]:
    """The accounts that an item names."""
    named = [*(assignment.account_id for assignment in item.assignments), item.reporter_account_id]
    return {account_id for account_id in named if account_id}
