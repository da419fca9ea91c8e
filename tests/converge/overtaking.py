"""A page that is overtaken: after it was read and before it is put, one of its items changes, and whoever is
quicker brings what it is now. Then the page comes with what it was."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

from connectors.base import Absence, JsonObject, Page, Record, ScopeRecord

Overtake = Callable[[ScopeRecord, Record], Awaitable[None]]


class Overtaken:
    """A connector that hands ``overtake`` the first item of each page before the page is given out."""

    def __init__(self, inner: Any, overtake: Overtake) -> None:
        self._inner = inner
        self._overtake = overtake

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def read(
        self, scope: ScopeRecord, since: JsonObject | None = None, resume: JsonObject | None = None
    ) -> AsyncIterator[Page]:
        async for page in self._inner.read(scope, since=since, resume=resume):
            first = next((record for record in page.records if record.kind == "item"), None)
            if first is not None:
                await self._overtake(scope, first)
            yield page


class AnsweredLate(Overtaken):
    """It hands over the first item of each answer about items by name as well."""

    async def fetch(self, scope: ScopeRecord, ids: Sequence[str]) -> AsyncIterator[Record | Absence]:
        told = False
        async for one in self._inner.fetch(scope, ids):
            if isinstance(one, Record) and not told:
                told = True
                await self._overtake(scope, one)
            yield one
