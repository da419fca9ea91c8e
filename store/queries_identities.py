"""What suggestions are made of: everybody's accounts, and where the work of two of them meets."""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from sqlalchemy import Row, select

from normalizer.model import Account
from store.codec import account_from
from store.links import all_parted
from store.people_views import Encounters, Identities, Identity, Pair, PersonAccount
from store.schema import accounts, assignments, items
from store.session import Session, chunks
from store.sight import Sight
from store.sight_people import met

KEY = re.compile(r"(?<![\w-])[A-Z][A-Z0-9_]*-\d+(?![\w-])")
URL = re.compile(r"https?://[^\s<>()\[\]{}|\"']+")
SEGMENT = re.compile(r"[\w-]{6,}|[A-Z][A-Z0-9_]*-\d+")
"""A part of an address that can name an item: a key, or an id that is no common word."""


async def identities(session: Session, sight: Sight) -> Identities:
    seen = await met(session, sight)
    columns = [accounts.c[name] for name in ("id", "person_id", "joined", "body")]
    found = []
    for row in await session.fetch(columns, accounts.c.id, seen):
        if row.person_id is not None:
            account = person_account(account_from(row.body), row.joined)
            site = _site(sight, seen[row.id], account.system)
            found.append(Identity(account=account, person=row.person_id, site=site))
    return Identities(accounts=found, apart=await all_parted(session))


def person_account(account: Account, joined: Any) -> PersonAccount:
    """An address that is hidden is not given out."""
    told = {name: getattr(account, name) for name in Account.__dataclass_fields__}
    if account.email_visibility != "shown":
        told["email"] = None
    return PersonAccount(**told, joined=joined)


def _site(sight: Sight, scope_id: str, system: str) -> str:
    connection = sight.connections.get(sight.shown[scope_id].connection_id)
    return (connection.site if connection is not None else None) or system


class _Ends(msgspec.Struct):
    from_id: str
    to_id: str


class _Told(msgspec.Struct):
    """The parts of an item's body that name other items."""

    url: str
    title: str
    description_md: str | None = None
    links: Sequence[_Ends] = ()


@dataclass(slots=True)
class _Work:
    """The items that these accounts are assigned to, by what they go by; and what each one names."""

    assigned: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    names: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    told: dict[str, _Told] = field(default_factory=dict)

    def add(self, rows: Iterable[Row[Any]]) -> None:
        for row in rows:
            self.assigned[row.id].add(row.account_id)
            if row.id not in self.told:
                self.told[row.id] = told = msgspec.json.decode(row.body, type=_Told)
                for name in {row.remote_key, row.remote_id, told.url} - {None}:
                    self.names[name].add(row.id)

    def threads(self, item_id: str) -> set[str]:
        """The item, those at the other end of its links, and those that its text names."""
        told = self.told[item_id]
        text = f"{told.title}\n{told.description_md or ''}"
        found = {item_id, *(end for link in told.links for end in (link.from_id, link.to_id))}
        found |= {one for key in KEY.findall(text) if (one := self._named(key))}
        return found | {self._addressed(url) for url in URL.findall(text)}

    def _named(self, name: str) -> str | None:
        """The one item that goes by the name."""
        called = self.names.get(name, ())
        return next(iter(called)) if len(called) == 1 else None

    def _addressed(self, url: str) -> str:
        """The item behind an address; where none of these is, the address itself, which two may share."""
        url = url.rstrip(".,;:!?")
        parts = SEGMENT.findall(url.partition("//")[2].partition("/")[2])
        return next(filter(None, map(self._named, (url, *reversed(parts)))), url)


async def encounters(session: Session, sight: Sight, pairs: Collection[Pair]) -> Encounters:
    work = _Work()
    of = [items.c[name] for name in ("id", "scope_id", "restricted", "remote_id", "remote_key", "body")]
    for chunk in chunks(sorted(set[str]().union(*pairs))):
        rows = await session.all(
            select(assignments.c.account_id, *of)
            .join(items, items.c.id == assignments.c.item_id)
            .where(assignments.c.account_id.in_(chunk))
        )
        await asyncio.to_thread(work.add, [row for row in rows if _readable(sight, row)])
    return await asyncio.to_thread(_encounters, work, pairs)


def _readable(sight: Sight, row: Row[Any]) -> bool:
    return row.scope_id in (sight.unrestricted if row.restricted else sight.visible)


def _encounters(work: _Work, pairs: Collection[Pair]) -> Encounters:
    threads: dict[str, set[str]] = defaultdict(set)
    together: set[Pair] = set()
    for item_id, assigned in work.assigned.items():
        here = work.threads(item_id)
        for account_id in assigned:
            threads[account_id] |= here
        shared = (frozenset((one, other)) for one in assigned for other in assigned if one < other)
        together.update(pair for pair in shared if pair in pairs)
    return Encounters(threads=threads, together=together)
