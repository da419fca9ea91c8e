"""Which accounts may be one person's, though no shown address says so: suggestions for somebody to decide.

Only accounts that have something of a name, a handle or an address in common are compared, so that the work
grows with the accounts and not with their pairs.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, permutations, product

from portfolio.people_likeness import Between, Evidence, Profile, combined, likeness
from portfolio.people_names import alike, handles_of

Pair = frozenset[str]
"""The ids of two accounts."""

ENOUGH = 0.5
"""From this score on a suggestion is made."""
CROWD = 40
"""Accounts that have one trait in common: where it is more, the trait tells nobody apart."""
BUSY = 8
"""Accounts at work on one thread: where it is more, having met there says nothing."""


@dataclass(frozen=True, slots=True)
class Known:
    """Who is compared: the profiles by account, whose each account is, and the score at which somebody said
    of two accounts that they are not one person's."""

    profiles: Mapping[str, Profile]
    persons: Mapping[str, str]
    apart: Mapping[Pair, float] = field(default_factory=dict)

    def accounts(self) -> dict[str, list[Profile]]:
        """By person."""
        found: dict[str, list[Profile]] = defaultdict(list)
        for account_id, person in sorted(self.persons.items()):
            found[person].append(self.profiles[account_id])
        return found


@dataclass(frozen=True, slots=True)
class Met:
    """Where accounts meet: the threads of each, and the pairs that are assigned to one item together."""

    threads: Mapping[str, Collection[str]] = field(default_factory=dict)
    together: Collection[Pair] = ()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """``account``, with all that is joined with it, may be ``person``, most of all for ``other``, which is
    an account of that person."""

    account: str
    person: str
    other: str
    score: float
    evidence: Sequence[Evidence]


def candidates(known: Known) -> set[Pair]:
    """The pairs of accounts, of different persons, that are worth comparing."""
    crowds: dict[str, list[str]] = defaultdict(list)
    for account_id in known.persons:
        for trait in set(_traits(known.profiles[account_id])):
            crowds[trait].append(account_id)
    return {
        frozenset(pair)
        for crowd in crowds.values()
        if len(crowd) <= CROWD
        for pair in combinations(crowd, 2)
        if known.persons[pair[0]] != known.persons[pair[1]]
    }


def _traits(profile: Profile) -> Iterable[str]:
    """One word with the beginning of another, so that a name spelt out, shortened, misspelt in one word or
    turned round has one trait at least in common; and what handles and addresses are made of."""
    words = profile.words
    yield " ".join(words)
    yield from (f"{one} {other[0]}" for one, other in permutations(words, 2))
    yield from (f"@{handle}" for handle in (profile.handle, profile.local, "".join(words)) if handle)
    yield from (f"@{handle}" for handle in handles_of(words))


def suggest(known: Known, pairs: Collection[Pair], met: Met) -> list[Suggestion]:
    """The most likely first. What was rejected comes back only when half of the doubt is gone since."""
    facts, accounts = _facts(known, pairs, met), known.accounts()
    persons = {frozenset(known.persons[account_id] for account_id in pair) for pair in pairs}
    found = []
    for one, other in (sorted(pair) for pair in persons):
        made = _compare(accounts[one], accounts[other], facts, known)
        if made.score >= ENOUGH and not _rejected(made, accounts[one], accounts[other], known.apart):
            found.append(made)
    return sorted(found, key=lambda one: (-one.score, one.account, one.person))


def compare(known: Known, account_id: str, person: str, met: Met) -> Suggestion:
    """The same of one account and one person, whatever the score."""
    accounts = known.accounts()
    these, those = accounts[known.persons[account_id]], accounts[person]
    pairs = {frozenset((one.account.id, other.account.id)) for one, other in product(these, those)}
    made = _compare(these, those, _facts(known, pairs | candidates(known), met), known)
    found = {made.account, made.other}
    other = next((one.account.id for one in those if one.account.id in found), made.other)
    return Suggestion(account_id, person, other, made.score, made.evidence)


def _facts(known: Known, pairs: Collection[Pair], met: Met) -> dict[Pair, Between]:
    rivals = _rivals(known, pairs)
    workers = Counter(thread for threads in met.threads.values() for thread in set(threads))
    telling = {
        account_id: {thread for thread in threads if workers[thread] <= BUSY}
        for account_id, threads in met.threads.items()
    }
    facts = {}
    for pair in pairs:
        one, other = pair
        shared = telling.get(one, set[str]()) & telling.get(other, set())
        facts[pair] = Between(rivals[pair], len(shared), pair in met.together)
    return facts


def _rivals(known: Known, pairs: Collection[Pair]) -> dict[Pair, int]:
    """How many people on the one's site have a name as good for the other, both ways round."""
    strengths: dict[Pair, float] = {}
    on_site: dict[tuple[str, str], list[tuple[float, str]]] = defaultdict(list)
    for pair in pairs:
        one, other = (known.profiles[account_id] for account_id in pair)
        strengths[pair] = alike(one.words, other.words).strength
        for this, that in ((one, other), (other, one)):
            entry = (strengths[pair], known.persons[that.account.id])
            on_site[this.account.id, that.site].append(entry)
    found = {}
    for pair, strength in strengths.items():
        one, other = (known.profiles[account_id] for account_id in pair)
        found[pair] = max(
            len({person for had, person in on_site[this.account.id, that.site] if had >= strength})
            for this, that in ((one, other), (other, one))
        )
    return found


def _compare(
    one: Sequence[Profile], other: Sequence[Profile], facts: Mapping[Pair, Between], known: Known
) -> Suggestion:
    """Of all pairs of their accounts the strongest piece of each kind, and which of the two stays."""
    pieces: dict[str, Evidence] = {}
    best: tuple[float, str, str] = (-1.0, "", "")
    for this, that in product(one, other):
        between = facts.get(frozenset((this.account.id, that.account.id)), Between())
        found = likeness(this, that, between)
        best = max(best, (combined(found), this.account.id, that.account.id))
        for piece in found:
            held = pieces.get(piece.kind)
            if held is None or abs(piece.weight) > abs(held.weight):
                pieces[piece.kind] = piece
    if "name" in pieces:
        pieces.pop("names_differ", None)
    evidence = sorted(pieces.values(), key=lambda piece: (-piece.weight, piece.kind))
    account, target = best[1:] if _weight(one) < _weight(other) else (best[2], best[1])
    return Suggestion(account, known.persons[target], target, combined(evidence), evidence)


def _weight(profiles: Sequence[Profile]) -> tuple[bool, int, str]:
    """The person whose address is shown stays, since keys are made for addresses; then the one with more
    accounts."""
    return any(one.email for one in profiles), len(profiles), profiles[0].account.id


def _rejected(
    made: Suggestion, one: Sequence[Profile], other: Sequence[Profile], apart: Mapping[Pair, float]
) -> bool:
    said = [
        apart[pair]
        for this, that in product(one, other)
        if (pair := frozenset((this.account.id, that.account.id))) in apart
    ]
    return bool(said) and 1 - made.score > (1 - max(said)) / 2
