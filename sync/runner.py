"""Runs a job over connections: all at once, each with a few scopes at a time, none stopping another."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from difflib import get_close_matches

from connectors.base import Identity, ScopeRecord
from connectors.errors import TrackerError, Unauthorized, Unavailable
from normalizer.ids import entity_id
from store import catalogue, runs
from store.access import reached
from store.catalogue import Check, CheckState, SeenScope
from store.leases import Lease, Taken, held
from store.open import Store
from store.put import PutResult
from store.stale import asked_again, stale_in
from sync.access import note_lost
from sync.halt import Halt, Stop
from sync.job import CHANGES, Job, Work
from sync.progress import Listener, Tally
from sync.refresh import refresh
from sync.report import ConnectionReport, ScopeReport
from sync.settle import settle
from sync.source import Clock, Reach, Source, Target

SCOPES_AT_ONCE = 8
"""Enough to hide latency; the vendor's budget, not this number, sets the pace."""
TAKEN_WAIT = timedelta(seconds=10)
"""After how long it is worth while to ask again for a connection that another reads."""


async def sync(
    store: Store, sources: Sequence[Source], clock: Clock, listener: Listener, job: Job = CHANGES
) -> list[ConnectionReport]:
    """Does the job with every wanted scope of every source. One connection's trouble leaves the others
    going."""
    runners = [
        Runner(store, source, clock, Tally(source.connection, clock, listener, clock()), job)
        for source in sources
    ]
    return await settle(runner.run() for runner in runners)


@dataclass(slots=True)
class Watch:
    """Follows the work on one scope for the connection's tally."""

    scope: ScopeRecord
    tally: Tally
    halt: Halt
    run_id: str | None = None

    def began(self, run_id: str) -> None:
        self.run_id = run_id

    def page_put(self, result: PutResult, expected: int | None) -> None:
        self.tally.page(self.scope, result.items, expected)


@dataclass(slots=True)
class Runner:
    """The job on one connection."""

    store: Store
    source: Source
    clock: Clock
    tally: Tally
    job: Job
    lease: Lease | None = None
    watching: list[Watch] = field(default_factory=list)
    notes: list[asyncio.Task[None]] = field(default_factory=list)

    async def run(self) -> ConnectionReport:
        self.source.waits.listener = self._wait
        try:
            async with held(self.store, f"connection {self.source.connection}") as self.lease:
                await runs.abandon(self.store, self.source.connection, self.clock())
                return await self._run()
        except Taken as taken:
            return self._failed(
                f"{self.source.connection} is being read {taken}; it is read by one at a time, so wait until "
                "that is done, or end it there.",
                self.clock() + TAKEN_WAIT,
            )
        except TrackerError as error:
            return self._failed(str(error), error.retry_after if isinstance(error, Unavailable) else None)
        finally:
            self.source.waits.listener = None
            await settle(self.notes)

    async def _run(self) -> ConnectionReport:
        async with self.job.over(self.store, self.source, self.clock) as work:
            reach = self.source.reach or await self._reach()
            targets, missing = await self._prepare(reach)
            hidden = await note_lost(self.store, self.source, self.clock)
            reports = await self._do_all(targets, work)
            await self._refresh(targets)
        errors = [*missing, *(f"{r.scope}: {r.error}" for r in reports if r.error)]
        self.tally.enter("failed" if errors else "done")
        return ConnectionReport(
            connection=self.source.connection,
            scopes=reports,
            errors=errors,
            hidden=hidden,
            retry_after=max((r.retry_after for r in reports if r.retry_after), default=None),
            reach=reach,
        )

    def _failed(self, error: str, retry_after: datetime | None) -> ConnectionReport:
        self.tally.enter("failed", error=error)
        return ConnectionReport(
            connection=self.source.connection, scopes=(), errors=[error], retry_after=retry_after
        )

    async def _halt(self, run_id: str) -> Stop | None:
        """Whoever lost the lease stops, since another may be reading by now; and whom a person stops."""
        if self.lease is not None and self.lease.lost:
            return "paused"
        if await runs.cancel_asked(self.store, run_id):
            return "cancelled"
        return await self.job.halt(run_id)

    async def _reach(self) -> Reach:
        """Checks the credentials and lists the scopes."""
        self.tally.enter("checking")
        identity, at = await self._check(), self.clock()
        self.tally.enter("listing")
        seen = [scope async for scope in self.source.connector.scopes()]
        return Reach(identity=identity, scopes=seen, at=at)

    async def _prepare(self, reach: Reach) -> tuple[list[Target], list[str]]:
        """Notes what is in reach, and names configured scopes that are not."""
        identity, seen = reach.identity, reach.scopes
        wanted = [scope for scope in seen if self.source.wanted(scope)]
        known = {one.scope.id for one in await reached(self.store, self.source.connection)}
        named = [
            SeenScope(id=entity_id(identity.system, identity.site, "scope", scope.id), record=scope)
            for scope in seen
            if scope.id in known or self.source.wanted(scope)
        ]
        ids = await catalogue.save_scopes(self.store, self.source.connection, named, self.clock())
        targets = [
            Target(
                source=self.source,
                site=identity.site,
                system=identity.system,
                scope=scope,
                scope_id=ids[scope.id],
            )
            for scope in wanted
        ]
        return targets, missing_scopes(self.source, seen)

    async def _check(self) -> Identity:
        try:
            identity = await self.source.connector.check()
        except TrackerError as error:
            check = Check(state=check_state(error), at=self.clock(), error=str(error))
            await catalogue.save_check(self.store, self.source.connection, check)
            raise
        check = Check(state="ok", at=self.clock(), identity=identity)
        await catalogue.save_check(self.store, self.source.connection, check)
        return identity

    async def _do_all(self, targets: Sequence[Target], work: Work) -> list[ScopeReport]:
        self.tally.enter("reading", scopes=len(targets))
        gate = asyncio.Semaphore(SCOPES_AT_ONCE)

        async def one(target: Target) -> ScopeReport:
            async with gate:
                return await self._do_one(target, work)

        return await settle(one(target) for target in targets)

    async def _refresh(self, targets: Sequence[Target]) -> None:
        """What named an item that went, in whichever scope, once all of them are read."""
        stale = await stale_in(self.store, [target.scope_id for target in targets])
        for target in targets:
            if marked := stale.get(target.scope_id):
                error = await refresh(target, self.store, self.clock, [one.remote_id for one in marked])
                if error:
                    self.tally.tell(target.scope.name, error)
                else:
                    await asked_again(self.store, marked)

    async def _do_one(self, target: Target, work: Work) -> ScopeReport:
        watch = Watch(target.scope, self.tally, self._halt)
        self.watching.append(watch)
        try:
            report = await work(target, watch)
        finally:
            self.watching.remove(watch)
        self.tally.scope_ended(target.scope, report.items, report.error)
        return report

    def _wait(self, until: datetime | None) -> None:
        """A rate limit concerns every reading of the connection, so each of their runs notes it."""
        self.tally.wait(until)
        for watch in self.watching:
            if watch.run_id is not None:
                note = runs.wait(self.store, watch.run_id, until)
                self.notes.append(asyncio.get_running_loop().create_task(note))


def check_state(error: TrackerError) -> CheckState:
    if isinstance(error, Unauthorized):
        return "unauthorized"
    return "unavailable" if isinstance(error, Unavailable) else "failed"


def missing_scopes(source: Source, seen: Sequence[ScopeRecord]) -> list[str]:
    """A sentence for each configured scope that the tracker does not show to this account."""
    known = {ref for scope in seen for ref in (scope.id, scope.key, scope.name) if ref}
    sentences = []
    for ref in source.expected:
        if ref in known:
            continue
        near = get_close_matches(ref, known, n=1)
        meant = f" Did you mean {near[0]!r}?" if near else ""
        sentences.append(
            f"{source.connection}: the configuration names the scope {ref!r}, and {source.tracker} shows "
            f"this account no scope with that id, key or name.{meant} Mend it in tspmo.toml, or let an "
            "administrator of the tracker give the account access."
        )
    return sentences
