"""What hints come to: which items are to be asked for in which scope, and which scopes are to be read."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from connectors.base import Hint
from normalizer.ids import entity_id
from store import checkpoints, hints
from store.access import Reached
from store.hints import Waiting
from store.inbox import Inbox
from store.open import Store
from store.whereabouts import homes_of, sections_among, site_of
from sync.access import wanted
from sync.share import Share
from sync.source import Clock, Reach, Source, Target

AT_ONCE = 500
"""Hints taken at once."""
REFUSED_WAIT = timedelta(minutes=1)
"""After how long it is worth while to ask again whoever refused us."""


@dataclass(slots=True)
class Plan:
    """``items`` are to be asked for (the tracker's ids, each with its hints) in the scopes (by our id) that
    ``targets`` tells of. ``scopes`` are to be read, and ``everywhere`` lets all of them be. Hints at what is
    not ours to read are ``nothing``. ``unanswered`` says why some are to be looked at once more. ``hidden``
    are scopes (the tracker's by our id) that were out of sight when all were listed: who hints at one may
    have come back."""

    targets: Mapping[str, Target]
    hidden: Mapping[str, str] = field(default_factory=dict)
    items: dict[str, dict[str, list[Waiting]]] = field(default_factory=dict)
    scopes: dict[str, list[Waiting]] = field(default_factory=dict)
    everywhere: list[Waiting] = field(default_factory=list)
    nothing: list[Waiting] = field(default_factory=list)
    unanswered: str | None = None

    def remote_id(self, scope_id: str) -> str:
        return self.hidden.get(scope_id) or self.targets[scope_id].scope.id

    def read(self, scope_id: str, hints: Collection[Waiting]) -> None:
        self.scopes.setdefault(scope_id, []).extend(hints)


@dataclass(slots=True, kw_only=True)
class Drained:
    """``retry_after``: hints wait for their tracker, which is to be left alone until then, and ``error`` says
    why. ``more``: there was no time for all of them. ``scopes``: some are to be read whole, by what was in
    ``reach`` where that is known."""

    items: int = 0
    written: int = 0
    error: str | None = None
    retry_after: datetime | None = None
    more: bool = False
    scopes: bool = False
    reach: Reach | None = None

    def trouble(self, error: str, until: datetime) -> None:
        self.error = self.error or error
        self.retry_after = max(until, self.retry_after or until)


@dataclass(slots=True)
class HintWork(ABC):
    """One job's worth of what a connection's hints name."""

    store: Store
    inbox: Inbox
    source: Source
    clock: Clock
    share: Share
    done: Drained = field(default_factory=Drained)

    async def run(self) -> Drained:
        """As much as there is, or as the share lets, but each hint once. Raises StoreError."""
        async for taken in each_once(self.inbox, self.source.connection):
            await self.work_off(await planned(self.store, self.source, taken))
            if self.done.more or self.done.retry_after is not None:
                break
        return self.done

    @abstractmethod
    async def work_off(self, plan: Plan) -> None:
        """What of the plan is its own. Hints go as soon as that is done, and not before."""


async def each_once(inbox: Inbox, connection: str) -> AsyncIterator[list[Waiting]]:
    """The connection's hints, the oldest first. What is hinted at again meanwhile is rung for, and would else
    be asked for without a pause as long as its tracker tells of it; what has to stay holds up nothing."""
    looked, after = set[Hint](), None
    while waiting := await hints.take(inbox, connection, AT_ONCE, after):
        after = waiting[-1]
        fresh = [one for one in waiting if one.hint not in looked]
        looked.update(one.hint for one in fresh)
        if fresh:
            yield fresh
        elif len(waiting) < AT_ONCE:
            return


async def planned(store: Store, source: Source, taken: Sequence[Waiting]) -> Plan:
    site = await site_of(store, source.connection)
    if site is None:  # whatever there is, is still to be read for the first time
        return Plan({}, everywhere=list(taken))
    known = await wanted(store, source)
    targets = {one.id: _target(source, *site, one) for one in known if one.listed}
    hidden = {one.id: one.scope.id for one in known if not one.listed}
    ours = {id: entity_id(*site, "item", id) for one in taken if (id := one.hint.item_id)}
    homes = await homes_of(store, ours.values())
    plan, by_remote = Plan(targets, hidden), {one.scope.id: one.id for one in known}
    for one in taken:
        scope_id = by_remote.get(one.hint.scope_id or "")
        if scope_id is None and one.hint.item_id:
            scope_id = homes.get(ours[one.hint.item_id])
        if scope_id in hidden:
            plan.read(scope_id, [one])
        else:
            _lay(plan, one, scope_id if scope_id in targets else None)
    await _unread_whole(store, plan)
    await _headings(store, plan)
    return plan


def _target(source: Source, system: str, site: str, one: Reached) -> Target:
    return Target(source=source, site=site, system=system, scope=one.scope, scope_id=one.id)


def _lay(plan: Plan, one: Waiting, scope_id: str | None) -> None:
    """An item in a scope that we do not read is none of ours; of one that nobody names the scope, all are
    read, and so are they for a scope that is not known yet."""
    hint: Hint = one.hint
    if scope_id is not None and hint.item_id:
        plan.items.setdefault(scope_id, {}).setdefault(hint.item_id, []).append(one)
    elif scope_id is not None:
        plan.read(scope_id, [one])
    elif hint.item_id and hint.scope_id:
        plan.nothing.append(one)
    else:
        plan.everywhere.append(one)


async def _unread_whole(store: Store, plan: Plan) -> None:
    """Nothing can be asked for by name in a scope that was never read."""
    for scope_id in list(plan.items):
        if await checkpoints.load(store, scope_id) is None:
            named = plan.items.pop(scope_id)
            plan.read(scope_id, [one for hints in named.values() for one in hints])


async def _headings(store: Store, plan: Plan) -> None:
    """An item that is a section, too, is shown by all that stand in it."""
    for scope_id, named in plan.items.items():
        for id in await sections_among(store, scope_id, named):
            plan.read(scope_id, named[id])
