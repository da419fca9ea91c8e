"""Reads the scopes that hints name: what changed in them, as any reading does, with its checks and its
listing. A hint goes when that is done, and not before."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from store import hints
from store.inbox import Inbox
from store.open import Store
from sync.drain import REFUSED_WAIT, Drained
from sync.hinted import Plan, each_once, planned
from sync.job import Read
from sync.runner import sync
from sync.share import Portion, Share
from sync.source import Clock, Source


@dataclass(slots=True)
class Reread:
    """One job's worth of a connection's hints at scopes. Those at items are left alone."""

    store: Store
    inbox: Inbox
    source: Source
    clock: Clock
    share: Share
    done: Drained = field(default_factory=Drained)

    async def run(self) -> Drained:
        """As much as there is, or as the share lets, but each hint once. Raises StoreError."""
        async for taken in each_once(self.inbox, self.source.connection):
            plan = await planned(self.store, self.source, taken)
            if plan.scopes or plan.everywhere:
                await self._read(plan)
            if self.done.more or self.done.retry_after is not None:
                break
        return self.done

    async def _read(self, plan: Plan) -> None:
        """A scope may be new where nobody knows the place of something, or be back in sight: then all are
        listed."""
        chosen = None if plan.everywhere else frozenset(plan.scopes)
        listed = not plan.everywhere and plan.hidden.keys().isdisjoint(plan.scopes)
        source = self.source if listed else replace(self.source, reach=None)
        portion = Portion(Read(halt=self.share.halt), self.share, chosen)
        (report,) = await sync(self.store, [source], self.clock, lambda _: None, portion)
        self.done.items += report.items
        self.done.written += report.written
        self.done.reach = report.reach or self.done.reach
        if report.retry_after is not None or (report.errors and not report.scopes):
            self.done.trouble(report.errors[0], report.retry_after or self.clock() + REFUSED_WAIT)
        if not report.scopes and report.errors:
            return
        left = set(portion.left)
        self.done.more = bool(left) and self.done.retry_after is None
        read = [one for id, named in plan.scopes.items() if id not in left for one in named]
        await hints.done(self.inbox, self.source.connection, read)
        rest = [plan.targets[id].scope.id for id in left if id in plan.targets]
        await hints.narrow(self.inbox, self.source.connection, plan.everywhere, rest)
