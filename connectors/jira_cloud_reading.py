"""Reading the issues of one Jira project, all or those that changed: ids by search, then bodies and
changelogs in bulk, in parallel."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from connectors.base import Absence, Page, Record
from connectors.cursors import not_set_back
from connectors.http import Answer, both, ordered
from connectors.jira_answers import Row
from connectors.jira_cloud_bodies import bodies
from connectors.jira_cloud_calls import Calls
from connectors.jira_cloud_cursors import MILLISECOND, Ledger, Place, Since, plan, seal
from connectors.jira_cloud_insight import Insights
from connectors.jira_cloud_listing import Listing, changed, everything
from connectors.jira_cloud_settings import JiraCloudSettings
from connectors.jira_definitions import definitions
from connectors.jira_issues import instant, milliseconds
from connectors.jira_missing import proved_if_missing

CHANGES_A_PAGE = 1000
DEFINED = timedelta(hours=1) // MILLISECOND
"""So old the definitions of a project may be in which nothing changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What all readings of one connection share."""

    calls: Calls
    settings: JiraCloudSettings
    insights: Insights


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a reading begins with: all issues, those that it has to bring, and the definitions if they were
    read again."""

    every: Listing
    wanted: Listing
    defined: Sequence[Record] | None


@dataclass(frozen=True, slots=True)
class Bodies:
    """What came of one job: of these issues the bodies."""

    ids: Sequence[str]
    records: Sequence[Record]
    gone: Sequence[Absence]


@dataclass(frozen=True, slots=True)
class Changes:
    """Of these issues the changelogs."""

    ids: Sequence[str]
    records: Sequence[Record]


Job = Callable[[], Coroutine[Any, Any, Bodies | Changes]]


class Reading:
    """One scope's issues: all of them, or those changed since ``before``; from ``place`` on."""

    def __init__(self, desk: Desk, scope_id: str, before: Since | None, place: Place | None) -> None:
        self._desk = desk
        self._calls = desk.calls
        self._settings = desk.settings
        self._plan = plan(desk.settings)
        self._scope_id = scope_id
        self._before = before
        self._place = place
        self._proved = False

    async def pages(self) -> AsyncGenerator[Page, None]:
        """The end is an empty page after a last look at the credentials: without them Jira would answer an
        empty search, and the listing would end short in silence."""
        look = await self._look()
        place = self._place or self._beginning(look.wanted)
        ids = place.left(look.wanted.issues, look.wanted.paged)
        expected = len(ids if self._before else look.wanted.issues)
        if look.defined is not None:
            yield Page(records=look.defined, resume=seal(place, self._plan), expected=expected)
        async with aclosing(self._issues(ids, place, look.wanted.paged)) as steps:
            async for place, records, gone in steps:
                yield Page(records=records, gone=gone, resume=seal(place, self._plan), expected=expected)
        if not self._proved:
            await self._calls.prove()
        yield Page(
            records=(),
            next_since=self._since(look, place.ledger),
            expected=expected,
            listed=list(look.every.issues),
        )

    async def _look(self) -> Look:
        async with proved_if_missing(self._calls):
            return await (self._look_at_all() if self._before is None else self._look_since(self._before))

    async def _look_at_all(self) -> Look:
        every, defined = await both(
            everything(self._calls, self._settings, self._scope_id), self._definitions()
        )
        return Look(every=every, wanted=every, defined=defined)

    async def _look_since(self, before: Since) -> Look:
        every, wanted = await both(
            everything(self._calls, self._settings, self._scope_id),
            changed(self._calls, self._settings, self._scope_id, before.ledger.floor),
        )
        not_set_back(instant(before.ledger.floor), instant(wanted.at))
        fresh = any(not before.ledger.knows(*one) for one in wanted.issues.items())
        again = fresh or wanted.at - before.defined > DEFINED
        return Look(every=every, wanted=wanted, defined=await self._definitions() if again else None)

    async def _definitions(self) -> list[Record]:
        return await definitions(self._calls, self._scope_id, self._settings.parallel)

    def _beginning(self, wanted: Listing) -> Place:
        if self._before is None:
            return Place(Ledger(wanted.at))
        known = self._before.ledger
        return Place(Ledger(wanted.at, known.newest, known.seen))

    def _since(self, look: Look, ledger: Ledger) -> Mapping[str, Any]:
        defined = look.wanted.at if look.defined is not None or not self._before else self._before.defined
        insight = (
            None
            if self._settings.filter
            else self._desk.insights.settled(self._scope_id, len(look.every.issues), ledger)
        )
        return seal(Since(ledger, defined, insight), self._plan)

    async def _issues(
        self, ids: Sequence[str], place: Place, paged: bool
    ) -> AsyncGenerator[tuple[Place, Sequence[Record], Sequence[Absence]], None]:
        """What each page brings, and the place after it. What is missing, and what is marked as done, is
        proved before: of issues that are hidden Jira gives no changelog, which looks like none."""
        jobs = self._jobs(ids, set(place.half))
        async with aclosing(ordered(self._settings.parallel, jobs)) as results:
            async for result in results:
                self._proved = False
                gone = result.gone if isinstance(result, Bodies) else ()
                if gone or isinstance(result, Changes):
                    await self._calls.prove()
                    self._proved = True
                *early, final = _parts(result.records)
                for records in early:
                    yield place, records, ()
                place = self._after(place, result, paged)
                yield place, final, gone

    def _after(self, place: Place, result: Bodies | Changes, paged: bool) -> Place:
        if isinstance(result, Changes):
            return place.after_all(result.ids, paged)
        told = {one.id: milliseconds(one.body, "updated") for one in result.records}
        place = place.after_bodies(result.ids, {id: at for id, at in told.items() if at is not None})
        return place if self._settings.history else place.after_all(result.ids, paged)

    def _jobs(self, ids: Sequence[str], half: set[str]) -> Iterator[Job]:
        """The bodies of some issues, then their changelogs; then the next."""
        settings = self._settings
        step = settings.changelog_batch if settings.history else settings.body_batch
        for low in range(0, len(ids), step):
            chunk = ids[low : low + step]
            wanted = [one for one in chunk if one not in half]
            for at in range(0, len(wanted), settings.body_batch):
                yield partial(self._bodies, wanted[at : at + settings.body_batch])
            if settings.history:
                yield partial(self._changes, chunk)

    async def _bodies(self, ids: Sequence[str]) -> Bodies:
        found = await bodies(self._calls, self._scope_id, ids)
        evidence = "the search listed it, and the bulk fetch left it out twice"
        told = [found.get(one) or Absence(id=one, reason="not_found", evidence=evidence) for one in ids]
        records = [one for one in told if isinstance(one, Record)]
        return Bodies(ids, records, [one for one in told if isinstance(one, Absence)])

    async def _changes(self, ids: Sequence[str]) -> Changes:
        records = [
            self._change(issue, history, answer)
            async for histories, answer in self._calls.histories(ids)
            for issue, history in histories
        ]
        return Changes(ids, records)

    def _change(self, issue: str, history: Row, answer: Answer) -> Record:
        body = {"issueId": issue, **history}
        return Record("change", str(history.get("id")), self._scope_id, body, answer.asked_at)


def _parts(records: Sequence[Record]) -> list[Sequence[Record]]:
    return [records[at : at + CHANGES_A_PAGE] for at in range(0, len(records), CHANGES_A_PAGE)] or [records]
