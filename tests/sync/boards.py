"""A tracker of boards that are as a test puts them: what a listing, a census and a question by name answer
follows from that, and each can be made to fail where a test wants it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
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
from normalizer.context import Context
from normalizer.ids import entity_id
from normalizer.model import Item, Mapper, Normalised, NullReason, Placement, Rejection, Unmapped
from normalizer.rules import Rules
from store.catalogue import Declared, declare
from store.declared import ConnectionSpec
from store.open import Store
from store.principal import LOCAL
from store.receipt_views import Receipt
from store.views import FindingView, ItemQuery, RunView
from sync.halt import Halt, never
from sync.job import Job, Read
from sync.nightly import Reconcile
from sync.report import ConnectionReport, ScopeReport
from sync.runner import sync
from sync.source import Source
from tests.sync.scripted import T0, Clock, scope
from tests.sync.stage import EVERYWHERE

Body = dict[str, Any]
COVERS = ["title", "original_status"]
HIDDEN = "a property that no print shows"
UNDEFINED = "a field that no definition tells of"


def print_of(body: JsonObject) -> bytes:
    told = {key: value for key, value in body.items() if key != HIDDEN}
    return hashlib.blake2b(json.dumps(told, sort_keys=True).encode(), digest_size=16).digest()


@dataclass
class Boards:
    """``cards`` by board and id. ``hidden`` boards are not listed; ``lost`` says why a card that is on none
    is not there. ``before_fetch`` and ``in_census`` may raise."""

    clock: Clock
    cards: dict[str, dict[str, Body]]
    meaning: dict[str, str] = field(default_factory=lambda: {"open": "todo", "shut": "done"})
    hidden: set[str] = field(default_factory=set)
    lost: dict[str, str] = field(default_factory=dict)
    on_check: Exception | None = None
    before_fetch: Callable[[str, Sequence[str]], None] = lambda _board, _ids: None
    in_census: Callable[[str, int], None] = lambda _board, _n: None
    listed_twice: str | None = None
    fetched: list[str] = field(default_factory=list)
    capabilities: Capabilities = field(
        default_factory=lambda: Capabilities(
            tracker="boards", title="Boards", system="trello", history="none", deletions=""
        )
    )

    def put(self, board: str, id: str, word: str = "open", **more: Any) -> None:
        """A card as it is now on the board, and on no other."""
        self.take(id)
        self.cards[board][id] = {"word": word, "updated": self.clock().isoformat(), **more}

    def take(self, id: str, why: str = "not_found") -> None:
        for board in self.cards.values():
            board.pop(id, None)
        self.lost[id] = why

    def move(self, id: str, to: str) -> None:
        """No tracker need count this as a change of the card."""
        body = next(cards[id] for cards in self.cards.values() if id in cards)
        self.take(id)
        self.cards[to][id] = body

    async def check(self) -> Identity:
        if self.on_check is not None:
            raise self.on_check
        return Identity(system="trello", site="x.test", account_id="1", account_name="Reader")

    async def scopes(self) -> AsyncIterator[ScopeRecord]:
        for name in self.cards:
            if name not in self.hidden:
                yield scope(name)

    async def read(
        self, scope: ScopeRecord, since: JsonObject | None = None, resume: JsonObject | None = None
    ) -> AsyncIterator[Page]:
        """Whole the first time; then the tracker tells of nothing that a test does."""
        found = self._found(scope) if since is None else []
        yield Page(records=[*self._defined(scope), *found], next_since={"read": True})

    async def fetch(self, scope: ScopeRecord, ids: Sequence[str]) -> AsyncIterator[Record | Absence]:
        self.before_fetch(scope.name, ids)
        self.fetched += ids
        elsewhere = {id: name for name, cards in self.cards.items() for id in cards}
        for id in ids:
            if id in self.cards[scope.name] and self.lost.get(id) != "forbidden":
                yield self._record(scope, id)
            elif id in elsewhere and self.lost.get(id) != "forbidden":
                yield Absence(id=id, reason="moved", evidence=f"it is on {elsewhere[id]}")
            else:
                why: Any = self.lost.get(id, "not_found")
                yield Absence(id=id, reason=why, evidence="the tracker said so")

    async def census(self, scope: ScopeRecord) -> AsyncIterator[Fingerprint]:
        for n, (id, body) in enumerate(self.cards[scope.name].items()):
            self.in_census(scope.name, n)
            yield Fingerprint(id, print_of(body))
            if id == self.listed_twice:
                yield Fingerprint(id, print_of(body))

    async def definitions(self, scope: ScopeRecord) -> AsyncIterator[Record]:
        for one in self._defined(scope):
            yield one

    def printing(self, scope: ScopeRecord, definitions: Mapping[str, JsonObject]) -> Printing:
        return Printing(of=print_of, covers=COVERS)

    async def aclose(self) -> None:
        return None

    def _defined(self, of: ScopeRecord) -> list[Record]:
        return [Record("definition", "words", of.id, dict(self.meaning), self.clock())]

    def _found(self, of: ScopeRecord) -> list[Record]:
        return [self._record(of, id) for id in self.cards[of.name]]

    def _record(self, of: ScopeRecord, id: str) -> Record:
        return Record("item", id, of.id, dict(self.cards[of.name][id]), self.clock())


@dataclass
class Cards:
    """Maps a card by what its word means; a card without a word is rejected whole. A card is at home on the
    first of the boards that it names, and stands on the others too."""

    context: Context
    absent: dict[str, NullReason] = field(default_factory=dict)

    def __call__(self, record: Record) -> Normalised:
        if record.kind == "definition":
            return Normalised()
        body = record.body
        if body["word"] is None:
            refused = Rejection(
                kind="item", remote_id=record.id, field="word", expected="a word", found="null", whole=True
            )
            return Normalised(rejections=[refused])
        boards = body.get("boards") or [self.context.scope.name]
        item = Item(
            id=self.context.id("item", record.id),
            system="trello",
            remote_id=record.id,
            url=f"https://x.test/{record.id}",
            title=f"{body['word']} {body.get(HIDDEN, '')}",
            type="task",
            parent_id=self.context.id("item", body["parent"]) if "parent" in body else None,
            status_category=self.context.definitions["words"].get(body["word"], "unknown"),
            placements=tuple(
                Placement(scope_id=self.context.id("scope", f"id-{name}"), primary=n == 0)
                for n, name in enumerate(boards)
            ),
            remote_updated_at=datetime.fromisoformat(body["updated"]),
        )
        told = (Unmapped(field="custom", value=body[UNDEFINED]),) if UNDEFINED in body else ()
        return Normalised(items=(item,), unmapped=told)


@dataclass
class Town:
    """A store that reads these boards, and what it shows."""

    store: Store
    boards: Boards
    wanted: Callable[[ScopeRecord], bool] = lambda _: True

    @property
    def clock(self) -> Clock:
        return self.boards.clock

    async def run(self, job: Job) -> ConnectionReport:
        await self.declare()
        (report,) = await sync(self.store, [self.source()], self.clock, lambda _: None, job)
        return report

    async def declare(self) -> None:
        specs = [ConnectionSpec(id="team", tracker="trello", system="trello")]
        await declare(self.store, Declared(connections=specs), self.clock.now)

    def source(self) -> Source:
        return Source(
            connection="team",
            tracker="trello",
            connector=self.boards,
            prepare=self.prepare,
            rules_for=lambda _: Rules(),
            wanted=self.wanted,
        )

    @staticmethod
    def prepare(context: Context) -> Mapper:
        return Cards(context)

    async def sync(self) -> ConnectionReport:
        return await self.run(Read())

    async def reconcile(self, halt: Halt = never) -> dict[str, ScopeReport]:
        """By board. A minute passes, so that no two nights are the same moment."""
        self.clock.now += timedelta(minutes=1)
        self.boards.fetched.clear()
        report = await self.run(Reconcile(halt=halt))
        return {one.scope: one for one in report.scopes}

    async def receipt(self, board: str = "A", halt: Halt = never) -> Receipt:
        """Of the board, after a reconciliation."""
        receipt = (await self.reconcile(halt))[board].receipt
        assert receipt is not None
        return receipt

    async def shown(self) -> dict[str, tuple[str, str]]:
        """By id: the presence, and the name of the board where it is at home."""
        page = await self.store.reader(LOCAL, self.clock).items(ItemQuery(limit=1000, presence=EVERYWHERE))
        names = {self.scope_id(name): name for name in self.boards.cards}
        return {one.item.remote_id: (one.presence, names[one.scope]) for one in page.items}

    @staticmethod
    def scope_id(board: str) -> str:
        return entity_id("trello", "x.test", "scope", scope(board).id)

    async def presence(self) -> dict[str, str]:
        return {id: presence for id, (presence, _) in (await self.shown()).items()}

    async def titles(self) -> dict[str, str]:
        page = await self.store.reader(LOCAL, self.clock).items(ItemQuery(limit=1000))
        return {one.item.remote_id: one.item.title.strip() for one in page.items}

    async def parents(self) -> dict[str, str]:
        page = await self.store.reader(LOCAL, self.clock).items(ItemQuery(limit=1000))
        return {one.item.remote_id: one.item.parent_id for one in page.items if one.item.parent_id}

    async def statuses(self) -> dict[str, str]:
        page = await self.store.reader(LOCAL, self.clock).items(ItemQuery(limit=1000))
        return {one.item.remote_id: one.item.status_category for one in page.items}

    async def runs(self, kind: str = "reconcile") -> list[RunView]:
        return [one for one in await self.store.reader(LOCAL, self.clock).runs(100) if one.kind == kind]

    async def findings(self, asked: Any = "open") -> list[FindingView]:
        return await self.store.reader(LOCAL, self.clock).findings(asked)

    async def complete(self) -> dict[str, datetime | None]:
        (connection,) = await self.store.reader(LOCAL, self.clock).connections()
        return {one.name: one.complete_at for one in connection.scopes}


def boards(**cards: Sequence[str] | Iterator[str]) -> Boards:
    """Each board with these cards, all of them open."""
    made = Boards(Clock(), {name: {} for name in cards})
    for name, ids in cards.items():
        for id in ids:
            made.cards[name][id] = {"word": "open", "updated": T0.isoformat()}
    return made


def many(n: int, prefix: str = "c") -> list[str]:
    return [f"{prefix}{i:04}" for i in range(n)]
