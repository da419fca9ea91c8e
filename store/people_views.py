"""What reads answer of people's accounts: how each was joined, what was decided of it, where they meet."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from normalizer.model import Account

Joined = Literal["own", "joined_by_email", "confirmed", "split"]
LinkState = Literal["own", "joined_by_email", "confirmed", "rejected", "split", "undone"]
Pair = frozenset[str]
"""The ids of two accounts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonAccount(Account):
    """``joined`` is how it came to be this person's: by itself, by its address, or by a person's decision."""

    joined: Joined


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkEvidence:
    """One piece of what spoke for (weight above 0) or against it, and in words."""

    kind: str
    weight: float
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkView:
    """One row of the trail. A decision on several accounts is several rows with one ``decision``; ``undone``
    says that it was taken back. ``person`` is whom the row gives the account to, or (rejected) keeps it
    from; ``other`` is the account that it was compared with."""

    n: int
    state: LinkState
    account: str
    account_name: str
    system: str
    person: str
    other: str | None
    other_name: str | None
    score: float | None
    evidence: Sequence[LinkEvidence]
    decision: str | None
    undone: bool
    decided_by: str | None
    decided_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """An account that is some person's, and the site where it is one."""

    account: PersonAccount
    person: str
    site: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Identities:
    """Everybody's accounts, and the pairs of which somebody said that they are two people's, with the score
    that they had then."""

    accounts: Sequence[Identity]
    apart: Mapping[Pair, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Encounters:
    """By account the threads of its work (items, and what those link or mention), and the pairs of accounts
    that are assigned to one item together."""

    threads: Mapping[str, Collection[str]]
    together: Collection[Pair]
