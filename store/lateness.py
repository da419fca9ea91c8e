"""What is past its target, since when, and why: decided here, once, for every read.

It is measured from what the configuration wants and not from what once worked, so that a scope that never
came is late too. Every reason is a sentence that says who can mend it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

AHEAD = timedelta(minutes=1)
"""A moment further in the future than this was told by another clock than the one that asks."""
IDLE = "is tspmo serve or tspmo worker running?"


@dataclass(frozen=True, slots=True)
class Late:
    """When it turned late, and the sentence that says why it is."""

    since: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Target:
    """How old something may become: ``seconds`` from ``known`` on, the last moment that is proved of it."""

    known: datetime | None
    seconds: int

    def missed(self, now: datetime) -> datetime | None:
        """When it was missed. A moment of the future proves nothing: else it would be fresh for ever."""
        if self.known is None:
            return None
        if self.known > now + AHEAD:
            return now
        end = self.known + timedelta(seconds=self.seconds)
        return end if end < now else None


def why_scope(scope: Row[Any], connection: Row[Any], run: Row[Any] | None, now: datetime) -> str:
    """``run`` is the one that reads the scope now: it may be over what stopped the one before."""
    reason = trouble(scope, connection, now)
    if run is not None and reason == scope.error:
        return under_way(scope, run, now)
    if reason is not None:
        return reason
    known = scope.complete_at or scope.first_listed_at
    if scope.complete_at is None:
        return f"Nothing has read {scope.name} to its end since it was listed {_at(known)}: {IDLE}"
    return f"Nothing has read {scope.name} since {_at(known)}: {IDLE}"


def trouble(scope: Row[Any], connection: Row[Any], now: datetime) -> str | None:
    """What is in the way of reading a scope, the nearest to the cause."""
    known = scope.complete_at or scope.first_listed_at
    if known is not None and known > now + AHEAD:
        return _another_clock(scope.name, known)
    if connection.state != "ok" and connection.error:
        return str(connection.error)
    if not scope.listed:
        return unlisted(scope)
    return scope.error and str(scope.error)


def why_missing(name: str, rest: bool, connection: Row[Any], now: datetime) -> str:
    """Of a name in the configuration, or with ``rest`` of all that a connection should list."""
    declared = connection.declared_at
    if declared is not None and declared > now + AHEAD:
        return _another_clock(connection.id, declared)
    if connection.state != "ok" and connection.error:
        return str(connection.error)
    if connection.listed_at is None or rest:
        return f"Nothing has asked {connection.id} for its scopes since {_at(declared)}: {IDLE}"
    return unknown_name(connection.id, name)


def unlisted(scope: Row[Any]) -> str:
    return (
        f"{scope.connection_id} does not list {scope.name} any more: it was deleted, or an administrator of "
        "the tracker took the access away and can give it back."
    )


def unknown_name(connection: str, name: str) -> str:
    return (
        f"{connection} lists no scope with id, key or name {name!r}: expected one that its account sees; "
        "mend the configuration, or the account's access there"
    )


def under_way(scope: Row[Any], run: Row[Any], now: datetime) -> str:
    if run.waiting_until is not None and run.waiting_until > now:
        return (
            f"The reading of {scope.name} waits until {_at(run.waiting_until)}, as its tracker asked, "
            "and goes on by itself."
        )
    brought = str(run.items) if run.expected is None else f"{run.items} of {run.expected}"
    return f"The reading of {scope.name} that began {_at(run.started_at)} has {brought} items so far."


def _another_clock(name: str, told: datetime) -> str:
    return (
        f"{name} was last seen {_at(told)}, which is still to come by the clock of the machine that asks: "
        "whoever runs the machines sets their clocks (NTP), and the next reading mends the time."
    )


def _at(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment is not None else "it was configured"
