"""Runs a sync over connections: all at once, each with a few scopes at a time, none stopping another."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from connectors.base import Identity, ScopeRecord
from connectors.errors import TrackerError, Unauthorized, Unavailable
from normalizer.ids import entity_id
from store import catalogue
from store.catalogue import SeenScope
from store.open import Store
from store.put import PutResult
from sync.progress import Listener, Tally
from sync.reconcile import Target, reconcile
from sync.report import ConnectionReport, ScopeReport
from sync.settle import settle
from sync.source import Clock, Source

SCOPES_AT_ONCE = 4
"""Enough to hide latency; the vendor's budget, not this number, sets the pace."""


async def sync(
    store: Store, sources: Sequence[Source], clock: Clock, listener: Listener
) -> list[ConnectionReport]:
    """Reads every wanted scope of every source. One connection's trouble leaves the others going."""
    runners = [Runner(store, source, clock, listener) for source in sources]
    return await settle(runner.run() for runner in runners)


@dataclass(slots=True)
class Runner:
    """One connection's sync."""

    store: Store
    source: Source
    clock: Clock
    listener: Listener

    async def run(self) -> ConnectionReport:
        tally = Tally(self.source.connection, self.clock, self.listener, self.clock())
        self.source.waits.listener = tally.wait
        try:
            targets, missing = await self._prepare(tally)
            reports = await self._read_all(targets, tally)
        except TrackerError as error:
            tally.enter("failed")
            return ConnectionReport(connection=self.source.connection, scopes=(), errors=[str(error)])
        finally:
            self.source.waits.listener = None
        errors = [*missing, *(f"{r.scope}: {r.error}" for r in reports if r.error)]
        tally.enter("failed" if errors else "done")
        return ConnectionReport(connection=self.source.connection, scopes=reports, errors=errors)

    async def _prepare(self, tally: Tally) -> tuple[list[Target], list[str]]:
        """Checks the credentials, lists the scopes, and names configured ones that are not in reach."""
        tally.enter("checking")
        identity = await self._check()
        tally.enter("listing")
        seen = [scope async for scope in self.source.connector.scopes()]
        wanted = [scope for scope in seen if self.source.wanted(scope)]
        ids = {s.id: entity_id(identity.system, identity.site, "scope", s.id) for s in wanted}
        await catalogue.save_scopes(
            self.store,
            self.source.connection,
            [SeenScope(id=ids[scope.id], record=scope) for scope in wanted],
            self.clock(),
        )
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
            state = (
                "unauthorized"
                if isinstance(error, Unauthorized)
                else "unavailable"
                if isinstance(error, Unavailable)
                else "failed"
            )
            await catalogue.save_check(
                self.store, self.source.connection, None, str(error), state, self.clock()
            )
            raise
        await catalogue.save_check(self.store, self.source.connection, identity, None, "ok", self.clock())
        return identity

    async def _read_all(self, targets: Sequence[Target], tally: Tally) -> list[ScopeReport]:
        tally.enter("reading", scopes=len(targets))
        gate = asyncio.Semaphore(SCOPES_AT_ONCE)

        async def one(target: Target) -> ScopeReport:
            async with gate:
                return await self._read_one(target, tally)

        return await settle(one(target) for target in targets)

    async def _read_one(self, target: Target, tally: Tally) -> ScopeReport:
        name = target.scope.name

        def page_put(result: PutResult, expected: int | None) -> None:
            tally.page(name, result.items, expected)

        report = await reconcile(target, self.store, self.clock, page_put)
        tally.scope_ended(name, report.items, report.error)
        return report


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
