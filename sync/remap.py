"""Maps kept records again and puts what became of them where it differs: no tracker is asked anything."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from connectors.base import JsonObject, Record
from normalizer.model import Mapper, Normalised
from store import checkpoints, runs
from store.kept import Kept, kept_records, note_rules, rules_of
from store.open import Store
from store.outcome import outcome_of
from store.put import Batch, put
from store.remapping import Cause, Remapped
from store.runs import Ending
from sync.source import Clock, Target

AT_ONCE = 500
"""Records that differ, in one transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """Why records are mapped again. Without ``keep`` nothing stays written. ``run`` answers the run that
    counts what is put; it is asked once there is something to put. ``definitions`` are to be mapped by (None:
    those that are held)."""

    cause: Cause
    run: Callable[[], Awaitable[str]]
    keep: bool = True
    definitions: Mapping[str, JsonObject] | None = None


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
    definitions = how.definitions or await checkpoints.definitions(store, target.scope_id)
    mapper, done = target.mapper(definitions), Remap()
    async for page in kept_records(store, target.scope_id):
        mapped, differing = await asyncio.to_thread(_mapped, target, mapper, page)
        done.learn([became for _, became in mapped])
        done.differing += len(differing)
        for start in range(0, len(differing), AT_ONCE):
            batch = batch_of(target, mapper, differing[start : start + AT_ONCE], clock())
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


def batch_of(target: Target, mapper: Mapper, mapped: Sequence[Mapped], now: datetime) -> Batch:
    """These records with what they became, for a run that is yet to be named."""
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


@dataclass(slots=True)
class LateRun:
    """A run that begins once there is something to put: else nothing is written at all."""

    store: Store
    clock: Clock
    target: Target
    keep: bool = True
    id: str | None = None

    async def __call__(self) -> str:
        if self.keep and self.id is None:
            connection = self.target.source.connection
            self.id = await runs.begin(self.store, "replay", connection, self.target.scope_id, self.clock())
        return self.id or ""

    async def end(self, ending: Ending) -> None:
        if self.id is not None:
            await runs.finish(self.store, self.id, ending, self.clock())


async def correct(target: Target, store: Store, clock: Clock, *, keep: bool = True) -> Remap:
    """The scope's records by the rules as they are now. What differs is a data correction, in a run of its
    own; without ``keep`` all is taken back."""
    run = LateRun(store, clock, target, keep)
    try:
        done = await remap(target, store, clock, How(cause="correction", run=run, keep=keep))
    except BaseException as error:
        await run.end(Ending("failed", error=f"{type(error).__name__}: {error}"))
        raise
    await run.end(Ending("done"))
    if keep:
        await lay_rules(target, store)
    return done


async def lay_over(target: Target, store: Store, clock: Clock, how: How) -> None:
    """Definitions that are not put yet, over what is kept. Until the caller has put them and calls
    :func:`lay_rules`, it counts as not known how the scope is mapped: cut between, all is mapped anew, even
    if the definitions are back by then at what they were."""
    await note_rules(store, target.scope_id, None)
    await remap(target, store, clock, how)


async def ruled(target: Target, store: Store, clock: Clock) -> list[str]:
    """Where the rules of the scope changed since it was mapped, what is kept is mapped by them first: else
    some items would go by the old ones and some by the new. Answers what there is to say of it."""
    known = await rules_of(store, target.scope_id)
    if known == target.rules_digest():
        return []
    done = await correct(target, store, clock)
    if known is None or not done.changed:
        return []
    return [
        f"{len(done.changed)} items mean something else by the rules as they are now (a data correction)."
    ]


async def lay_rules(target: Target, store: Store) -> bool:
    """Note by which rules the scope is mapped from now on. Says whether these are other ones than before."""
    digest = target.rules_digest()
    if await rules_of(store, target.scope_id) == digest:
        return False
    await note_rules(store, target.scope_id, digest)
    return True
