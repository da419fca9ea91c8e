"""What a careful reader keeps of one scope, run after run, and the people who work on it meanwhile."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from connectors.base import Absence, Connector, JsonObject, Page, ScopeRecord
from connectors.registry import TRACKERS
from sandbox.options import SandboxOptions
from sandbox.server import Sandbox, running
from tests.faketime import FakeTime

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@dataclass
class Office:
    """One tracker's site, and the clock that it lives by. ``slug`` is the project that is looked at."""

    sandbox: Sandbox
    tracker: str
    slug: str
    hands: FakeTime

    @asynccontextmanager
    async def connector(
        self,
        off: timedelta = timedelta(0),
        transport: httpx.AsyncBaseTransport | None = None,
        **settings: Any,
    ) -> AsyncIterator[Connector]:
        """``off`` is how wrong our own clock is."""
        tracker = TRACKERS[self.tracker]
        held = {"base_url": self.sandbox.bases[self.tracker], **self.sandbox.credentials[self.tracker]}
        given = {**held, "rate_share": 1, "page_size": 6, "history": self.tracker == "trello", **settings}
        ours = FakeTime(self.hands.now + off)
        made = tracker.connect(tracker.settings.model_validate(given), ours.timing, transport=transport)
        try:
            yield made
        finally:
            await made.aclose()

    async def listed(self, connector: Connector) -> ScopeRecord:
        """The scope, as the connector's own list tells it just now."""
        wanted = self.sandbox.world.project(self.slug).remote_id
        return next(scope for scope in [one async for one in connector.scopes()] if scope.id == wanted)

    def edit(self, op: str, **what: Any) -> str:
        """The id of the task that was edited, where it was one."""
        return str(self.sandbox.edit({"op": op, **what}).get("task"))

    def create(self) -> str:
        return self.edit("create", project=self.slug, title="New")

    def set(self, task: str, **fields: Any) -> None:
        self.edit("set", task=task, fields=fields)

    def wait(self, **span: float) -> None:
        self.hands.now += timedelta(**span)

    def truth(self) -> dict[str, Any]:
        scopes = self.sandbox.truth()["trackers"][self.tracker]["scopes"]
        here = next(scope for scope in scopes if scope["slug"] == self.slug)
        return {item["id"]: item for item in here["items"]}

    def other(self) -> str:
        """Another scope of the same tracker."""
        projects = self.sandbox.world.story.projects.values()
        return next(
            one.slug for one in projects
            if one.home == self.tracker and one.slug != self.slug and not (one.revoked or one.closed)
        )  # fmt: skip

    def asked(self) -> list[str]:
        """The paths asked since the last call, without those of the listing of scopes."""
        seen = self.sandbox.wires[self.tracker].seen
        id = self.sandbox.world.project(self.slug).remote_id
        found = [one.path for one in seen if id in one.path or "/shares" in one.path or "/batch" in one.path]
        seen.clear()
        return found


@contextmanager
def office(tracker: str, slug: str, items: int = 60) -> Iterator[Office]:
    hands = FakeTime(NOON)
    options = SandboxOptions(
        items=items, today=NOON.date(), budgets=False, clock=hands.clock, homes=("trello", "smartsheet")
    )
    with running(options) as sandbox:
        hands.now += timedelta(minutes=5)
        yield Office(sandbox, tracker, slug, hands)


@dataclass
class Kept:
    """Applies each page, and asks by name for what it holds and the last page does not list."""

    items: dict[str, JsonObject] = field(default_factory=dict)
    changes: dict[str, JsonObject] = field(default_factory=dict)
    definitions: dict[str, JsonObject] = field(default_factory=dict)
    gone: dict[str, str] = field(default_factory=dict)
    since: JsonObject | None = None
    resume: JsonObject | None = None

    async def run(self, office: Office, *, most: int | None = None, **how: Any) -> list[Page]:
        """One run, to its end or to the page ``most``, from where the one before it ended."""
        async with office.connector(**how) as connector:
            scope = await office.listed(connector)
            office.asked()
            pages: list[Page] = []
            told: dict[str, Absence] = {}
            async for page in connector.read(scope, self.since, self.resume):
                pages.append(page)
                self._apply(page, told)
                self.resume = page.resume and json.loads(json.dumps(page.resume))
                if len(pages) == most:
                    return pages
            self.since = json.loads(json.dumps(pages[-1].next_since))
            await self._settle(connector, scope, pages[-1], told)
        return pages

    def _apply(self, page: Page, told: dict[str, Absence]) -> None:
        for record in page.records:
            into = {"item": self.items, "change": self.changes, "definition": self.definitions}
            into.get(record.kind, {})[record.id] = record.body
            if record.kind == "item":
                told.pop(record.id, None)
        told.update({one.id: one for one in page.gone})

    async def _settle(
        self, connector: Connector, scope: ScopeRecord, last: Page, told: dict[str, Absence]
    ) -> None:
        listed = self.items.keys() if last.listed is None else set(last.listed)
        async for one in connector.fetch(scope, sorted(self.items.keys() - listed - told.keys())):
            if isinstance(one, Absence):
                told[one.id] = one
            else:
                self.items[one.id] = one.body
        for id, absence in told.items():
            if absence.reason != "forbidden" and self.items.pop(id, None) is not None:
                self.gone[id] = absence.reason

    async def same_as_whole(self, office: Office) -> bool:
        """Fails where anything differs from what a reader holds who reads the scope whole now."""
        fresh = Kept()
        await fresh.run(office, page_size=1000)
        office.asked()
        assert self.items == fresh.items
        assert set(self.items) == set(office.truth())
        assert self.definitions == fresh.definitions
        missing = fresh.changes.keys() - self.changes.keys()
        assert not missing
        return True
