"""What a reading is going to bring: found out by narrow listings, before the first issue is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import timedelta

from connectors.base import Record
from connectors.cursors import not_set_back
from connectors.http import Answer, both
from connectors.jira_answers import Row
from connectors.jira_dc_calls import Calls, Found, Search
from connectors.jira_dc_cursors import Since, Slice
from connectors.jira_dc_entries import MINUTE, NARROW, NARROW_FIELDS, Entry, entries
from connectors.jira_dc_epics import Epics, Telling, epic_ids, epic_links, epics_record
from connectors.jira_dc_listing import Batch, Listing, Wanted, rows
from connectors.jira_definitions import definitions
from connectors.jira_filter import restricted
from connectors.jira_issues import instant, project_clause

LATEST = 100
"""So many of the latest updates are looked at; of more the rest is listed."""
MILLISECOND = timedelta(milliseconds=1)
HOUR = timedelta(hours=1) // MILLISECOND
FROM_THE_FIRST = Slice()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """Issues a request, and requests in flight. ``only`` is the connection's filter in JQL."""

    page: int
    parallel: int
    history: bool
    only: str = ""


@dataclass(slots=True, kw_only=True)
class Plan:
    """``first`` is a page of issues that was read already, and ``wanted`` are the others to be read.

    ``began`` is when the first question was asked, by Jira's clock; ``newest`` the latest update that the
    index shows; ``ids`` are all issues of the scope, and ``listed`` is whether they were listed for it.
    ``epics``, ``links`` and ``defined`` are as in :class:`Since`.
    """

    began: int
    newest: int | None
    definitions: Sequence[Record]
    first: Batch[Row] | None = None
    wanted: Sequence[Entry]
    expected: int
    ids: frozenset[str]
    listed: bool
    epics: Epics
    links: tuple[str, ...]
    defined: int


class Planner:
    """Of one scope."""

    def __init__(self, calls: Calls, sizes: Sizes, scope_id: str) -> None:
        self._calls = calls
        self._sizes = sizes
        self._scope_id = scope_id
        self._clause = restricted(project_clause(scope_id), sizes.only)

    async def whole(self) -> Plan:
        """A project that fits a page is read with the first question."""
        sizes = self._sizes
        page = Listing(
            self._calls,
            Wanted(
                scope_id=self._scope_id, clause=self._clause, size=sizes.page, changelog=sizes.history
            ),
            rows(self._calls),
        )  # fmt: skip
        first, words = await both(page.first(), self._definitions())
        links = epic_links(words)
        told = entries(first.found, links)
        rest = [] if first.last else await self._list(links, self._clause, first.after)
        plan = await self._all(words, [*told, *rest], by_their_clock(first.found.answer))
        plan.first, plan.wanted = first, rest
        return plan

    async def resumed(self, began: int) -> Plan:
        """Of a whole reading that was cut: all issues are listed, from the beginning."""
        words = await self._definitions()
        return await self._all(words, await self._list(epic_links(words), self._clause), began)

    async def defined(self) -> Sequence[Record]:
        """The definitions alone. Which epics belong to them is told by the issues that name one."""
        words = await self._definitions()
        links = epic_links(words)
        told = await self._list(links, self._clause) if links else ()
        ids = await epic_ids(self._calls, told, {})
        return [*words, epics_record("epics", self._scope_id, ids, words)]

    async def changes(self, since: Since) -> Plan:
        """The latest updates come first, and with them the number of all issues."""
        latest = Search(
            jql=f"{self._clause} ORDER BY updated DESC, key DESC",
            most=min(LATEST, self._calls.window), fields=(*NARROW_FIELDS, *since.links),
        )  # fmt: skip
        found = await self._calls.search(latest)
        not_set_back(instant(since.updated), instant(by_their_clock(found.answer)))
        changed = await self._changed(found, since)
        changed, ids, listed = await self._counted(found, since, changed)
        wanted = [one for one in changed if one.updated is None or since.recent.get(one.id) != one.updated]
        plan = Plan(
            began=by_their_clock(found.answer), newest=_newest(changed), definitions=(), wanted=wanted,
            expected=len(wanted), ids=ids, listed=listed, epics=since.epics, links=since.links,
            defined=since.defined,
        )  # fmt: skip
        if wanted or plan.began - since.defined > HOUR:
            await self._define(plan, await self._definitions(), wanted, "epics_since")
        return plan

    async def _changed(self, found: Found[Row], since: Since) -> list[Entry]:
        """Those of the latest updates that are no older than ``since``, or all that are where it is more than
        these. By a minute, because the index keeps times less exactly than its answers tell them."""
        told = entries(found, since.links)
        if len(told) < found.total and not _before(told[-1], since.updated - MINUTE):
            clause = f"{self._clause} AND updated >= {since.updated}"
            return await self._list(since.links, clause)
        return [one for one in told if not _before(one, since.updated)]

    async def _counted(
        self, found: Found[Row], since: Since, changed: list[Entry]
    ) -> tuple[list[Entry], frozenset[str], bool]:
        """What is to be read, all issues, and whether these were listed. They are where their number is not
        that of the known and the changed: some went away, or came back as they were."""
        known = since.known()
        ids = known.union(one.id for one in changed)
        if len(ids) == found.total:
            return changed, frozenset(ids), False
        told = entries(found, since.links)
        everything = told if len(told) == found.total else await self._list(since.links, self._clause)
        there = {one.id: one for one in (*everything, *changed)}
        came = (one for id, one in there.items() if id not in ids)
        return [*changed, *came], frozenset(there), True

    async def _all(self, words: Sequence[Record], told: list[Entry], began: int) -> Plan:
        plan = Plan(
            began=began, newest=_newest(told), definitions=(), wanted=told, expected=len(told),
            ids=frozenset(one.id for one in told), listed=True, epics={}, links=(), defined=began,
        )  # fmt: skip
        await self._define(plan, words, told, "epics")
        return plan

    async def _define(
        self, plan: Plan, words: Sequence[Record], told: Sequence[Entry], name: Telling
    ) -> None:
        plan.links, plan.defined = epic_links(words), plan.began
        plan.epics = await epic_ids(self._calls, told, plan.epics)
        plan.definitions = [*words, epics_record(name, self._scope_id, plan.epics, words)]

    async def _definitions(self) -> list[Record]:
        return await definitions(self._calls, self._scope_id, self._sizes.parallel)

    async def _list(self, links: Sequence[str], clause: str, start: Slice = FROM_THE_FIRST) -> list[Entry]:
        wanted = Wanted(scope_id=self._scope_id, clause=clause, size=NARROW, fields=(*NARROW_FIELDS, *links))
        listing = Listing(self._calls, wanted, rows(self._calls, links))
        async with aclosing(listing.batches(start)) as batches:
            return [one async for batch in batches for one in batch.entries]


def by_their_clock(answer: Answer) -> int:
    """When it was asked for, in milliseconds since 1970."""
    moment = answer.asked_at + (answer.clock_skew or timedelta(0))
    return int(moment.timestamp() * 1000)


def _before(one: Entry, moment: int) -> bool:
    return one.updated is not None and one.updated < moment


def _newest(told: Iterable[Entry]) -> int | None:
    return max((one.updated for one in told if one.updated is not None), default=None)
