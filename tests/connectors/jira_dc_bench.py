"""A Data Center sandbox with the means to read it through the connector, and a wire that tampers. No test."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from connectors.base import Connector, Page, Record, ScopeRecord
from connectors.jira_dc import connect
from connectors.jira_dc_settings import JiraDcSettings
from sandbox.server import Sandbox
from tests.faketime import FakeTime
from tests.sandbox.jira_dc_reader import installed

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Bench:
    sandbox: Sandbox
    time: FakeTime = field(default_factory=FakeTime)

    @asynccontextmanager
    async def connector(
        self,
        transport: httpx.AsyncBaseTransport | None = None,
        off: timedelta = timedelta(0),
        **settings: Any,
    ) -> AsyncIterator[Connector]:
        """``off`` is how wrong our own clock is."""
        time = Wrong(self.time, off) if off else self.time
        credentials = {"token": self.sandbox.credentials["jira_dc"]["token"]}
        given = {"base_url": self.sandbox.bases["jira_dc"], **credentials, "page_size": 3, **settings}
        made = connect(JiraDcSettings.model_validate(given), time.timing, transport)
        try:
            yield made
        finally:
            await made.aclose()

    async def scope(self, key: str = "ERP") -> ScopeRecord:
        async with self.connector() as connector:
            return next(scope for scope in [s async for s in connector.scopes()] if scope.key == key)

    def true(self, scope: ScopeRecord) -> Mapping[str, Any]:
        scopes = self.sandbox.truth()["trackers"]["jira_dc"]["scopes"]
        (told,) = [one for one in scopes if one["id"] == scope.id]
        return {item["id"]: item for item in told["items"]}

    def wait(self, span: timedelta) -> None:
        self.time.now += span

    def set(self, task: str, **fields: Any) -> None:
        self.sandbox.edit({"op": "set", "task": task, "fields": fields})

    def create(self, **fields: Any) -> str:
        op = {"op": "create", "project": "erp-upgrade", "title": "New", "fields": fields}
        return str(self.sandbox.edit(op)["task"])

    def paths(self) -> list[str]:
        """The ends of the paths asked since the last call, in order of the alphabet."""
        seen = self.sandbox.wires["jira_dc"].seen
        paths = sorted(re.sub(r"^/jira/rest/\w+/[\d.]+", "", one.path) for one in seen)
        seen.clear()
        return paths

    def asked(self, match: str) -> int:
        return sum(re.search(match, seen.path) is not None for seen in self.sandbox.requests("jira_dc"))


@contextmanager
def bench(**options: Any) -> Iterator[Bench]:
    with installed(**{"items": 60, **options}) as sandbox:
        yield Bench(sandbox)


class Wrong(FakeTime):
    """A clock of ours that is ``off``."""

    def __init__(self, right: FakeTime, off: timedelta) -> None:
        super().__init__()
        self._right, self._off = right, off

    def clock(self) -> datetime:
        return self._right.clock() + self._off

    async def sleep(self, seconds: float) -> None:
        await self._right.sleep(seconds)


@contextmanager
def worked_on(**options: Any) -> Iterator[Bench]:
    """A site whose clock is the connector's, and moves only when it is told to."""
    time = FakeTime(NOON)
    with installed(clock=time.clock, **{"items": 60, **options}) as sandbox:
        yield Bench(sandbox, time)


async def read(connector: Connector, scope: ScopeRecord, **how: Any) -> list[Page]:
    return [page async for page in connector.read(scope, **how)]


def records(pages: list[Page], kind: str) -> list[Record]:
    return [record for page in pages for record in page.records if record.kind == kind]


def ids(pages: list[Page], kind: str = "item") -> list[str]:
    return [record.id for record in records(pages, kind)]


Tamper = Callable[[int, Any, Any], Any]
"""The number of the request to that path, what was asked, what was answered: the answer to give, or an
``httpx.Response``."""


class Tampering(httpx.AsyncHTTPTransport):
    """Hands the answers of one path to ``tamper``. ``asked`` are the bodies of its requests."""

    def __init__(self, match: str, tamper: Tamper = lambda _n, _asked, told: told) -> None:
        super().__init__()
        self._match = re.compile(match)
        self._tamper = tamper
        self.asked: list[Any] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await super().handle_async_request(request)
        if not self._match.search(request.url.path):
            return answer
        raw = await request.aread()
        self.asked.append(json.loads(raw) if raw else dict(request.url.params))
        told = json.loads(await answer.aread())
        await answer.aclose()
        given = self._tamper(len(self.asked), self.asked[-1], told)
        if isinstance(given, httpx.Response):
            return given
        return httpx.Response(answer.status_code, json=given, headers={"x-ausername": "user01"})


def as_a_stranger(status: int, body: Any) -> httpx.Response:
    return httpx.Response(status, json=body, headers={"x-ausername": "anonymous"})
