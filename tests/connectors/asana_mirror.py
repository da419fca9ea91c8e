"""What somebody holds who reads Asana by the contract and does nothing else, beside what is true."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any, cast

from connectors.asana import connect
from connectors.asana_settings import AsanaSettings
from connectors.base import Absence, Connector, JsonObject, Page, Record, ScopeRecord
from connectors.errors import StaleCursor
from sandbox import asana
from sandbox.asana_events import Feed
from sandbox.options import SandboxOptions
from sandbox.server import Apps, Credentials, Sandbox, running
from tests.faketime import FakeTime

OPTIONS = SandboxOptions(items=80, budgets=False)
SLUG = "joiner-journey"
"""A project with subtasks at several depths, whose status is the section."""


@dataclass
class Mirror:
    """``stale`` are the sentences of the cursors that were given up; ``pages`` those of the last reading."""

    connector: Connector
    scope: ScopeRecord
    items: dict[str, JsonObject] = field(default_factory=dict)
    changes: set[str] = field(default_factory=set)
    definitions: dict[str, JsonObject] = field(default_factory=dict)
    why: dict[str, str] = field(default_factory=dict)
    since: JsonObject | None = None
    stale: list[str] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)

    async def run(self) -> None:
        """To the end of a reading, as the engine does it."""
        try:
            await self._read(self.since)
        except StaleCursor as error:
            assert self.pages == []
            self.stale.append(str(error))
            await self._read(None)

    async def cut(self, after: int, since: JsonObject | None) -> bool:
        """Read to the page ``after`` and go on from what it says in a new call. False: it ended before."""
        self.pages = []
        await self._take(since, None, after)
        resume = self.pages[-1].resume
        if resume is not None:
            await self._take(since, resume, None)
        return resume is not None

    async def _read(self, since: JsonObject | None) -> None:
        self.pages = []
        await self._take(since, None, None)

    async def _take(self, since: JsonObject | None, resume: JsonObject | None, most: int | None) -> None:
        reading = cast("AsyncGenerator[Page, None]", self.connector.read(self.scope, since, resume))
        async with aclosing(reading) as pages:
            async for page in pages:
                self.pages.append(page)
                self._keep(page)
                if page.listed is not None:
                    await self._ask(self.items.keys() - set(page.listed))
                if page.next_since is not None:
                    self.since = page.next_since
                if most is not None and len(self.pages) >= most:
                    return

    def _keep(self, page: Page) -> None:
        for record in page.records:
            if record.kind == "item":
                self.items[record.id] = record.body
                self.why.pop(record.id, None)
            elif record.kind == "change":
                self.changes.add(record.id)
            elif record.kind == "definition":
                self.definitions[record.id] = record.body
        for absence in page.gone:
            self._lose(absence)

    async def _ask(self, missing: set[str]) -> None:
        async for found in self.connector.fetch(self.scope, sorted(missing)):
            if isinstance(found, Record):
                self.items[found.id] = found.body
            else:
                self._lose(found)

    def _lose(self, absence: Absence) -> None:
        if absence.reason != "forbidden":
            self.items.pop(absence.id, None)
            self.why[absence.id] = absence.reason

    def read_again(self) -> list[str]:
        """The gids of the items of the last reading."""
        return [record.id for page in self.pages for record in page.records if record.kind == "item"]


@dataclass
class Desk:
    """A sandbox with the means to read one project of it. ``time`` is the connector's."""

    sandbox: Sandbox
    time: FakeTime

    @asynccontextmanager
    async def mirror(self, slug: str = SLUG, **settings: Any) -> AsyncIterator[Mirror]:
        given = {
            "base_url": self.sandbox.bases["asana"],
            **self.sandbox.credentials["asana"],
            "page_size": 20,
            **settings,
        }
        connector = connect(AsanaSettings.model_validate(given), self.time.timing)
        try:
            wanted = self.sandbox.world.project(slug).remote_id
            scopes = [one async for one in connector.scopes()]
            yield Mirror(connector, next(one for one in scopes if one.id == wanted))
        finally:
            await connector.aclose()

    def edit(self, op: str, **given: Any) -> Mapping[str, Any]:
        return self.sandbox.edit({"op": op, **given})

    def rename(self, gid: str, title: str) -> None:
        self.edit("set", task=gid, fields={"title": title})

    def create(self, title: str, slug: str = SLUG) -> str:
        return str(self.edit("create", project=slug, title=title)["task"])

    def subtasks(self, slug: str = SLUG) -> list[str]:
        """The deepest first."""
        tasks = self.sandbox.world.story.tasks
        depth = {one.number: 0 for one in tasks.values()}
        found = [one for one in self.sandbox.world.tasks_of(slug) if one.type == "subtask"]
        for one in found:
            parent = one.parent
            while parent is not None:
                depth[one.number] += 1
                parent = tasks[parent].parent
        return [one.remote_id for one in sorted(found, key=lambda one: -depth[one.number])]

    def alone(self, slug: str = SLUG) -> list[str]:
        """Tasks of the project that have no subtasks, belong to none and stand nowhere else."""
        tasks = self.sandbox.world.story.tasks.values()
        parents = {one.parent for one in tasks}
        return [
            one.remote_id
            for one in self.sandbox.world.tasks_of(slug)
            if one.type != "subtask" and one.number not in parents and not one.also_in
        ]

    def families(self, slug: str = SLUG) -> list[tuple[str, set[str]]]:
        """Listed tasks with all that is below each."""
        tasks = self.sandbox.world.tasks_of(slug)
        below = {one.number: {one.number} for one in tasks}
        for _ in range(4):
            for one in tasks:
                if one.parent in below:
                    below[one.parent] |= below[one.number]
        gids = {one.number: one.remote_id for one in tasks}
        tops = [one for one in tasks if one.type != "subtask" and len(below[one.number]) > 1]
        return [(one.remote_id, {gids[n] for n in below[one.number]}) for one in tops]

    def between(self, do: Callable[[], object] | None) -> None:
        self.sandbox.wires["asana"].between = do

    def requests(self) -> Sequence[str]:
        """Since it was last asked."""
        seen = [one.path.removeprefix("/api/1.0") for one in self.sandbox.requests("asana")]
        self.sandbox.wires["asana"].seen.clear()
        return seen

    async def differences(self, mirror: Mirror) -> dict[str, Any]:
        """What ``mirror`` holds otherwise than somebody who reads it all now. A number of subtasks is not
        told anew with each of them."""
        fresh = Mirror(mirror.connector, mirror.scope)
        await fresh.run()
        here, true = _plain(mirror.items), _plain(fresh.items)
        wrong = {gid: (here.get(gid), true.get(gid)) for gid in here | true if here.get(gid) != true.get(gid)}
        lost = fresh.changes - mirror.changes
        return {**wrong, **({"changes": lost} if lost else {})}


def _plain(items: Mapping[str, JsonObject]) -> dict[str, JsonObject]:
    return {
        gid: {name: value for name, value in body.items() if name != "num_subtasks"}
        for gid, body in items.items()
    }


@contextmanager
def desk(feed: Feed | None = None, time: FakeTime | None = None, **options: Any) -> Iterator[Desk]:
    apps: Apps = {"asana": partial(asana.app, feed=feed)}
    credentials: Credentials = {"asana": asana.CREDENTIALS}
    given = SandboxOptions(**{"items": OPTIONS.items, "budgets": OPTIONS.budgets, **options})
    with running(given, apps=apps, credentials=credentials) as sandbox:
        yield Desk(sandbox, time or FakeTime(datetime.now(UTC)))
