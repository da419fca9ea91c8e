"""The trail of links: whose each account is, and what was decided of it, read off rows that only grow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, select

from store.folding import spaced
from store.schema import accounts
from store.schema_people import account_links, people
from store.session import Session

HOLDING = ("own", "joined_by_email", "confirmed", "split")
"""The states that say whose an account is. ``rejected`` says whose it is not."""
PARTING = ("rejected", "split")
Pair = frozenset[str]
"""The ids of two accounts."""
Trail = Sequence[Row[Any]]


async def trails(session: Session, account_ids: Collection[str]) -> dict[str, list[Row[Any]]]:
    """All links of these accounts, each account's in their order."""
    found: dict[str, list[Row[Any]]] = defaultdict(list)
    rows = await session.fetch(list(account_links.c), account_links.c.account_id, account_ids)
    for row in sorted(rows, key=lambda row: row.n):
        found[row.account_id].append(row)
    return found


def in_force(trail: Trail) -> list[Row[Any]]:
    """The rows that nobody took back."""
    undone = {row.undoes for row in trail if row.undoes}
    return [row for row in trail if row.state != "undone" and row.decision_id not in undone]


def holding(trail: Trail) -> Row[Any]:
    """The row that says whose the account is. An account's first row is never a person's decision."""
    return [row for row in in_force(trail) if row.state in HOLDING][-1]


def parted(held: Iterable[Trail]) -> dict[Pair, float]:
    """The pairs of accounts that somebody said are two people's, and how likely they seemed then."""
    found: dict[Pair, float] = {}
    for trail in held:
        for row in in_force(trail):
            if row.state in PARTING:
                found[frozenset((row.account_id, row.other_id))] = row.score or 0.0
    return found


async def all_parted(session: Session) -> dict[Pair, float]:
    """The same of all accounts."""
    parting = select(account_links.c.account_id).where(account_links.c.state.in_(PARTING)).distinct()
    concerned = [row.account_id for row in await session.all(parting)]
    return parted((await trails(session, concerned)).values())


async def mates(session: Session, person: str) -> list[str]:
    """The accounts that are the person's now."""
    found = await session.all(select(accounts.c.id).where(accounts.c.person_id == person))
    return sorted(row.id for row in found)


async def append(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write links, and what follows of them: whose the accounts are, and under which name people stand."""
    if not rows:
        return
    concerned = sorted({row["account_id"] for row in rows})
    before = await session.fetch([accounts.c.person_id], accounts.c.id, concerned)
    chosen = sorted({row["person_id"] for row in rows})
    await session.add_missing(people, [{"id": person, "name_sort": ""} for person in chosen])
    await session.add(account_links, [{**BLANK, **row} for row in rows])
    held = {account_id: holding(trail) for account_id, trail in (await trails(session, concerned)).items()}
    await session.change(
        accounts,
        [{"id": key, "person_id": row.person_id, "joined": row.state} for key, row in held.items()],
    )
    await name(session, {*chosen, *(row.person_id for row in before if row.person_id)})


BLANK: Mapping[str, Any] = {
    "other_id": None,
    "decision_id": None,
    "undoes": None,
    "score": None,
    "evidence": [],
    "decided_by": None,
}
"""What a link has that nobody decided."""


async def name(session: Session, person_ids: Collection[str]) -> None:
    """A person is listed under the name of the first account, by system and id there."""
    names: dict[str, str] = {}
    ordered = [accounts.c.person_id, accounts.c.name, accounts.c.system, accounts.c.remote_id]
    found = await session.fetch(ordered, accounts.c.person_id, person_ids)
    for row in sorted(found, key=lambda row: (row.system, row.remote_id)):
        names.setdefault(row.person_id, spaced(row.name))
    await session.upsert(people, [{"id": person, "name_sort": name} for person, name in names.items()])
