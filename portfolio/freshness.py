"""How old and how complete what we hold is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How complete an answer is: ``complete`` of the ``scopes`` seen were read to their end at least once;
    ``hidden`` ones are counted and never named, ``expected`` ones are named by the configuration and were
    never shown by a tracker, and ``restricted`` items are withheld (of people, time and money: entries,
    whosever and of whatever day they are)."""

    scopes: int
    complete: int
    hidden: int
    expected: int
    restricted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What an answer rests on: when the last complete reading of the least recent scope began, which scope
    that is (both None: none was read), and how complete it is."""

    as_of: datetime | None
    oldest_scope: str | None
    coverage: Coverage


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """How old an answer is: ``age_seconds`` since the last complete reading of ``oldest_scope`` began.

    Scopes that were never read have no age: they are missing coverage. ``fresh`` is true when the age is
    known and at most ``target_seconds``.
    """

    oldest_scope: str | None
    age_seconds: int | None
    target_seconds: int
    fresh: bool


def freshness(reach: Reach, now: datetime, target_seconds: int) -> Freshness:
    """With a target of 3600 seconds: read at 09:00 and asked at 09:50 is fresh at the age of 3000 seconds;
    asked at 10:01 it is not; never read it has no age and is not fresh."""
    if reach.as_of is None:
        return Freshness(oldest_scope=None, age_seconds=None, target_seconds=target_seconds, fresh=False)
    age = max(0, int((now - reach.as_of).total_seconds()))
    return Freshness(
        oldest_scope=reach.oldest_scope,
        age_seconds=age,
        target_seconds=target_seconds,
        fresh=age <= target_seconds,
    )
