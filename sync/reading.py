"""Reads one scope, whole or what changed, and puts what it brings in batches, each in one transaction.

A reading that was cut goes on at its checkpoint; the scope counts as complete only when the connector says
that a page was the last, and when what is then missing was asked for by name (:mod:`sync.absences`).
"""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import replace
from typing import Protocol

from connectors.errors import StaleCursor, TrackerError, Unexpected
from store import checkpoints, runs
from store.open import Store
from store.put import PutResult
from sync.batches import batches
from sync.halt import Halt, Halted
from sync.remap import ruled
from sync.report import ScopeReport
from sync.running import running
from sync.source import Clock, Target
from sync.start import Start, start_of
from sync.taking import Taking


class Observer(Protocol):
    """Who follows a reading while it is under way."""

    def began(self, run_id: str) -> None: ...

    def page_put(self, result: PutResult, expected: int | None) -> None:
        """``expected`` is how many items the reading will bring, where the tracker can tell."""
        ...

    @property
    def halt(self) -> Halt:
        """Asked whether it stops after a page."""
        ...


async def read_scope(
    target: Target, store: Store, clock: Clock, observer: Observer, *, full: bool
) -> ScopeReport:
    """Reads the scope to its end: what changed since the last reading or, with ``full`` and where there was
    none, everything. A cursor that cannot be gone on from is given up for a whole reading, with a note.

    A tracker's error ends this scope's reading and is reported; what was there stays, and the checkpoint
    is where the next call goes on; so it is where the observer halts it, and then the same run goes on.
    Anything else is a defect: the run is marked failed, and it is raised.
    """
    notes = await ruled(target, store, clock)
    report = await _from_checkpoint(target, store, clock, observer, full=full)
    return replace(report, notes=[*notes, *report.notes])


async def _from_checkpoint(
    target: Target, store: Store, clock: Clock, observer: Observer, *, full: bool
) -> ScopeReport:
    start = start_of(await checkpoints.load(store, target.scope_id), clock(), full=full)
    try:
        return await _run(target, store, clock, observer, start)
    except StaleCursor as stale:
        await checkpoints.forget(store, target.scope_id)
        report = await _run(target, store, clock, observer, Start(started_at=clock()))
        return replace(report, notes=[str(stale), *report.notes])


async def _run(target: Target, store: Store, clock: Clock, observer: Observer, start: Start) -> ScopeReport:
    """Raises StaleCursor only for a start from which there is a way back to the beginning."""
    run_id = await _run_of(target, store, clock, start)
    observer.began(run_id)
    taking = Taking(target, store, clock, run_id, start)
    try:
        async with running(store, clock, run_id, lambda: taking.note):
            await _read(taking, observer)
    except Halted as halted:
        return replace(taking.report(), halted=halted.stop)
    except TrackerError as error:
        if isinstance(error, StaleCursor) and not start.anew:
            raise
        return taking.report(error)
    return taking.report()


async def _run_of(target: Target, store: Store, clock: Clock, start: Start) -> str:
    if start.paused is not None and await runs.go_on(store, start.paused):
        return start.paused
    return await runs.begin(store, start.kind, target.source.connection, target.scope_id, clock())


async def _read(taking: Taking, observer: Observer) -> None:
    target, start = taking.target, taking.start
    await taking.recall()
    pages, whole = target.source.connector.read(target.scope, since=start.since, resume=start.resume), False
    async with aclosing(batches(pages)) as joined:
        async for batch in joined:
            result = await taking.take(batch)
            observer.page_put(result, batch[-1].expected)
            whole = batch[-1].resume is None
            if not whole and (stop := await observer.halt(taking.run_id)):
                raise Halted(stop)
    if not whole:
        raise Unexpected(
            f"{target.scope.name}: the reading ended without its last page; nothing was lost, "
            "and the next sync goes on where it was cut. If it happens again, tell the maintainers."
        )
