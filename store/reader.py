"""The one query layer: every read takes a principal, and nothing goes around it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

from store import (
    queries_feed,
    queries_findings,
    queries_identities,
    queries_items,
    queries_links,
    queries_operations,
    queries_people,
    queries_portfolio,
    queries_receipts,
    queries_resources,
    queries_runs,
    queries_scopes,
    queries_standing,
    queries_verifications,
)
from store.cursor import CursorError as CursorError
from store.database import Database
from store.feed import marks
from store.finding_views import FindingDetail
from store.item_views import Extras
from store.people_views import Encounters, Identities, LinkView, Pair
from store.principal import Principal
from store.queries_findings import Asked as Asked
from store.queries_standing import Standing
from store.receipt_views import Receipt, ReceiptPage, ReconciliationView
from store.resource_views import (
    AllocationView,
    AvailabilityView,
    BudgetView,
    RateView,
    ResourceQuery,
    StatusReportView,
    TimeEntryView,
)
from store.session import Session
from store.sight import Sight, look
from store.verification_views import VerificationView
from store.views import (
    ConnectionView,
    Coverage,
    FeedEvent,
    FeedFilter,
    FindingView,
    ItemPage,
    ItemQuery,
    ItemView,
    PeoplePage,
    PeopleQuery,
    ProjectView,
    ResourcePage,
    RunFilter,
    RunView,
)

Clock = Callable[[], datetime]
ALL_RUNS = RunFilter()
WHOLE_FEED = FeedFilter()


class Reader:
    """Answers to one principal. A scope it may not see is counted as hidden and never named."""

    def __init__(self, database: Database, principal: Principal, clock: Clock) -> None:
        self._database = database
        self._principal = principal
        self._clock = clock

    @asynccontextmanager
    async def _looking(self) -> AsyncIterator[tuple[Session, Sight]]:
        async with self._database.reading() as session:
            yield session, await look(session, self._principal, self._clock())

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

    async def identities(self) -> Identities:
        """Every person's accounts, of those that were met in a visible scope."""
        async with self._looking() as (session, sight):
            return await queries_identities.identities(session, sight)

    async def encounters(self, pairs: Collection[Pair]) -> Encounters:
        """Where the accounts of these pairs meet in their work, as far as their items may be seen."""
        async with self._looking() as (session, sight):
            return await queries_identities.encounters(session, sight, pairs)

    async def person_history(self, person: str) -> list[LinkView] | None:
        """How the person's accounts came and went, oldest first; None where no account may be seen."""
        async with self._looking() as (session, sight):
            return await queries_links.person_history(session, sight, person)

    async def status_reports(self, query: ResourceQuery) -> ResourcePage[StatusReportView]:
        """What people declare, shown as the scope or item that it is about. Raises CursorError, as do the
        next five."""
        async with self._looking() as (session, sight):
            return await queries_resources.resource_page(session, sight, queries_resources.REPORTS, query)

    async def time_entries(self, query: ResourceQuery) -> ResourcePage[TimeEntryView]:
        """Shown to pmo and admin, to the lead of the scope's team, and everybody their own."""
        async with self._looking() as (session, sight):
            return await queries_resources.resource_page(session, sight, queries_resources.TIME, query)

    async def allocations(self, query: ResourceQuery) -> ResourcePage[AllocationView]:
        """Shown to whoever is shown time entries."""
        async with self._looking() as (session, sight):
            return await queries_resources.resource_page(session, sight, queries_resources.ALLOCATIONS, query)

    async def availability(self, query: ResourceQuery) -> ResourcePage[AvailabilityView]:
        """Shown to whoever is shown time entries; it belongs to every scope in which it was read."""
        async with self._looking() as (session, sight):
            return await queries_resources.resource_page(session, sight, queries_resources.ABSENCE, query)

    async def budgets(self, query: ResourceQuery) -> ResourcePage[BudgetView]:
        """Shown to pmo and admin, and to the lead of the scope's team. They are nobody's and of no day, so
        that those filters leave nothing out."""
        async with self._looking() as (session, sight):
            return await queries_resources.resource_page(session, sight, queries_resources.BUDGETS, query)

    async def rates(self, query: ResourceQuery) -> ResourcePage[RateView]:
        """Shown to whoever is shown budgets; those of no scope to pmo and admin."""
        async with self._looking() as (session, sight):
            return await queries_resources.resource_page(session, sight, queries_resources.RATES, query)

    async def changes(
        self, after: int, limit: int = 100, chosen: FeedFilter = WHOLE_FEED
    ) -> tuple[Sequence[FeedEvent], int]:
        """The feed after a number, and the number to ask after next time. An item that is no longer to be
        seen (moved, restricted) is told as removed. Fewer events than the limit: that was all for now
        unless the number has not reached the end of the feed."""
        async with self._looking() as (session, sight):
            return await queries_feed.changes(session, sight, (after, limit), chosen)

    async def connections(self) -> list[ConnectionView]:
        """In the configuration's order. Admins see the state of every scope, whoever its items are for."""
        async with self._looking() as (session, sight):
            return await queries_operations.connection_views(session, sight)

    async def runs(self, limit: int = 50, asked: RunFilter = ALL_RUNS) -> list[RunView]:
        """Newest first."""
        async with self._looking() as (session, sight):
            return await queries_runs.run_views(session, sight, limit, asked)

    async def run(self, run_id: str) -> RunView | None:
        async with self._looking() as (session, sight):
            return await queries_runs.one_run(session, sight, run_id)

    async def findings(self, asked: Asked = "open") -> list[FindingView]:
        """By connection and kind, the most frequent first."""
        async with self._looking() as (session, sight):
            return await queries_findings.finding_views(session, sight, asked)

    async def finding(self, finding_id: str, limit: int = 100) -> FindingDetail | None:
        """Whatever its state, with up to ``limit`` of the items that it holds back."""
        async with self._looking() as (session, sight):
            return await queries_findings.finding_detail(session, sight, finding_id, limit)

    async def receipts(
        self, scope_id: str, limit: int = 100, cursor: str | None = None
    ) -> ReceiptPage | None:
        """Newest first; None where the scope's state may not be seen. Raises CursorError."""
        async with self._looking() as (session, sight):
            return await queries_receipts.receipt_page(session, sight, scope_id, limit, cursor)

    async def receipt(self, receipt_id: str) -> Receipt | None:
        async with self._looking() as (session, sight):
            return await queries_receipts.one_receipt(session, sight, receipt_id)

    async def newest_receipts(self) -> list[Receipt]:
        """Of each scope that was ever compared with its tracker."""
        async with self._looking() as (session, sight):
            return await queries_receipts.newest_receipts(session, sight)

    async def reconciliations(self, limit: int = 50) -> list[ReconciliationView]:
        """Newest first."""
        async with self._looking() as (session, sight):
            return await queries_receipts.reconciliation_views(session, sight, limit)

    async def sample(self, scope: str, pivot: str, size: int) -> list[ItemView]:
        """Up to ``size`` items at home in a scope, present or archived, from ``pivot`` (a random uuid) on."""
        async with self._looking() as (session, sight):
            return await queries_verifications.sample(session, sight, scope, pivot, size)

    async def verifications(self, connection: str, limit: int = 20) -> list[VerificationView]:
        """Newest first. Differences in items that may not be seen are only counted."""
        async with self._looking() as (session, sight):
            return await queries_verifications.verification_views(session, sight, connection, limit)

    async def coverage(self) -> Coverage:
        """Over everything that the configuration names."""
        async with self._looking() as (session, sight):
            return await queries_scopes.whole_coverage(session, sight)

    async def standings(self, query: ItemQuery) -> list[Standing]:
        """Of the scopes that the query's filters name, the least recent first."""
        async with self._looking() as (session, sight):
            return await queries_standing.standings(session, sight, query)

    async def revision(self) -> str:
        """Differs whenever any answer may differ, and not with mere age."""
        async with self._database.reading() as session:
            last, state = await marks(session)
            return f"{last}.{state}.{await queries_runs.waiting(session, self._clock())}"
