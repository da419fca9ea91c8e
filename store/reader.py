"""The one query layer: every read takes a principal, and nothing goes around it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

from store import (
    queries_feed,
    queries_items,
    queries_operations,
    queries_people,
    queries_portfolio,
    queries_scopes,
)
from store.cursor import CursorError as CursorError
from store.database import Database
from store.feed import marks
from store.item_views import Extras
from store.principal import Principal
from store.session import Session
from store.sight import Sight, look
from store.views import (
    ConnectionView,
    Coverage,
    FeedEvent,
    FindingView,
    ItemPage,
    ItemQuery,
    ItemView,
    PeoplePage,
    PeopleQuery,
    ProjectView,
    RunView,
)

Clock = Callable[[], datetime]


class Reader:
    """Answers to one principal. A scope it may not see is counted as hidden and never named."""

    def __init__(self, database: Database, principal: Principal, clock: Clock) -> None:
        self._database = database
        self._principal = principal
        self._clock = clock

    @asynccontextmanager
    async def _looking(self) -> AsyncIterator[tuple[Session, Sight]]:
        async with self._database.reading() as session:
            yield session, await look(session, self._principal)

    async def portfolio(self) -> list[ProjectView]:
        """Projects, programs and portfolios in the configuration's order, each with what its own sources
        bring; then every scope that no project takes, as a project of its own. No item is touched."""
        async with self._looking() as (session, sight):
            return await queries_portfolio.portfolio(session, sight)

    async def project(self, project_id: str) -> ProjectView | None:
        """One of :meth:`portfolio`."""
        async with self._looking() as (session, sight):
            found = await queries_portfolio.portfolio(session, sight, only=project_id)
        return found[0] if found else None

    async def items(self, query: ItemQuery) -> ItemPage:
        """Raises CursorError when the cursor is not one that this sort gave."""
        async with self._looking() as (session, sight):
            return await queries_items.item_page(session, sight, query)

    async def item(self, item_id: str, *, history: bool = False, raw: bool = False) -> ItemView | None:
        """By our id, by the tracker's key, or by a key that the item had before."""
        async with self._looking() as (session, sight):
            return await queries_items.one_item(session, sight, item_id, Extras(history=history, raw=raw))

    async def people(self, query: PeopleQuery) -> PeoplePage:
        """Whoever has an account in a visible scope, by name. Raises CursorError."""
        async with self._looking() as (session, sight):
            return await queries_people.people_page(session, sight, query)

    async def changes(self, after: int, limit: int = 100) -> tuple[Sequence[FeedEvent], int]:
        """The feed after a number, and the number to ask after next time. An item that is no longer to be
        seen (moved, restricted) is told as removed. Fewer events than the limit: that was all for now
        unless the number has not reached the end of the feed."""
        async with self._looking() as (session, sight):
            return await queries_feed.changes(session, sight, after, limit)

    async def connections(self) -> list[ConnectionView]:
        """In the configuration's order. Admins see the state of every scope, whoever its items are for."""
        async with self._looking() as (session, sight):
            return await queries_operations.connection_views(session, sight)

    async def runs(self, limit: int = 50) -> list[RunView]:
        """Newest first."""
        async with self._looking() as (session, sight):
            return await queries_operations.run_views(session, sight, limit, self._clock())

    async def findings(self) -> list[FindingView]:
        """What is open, by connection and kind, the most frequent first."""
        async with self._looking() as (session, sight):
            return await queries_operations.finding_views(session, sight)

    async def coverage(self) -> Coverage:
        """Over everything that the configuration names."""
        async with self._looking() as (session, sight):
            return await queries_scopes.whole_coverage(session, sight)

    async def revision(self) -> str:
        """Differs whenever any answer may differ, and not with mere age."""
        async with self._database.reading() as session:
            last, state = await marks(session)
            return f"{last}.{state}.{await queries_operations.waiting(session, self._clock())}"
