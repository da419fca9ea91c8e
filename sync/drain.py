"""Drains hints: what they name is asked for in bulk and put, or found to be absent. A hint goes when that is
done, and not before, so that a cut at any point loses none. Scopes that are to be read are left to
:mod:`sync.reread`, so that no item waits for a whole scope."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from connectors.base import Hint, Record
from connectors.errors import TrackerError, Unauthorized, Unavailable, Unexpected
from normalizer.model import Normalised
from store import checkpoints, hints, runs
from store.census import forget_refused
from store.hints import Waiting
from store.leases import Taken, held
from store.presence import held_in
from store.put import put
from store.stale import asked_again, stale_in
from store.whereabouts import homes_of
from sync.absences import Gone, Told, ask, believe
from sync.hinted import REFUSED_WAIT, HintWork, Plan
from sync.remap import batch_of
from sync.runner import SCOPES_AT_ONCE, TAKEN_WAIT
from sync.running import running
from sync.settle import settle
from sync.taking import normalise

PATIENCE = timedelta(hours=1)
"""For how long hints stay of which no good answer comes."""


class Drain(HintWork):
    """One job's worth of a connection's hints at items."""

    async def work_off(self, plan: Plan) -> None:
        await self._forget(plan.nothing)
        if plan.items:
            await self._items(plan)
        await self._widen(plan)
        if plan.unanswered and self.done.retry_after is None:
            self.done.trouble(plan.unanswered, self.clock() + REFUSED_WAIT)
        self.done.more = self.done.retry_after is None and await self.share.used_up()

    async def _widen(self, plan: Plan) -> None:
        """Scopes are left to be read, also those that have to be for the sake of an item."""
        self.done.scopes = self.done.scopes or bool(plan.scopes or plan.everywhere)
        for scope_id, named in plan.scopes.items():
            if items := [one for one in named if one.hint.item_id]:
                scopes = [plan.remote_id(scope_id)]
                await hints.narrow(self.inbox, self.source.connection, items, scopes, self.clock())

    async def _forget(self, waiting: Sequence[Waiting]) -> None:
        await hints.done(self.inbox, self.source.connection, waiting, self.clock())

    async def _items(self, plan: Plan) -> None:
        try:
            async with held(self.store, f"connection {self.source.connection}"):
                await runs.abandon(self.store, self.source.connection, self.clock())
                run_id = await runs.begin(self.store, "drain", self.source.connection, None, self.clock())
                async with running(self.store, self.clock, run_id, lambda: self.done.error):
                    await self._served(plan, run_id)
        except Taken as taken:
            self.done.trouble(f"the connection is being read {taken}", self.clock() + TAKEN_WAIT)

    async def _served(self, plan: Plan, run_id: str) -> None:
        """First all that is there, in whichever scope, and then what is not: it may have moved."""
        gate = asyncio.Semaphore(SCOPES_AT_ONCE)

        async def one(scope_id: str) -> tuple[str, Mapping[str, Gone] | None]:
            async with gate:
                return scope_id, await self._asked(plan, scope_id, run_id)

        answers = await settle(one(scope_id) for scope_id in plan.items)
        for scope_id, gone in answers:
            if gone:
                await self._absent(plan, scope_id, gone)
        await self._hint_at_stale(plan)
        later = {one for named in plan.scopes.values() for one in named}
        for scope_id, gone in answers:
            if gone is not None:
                named = plan.items[scope_id].values()
                await self._forget([one for part in named for one in part if one not in later])

    async def _asked(self, plan: Plan, scope_id: str, run_id: str) -> Mapping[str, Gone] | None:
        """Puts what is there, and answers what is not. None: the tracker did not answer, and the hints stay;
        a scope that it does not answer well for is read, which tells people why. A reading may not tell of
        what is not there, so that an answer that was no good is asked for again, but not for ever."""
        target = plan.targets[scope_id]
        try:
            found, gone = await ask(target, self.clock, sorted(plan.items[scope_id]))
        except Unavailable as error:
            self.done.trouble(str(error), error.retry_after or self.clock() + TAKEN_WAIT)
            return None
        except Unauthorized as error:
            self.done.trouble(str(error), self.clock() + REFUSED_WAIT)
            return None
        except TrackerError as error:
            named = [one for part in plan.items[scope_id].values() for one in part]
            fresh = isinstance(error, Unexpected) and any(self._fresh(one) for one in named)
            plan.unanswered = plan.unanswered or (str(error) if fresh else None)
            plan.read(scope_id, [one for one in named if not (fresh and self._fresh(one))])
            return None
        mapper = target.mapper(await checkpoints.definitions(self.store, scope_id))
        mapped = await asyncio.to_thread(lambda: list(zip(found, normalise(mapper, found), strict=True)))
        result = await put(self.store, replace(batch_of(target, mapper, mapped, self.clock()), run_id=run_id))
        self.done.items += result.items
        self.done.written += result.written
        for id in _undefined(mapped):
            plan.read(scope_id, plan.items[scope_id].get(id, ()))
        return gone

    def _fresh(self, one: Waiting) -> bool:
        return self.clock() - one.first_at < PATIENCE

    async def _absent(self, plan: Plan, scope_id: str, gone: Mapping[str, Gone]) -> None:
        """Noted of those that are at home in the scope. What has its home elsewhere is asked for there, where
        it tells that it does not stand here any more."""
        target, home = plan.targets[scope_id], await held_in(self.store, scope_id)
        told = Told(gone=gone, held=home, among=len(home), whole=False)
        self.done.written += len((await believe(target, self.store, self.clock, told)).noted)
        again = dict[str, set[str]]()
        homes = await homes_of(self.store, [target.id_of(id) for id in gone])
        for id in gone:
            where = homes.get(target.id_of(id), scope_id)
            if where != scope_id and id not in plan.items.get(where, ()):
                again.setdefault(where, set()).add(id)
        await self._hint(plan, again)
        if refused := gone.keys() - home.keys():
            await forget_refused(self.store, scope_id, refused, self.clock())

    async def _hint_at_stale(self, plan: Plan) -> None:
        """What hung on what went, also on what a drain or a reading noted that was cut."""
        stale = await stale_in(self.store, plan.targets)
        if stale:
            await self._hint(
                plan, {where: [one.remote_id for one in marked] for where, marked in stale.items()}
            )
            await asked_again(self.store, [one for marked in stale.values() for one in marked])

    async def _hint(self, plan: Plan, again: Mapping[str, Collection[str]]) -> None:
        told = [
            Hint(scope_id=plan.remote_id(scope_id), item_id=id)
            for scope_id, ids in again.items()
            if scope_id in plan.targets
            for id in sorted(ids)
        ]
        if told:
            await hints.add(self.inbox, self.source.connection, told, self.clock())


def _undefined(mapped: Sequence[tuple[Record, Normalised]]) -> list[str]:
    """Items with a custom field, or of an epic, that nobody told us of: the definitions of their scope are
    out of date."""
    return [
        record.id
        for record, one in mapped
        if one.undefined or any(told.field == "custom" for told in one.unmapped)
    ]
