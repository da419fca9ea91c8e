"""A running sandbox with the means to read it through one connector."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from connectors.base import Absence, Connector, JsonObject, Page, Record, ScopeRecord
from connectors.errors import TrackerError
from connectors.registry import TRACKERS
from sandbox.middleware import Fault
from sandbox.server import Sandbox
from tests.contract.cases import Case
from tests.faketime import FakeTime


@dataclass(frozen=True, slots=True)
class Bench:
    """``time`` is what the connectors live by: nobody really sleeps."""

    case: Case
    sandbox: Sandbox
    time: FakeTime = field(default_factory=FakeTime)

    @asynccontextmanager
    async def connector(
        self, transport: httpx.AsyncBaseTransport | None = None, **settings: Any
    ) -> AsyncIterator[Connector]:
        """The connector with its pages cut small, over the sandbox's own credentials."""
        tracker = TRACKERS[self.case.name]
        given = {
            "base_url": self.sandbox.bases[self.case.name],
            **self.sandbox.credentials[self.case.name],
            **self.case.small,
            **settings,
        }
        made = tracker.connect(tracker.settings.model_validate(given), self.time.timing, transport=transport)
        try:
            yield made
        finally:
            await made.aclose()

    def truth(self) -> Mapping[str, Any]:
        """The scopes as they truly are, by id."""
        return {scope["id"]: scope for scope in self.sandbox.truth()["trackers"][self.case.name]["scopes"]}

    def true_items(self, scope: ScopeRecord) -> Mapping[str, Any]:
        return {item["id"]: item for item in self.truth()[scope.id]["items"]}

    async def scope(self, rank: int = 0) -> ScopeRecord:
        """The open scope with most items, or a smaller one by rank: more than one page of everything."""
        open_ones = [scope for scope in self.truth().values() if not scope["closed"]]
        wanted = sorted(open_ones, key=lambda scope: -len(scope["items"]))[rank]["id"]
        async with self.connector() as connector:
            return next(scope for scope in [s async for s in connector.scopes()] if scope.id == wanted)

    def nowhere(self, scope: ScopeRecord) -> str:
        """A well-formed id that no item of the scope has."""
        return f"{scope.id}:{self.case.nowhere}" if self.case.scoped_ids else self.case.nowhere

    def slug(self, scope: ScopeRecord) -> str:
        return str(self.truth()[scope.id]["slug"])

    def fail(self, match: str, fault: Fault, *, times: int = 10_000, skip: int = 0) -> None:
        """From the ``skip``-th request on whose path the pattern finds."""
        self.sandbox.fail_next(self.case.name, match, fault, times=times, skip=skip)

    def mend(self) -> None:
        self.sandbox.wires[self.case.name].planned.clear()

    def forget(self) -> None:
        self.sandbox.wires[self.case.name].seen.clear()

    def asked(self, match: str = "") -> int:
        """How many requests there were since ``forget`` whose path the pattern finds."""
        return sum(re.search(match, seen.path) is not None for seen in self.sandbox.requests(self.case.name))

    @contextmanager
    def raises(self, error: type[TrackerError]) -> Iterator[pytest.ExceptionInfo[TrackerError]]:
        """Exactly this one of the four, in a sentence that shows no credential."""
        with pytest.raises(TrackerError) as caught:
            yield caught
        sentence = str(caught.value)
        assert type(caught.value) is error, sentence
        for name, value in self.sandbox.credentials[self.case.name].items():
            assert value not in sentence, f"{name} is shown"
        assert len(sentence) < 700


@dataclass(slots=True)
class Reading:
    """The pages of a reading so far; ``error`` is what ended it before its time."""

    pages: list[Page] = field(default_factory=list)
    error: TrackerError | None = None

    def ids(self, kind: str) -> list[str]:
        return [record.id for record in self.of(kind)]

    def of(self, kind: str) -> list[Record]:
        return [record for record in self.records if record.kind == kind]

    @property
    def records(self) -> list[Record]:
        return [record for page in self.pages for record in page.records]

    @property
    def resume(self) -> JsonObject | None:
        return self.pages[-1].resume if self.pages else None

    @property
    def whole(self) -> bool:
        """Whether a caller would take it for complete."""
        return self.error is None or any(page.next_since is not None for page in self.pages)


async def read(
    connector: Connector,
    scope: ScopeRecord,
    *,
    since: JsonObject | None = None,
    resume: JsonObject | None = None,
    most: int | None = None,
) -> Reading:
    """The reading to its end, to its error, or to the page ``most``."""
    reading = Reading()
    async with aclosing(connector.read(scope, since, resume)) as pages:
        try:
            async for page in pages:
                reading.pages.append(page)
                if len(reading.pages) == most:
                    break
        except TrackerError as error:
            reading.error = error
    return reading


async def fetched(connector: Connector, scope: ScopeRecord, ids: Sequence[str]) -> list[Record | Absence]:
    return [found async for found in connector.fetch(scope, ids)]


async def counted(connector: Connector, scope: ScopeRecord) -> dict[str, bytes]:
    """The census as a mapping. Fails where an id comes twice."""
    prints = [one async for one in connector.census(scope)]
    assert len({one.id for one in prints}) == len(prints)
    return {one.id: one.value for one in prints}


async def _check(connector: Connector, _: ScopeRecord, __: str) -> None:
    await connector.check()


async def _scopes(connector: Connector, _: ScopeRecord, __: str) -> None:
    assert [scope async for scope in connector.scopes()]


async def _read(connector: Connector, scope: ScopeRecord, _: str) -> None:
    reading = await read(connector, scope)
    if reading.error is not None:
        raise reading.error
    assert reading.ids("item")


async def _fetch(connector: Connector, scope: ScopeRecord, id: str) -> None:
    assert await fetched(connector, scope, [id])


async def _census(connector: Connector, scope: ScopeRecord, _: str) -> None:
    assert await counted(connector, scope)


async def _definitions(connector: Connector, scope: ScopeRecord, _: str) -> None:
    assert [record async for record in connector.definitions(scope)]


OPERATIONS = {
    "check": _check, "scopes": _scopes, "read": _read, "fetch": _fetch, "census": _census,
    "definitions": _definitions,
}  # fmt: skip
"""Every operation of the contract; each is given a scope and the id of an item in it."""
