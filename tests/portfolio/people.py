"""Accounts in a line, and what is suggested of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from normalizer.model import Account
from portfolio.people_likeness import Between, Evidence, Profile, likeness, profile
from portfolio.people_suggestions import Known, Met, Pair, Suggestion, candidates, suggest


def account(id: str, name: str, email: str | None = None, **more: Any) -> Account:
    site = id.partition("-")[0]
    visibility = "shown" if email else "hidden"
    given = {"system": site, "remote_id": id, "email": email, "email_visibility": visibility}
    return Account(id=id, display_name=name, **{**given, **more})


def of(one: Account) -> Profile:
    """The site is what stands before the dash in the id."""
    return profile(one, one.id.partition("-")[0])


def evidence(one: Account, other: Account, between: Between | None = None) -> list[Evidence]:
    return likeness(of(one), of(other), between or Between())


def known(
    *accounts: Account,
    persons: Mapping[str, str] | None = None,
    apart: Mapping[Pair, float] | None = None,
) -> Known:
    """Each its own person, but for those in ``persons``."""
    whose = {one.id: (persons or {}).get(one.id, f"person of {one.id}") for one in accounts}
    return Known({one.id: of(one) for one in accounts}, whose, apart or {})


def suggested(among: Known, met: Met | None = None) -> list[Suggestion]:
    return suggest(among, candidates(among), met or Met())


def pairs(found: Sequence[Suggestion]) -> list[set[str]]:
    return [{one.account, one.other} for one in found]
