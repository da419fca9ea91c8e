"""Suggestions of who is whom, out of the store's facts and the portfolio's reasoning, and decisions with the
evidence that there was for them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import product

from portfolio.people_likeness import profile
from portfolio.people_suggestions import Known, Met, Suggestion, candidates, compare, suggest
from store.decisions import Decided, Decision, Verdict, decide
from store.open import Store
from store.people_views import Identities, Pair
from store.principal import Principal
from store.reader import Clock, Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Who there is, and what is suggested, the most likely first."""

    identities: Identities
    suggestions: Sequence[Suggestion]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A decision that somebody wants to be taken. ``person`` is None for a split."""

    verdict: Verdict
    account: str
    person: str | None
    by: str


async def suggestions(reader: Reader) -> Found:
    """As far as the reader may see; stored nowhere."""
    identities = await reader.identities()
    known = await asyncio.to_thread(_known, identities)
    pairs = await asyncio.to_thread(candidates, known)
    met = await _met(reader, pairs)
    return Found(identities=identities, suggestions=await asyncio.to_thread(suggest, known, pairs, met))


async def take(store: Store, principal: Principal, wish: Wish, clock: Clock) -> Decided:
    """Raises DecisionError."""
    likely = await _likely(store.reader(principal, clock), wish)
    decision = Decision(
        verdict=wish.verdict,
        account=wish.account,
        person=wish.person,
        by=wish.by,
        at=clock(),
        other=likely.other if likely else None,
        score=likely.score if likely else None,
        evidence=[asdict(piece) for piece in likely.evidence] if likely else [],
    )
    return await decide(store, principal, decision)


async def _likely(reader: Reader, wish: Wish) -> Suggestion | None:
    """What speaks for the account and the person being one; of a split, what spoke for it until now."""
    identities = await reader.identities()
    known = await asyncio.to_thread(_known, identities)
    person = known.persons.get(wish.account, "") if wish.verdict == "split" else wish.person
    if wish.verdict == "split":
        known = Known(known.profiles, {**known.persons, wish.account: ""})
    theirs = [other for other, whose in known.persons.items() if whose == person]
    own = known.persons.get(wish.account)
    if person is None or own in (None, person) or not theirs:
        return None
    mates = [mate for mate, whose in known.persons.items() if whose == own]
    met = await _met(reader, {frozenset(pair) for pair in product(mates, theirs)})
    return await asyncio.to_thread(compare, known, wish.account, person, met)


def _known(identities: Identities) -> Known:
    return Known(
        profiles={one.account.id: profile(one.account, one.site) for one in identities.accounts},
        persons={one.account.id: one.person for one in identities.accounts},
        apart=identities.apart,
    )


async def _met(reader: Reader, pairs: set[Pair]) -> Met:
    found = await reader.encounters(pairs)
    return Met(threads=found.threads, together=found.together)
