"""Takes the pages of one reading into the store, in an order in which a cut at any point loses nothing: items
first, then what is not there, then the mark up to where it was read."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from connectors.base import JsonObject, Page, Record
from connectors.errors import TrackerError, Unavailable
from normalizer.model import Mapper, Normalised
from store import checkpoints
from store.open import Store
from store.put import Batch, CompleteReading, PutResult, put
from sync.absences import Gone, Missing, missing_of, settle_absences
from sync.definitions import meaning_changed
from sync.remap import How, lay_over, lay_rules, remap
from sync.report import ScopeReport
from sync.source import Clock, Target
from sync.start import Start

NOTHING = PutResult(items=0, written=0, unchanged=0, stale=0, rejected=0)


def normalise(mapper: Mapper, records: Sequence[Record]) -> list[Normalised]:
    """One outcome a record; definitions became the mapper and bring nothing of their own."""
    return [Normalised() if r.kind == "definition" else mapper(r) for r in records]


@dataclass(slots=True)
class Taking:
    """The state of one reading while it is under way."""

    target: Target
    store: Store
    clock: Clock
    run_id: str
    start: Start
    definitions: dict[str, JsonObject] = field(default_factory=dict)
    mapper: Mapper | None = None
    redefined: bool = False
    """Whether a definition that is held means something else now."""
    items: int = 0
    written: int = 0
    rejected: int = 0
    notes: list[str] = field(default_factory=list)

    @property
    def note(self) -> str | None:
        return " ".join(self.notes) or None

    async def recall(self) -> None:
        """A reading that does not begin anew need not bring the definitions that are held."""
        if not self.start.anew:
            self.definitions |= await checkpoints.definitions(self.store, self.target.scope_id)

    async def take(self, pages: Sequence[Page]) -> PutResult:
        """The items that came of them."""
        batch = await self._batch(pages)
        if not self.redefined or self.start.anew:
            return await self._take(batch, pages)
        await self._lay_over()
        result = await self._take(batch, pages)
        await lay_rules(self.target, self.store)
        return result

    async def _take(self, batch: Batch, pages: Sequence[Page]) -> PutResult:
        last = pages[-1]
        gone = [Gone(one, _told_at(page, self.clock())) for page in pages for one in page.gone]
        missing = await self._missing(batch, last, gone)
        complete = CompleteReading(next_since=last.next_since) if last.resume is None else None
        meant_anew = complete and self.redefined
        if missing.nothing and not meant_anew:
            return await self._put(replace(batch, complete=complete))
        result = await self._put(replace(batch, resume=None)) if batch.records else NOTHING
        await self._settle(missing)
        if meant_anew:
            await remap(self.target, self.store, self.clock, How(cause="definitions", run=self._run))
        await put(self.store, replace(batch, records=(), normalised=(), now=self.clock(), complete=complete))
        return result

    async def _lay_over(self) -> None:
        """What the definitions mean now, over what is kept, before they are put themselves: cut between the
        two, the next reading looks again."""
        how = How(cause="definitions", run=self._run, definitions=self.definitions)
        await lay_over(self.target, self.store, self.clock, how)
        self.redefined = False

    async def _missing(self, batch: Batch, last: Page, gone: Sequence[Gone]) -> Missing:
        """With what these pages bring themselves taken as there."""
        brought = {record.id for record in batch.records if record.kind == "item"}
        return await missing_of(self.target, self.store, gone, last.listed, brought)

    async def _batch(self, pages: Sequence[Page]) -> Batch:
        """All by the definitions that came last."""
        mapper = [self._learn(page) for page in pages][-1]
        records = [record for page in pages for record in page.records]
        normalised = await asyncio.to_thread(normalise, mapper, records)
        return Batch(
            scope_id=self.target.scope_id,
            run_id=self.run_id,
            connection=self.target.source.connection,
            records=records,
            normalised=normalised,
            absent=mapper.absent,
            now=self.clock(),
            started_at=self.start.started_at,
            since=self.start.since,
            resume=pages[-1].resume,
            expected=pages[-1].expected,
        )

    def _learn(self, page: Page) -> Mapper:
        """The mapper from this page on: made anew whenever a page brings definitions."""
        fresh = {record.id: record.body for record in page.records if record.kind == "definition"}
        if fresh or self.mapper is None:
            self.redefined |= meaning_changed(self.definitions, fresh)
            self.definitions.update(fresh)
            self.mapper = self.target.mapper(self.definitions)
        return self.mapper

    async def _put(self, batch: Batch) -> PutResult:
        result = await put(self.store, batch)
        self.items += result.items
        self.written += result.written
        self.rejected += result.rejected
        return result

    async def _run(self) -> str:
        return self.run_id

    async def _settle(self, missing: Missing) -> None:
        settled = await settle_absences(self.target, self.store, self.clock, missing)
        self.notes += settled.notes
        self.written += len(settled.noted)
        if settled.found:
            page = Page(records=settled.found)
            await self._put(replace(await self._batch([page]), resume=None))

    def report(self, error: TrackerError | None = None) -> ScopeReport:
        return ScopeReport(
            scope=self.target.scope.name,
            kind=self.start.kind,
            items=self.items,
            written=self.written,
            rejected=self.rejected,
            notes=self.notes,
            error=None if error is None else str(error),
            retry_after=error.retry_after if isinstance(error, Unavailable) else None,
        )


def _told_at(page: Page, now: datetime) -> datetime:
    """When the tracker said that something is gone: not before it told the rest of the page."""
    return max((record.read_at for record in page.records), default=now)
