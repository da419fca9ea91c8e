"""A Jira site that people work on, and what a careful reader holds of one of its projects."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import aclosing, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from connectors.base import Connector, JsonObject, Page, Record, ScopeRecord
from connectors.jira_cloud import JiraCloudSettings, connect
from sandbox.options import SandboxOptions
from sandbox.server import Sandbox, running
from tests.faketime import FakeTime

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
JIRA = "jira_cloud"


@dataclass
class Desk:
    """The site, and the clock that its people and its search live by."""

    sandbox: Sandbox
    hands: FakeTime

    @asynccontextmanager
    async def connector(
        self,
        off: timedelta = timedelta(0),
        transport: httpx.AsyncBaseTransport | None = None,
        clock: FakeTime | None = None,
        **settings: Any,
    ) -> AsyncIterator[Connector]:
        """``off`` is how wrong our own clock is, which stands still unless it is the site's ``clock``."""
        given = {"base_url": self.sandbox.bases[JIRA], **self.sandbox.credentials[JIRA], "rate_share": 1}
        made = JiraCloudSettings.model_validate({**given, **settings})
        ours = clock or FakeTime(self.hands.now + off)
        connector = connect(made, ours.timing, transport)
        try:
            yield connector
        finally:
            await connector.aclose()

    def wait(self, span: timedelta) -> None:
        self.hands.now += span

    def set(self, task: str, **fields: Any) -> None:
        self.sandbox.edit({"op": "set", "task": task, "fields": fields})

    def create(self, slug: str = "field-app", **fields: Any) -> str:
        return str(
            self.sandbox.edit({"op": "create", "project": slug, "title": "New", "fields": fields})["task"]
        )

    def truth(self, key: str) -> Mapping[str, Any]:
        scopes = self.sandbox.truth()["trackers"][JIRA]["scopes"]
        return {item["id"]: item for scope in scopes if scope["key"] == key for item in scope["items"]}

    def asked(self) -> list[str]:
        """The ends of the paths asked since the last call, in order of the alphabet."""
        seen = self.sandbox.wires[JIRA].seen
        paths = sorted(one.path.removeprefix("/rest/api/3").removeprefix("/rest/agile/1.0") for one in seen)
        seen.clear()
        return paths


@dataclass
class Mirror:
    """Applies each page, and asks by name for what it holds and the last page does not list."""

    key: str
    items: dict[str, JsonObject] = field(default_factory=dict)
    changes: set[str] = field(default_factory=set)
    definitions: dict[str, JsonObject] = field(default_factory=dict)
    since: JsonObject | None = None
    read: list[str] = field(default_factory=list)

    async def scope(self, connector: Connector) -> ScopeRecord:
        return next(one for one in [scope async for scope in connector.scopes()] if one.key == self.key)

    async def run(self, connector: Connector) -> list[Page]:
        """One reading to its end; ``read`` are the items that it brought."""
        scope, pages = await self.scope(connector), list[Page]()
        self.read = []
        async with aclosing(connector.read(scope, self.since)) as reading:
            async for page in reading:
                self.take(page)
                pages.append(page)
        missing = sorted(self.items.keys() - set(pages[-1].listed or self.items))
        async for one in connector.fetch(scope, missing):
            if isinstance(one, Record):
                self.items[one.id] = one.body
            elif one.reason != "forbidden":
                del self.items[one.id]
        self.since = json.loads(json.dumps(pages[-1].next_since))
        return pages

    def take(self, page: Page) -> None:
        for record in page.records:
            if record.kind == "item":
                self.items[record.id] = record.body
                self.read.append(record.id)
            elif record.kind == "change":
                self.changes.add(record.id)
            elif record.kind == "definition":
                self.definitions[record.id] = record.body
        for absence in page.gone:
            self.items.pop(absence.id, None)

    @property
    def titles(self) -> dict[str, str]:
        return {id: body["fields"]["summary"] for id, body in self.items.items()}


def titles(desk: Desk, key: str) -> dict[str, str]:
    return {id: item["title"] for id, item in desk.truth(key).items()}


@contextmanager
def site(**options: Any) -> Iterator[Desk]:
    hands = FakeTime(NOON)
    given = {"items": 120, "today": NOON.date(), "budgets": False, "homes": (JIRA,), **options}
    with running(SandboxOptions(clock=hands.clock, **given)) as sandbox:
        yield Desk(sandbox, hands)
