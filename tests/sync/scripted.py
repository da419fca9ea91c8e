"""A connector that plays a script, so that a reading can be cut exactly where a test wants it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

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
from normalizer.model import Item, Mapper, Normalised, NullReason, Placement
from normalizer.rules import Rules
from sync.source import Source

T0 = datetime(2026, 3, 2, 8, tzinfo=UTC)


@dataclass
class Clock:
    """Moves a second at every look, so that two moments are never the same."""

    now: datetime = T0

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


def scope(name: str) -> ScopeRecord:
    return ScopeRecord(id=f"id-{name}", kind="board", name=name, url=f"https://x.test/{name}")


def record(scope_name: str, number: int, title: str = "", minute: int = 0) -> Record:
    body = {"title": title or f"item {number}", "updated": (T0 + timedelta(minutes=minute)).isoformat()}
    return Record("item", f"{scope_name}-{number}", f"id-{scope_name}", body, T0)


@dataclass
class Script:
    """What one scope answers, page by page. An exception in the list is raised at its place, once."""

    pages: list[list[Record] | Exception]
    asked: list[JsonObject | None] = field(default_factory=list)
    without_last: bool = False

    async def read(self, resume: JsonObject | None) -> AsyncIterator[Page]:
        self.asked.append(resume)
        total = sum(len(p) for p in self.pages if not isinstance(p, Exception))
        for number in range(int(resume["page"]) if resume else 0, len(self.pages)):
            page = self.pages[number]
            if isinstance(page, Exception):
                self.pages.pop(number)
                raise page
            last = number + 1 == len(self.pages) and not self.without_last
            following = None if last else {"page": number + 1}
            definition = Record("definition", "board", "x", {}, T0)
            yield Page(records=[definition, *page], resume=following, expected=total)


@dataclass
class Scripted:
    """A tracker of scripts. ``on_check`` raises where the credentials are to be refused."""

    scripts: dict[str, Script]
    on_check: Exception | None = None
    capabilities: Capabilities = field(
        default_factory=lambda: Capabilities(
            tracker="scripted", title="Scripted", system="trello", history="none", deletions=""
        )
    )

    async def check(self) -> Identity:
        if self.on_check is not None:
            raise self.on_check
        return Identity(system="trello", site="x.test", account_id="1", account_name="Reader")

    async def scopes(self) -> AsyncIterator[ScopeRecord]:
        for name in self.scripts:
            yield scope(name)

    def read(
        self, scope: ScopeRecord, since: JsonObject | None = None, resume: JsonObject | None = None
    ) -> AsyncIterator[Page]:
        return self.scripts[scope.name].read(resume)

    async def fetch(self, scope: ScopeRecord, ids: Sequence[str]) -> AsyncIterator[Record | Absence]:
        for wanted in ids:
            yield Absence(id=wanted, reason="not_found", evidence="the script holds no single items")

    async def census(self, scope: ScopeRecord) -> AsyncIterator[Fingerprint]:
        for page in self.scripts[scope.name].pages:
            assert not isinstance(page, Exception)
            for entry in page:
                yield Fingerprint(entry.id, digest(entry.body))

    async def definitions(self, scope: ScopeRecord) -> AsyncIterator[Record]:
        yield Record("definition", "board", scope.id, {}, T0)

    def printing(self, scope: ScopeRecord, definitions: Mapping[str, JsonObject]) -> Printing:
        return Printing(of=digest, covers=["title"])

    async def aclose(self) -> None:
        return None


@dataclass
class Plain:
    """Maps a scripted record as it stands; ``defect`` breaks on the item with that id."""

    context: Context
    defect: str | None = None
    absent: dict[str, NullReason] = field(default_factory=dict)

    def __call__(self, record: Record) -> Normalised:
        if record.id == self.defect:
            raise RuntimeError("a defect of ours")
        item = Item(
            id=self.context.id("item", record.id),
            system="trello",
            remote_id=record.id,
            url=f"https://x.test/{record.id}",
            title=record.body["title"],
            type="task",
            status_category="todo",
            placements=(Placement(scope_id=self.context.scope_id),),
            remote_updated_at=datetime.fromisoformat(record.body["updated"]),
        )
        return Normalised(items=(item,))


def source(
    connector: Scripted,
    *,
    connection: str = "team",
    expected: Sequence[str] = (),
    prepare: Callable[[Context], Mapper] = Plain,
) -> Source:
    return Source(
        connection=connection,
        tracker="scripted",
        connector=connector,
        prepare=prepare,
        rules_for=lambda _: Rules(),
        wanted=lambda _: True,
        expected=expected,
    )
