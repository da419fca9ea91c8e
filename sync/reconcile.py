"""Makes one scope true: reads it whole, page by page, and puts each page in one transaction.

What a reading did not see is left as it is: a reading never removes anything. A reading that was cut goes
on at its checkpoint; the scope counts as complete only when the connector says that a page was the last.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from connectors.base import JsonObject, Page, Record, ScopeRecord
from connectors.errors import TrackerError, Unavailable, Unexpected
from normalizer.context import Context
from normalizer.model import Mapper, Normalised
from store import checkpoints, runs
from store.open import Store
from store.put import Batch, CompleteReading, PutResult, put
from sync.report import ScopeReport
from sync.source import Clock, Source


class Observer(Protocol):
    """Who follows a reading while it is under way."""

    def began(self, run_id: str) -> None: ...

    def page_put(self, result: PutResult, expected: int | None) -> None:
        """``expected`` is how many items the reading will bring, where the tracker can tell."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One scope to reconcile: where it is read from, what it is called by tracker and by us."""

    source: Source
    site: str
    system: str
    scope: ScopeRecord
    scope_id: str


@dataclass(slots=True)
class Reading:
    """The state of one reading while it is under way."""

    target: Target
    store: Store
    clock: Clock
    run_id: str
    started_at: datetime
    definitions: dict[str, JsonObject] = field(default_factory=dict)
    mapper: Mapper | None = None
    items: int = 0
    written: int = 0
    rejected: int = 0
    whole: bool = False

    def learn(self, page: Page) -> Mapper:
        """The mapper for this page: made anew whenever a page brings definitions."""
        fresh = {record.id: record.body for record in page.records if record.kind == "definition"}
        if fresh or self.mapper is None:
            self.definitions.update(fresh)
            source, scope = self.target.source, self.target.scope
            self.mapper = source.prepare(
                Context(
                    system=self.target.system,
                    site=self.target.site,
                    scope=scope,
                    definitions=self.definitions,
                    rules=source.rules_for(scope),
                )
            )
        return self.mapper

    def report(self, error: TrackerError | None = None) -> ScopeReport:
        return ScopeReport(
            scope=self.target.scope.name,
            items=self.items,
            written=self.written,
            rejected=self.rejected,
            error=None if error is None else str(error),
            retry_after=error.retry_after if isinstance(error, Unavailable) else None,
        )


def normalise(mapper: Mapper, records: Sequence[Record]) -> list[Normalised]:
    """One outcome a record; definitions became the mapper and bring nothing of their own."""
    return [Normalised() if r.kind == "definition" else mapper(r) for r in records]


async def reconcile(target: Target, store: Store, clock: Clock, observer: Observer) -> ScopeReport:
    """Reads the scope from its checkpoint, or from the start, to its end.

    A tracker's error ends this scope's reading and is reported; what was there stays, and the checkpoint
    is where the next call goes on. Anything else is a defect: the run is marked failed, and it is raised.
    """
    checkpoint = await checkpoints.load(store, target.scope_id)
    connection = target.source.connection
    run_id = await runs.begin(store, "reconcile", connection, target.scope_id, clock())
    observer.began(run_id)
    resume = checkpoint.resume if checkpoint else None
    reading = Reading(
        target, store, clock, run_id, checkpoint.started_at if checkpoint and resume else clock()
    )
    try:
        await _read(reading, resume, observer)
    except TrackerError as error:
        await runs.finish(store, run_id, "failed", str(error), clock())
        return reading.report(error)
    except BaseException as defect:
        await runs.finish(store, run_id, "failed", f"{type(defect).__name__}: {defect}", clock())
        raise
    await runs.finish(store, run_id, "done", None, clock())
    return reading.report()


async def _read(reading: Reading, resume: JsonObject | None, observer: Observer) -> None:
    scope = reading.target.scope
    async for page in reading.target.source.connector.read(scope, resume=resume):
        result = await _put(reading, page)
        reading.items += result.items
        reading.written += result.written
        reading.rejected += result.rejected
        observer.page_put(result, page.expected)
        reading.whole = page.resume is None
    if not reading.whole:
        raise Unexpected(
            f"{scope.name}: the reading ended without its last page; nothing was lost, "
            "and the next sync goes on where it was cut. If it happens again, tell the maintainers."
        )


async def _put(reading: Reading, page: Page) -> PutResult:
    mapper = reading.learn(page)
    normalised = await asyncio.to_thread(normalise, mapper, page.records)
    complete = None
    if page.resume is None:
        complete = CompleteReading(next_since=page.next_since)
    return await put(
        reading.store,
        Batch(
            scope_id=reading.target.scope_id,
            run_id=reading.run_id,
            connection=reading.target.source.connection,
            records=page.records,
            normalised=normalised,
            absent=mapper.absent,
            now=reading.clock(),
            resume=page.resume,
            started_at=reading.started_at,
            complete=complete,
            expected=page.expected,
        ),
    )
