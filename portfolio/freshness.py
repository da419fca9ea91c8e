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
    that is (both None: none was read), how old it may become (None was read: as the installation says), how
    many scopes are past their own target, how complete it is, and the receipt that speaks for it."""

    as_of: datetime | None
    oldest_scope: str | None
    target_seconds: int
    late: int
    coverage: Coverage
    receipt: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """How old an answer is: ``age_seconds`` since the last complete reading of ``oldest_scope`` began, whose
    target is ``target_seconds``.

    ``late`` of the scopes that were touched, or that are expected, are past their own target. Scopes that
    were never read have no age: they are missing coverage, and late once they are known for longer than
    their target. ``fresh`` is true when the age is known and nothing is late.
    """

    oldest_scope: str | None
    age_seconds: int | None
    target_seconds: int
    late: int
    fresh: bool


def freshness(reach: Reach, now: datetime) -> Freshness:
    """Read at 09:00 and asked at 09:50, the age is 3000 seconds; by a clock that is behind it is 0 and never
    less (and the scope is late: the store tells so)."""
    age = None if reach.as_of is None else max(0, int((now - reach.as_of).total_seconds()))
    return Freshness(
        oldest_scope=reach.oldest_scope,
        age_seconds=age,
        target_seconds=reach.target_seconds,
        late=reach.late,
        fresh=age is not None and reach.late == 0,
    )
