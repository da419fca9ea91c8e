"""Maps kept records again and puts what became of them where it differs: no tracker is asked anything."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from connectors.base import Record
from normalizer.model import Mapper, Normalised
from store import checkpoints
from store.kept import Kept, kept_records
from store.open import Store
from store.outcome import outcome_of
from store.put import Batch, put
from store.remapping import Cause, Remapped
from sync.source import Clock, Target

AT_ONCE = 500
"""Records that differ, in one transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """Why records are mapped again. Without ``keep`` nothing stays written. ``run`` answers the run that
    counts what is put; it is asked once there is something to put."""

    cause: Cause
    run: Callable[[], Awaitable[str]]
    keep: bool = True


@dataclass(slots=True)
class Remap:
    """One scope's records, mapped again: how many, and what differs now. ``unmapped`` counts the records by
    (field, value); ``rejected`` are those that cannot be read, whole or in a field."""

    records: int = 0
    differing: int = 0
    rejected: int = 0
    changed: list[Remapped] = field(default_factory=list)
    unmapped: Counter[tuple[str, str]] = field(default_factory=Counter)

    def learn(self, outcomes: Sequence[Normalised]) -> None:
        self.records += len(outcomes)
        for became in outcomes:
            self.rejected += bool(became.rejections)
            self.unmapped.update({(one.field, one.value) for one in became.unmapped})


Mapped = tuple[Record, Normalised]


async def remap(
    target: Target, store: Store, clock: Clock, how: How, told: Callable[[int], None] = lambda _: None
) -> Remap:
    """``told`` hears, page by page, how many records were mapped. Raises StoreError."""
    definitions = await checkpoints.definitions(store, target.scope_id)
    mapper, done = target.mapper(definitions), Remap()
    async for page in kept_records(store, target.scope_id):
        mapped, differing = await asyncio.to_thread(_mapped, target, mapper, page)
        done.learn([became for _, became in mapped])
        done.differing += len(differing)
        for start in range(0, len(differing), AT_ONCE):
            batch = _batch(target, mapper, differing[start : start + AT_ONCE], clock())
            batch = replace(batch, cause=how.cause, run_id=await how.run())
            done.changed += (await put(store, batch, keep=how.keep)).remapped
        told(done.records)
    return done


def _mapped(target: Target, mapper: Mapper, page: Sequence[Kept]) -> tuple[list[Mapped], list[Mapped]]:
    """Every record with what it becomes, and those of them that became something else before."""
    mapped, differing = [], []
    for kept in page:
        record = Record(kept.kind, kept.remote_id, target.scope.id, kept.body(), kept.read_at)
        one = record, mapper(record)
        mapped.append(one)
        if outcome_of(one[1], record, target.scope_id) != kept.outcome:
            differing.append(one)
    return mapped, differing


def _batch(target: Target, mapper: Mapper, mapped: Sequence[Mapped], now: datetime) -> Batch:
    return Batch(
        scope_id=target.scope_id,
        run_id="",
        connection=target.source.connection,
        records=[record for record, _ in mapped],
        normalised=[became for _, became in mapped],
        absent=mapper.absent,
        now=now,
        started_at=now,
    )
