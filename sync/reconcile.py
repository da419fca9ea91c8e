"""Makes one scope true, in a run of its own, and leaves a receipt of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from connectors.errors import TrackerError, Unavailable
from store import receipts, runs, worklists
from store.census import ours
from store.open import Store
from store.receipt_views import Receipt
from store.worklists import Worklist
from sync.accounting import Occasion, compared, failed
from sync.course import Course, Place
from sync.halt import Halted, Stop
from sync.opening import opened
from sync.reading import Observer
from sync.remap import ruled
from sync.report import ScopeReport
from sync.running import running
from sync.source import Clock, Target

GOES_ON = timedelta(hours=12)
"""How old work that was cut may be and still be gone on with: later, what it found out says little of now."""


async def reconcile_scope(
    target: Target, store: Store, clock: Clock, observer: Observer, reconciliation_id: str
) -> ScopeReport:
    """Goes on where the last reconciliation of the scope was cut. A tracker's error ends it and is reported,
    with a receipt that says so: nothing was noted as absent then. Halted, it goes on in the same run."""
    notes, now = await ruled(target, store, clock), clock()
    left = await worklists.load(store, target.scope_id)
    if left is not None and now - left.started_at > GOES_ON:
        left = None
    run_id = await _run_of(target, store, clock, left)
    observer.began(run_id)
    place = Place(
        target=target,
        store=store,
        clock=clock,
        run_id=run_id,
        reconciliation_id=reconciliation_id,
        started_at=left.started_at if left else now,
    )
    job = _Reconciling(place, notes)
    try:
        async with running(store, clock, run_id, job.note):
            await job.run(left, observer)
    except Halted as halted:
        return job.report(halted=halted.stop)
    except TrackerError as error:
        return job.report(error=error)
    return job.report()


async def _run_of(target: Target, store: Store, clock: Clock, left: Worklist | None) -> str:
    if left is not None and await runs.go_on(store, left.run_id):
        return left.run_id
    return await runs.begin(store, "reconcile", target.source.connection, target.scope_id, clock())


@dataclass(slots=True)
class _Reconciling:
    at: Place
    notes: Sequence[str]
    course: Course | None = None
    receipt: Receipt | None = None

    async def run(self, left: Worklist | None, observer: Observer) -> None:
        try:
            self.course = course = await opened(self.at, left)
            difference = await course.make_equal(observer)
        except TrackerError as error:
            await self._failed(error)
            raise
        comparison = compared(self._occasion(), course.tally, course.source, difference)
        self.receipt = await worklists.conclude(self.at.store, comparison)

    async def _failed(self, error: TrackerError) -> None:
        """The work list stays, for whoever goes on."""
        held = await ours(self.at.store, self.at.scope_id)
        tally = self.course.tally if self.course else None
        comparison = failed(self._occasion(), tally, held, str(error))
        self.receipt = await receipts.issue(self.at.store, comparison)

    def _occasion(self) -> Occasion:
        return Occasion(
            scope_id=self.at.scope_id,
            reconciliation_id=self.at.reconciliation_id,
            started_at=self.at.started_at,
            finished_at=self.at.clock(),
            covers=self.course.printing.covers if self.course else (),
        )

    def note(self) -> str | None:
        return " ".join(self._said()) or None

    def _said(self) -> list[str]:
        """What there is to say of it, but for an error."""
        held = self.course.tally.notes if self.course else []
        reason = self.receipt.reason if self.receipt and self.receipt.source_digest else None
        return [*self.notes, *held, *([reason] if reason else [])]

    def report(self, error: TrackerError | None = None, halted: Stop | None = None) -> ScopeReport:
        tally = self.course.tally if self.course else None
        return ScopeReport(
            scope=self.at.target.scope.name,
            kind="reconcile",
            items=tally.items if tally else 0,
            written=tally.written if tally else 0,
            rejected=tally.rejected if tally else 0,
            notes=self._said(),
            error=None if error is None else str(error),
            retry_after=error.retry_after if isinstance(error, Unavailable) else None,
            halted=halted,
            receipt=self.receipt,
        )
