"""Reads the scopes that hints name: what changed in them, as any reading does, with its checks and its
listing. A hint goes when that is done, and not before. A reading that was cut goes on and reaches what was
when it began, which is before the hint: then the scope is read once more."""

from __future__ import annotations

from dataclasses import replace

from store import checkpoints, hints
from sync.hinted import REFUSED_WAIT, HintWork, Plan
from sync.job import Read
from sync.runner import sync
from sync.share import Portion


class Reread(HintWork):
    """One job's worth of a connection's hints at scopes. Those at items are left alone."""

    async def work_off(self, plan: Plan) -> None:
        if plan.scopes or plan.everywhere:
            await self._read(plan)

    async def _read(self, plan: Plan) -> None:
        """A scope may be new where nobody knows the place of something, or be back in sight: then all are
        listed."""
        chosen = None if plan.everywhere else frozenset(plan.scopes)
        listed = not plan.everywhere and plan.hidden.keys().isdisjoint(plan.scopes)
        source = self.source if listed else replace(self.source, reach=None)
        portion = Portion(Read(halt=self.share.halt), self.share, chosen)
        cut = await checkpoints.cut(self.store, plan.targets if chosen is None else chosen)
        (report,) = await sync(self.store, [source], self.clock, lambda _: None, portion)
        self.done.items += report.items
        self.done.written += report.written
        self.done.reach = report.reach or self.done.reach
        refused = bool(report.errors) and not report.scopes
        if refused or report.retry_after is not None:
            self.done.trouble(report.errors[0], report.retry_after or self.clock() + REFUSED_WAIT)
        if refused:
            return
        left = {*portion.left, *(cut - await checkpoints.cut(self.store, cut))}
        self.done.more = bool(left) and self.done.retry_after is None
        read = [one for id, named in plan.scopes.items() if id not in left for one in named]
        now = self.clock()
        await hints.done(self.inbox, self.source.connection, read, now)
        rest = [plan.targets[id].scope.id for id in left if id in plan.targets]
        await hints.narrow(self.inbox, self.source.connection, plan.everywhere, rest, now)
