"""Asks a tracker, before anything is read, who we are to it and what we may see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from connectors.base import Identity, ScopeRecord
from connectors.errors import TrackerError
from sync.runner import missing_scopes
from sync.source import Source

SKEW = timedelta(seconds=60)
"""A clock that is further off makes ages and due dates wrong enough to matter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preflight:
    """What a connection can do. ``wanted`` are the remote ids of the scopes that a sync would read;
    ``troubles`` are sentences: without any, a sync will find what it needs."""

    connection: str
    tracker: str
    identity: Identity | None
    scopes: Sequence[ScopeRecord]
    wanted: frozenset[str]
    troubles: Sequence[str]

    @property
    def ok(self) -> bool:
        return not self.troubles


async def preflight(source: Source) -> Preflight:
    """Goes as far as the tracker lets us; a refusal becomes a trouble."""
    identity: Identity | None = None
    scopes: list[ScopeRecord] = []
    troubles: list[str] = []
    try:
        identity = await source.connector.check()
        troubles += _doubts(identity)
        scopes = [scope async for scope in source.connector.scopes()]
        troubles += missing_scopes(source, scopes)
        if not scopes:
            troubles.append(
                f"{identity.account_name} sees no scope on {identity.site}. Mend: whoever manages the boards "
                "or projects there gives this account access."
            )
    except TrackerError as error:
        troubles.append(str(error))
    return Preflight(
        connection=source.connection,
        tracker=source.tracker,
        identity=identity,
        scopes=scopes,
        wanted=frozenset(scope.id for scope in scopes if source.wanted(scope)),
        troubles=troubles,
    )


def _doubts(identity: Identity) -> Iterator[str]:
    """What an accepted account still lacks."""
    for permission in identity.permissions:
        if not permission.held:
            yield f'The permission "{permission.name}" is missing. Mend: {permission.mend}'
    if identity.clock_skew is not None and abs(identity.clock_skew) > SKEW:
        seconds = round(identity.clock_skew.total_seconds())
        yield (
            f"The clock of {identity.site} is {abs(seconds)} s {'ahead of' if seconds > 0 else 'behind'} "
            "this machine's. Mend: whoever runs this machine sets its clock (NTP)."
        )
