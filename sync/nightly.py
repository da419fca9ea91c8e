"""A reconciliation of a connection: every scope compared with its tracker, those that are hidden by now
named, and gone on with where it was cut."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from connectors.errors import TrackerError
from store import receipts, reconciliations
from store.access import Reached
from store.census import ours
from store.open import Store
from store.receipts import Receipt
from store.reconciliations import Reconciliation
from sync.access import lost_words, wanted
from sync.accounting import Occasion, hidden
from sync.halt import Halt, never
from sync.job import Work
from sync.reading import Observer
from sync.reconcile import GOES_ON, reconcile_scope
from sync.report import ScopeReport
from sync.source import Clock, Source, Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconcile:
    """A job that compares every scope with its tracker. It goes on with the connection's last reconciliation
    where that was cut, but for the scopes that came out complete; ``anew`` begins one of its own."""

    anew: bool = False
    halt: Halt = never

    @asynccontextmanager
    async def over(self, store: Store, source: Source, clock: Clock) -> AsyncIterator[Work]:
        """What is cut by the end of the process stays open, to be gone on with."""
        night = _Night(store, source, clock, await self._begun(store, source, clock), [])
        try:
            yield night.work
            await night.end()
        except Exception as error:
            sentence = str(error) if isinstance(error, TrackerError) else f"{type(error).__name__}: {error}"
            await reconciliations.end(store, night.of.id, "failed", clock(), sentence)
            raise

    async def _begun(self, store: Store, source: Source, clock: Clock) -> Reconciliation:
        left = await reconciliations.go_on(store, source.connection, clock(), GOES_ON)
        if left is not None and not self.anew:
            return left
        return await reconciliations.begin(store, source.connection, clock())


@dataclass(frozen=True, slots=True)
class _Night:
    store: Store
    source: Source
    clock: Clock
    of: Reconciliation
    reports: list[ScopeReport]

    async def work(self, target: Target, observer: Observer) -> ScopeReport:
        if (receipt := self.of.done.get(target.scope_id)) is not None:
            return _done_before(target, receipt)
        report = await reconcile_scope(target, self.store, self.clock, observer, self.of.id)
        self.reports.append(report)
        return report

    async def end(self) -> None:
        """Over once every scope has its receipt, and none is to be asked again."""
        if any(one.halted == "paused" or one.retry_after for one in self.reports):
            return
        known = await wanted(self.store, self.source)
        issued = await reconciliations.issued(self.store, self.of.id)
        for one in known:
            if not one.listed and one.id not in issued:
                issued[one.id] = (await self._hidden(one)).complete
        if any(one.id not in issued for one in known):
            return
        state: reconciliations.State = "complete" if all(issued.values()) else "partial"
        await reconciliations.end(self.store, self.of.id, state, self.clock())

    async def _hidden(self, one: Reached) -> Receipt:
        now, held = self.clock(), await ours(self.store, one.id)
        occasion = Occasion(
            scope_id=one.id, reconciliation_id=self.of.id, started_at=now, finished_at=now, covers=()
        )
        return await receipts.issue(self.store, hidden(occasion, held, lost_words(self.source, one)))


def _done_before(target: Target, receipt: Receipt) -> ScopeReport:
    return ScopeReport(
        scope=target.scope.name, kind="reconcile", items=0, written=0, rejected=0, receipt=receipt
    )
