"""Settling: what follows when the configuration or a listing changes. Which scope each name means, whose
sharing holds, what is shown, which project claims what; then memberships and figures are brought along."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select

from store.figures import Ledger, sweep
from store.membership import Assigner, load_claims
from store.schema import (
    bindings,
    claims,
    connections,
    project_sources,
    projects,
    reach,
    scope_specs,
    scopes,
)
from store.session import Rows, Session

REST = "*"
STRICTEST = ("team_only", "pmo", "organisation")
FRESHNESS_TARGET = "freshness_seconds"
"""Where ``meta`` keeps how old a scope may become that has no target of its own."""

Binding = tuple[str, str]
"""A connection, and a scope's id, key or name as the configuration has it."""


@dataclass(frozen=True, slots=True)
class Known:
    """All that settling looks at."""

    declared: Mapping[str, int]
    """The declared connections, with their position."""
    scopes: Mapping[str, Row[Any]]
    reach: Mapping[str, Mapping[str, bool]]
    """By scope: the connections that ever listed it, and whether they do now."""
    specs: Sequence[Row[Any]]
    sources: Sequence[Row[Any]]
    bound: Mapping[Binding, frozenset[str]]


async def settle(session: Session) -> bool:
    """Bring everything that is derived from the catalogue up to date. Says whether anything changed."""
    known = await _load(session)
    bound = resolve(known)
    held = {(c, r, s) for (c, r), ids in known.bound.items() for s in ids}
    meant = {(c, r, s) for (c, r), ids in bound.items() for s in ids}
    if held != meant:
        await session.remove(bindings.c.connection_id, sorted({c for c, _, _ in held}))
        names = ("connection_id", "remote", "scope_id")
        await session.add(bindings, [dict(zip(names, row, strict=True)) for row in sorted(meant)])
    altered = [
        values
        for scope_id, row in known.scopes.items()
        if (values := standing(scope_id, known, bound)) != {name: getattr(row, name) for name in values}
    ]
    await session.change(scopes, altered)
    return await _claim(session, claimed(known, bound)) or bool(altered) or held != meant


async def _load(session: Session) -> Known:
    listed: dict[str, dict[str, bool]] = defaultdict(dict)
    for row in await session.all(select(reach)):
        listed[row.scope_id][row.connection_id] = row.listed
    held: dict[Binding, set[str]] = defaultdict(set)
    for row in await session.all(select(bindings)):
        held[row.connection_id, row.remote].add(row.scope_id)
    declared = select(connections.c.id, connections.c.position).where(connections.c.declared)
    declared_projects = select(projects.c.id)
    return Known(
        declared={row.id: row.position for row in await session.all(declared)},
        scopes={row.id: row for row in await session.all(select(scopes))},
        reach=listed,
        specs=await session.all(select(scope_specs)),
        sources=await session.all(
            select(project_sources)
            .where(project_sources.c.project_id.in_(declared_projects))
            .order_by(project_sources.c.project_id, project_sources.c.position)
        ),
        bound={name: frozenset(ids) for name, ids in held.items()},
    )


def resolve(known: Known) -> dict[Binding, frozenset[str]]:
    """What each name means: the scopes that have it as id, key or name, else those that had it before."""
    named: dict[Binding, set[str]] = defaultdict(set)
    for scope_id, row in known.scopes.items():
        for connection in known.reach[scope_id]:
            for name in {row.remote_id, row.key, row.name} - {None}:
                named[connection, name].add(scope_id)
    wanted = {(row.connection_id, row.remote) for row in (*known.specs, *known.sources)}
    meant = {name: frozenset(named[name]) or known.bound.get(name, frozenset()) for name in wanted}
    return {name: ids for name, ids in meant.items() if ids and name[1] != REST}


def standing(scope_id: str, known: Known, bound: Mapping[Binding, frozenset[str]]) -> dict[str, Any]:
    """A scope's settled columns. Of several declarations, the strictest sharing and target hold."""
    reached = [c for c in known.reach[scope_id] if c in known.declared]
    wanting = sorted(
        (c for c in reached if _wanted(c, scope_id, known, bound)), key=known.declared.__getitem__
    )
    specs = [spec for connection in reached for spec in _specs(connection, scope_id, known, bound)]
    specs.sort(key=lambda spec: (STRICTEST.index(spec.sharing), spec.team or ""))
    return {
        "id": scope_id,
        "connection_id": wanting[0] if wanting else known.scopes[scope_id].connection_id,
        "sharing": specs[0].sharing if specs else STRICTEST[-1],
        "team": next((spec.team for spec in specs if spec.team), None),
        "shown": bool(wanting),
        "listed": any(known.reach[scope_id][c] for c in wanting),
        "freshness_seconds": min(
            (spec.freshness_seconds for spec in specs if spec.freshness_seconds is not None), default=None
        ),
    }


def _wanted(connection: str, scope_id: str, known: Known, bound: Mapping[Binding, frozenset[str]]) -> bool:
    """A connection without declared scopes wants all; else those that are declared or taken by a project,
    and with ``*`` among them all."""
    declared = {spec.remote for spec in known.specs if spec.connection_id == connection}
    return (
        not declared
        or REST in declared
        or any(scope_id in ids for (of, _), ids in bound.items() if of == connection)
    )


def _specs(
    connection: str, scope_id: str, known: Known, bound: Mapping[Binding, frozenset[str]]
) -> list[Row[Any]]:
    of = [spec for spec in known.specs if spec.connection_id == connection]
    own = [spec for spec in of if scope_id in bound.get((connection, spec.remote), ())]
    return own or [spec for spec in of if spec.remote == REST]


def claimed(known: Known, bound: Mapping[Binding, frozenset[str]]) -> dict[str, dict[str, list[Any]]]:
    """By scope and project, the selectors of its sources there."""
    found: dict[str, dict[str, list[Any]]] = defaultdict(dict)
    for source in known.sources:
        if source.connection_id not in known.declared:
            continue
        if source.remote == REST:
            scope_ids: Iterable[str] = [s for s in known.scopes if source.connection_id in known.reach[s]]
        else:
            scope_ids = bound.get((source.connection_id, source.remote), ())
        for scope_id in scope_ids:
            selectors = found[scope_id].setdefault(source.project_id, [])
            if source.selector not in selectors:
                selectors.append(source.selector)
    return found


async def _claim(session: Session, wanted: Mapping[str, Mapping[str, list[Any]]]) -> bool:
    """Write the claims; where they changed, decide anew where every item of the scope belongs."""
    held: dict[str, dict[str, list[Any]]] = defaultdict(dict)
    for row in await session.all(select(claims)):
        held[row.scope_id][row.project_id] = row.selectors
    changed = sorted(s for s in held.keys() | wanted.keys() if held.get(s, {}) != wanted.get(s, {}))
    rows: Rows = [
        {"scope_id": scope_id, "project_id": project, "selectors": selectors}
        for scope_id in changed
        for project, selectors in wanted.get(scope_id, {}).items()
    ]
    await session.remove(claims.c.scope_id, changed)
    await session.add(claims, rows)
    ledger = Ledger()
    await Assigner(session, await load_claims(session), ledger).review_scopes(changed)
    await ledger.apply(session)
    if changed:
        await sweep(session)
    return bool(changed)
