"""Reading the issues of one project as planned, open ones first, with their changelogs inside them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence, Set
from contextlib import aclosing
from functools import partial

from connectors.base import Page, Record
from connectors.http import ordered
from connectors.jira_dc_bodies import Bodies, Bundle
from connectors.jira_dc_calls import Calls
from connectors.jira_dc_cursors import Place, Since, packed, seal
from connectors.jira_dc_entries import Entry, epics_of
from connectors.jira_dc_epics import named_late
from connectors.jira_dc_plan import Plan, Sizes
from connectors.jira_issues import milliseconds

CHANGES_A_PAGE = 1000


class Reading:
    """Carries out one plan. ``mark`` is what its cursors are sealed with."""

    def __init__(self, calls: Calls, sizes: Sizes, scope_id: str, mark: str) -> None:
        self._calls = calls
        self._sizes = sizes
        self._bodies = Bodies(calls, scope_id, sizes.history)
        self._mark = mark

    async def pages(self, plan: Plan, place: Place) -> AsyncGenerator[Page, None]:
        """From ``place`` to the end, which is a page after a last look at the credentials: without them Jira
        would answer an empty search, and the listing would end short in silence."""
        place, words = place.noting({}, plan.newest), plan.definitions
        gone, epics = set[str](), set[str]()
        if plan.first or not all(place.holds(one) for one in plan.wanted):
            yield Page(records=words, resume=seal(place, self._mark), expected=plan.expected)
            words = ()
        async with aclosing(self._bundles(plan, place)) as bundles:
            async for entries, bundle in bundles:
                before, place = place, place.after(entries).noting(_updates(bundle.items))
                *early, final = _parts(bundle.records)
                for records in early:
                    yield Page(records=records, resume=seal(before, self._mark), expected=plan.expected)
                yield Page(
                    records=final, gone=bundle.gone, resume=seal(place, self._mark), expected=plan.expected
                )
                gone |= {one.id for one in bundle.gone}
                epics.update(key for one in bundle.items for key in epics_of(one.body, plan.links))
        words = await self._late(plan, epics) or words
        await self._calls.prove()
        there = plan.ids - gone
        yield Page(
            records=words, next_since=seal(_since(plan, place, there), self._mark),
            expected=plan.expected - len(gone), listed=sorted(there) if plan.listed else None,
        )  # fmt: skip

    async def _late(self, plan: Plan, named: Set[str]) -> Sequence[Record]:
        """The epics once more, where issues name others than they did when they were listed."""
        if named <= plan.epics.keys():
            return ()
        late, plan.epics = await named_late(self._calls, plan.definitions[-1], plan.epics, named)
        return (late,)

    async def _bundles(
        self, plan: Plan, place: Place
    ) -> AsyncGenerator[tuple[Sequence[Entry], Bundle], None]:
        """Pages as large as Jira made the first one, some at a time."""
        size = self._sizes.page
        if first := plan.first:
            size = size if first.last else len(first.entries)
            yield first.entries, self._bodies.told(first.issues, first.found.answer)
            plan.first = first = None  # a thousand issues need not be kept until the end
        left = sorted((one for one in plan.wanted if not place.holds(one)), key=_order)
        jobs = [partial(self._bundle, left[low : low + size]) for low in range(0, len(left), size)]
        async with aclosing(ordered(self._sizes.parallel, jobs)) as bundles:
            async for told in bundles:
                yield told

    async def _bundle(self, entries: Sequence[Entry]) -> tuple[Sequence[Entry], Bundle]:
        return entries, await self._bodies.of([one.id for one in entries])


def _order(one: Entry) -> tuple[bool, int]:
    """What is open matters first; beyond that by creation, which no edit changes."""
    return one.closed, one.minute


def _updates(items: Sequence[Record]) -> dict[str, int]:
    told = ((one.id, milliseconds(one.body, "updated")) for one in items)
    return {id: at for id, at in told if at is not None}


def _since(plan: Plan, place: Place, there: frozenset[str]) -> Since:
    return Since(
        updated=place.bound, ids=packed(there), recent=place.recent, epics=plan.epics, links=plan.links,
        defined=plan.defined,
    )  # fmt: skip


def _parts(records: Sequence[Record]) -> list[Sequence[Record]]:
    return [records[at : at + CHANGES_A_PAGE] for at in range(0, len(records), CHANGES_A_PAGE)] or [records]
