"""Suggestions of who is whom, on the wire: the account, the person, and what speaks for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from portfolio.people_likeness import Evidence
from store.people_views import PersonAccount
from sync.people import Found


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionEntry:
    """``account``, with all that is joined with it, may be ``person``'s, most of all because of ``other``,
    an account of that person. The score, 0 to 1, follows from the weights: those above 0 leave 1 - weight
    of the doubt each, those below take their share off what is left."""

    account: PersonAccount
    person: str
    other: PersonAccount
    score: float
    evidence: Sequence[Evidence]


def suggestion_entries(found: Found) -> list[SuggestionEntry]:
    accounts = {one.account.id: one.account for one in found.identities.accounts}
    return [
        SuggestionEntry(
            account=accounts[one.account],
            person=one.person,
            other=accounts[one.other],
            score=one.score,
            evidence=one.evidence,
        )
        for one in found.suggestions
    ]
