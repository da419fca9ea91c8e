"""What a principal may see: decided here, once, for every read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Row, select

from store.declared import FRESHNESS
from store.lateness import Late, Target, why_missing, why_scope
from store.principal import Principal
from store.schema import bindings, claims, connections, meta, project_sources, runs, scope_specs, scopes
from store.session import Session
from store.settle import FRESHNESS_TARGET, REST, STRICTEST
from store.views import Coverage


def may_see(principal: Principal, sharing: str, team: str | None) -> bool:
    """A team sees its own; pmo and admin what is shared with them; everybody what all may see."""
    if team is not None and principal.team == team:
        return True
    return sharing == "organisation" or (sharing == "pmo" and principal.role in ("pmo", "admin"))


def may_see_restricted(principal: Principal, team: str | None) -> bool:
    """Items that their tracker restricts: pmo, admin, and the team's lead. The scope must be visible too."""
    if principal.role in ("pmo", "admin"):
        return True
    return principal.role == "lead" and team is not None and principal.team == team


@dataclass(frozen=True, slots=True)
class Missing:
    """A scope that the configuration names and no tracker has shown."""

    connection: str
    remote: str
    sharing: str
    team: str | None
    freshness_seconds: int | None


@dataclass(frozen=True)
class Sight:
    """The catalogue as one principal may see it. ``shown`` are all scopes that the configuration wants;
    the other sets are parts of it."""

    principal: Principal
    connections: Mapping[str, Row[Any]]
    shown: Mapping[str, Row[Any]]
    all_scopes: int
    claims: Mapping[str, frozenset[str]]
    """By project, the scopes that it takes something from."""
    running: Mapping[str, Row[Any]]
    """By scope, the run that is under way."""
    missing: Collection[Missing]
    now: datetime
    freshness_seconds: int
    """How old a scope may become that has no target of its own."""

    @cached_property
    def visible(self) -> set[str]:
        """Scopes whose items may be read."""
        return {s for s, row in self.shown.items() if may_see(self.principal, row.sharing, row.team)}

    @cached_property
    def operated(self) -> set[str]:
        """Scopes whose state may be read: admins keep every connection running."""
        return set(self.shown) if self.principal.role == "admin" else self.visible

    @cached_property
    def unrestricted(self) -> set[str]:
        """Visible scopes whose restricted items may be read too."""
        return {s for s in self.visible if may_see_restricted(self.principal, self.shown[s].team)}

    @cached_property
    def unclaimed(self) -> set[str]:
        """Scopes that no project takes: each is a project of its own."""
        return set(self.shown) - set[str]().union(*self.claims.values())

    def target(self, of: Row[Any] | Missing) -> int:
        """How many seconds old a scope may become."""
        return self.freshness_seconds if of.freshness_seconds is None else of.freshness_seconds

    @cached_property
    def late(self) -> Mapping[str, Late]:
        """By scope, of all that are shown."""
        found = {}
        for scope_id, row in self.shown.items():
            since = Target(row.complete_at or row.first_listed_at, self.target(row)).missed(self.now)
            if since is not None:
                connection, run = self.connections[row.connection_id], self.running.get(scope_id)
                found[scope_id] = Late(since, why_scope(row, connection, run, self.now))
        return found

    @cached_property
    def late_missing(self) -> Mapping[Missing, Late]:
        found = {}
        for one in self.missing:
            connection = self.connections[one.connection]
            since = Target(connection.declared_at, self.target(one)).missed(self.now)
            if since is not None:
                found[one] = Late(since, why_missing(one.remote, one.remote == REST, connection, self.now))
        return found

    def coverage(
        self, touched: Iterable[str], missing: Iterable[Missing] = (), restricted: int = 0
    ) -> Coverage:
        of, visible = {s for s in touched if s in self.shown}, self.visible
        seen = [self.shown[s] for s in of & visible]
        read = [row for row in seen if row.complete_at is not None]
        oldest = min(read, key=lambda row: (row.complete_at, row.id), default=None)
        awaited = {(one.connection, one.remote): one for one in missing}
        return Coverage(
            as_of=oldest.complete_at if oldest else None,
            oldest_scope=oldest.id if oldest else None,
            scopes=len(seen),
            complete=sum(1 for row in read if row.listed),
            hidden=len(of) - len(seen),
            expected=len(awaited),
            restricted=restricted,
            receipt=_oldest_receipt(seen),
            late=sum(row.id in self.late for row in seen)
            + sum(one in self.late_missing for one in awaited.values()),
            target_seconds=self.target(oldest) if oldest else self.freshness_seconds,
        )


def _oldest_receipt(seen: Sequence[Row[Any]]) -> str | None:
    """Of the scope that was compared with its tracker longest ago; none where one of them never was."""
    if not seen or any(row.receipt_id is None for row in seen):
        return None
    receipt: str = min(seen, key=lambda row: (row.compared_at, row.id)).receipt_id
    return receipt


async def look(session: Session, principal: Principal, now: datetime) -> Sight:
    declared = await session.all(
        select(connections).where(connections.c.declared).order_by(connections.c.position)
    )
    rows = await session.all(select(scopes).order_by(scopes.c.name, scopes.c.id))
    running = select(runs).where(runs.c.state == "running", runs.c.scope_id.is_not(None))
    target = select(meta.c.value).where(meta.c.name == FRESHNESS_TARGET)
    shown = {row.id: row for row in rows if row.shown}
    taken: dict[str, set[str]] = defaultdict(set)
    for row in await session.all(select(claims.c.project_id, claims.c.scope_id)):
        if row.scope_id in shown:
            taken[row.project_id].add(row.scope_id)
    known = {row.id: row for row in declared}
    return Sight(
        principal=principal,
        connections=known,
        shown=shown,
        all_scopes=len(rows),
        claims={project: frozenset(ids) for project, ids in taken.items()},
        running={row.scope_id: row for row in await session.all(running.order_by(runs.c.started_at))},
        missing=await _missing(session, known),
        now=now,
        freshness_seconds=int((await session.run(target)).scalar() or FRESHNESS),
    )


async def _missing(session: Session, known: Mapping[str, Row[Any]]) -> list[Missing]:
    """Names of the configuration that mean no scope; and a connection that never listed any, as one."""
    specs = {(row.connection_id, row.remote): row for row in await session.all(select(scope_specs))}
    sources = await session.all(select(project_sources.c.connection_id, project_sources.c.remote))
    named = dict.fromkeys([*specs, *((row.connection_id, row.remote) for row in sources)])
    found = await session.all(select(bindings.c.connection_id, bindings.c.remote))
    met = {(row.connection_id, row.remote) for row in found}
    missing = []
    for connection, remote in named:
        if connection in known and remote != REST and (connection, remote) not in met:
            spec = specs.get((connection, remote)) or specs.get((connection, REST))
            sharing, team, seconds = (
                (spec.sharing, spec.team, spec.freshness_seconds) if spec else (STRICTEST[-1], None, None)
            )
            missing.append(Missing(connection, remote, sharing, team, seconds))
    counted = {one.connection for one in missing}
    for connection, row in known.items():
        if row.listed_at is None and connection not in counted:
            missing.append(Missing(connection, REST, STRICTEST[-1], None, None))
    return missing


def in_project(sight: Sight, project: str) -> frozenset[str]:
    """The scopes of a project, declared or a scope's own."""
    own = frozenset({project}) if project in sight.unclaimed else frozenset[str]()
    return sight.claims.get(project, own)
