"""A tracker of one scope that answers one reading after the other exactly as a test lays it out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from connectors.base import (
    Absence,
    Capabilities,
    Fingerprint,
    Identity,
    JsonObject,
    Page,
    Printing,
    Record,
    ScopeRecord,
)
from connectors.prints import digest
from normalizer.context import Context
from normalizer.model import Item, Mapper, Normalised, NullReason, Placement, Section
from normalizer.rules import Rules
from store.catalogue import Declared, declare
from store.declared import ConnectionSpec
from store.open import Store
from store.principal import LOCAL
from store.views import FeedEvent, ItemQuery, ItemView, RunView
from sync.job import Read
from sync.report import ScopeReport
from sync.runner import sync
from sync.source import Source
from tests.sync.scripted import T0, Clock

SCOPE = ScopeRecord(id="b1", kind="board", name="Board", url="https://x.test/b1")
EVERYWHERE = ("present", "archived", "deleted", "gone", "moved_out", "filtered_out")
Step = Page | Exception


def card(id: str, word: str = "open", *, minute: int = 0, read: int = 0, **more: Any) -> Record:
    """A record of an item with a status word, changed and read so many minutes after T0."""
    body = {"word": word, "updated": (T0 + timedelta(minutes=minute)).isoformat(), **more}
    return Record("item", id, SCOPE.id, body, T0 + timedelta(minutes=read))


def definition(**meaning: str) -> Record:
    """What the status words of the scope mean."""
    return Record("definition", "words", SCOPE.id, meaning, T0)


def done(*records: Record, since: int = 1, **rest: Any) -> Page:
    """The last page of a reading."""
    return Page(records=records, next_since={"since": since}, **rest)


@dataclass
class Stage:
    """``readings`` are answered in turn; what each was asked with stands in ``asked``. ``single`` is what is
    there now, item by item, and ``defined`` the definitions."""

    readings: list[list[Step]]
    single: Mapping[str, Record | Absence] = field(default_factory=dict)
    defined: Sequence[Record] = ()
    asked: list[tuple[JsonObject | None, JsonObject | None]] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    capabilities: Capabilities = field(
        default_factory=lambda: Capabilities(
            tracker="stage", title="Stage", system="trello", history="none", deletions=""
        )
    )

    async def check(self) -> Identity:
        return Identity(system="trello", site="x.test", account_id="1", account_name="Reader")

    async def scopes(self) -> AsyncIterator[ScopeRecord]:
        yield SCOPE

    async def read(
        self, scope: ScopeRecord, since: JsonObject | None = None, resume: JsonObject | None = None
    ) -> AsyncIterator[Page]:
        self.asked.append((since, resume))
        for step in self.readings.pop(0):
            if isinstance(step, Exception):
                raise step
            yield step

    async def fetch(self, scope: ScopeRecord, ids: Sequence[str]) -> AsyncIterator[Record | Absence]:
        for id in ids:
            self.fetched.append(id)
            yield self.single[id]

    async def census(self, scope: ScopeRecord) -> AsyncIterator[Fingerprint]:
        for one in self.single.values():
            if isinstance(one, Record):
                yield Fingerprint(one.id, digest(one.body))

    async def definitions(self, scope: ScopeRecord) -> AsyncIterator[Record]:
        for one in self.defined:
            yield one

    def printing(self, scope: ScopeRecord, definitions: Mapping[str, JsonObject]) -> Printing:
        return Printing(of=digest, covers=["title", "original_status"])

    async def aclose(self) -> None:
        return None


@dataclass
class Words:
    """Maps a card by what its word means in the scope's definitions and rules; else it is unknown."""

    context: Context
    absent: dict[str, NullReason] = field(default_factory=dict)

    def __call__(self, record: Record) -> Normalised:
        if record.kind == "section":
            section = Section(
                id=self.context.id("section", record.id),
                scope_id=self.context.scope_id,
                remote_id=record.id,
                kind="list",
                name=record.body["name"],
            )
            return Normalised(sections=[section])
        word, parent = record.body["word"], record.body.get("parent")
        meaning = self.context.rules.lookup("status", str.casefold)(word.casefold())
        meaning = meaning or self.context.definitions.get("words", {}).get(word, "unknown")
        item = Item(
            id=self.context.id("item", record.id),
            system="trello",
            remote_id=record.id,
            url=f"https://x.test/{record.id}",
            title=f"card {record.id}",
            type="task",
            status_category=meaning,
            parent_id=parent and self.context.id("item", parent["id"]),
            placements=(Placement(scope_id=self.context.scope_id),),
            remote_updated_at=datetime.fromisoformat(record.body["updated"]),
        )
        return Normalised(items=(item,))


@dataclass
class Bench:
    """A store with a clock and rules that a test may change between one sync and the next."""

    store: Store
    stage: Stage
    clock: Clock = field(default_factory=Clock)
    rules: Rules = field(default_factory=Rules)

    @property
    def source(self) -> Source:
        return Source(
            connection="team",
            tracker="trello",
            connector=self.stage,
            prepare=self.prepare,
            rules_for=lambda _: self.rules,
            wanted=lambda _: True,
        )

    @staticmethod
    def prepare(context: Context) -> Mapper:
        return Words(context)

    async def sync(self, *, full: bool = False) -> ScopeReport:
        specs = [ConnectionSpec(id="team", tracker="trello", system="trello")]
        await declare(self.store, Declared(connections=specs), self.clock.now)
        (report,) = await sync(self.store, [self.source], self.clock, lambda _: None, Read(full=full))
        (scope,) = report.scopes
        return scope

    async def items(self) -> dict[str, ItemView]:
        reader = self.store.reader(LOCAL, self.clock)
        page = await reader.items(ItemQuery(limit=1000, presence=EVERYWHERE))
        return {view.item.remote_id: view for view in page.items}

    async def presence(self) -> dict[str, str]:
        return {id: view.presence for id, view in (await self.items()).items()}

    async def statuses(self) -> dict[str, str]:
        return {id: view.item.status_category for id, view in (await self.items()).items()}

    async def feed(self, after: int = 0) -> list[FeedEvent]:
        events, _ = await self.store.reader(LOCAL, self.clock).changes(after, 1000)
        return list(events)

    async def runs(self) -> list[RunView]:
        return [run for run in await self.store.reader(LOCAL, self.clock).runs(50) if run.scope]

    async def complete_at(self) -> datetime | None:
        (connection,) = await self.store.reader(LOCAL, self.clock).connections()
        (scope,) = connection.scopes
        return scope.complete_at
