"""Putting a page: records and all that became of them, in one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from connectors.base import JsonObject, Record
from normalizer.model import Account, Change, Normalised, NullReason
from store import changes, feed, findings, people, resources, worklists
from store.codec import plain
from store.figures import Ledger, sweep
from store.findings import Raised
from store.items import Incoming, ItemWriter, Written, incoming, newest
from store.membership import Assigner, conditions, load_claims
from store.open import Store
from store.outcome import outcome
from store.records import Key, key_of, record_row, write_entities, write_records
from store.remapping import Cause, Remapped, note_corrections, remapped, tellers
from store.resources import Told
from store.schema import checkpoints, iterations, releases, runs, scopes, sections
from store.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteReading:
    """The page ends a whole reading. ``next_since`` is the state of the tracker that it reached."""

    next_since: JsonObject | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One page. ``normalised`` holds what each of ``records`` became, one for one, in their order.

    ``now`` is the time of writing; ``started_at`` when this reading began (for a resumed one, when it
    first began) and ``since`` the state it reads from (None: everything). ``resume`` continues the
    reading after this page. With neither ``resume`` nor ``complete`` the checkpoint stays as it is.
    ``absent`` is the mapper's; ``expected`` the number of items the reading will bring, if known. ``cause``
    says why it is put: it was read, or records that are held were mapped again, by definitions that the
    tracker changed or by rules (or code) that we changed. ``advance`` answers, from what came of the page,
    how far the scope's work list is with it.
    """

    scope_id: str
    run_id: str
    connection: str
    records: Sequence[Record]
    normalised: Sequence[Normalised]
    now: datetime
    started_at: datetime
    since: JsonObject | None = None
    resume: JsonObject | None = None
    complete: CompleteReading | None = None
    absent: Mapping[str, NullReason] = field(default_factory=dict)
    expected: int | None = None
    cause: Cause = "reading"
    advance: Callable[[PutResult], worklists.Advance] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PutResult:
    """Items in the page: ``items`` = ``written`` + ``unchanged`` + ``stale``. ``rejected`` counts records
    that cannot be read, whole or in a field. ``versions`` are the tracker's own of the written items;
    ``remapped`` are the written items of a batch not read now."""

    items: int
    written: int
    unchanged: int
    stale: int
    rejected: int
    versions: Sequence[datetime | None] = ()
    remapped: Sequence[Remapped] = ()


@dataclass(slots=True)
class Prepared:
    """A page, ready to be written: all work that needs no database is done."""

    records: dict[Key, dict[str, Any]] = field(default_factory=dict)
    arrived: list[Incoming] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    accounts: dict[str, tuple[Account, datetime]] = field(default_factory=dict)
    entities: dict[str, dict[str, tuple[Any, datetime]]] = field(
        default_factory=lambda: {"sections": {}, "iterations": {}, "releases": {}}
    )
    """By id, as the last record of the page tells them: many records may tell of one."""
    told: dict[Key, list[Told]] = field(default_factory=dict)
    raised: dict[Key, list[Raised]] = field(default_factory=dict)
    rejected: int = 0


async def put(store: Store, batch: Batch, *, keep: bool = True) -> PutResult:
    """Write the page. Equal content writes nothing; older never overwrites newer; no item is ever deleted.
    Without ``keep`` all is taken back in the end, and only the answer tells what it would have been.

    Raises StoreError, and then nothing of the page was written.
    """
    prepared = await asyncio.to_thread(prepare, batch)
    async with store.database.writing(keep=keep) as session:
        return await _Putting(session, batch, prepared).run()


def prepare(batch: Batch) -> Prepared:
    prepared = Prepared()
    for record, became in zip(batch.records, batch.normalised, strict=True):
        key = key_of(record)
        lost = {name for one in became.rejections for name in one.lost}
        arrived = [incoming(item, record, batch.scope_id, lost) for item in became.items]
        prepared.records[key] = {
            **record_row(record, batch.scope_id),
            "outcome": outcome(became, (one.text for one in arrived)),
        }
        prepared.told[key] = resources.told(became, record)
        prepared.raised[key] = findings.raised(became)
        prepared.rejected += bool(became.rejections)
        prepared.arrived.extend(arrived)
        prepared.changes.extend(became.changes)
        for account in became.accounts:
            prepared.accounts[account.id] = account, record.read_at
        for name, told in prepared.entities.items():
            for one in getattr(became, name):
                told[one.id] = one, record.read_at
    return prepared


def _entity_row(one: Any, read_at: datetime) -> dict[str, Any]:
    return {
        "id": one.id,
        "scope_id": one.scope_id,
        "remote_id": one.remote_id,
        "name": one.name,
        "body": plain(one),
        "read_at": read_at,
    }


@dataclass(frozen=True, slots=True)
class _Putting:
    """The one transaction, in the order in which one part needs the other."""

    session: Session
    batch: Batch
    prepared: Prepared

    async def run(self) -> PutResult:
        session, batch = self.session, self.batch
        known = {row.id for row in await session.all(select(scopes.c.id))}
        renamed = await self._named_things(known)
        late = await write_records(session, batch.scope_id, self.prepared.records)
        arrived = newest(self.prepared.arrived)
        if batch.cause != "reading":
            arrived = await tellers(session, arrived, batch.scope_id)
        written = await ItemWriter(session, known, batch.scope_id, batch.now).write(arrived)
        await self._accounts(written)
        derived = await self._history(written)
        await self._figures(written, renamed)
        if batch.cause == "correction":
            await note_corrections(session, written, batch.now)
        await feed.publish(session, written, derived, batch.now, corrected=batch.cause == "correction")
        told = {key: many for key, many in self.prepared.told.items() if key not in late}
        await resources.write_resources(session, batch.scope_id, known, told)
        raised = {key: many for key, many in self.prepared.raised.items() if key not in late}
        await findings.write_findings(session, batch.scope_id, raised, batch.now)
        result = PutResult(
            items=len(arrived),
            written=len(written.after),
            unchanged=written.unchanged,
            stale=written.stale,
            rejected=self.prepared.rejected,
            versions=[after.item.remote_updated_at for after in written.after.values()],
            remapped=[] if batch.cause == "reading" else remapped(written),
        )
        await self._progress(result)
        await feed.touch(session)
        return result

    async def _named_things(self, known: Collection[str]) -> set[str]:
        """Write sections, iterations and releases; answers the conditions whose names changed."""
        renamed = set()
        for name, table in (("sections", sections), ("iterations", iterations), ("releases", releases)):
            told = self.prepared.entities[name].values()
            rows = [_entity_row(one, read_at) for one, read_at in told if one.scope_id in known]
            changed = await write_entities(self.session, table, rows)
            if any(changed.values()):
                renamed.add(name)
        return renamed

    async def _accounts(self, written: Written) -> None:
        batch = self.batch
        await people.write_accounts(
            self.session, people.Met(list(self.prepared.accounts.values()), batch.scope_id, batch.now)
        )
        for scope_id in {after.scope_id for after in written.after.values()}:
            here = [after.item for after in written.after.values() if after.scope_id == scope_id]
            named = set[str]().union(*(people.referred(item) for item in here))
            await people.meet(self.session, scope_id, named)

    async def _history(self, written: Written) -> dict[str, set[str]]:
        """Append changes, and derive the times of the items that they or the page touched."""
        of = await changes.append(self.session, self.prepared.changes, self.batch.now)
        if self.batch.cause != "reading":
            of |= await changes.reword(self.session, self.prepared.changes)
        return await changes.derive_times(self.session, of | written.after.keys())

    async def _figures(self, written: Written, renamed: set[str]) -> None:
        ledger, known = Ledger(), await load_claims(self.session)
        assigner = Assigner(self.session, known, ledger)
        await assigner.move(written.before, written.after)
        done = written.after.keys()
        parents = [written.after[item_id] for item_id in written.rekeyed]
        await assigner.review_children(parents, leaving_out=done)
        here = [self.batch.scope_id]
        if any(conditions(known, name, here) for name in renamed & {"sections", "releases"}):
            await assigner.review_scopes(here, leaving_out=done)
        await ledger.apply(self.session)

    async def _progress(self, result: PutResult) -> None:
        """The run's counters, the scope's state, and how far the work is."""
        session, batch = self.session, self.batch
        counted = {
            "pages": 1,
            "records": len(batch.records),
            "items": result.items,
            "written": result.written,
            "rejected": result.rejected,
        }
        values: dict[str, Any] = {name: runs.c[name] + n for name, n in counted.items()}
        if batch.expected is not None:
            values["expected"] = batch.expected
        await session.run(update(runs).where(runs.c.id == batch.run_id).values(**values, waiting_until=None))
        scope: dict[str, Any] = {"absent": dict(batch.absent)}
        if batch.complete:
            scope |= {"complete_at": batch.started_at, "error": None}
            await sweep(session)
        await session.run(update(scopes).where(scopes.c.id == batch.scope_id).values(**scope))
        await self._checkpoint()
        if batch.advance is not None:
            await worklists.advance(session, batch.scope_id, batch.advance(result))

    async def _checkpoint(self) -> None:
        batch = self.batch
        row: dict[str, Any] = {
            "scope_id": batch.scope_id,
            "run_id": batch.run_id,
            "started_at": batch.started_at,
            "since": batch.since,
            "resume": batch.resume,
            "next_since": batch.complete.next_since if batch.complete else None,
        }
        if batch.resume is not None or batch.complete is not None:
            await self.session.upsert(checkpoints, [row])
