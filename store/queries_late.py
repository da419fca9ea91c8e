"""What is past its target, as findings: they follow from the clock and are kept nowhere."""

from __future__ import annotations

from uuid import uuid5

from store.findings import FINDING
from store.lateness import Late
from store.settle import REST
from store.sight import Missing, Sight, may_see
from store.views import FindingView


def late_findings(sight: Sight) -> list[FindingView]:
    """One for each scope, and for each that the configuration names and nobody has shown."""
    scopes = [
        _finding(sight, sight.shown[scope_id].connection_id, scope_id, late)
        for scope_id, late in sight.late.items()
        if scope_id in sight.operated
    ]
    names = [
        _finding(sight, one.connection, one, late)
        for one, late in sight.late_missing.items()
        if sight.principal.role == "admin" or may_see(sight.principal, one.sharing, one.team)
    ]
    return [*scopes, *names]


def _finding(sight: Sight, connection: str, of: str | Missing, late: Late) -> FindingView:
    scope = None if isinstance(of, Missing) else of
    return FindingView(
        id=str(uuid5(FINDING, f"{connection}|late|{of.remote if isinstance(of, Missing) else of}")),
        kind="late",
        connection=connection,
        scope=scope,
        subject=named(sight, of),
        detail=late.reason,
        count=1,
        first_seen=late.since,
        last_seen=sight.now,
    )


def named(sight: Sight, of: str | Missing) -> str:
    """A scope by its name, what is missing by the configuration's, and all that is of a connection by its."""
    if isinstance(of, Missing):
        return of.connection if of.remote == REST else of.remote
    return str(sight.shown[of].name)
