"""The mapping workbench: what could play a role in a scope, and what a choice would do to its items."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from connectors.base import ScopeRecord
from normalizer.candidates import Candidate, candidates
from normalizer.model import Item
from normalizer.rules import FieldRole, Rules
from store import checkpoints
from store.kept import KeptScope, kept_scopes, latest_items, record_of
from store.open import Store
from sync.source import Source, Target

LATEST = 500
"""Items of a scope that are looked at: how people fill a field now, not how they did years ago."""

PLAYED: Mapping[FieldRole, Callable[[Item], object | None]] = {
    "estimate": lambda item: item.estimates[0].value if item.estimates else None,
    "start": lambda item: item.start,
    "due": lambda item: item.due,
    "priority": lambda item: item.original_priority,
    "percent_complete": lambda item: item.progress.percent if item.progress else None,
    "type": lambda item: item.original_type,
}
"""What an item holds by its role."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scouted:
    """One scope: of its ``items`` latest items, ``filled`` hold something by the role now, and with the
    field that is tried ``would_fill`` would (None: nothing is tried); ``rejected`` cannot be read then."""

    connection: str
    scope: str
    items: int
    filled: int
    candidates: Sequence[Candidate]
    would_fill: int | None = None
    rejected: int = 0


async def scout(store: Store, source: Source, role: FieldRole, tried: str | None = None) -> list[Scouted]:
    """Every scope that the source wants and of which items are kept. Asks no tracker and writes nothing."""
    wanted = [one for one in await kept_scopes(store, source.connection) if source.wanted(one.scope)]
    return [await _scouted(store, source, kept, role, tried) for kept in wanted]


async def _scouted(
    store: Store, source: Source, kept: KeptScope, role: FieldRole, tried: str | None
) -> Scouted:
    items = await latest_items(store, kept.id, LATEST)
    found = Scouted(
        connection=source.connection,
        scope=kept.scope.name,
        items=len(items),
        filled=_filled(items, role),
        candidates=candidates(items, role),
    )
    if tried is None:
        return found
    again, rejected = await _again(store, _with(source, role, tried), kept, items)
    return replace(found, would_fill=_filled(again, role), rejected=rejected)


def _filled(items: Sequence[Item], role: FieldRole) -> int:
    return sum(PLAYED[role](item) is not None for item in items)


def _with(source: Source, role: FieldRole, field: str) -> Source:
    """The source as if the configuration had this rule as well."""

    def rules_for(scope: ScopeRecord) -> Rules:
        given = source.rules_for(scope)
        return given.model_copy(update={"fields": {**given.fields, role: field}})

    return replace(source, rules_for=rules_for)


async def _again(
    store: Store, source: Source, kept: KeptScope, items: Sequence[Item]
) -> tuple[list[Item], int]:
    """These items as their records are mapped by the source's rules, and how many cannot be read whole."""
    target = Target(source=source, site=kept.site, system=kept.system, scope=kept.scope, scope_id=kept.id)
    mapper = target.mapper(await checkpoints.definitions(store, kept.id))
    records = await record_of(store, kept, [item.id for item in items])
    outcomes = await asyncio.to_thread(lambda: [mapper(record) for record in records])
    return [item for one in outcomes for item in one.items], sum(bool(one.rejections) for one in outcomes)
