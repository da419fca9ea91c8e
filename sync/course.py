"""The reconciliation of a scope while it is under way: what differs is fetched by name, batch by batch, what
is not there is noted, and all is compared again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from connectors.base import Printing, Record
from normalizer.model import Mapper, Normalised
from store import worklists
from store.census import at_home, forget_refused
from store.open import Store
from store.put import PutResult, put
from store.receipt_views import Fetched
from store.worklists import Advance, Worklist
from sync.absences import Gone, Told, ask, believe
from sync.census import Difference, compare
from sync.halt import Halted
from sync.reading import Observer
from sync.remap import batch_of
from sync.source import Clock, Target
from sync.tally import Reckoning

AT_ONCE = 500
"""Items asked for by name in one batch; how many a call takes is the connector's own matter."""
ROUNDS = 2
"""What differs after all that differed was fetched is fetched once more: the tracker changed it meanwhile, or
another scope told otherwise of it."""

Todo = Sequence[tuple[str, Fetched]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What is made true, in which run and reconciliation. ``started_at`` is before the first question."""

    target: Target
    store: Store
    clock: Clock
    run_id: str
    reconciliation_id: str
    started_at: datetime

    @property
    def scope_id(self) -> str:
        return self.target.scope_id

    async def run(self) -> str:
        return self.run_id


@dataclass(slots=True)
class Course:
    """``source`` is what the tracker said last of each item; ``done`` of ``todo`` were asked for.
    ``redefine`` answers the mapper by the definitions as they are by now."""

    at: Place
    redefine: Callable[[], Awaitable[Mapper]]
    mapper: Mapper
    printing: Printing
    tally: Reckoning
    source: dict[str, bytes]
    todo: Todo = ()
    done: int = 0

    async def make_equal(self, observer: Observer) -> Difference:
        """Answers what differs in the end. Raises Halted between two batches, and a TrackerError when the
        tracker does not answer; who goes on then goes on at the batch that was reached."""
        while True:
            await self._fetch(observer)
            await self._settle()
            difference = await compare(self.at.target, self.at.store, self.printing, self.source)
            rest = self.rest(difference)
            if not rest or self.tally.round == ROUNDS:
                return difference
            self.tally.round += 1
            await self.plan(rest)

    def rest(self, difference: Difference) -> list[tuple[str, Fetched]]:
        """What is to be fetched of it."""
        asked: list[tuple[str, Fetched]] = [
            *((id, "differing") for id in difference.differing),
            *((id, "missing") for id in difference.missing),
            *((id, "absent") for id in difference.absent),
        ]
        left = self.tally.held | self.tally.forbidden
        return [one for one in asked if one[0] not in left] if left else asked

    async def plan(self, todo: Todo) -> None:
        """Written down before the first of it is asked for."""
        self.todo, self.done, self.tally.corrected = todo, 0, {}
        if not todo:
            return
        work = Worklist(
            reconciliation_id=self.at.reconciliation_id,
            run_id=self.at.run_id,
            started_at=self.at.started_at,
            source=self.source,
            todo=todo,
            done=0,
            tally=self.tally.plain(),
        )
        await worklists.save(self.at.store, self.at.scope_id, work)

    async def _fetch(self, observer: Observer) -> None:
        while self.done < len(self.todo):
            part = self.todo[self.done : self.done + AT_ONCE]
            found, gone = await ask(self.at.target, self.at.clock, [id for id, _ in part])
            mapped, prints = await self._mapped(found)
            self.tally.answered(dict(part), self._sure(gone))
            self._correct({**prints, **dict.fromkeys(_away(gone))})
            self.done += len(part)
            observer.page_put(await self._put(mapped, part), len(self.todo))
            if self.done < len(self.todo) and (stop := await observer.halt(self.at.run_id)):
                raise Halted(stop)

    def _sure(self, gone: Mapping[str, Gone]) -> dict[str, Gone]:
        """What was listed and then is not found by name was deleted between the two, or one of them is wrong:
        it is asked for once more before that is believed."""
        return {
            id: one for id, one in gone.items() if one.absence.reason != "not_found" or id not in self.source
        }

    async def _mapped(
        self, found: Sequence[Record]
    ) -> tuple[list[tuple[Record, Normalised]], dict[str, bytes]]:
        """By definitions that tell of all that is named, as far as there are any."""
        mapped, prints = await asyncio.to_thread(self._read, found)
        if any(one.undefined for _, one in mapped):
            self.mapper = await self.redefine()
            mapped, prints = await asyncio.to_thread(self._read, found)
        return mapped, prints

    def _read(self, found: Sequence[Record]) -> tuple[list[tuple[Record, Normalised]], dict[str, bytes]]:
        return (
            [(record, self.mapper(record)) for record in found],
            {record.id: self.printing.of(record.body) for record in found},
        )

    def _correct(self, told: Mapping[str, bytes | None]) -> None:
        """What the tracker says of an item by name holds, and not what it said in the census before."""
        corrected = {id: print for id, print in told.items() if self.source.get(id) != print}
        self.tally.corrected |= corrected
        correct(self.source, corrected)

    async def _put(self, mapped: Sequence[tuple[Record, Normalised]], part: Todo) -> PutResult:
        """With the note of it in the same transaction."""

        def advance(result: PutResult) -> Advance:
            self.tally.asked(why for _, why in part)
            self.tally.put(result)
            return Advance(self.done, self.tally.plain())

        batch = batch_of(self.at.target, self.mapper, mapped, self.at.clock())
        return await put(
            self.at.store,
            replace(batch, run_id=self.at.run_id, expected=len(self.todo), advance=advance),
        )

    async def _settle(self) -> None:
        """All absences at once, so that it shows when they are too many to be believed."""
        gone, at = self.tally.gone, self.at
        ids = {id: at.target.id_of(id) for id in gone}
        held = await at_home(at.store, at.scope_id, ids) if ids else {}
        told = Told(gone=gone, held=held, among=self.tally.before, whole=self.tally.round == 1)
        self.tally.settled(await believe(at.target, at.store, at.clock, told))
        if refused := gone.keys() - held.keys():
            await forget_refused(at.store, at.scope_id, refused, at.clock())


def correct(source: dict[str, bytes], told: Mapping[str, bytes | None]) -> None:
    """None: it is not there."""
    for id, print in told.items():
        if print is None:
            source.pop(id, None)
        else:
            source[id] = print


def _away(gone: Mapping[str, Gone]) -> list[str]:
    return [id for id, one in gone.items() if one.absence.reason != "forbidden"]
