"""Reading the issues of one Jira project: ids by page, then bodies and changelogs in bulk, in parallel."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any, Literal

from connectors.base import Absence, JsonObject, Page, Record
from connectors.errors import Unexpected
from connectors.http import Answer, ordered, pages
from connectors.jira_answers import Row
from connectors.jira_cloud_bodies import bodies
from connectors.jira_cloud_calls import Calls, StaleToken
from connectors.jira_issues import FIELDS, newest, project_clause

OVERLAP = timedelta(minutes=5)
"""The search index lags behind; what is read twice is the same."""
CHANGES_A_PAGE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """Ids a page, issues a request for bodies and for changelogs, and requests in flight."""

    ids: int
    bodies: int
    changelogs: int
    parallel: int
    history: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """``token`` gives the page of ids that is being read; ``last`` is the id whose body was handed over last,
    ``changes`` the one whose changelog was. ``known`` counts the ids of the pages before; ``newest`` is the
    latest update seen, in milliseconds since 1970."""

    token: str | None = None
    last: str | None = None
    changes: str | None = None
    known: int = 0
    newest: int | None = None

    def body(self) -> JsonObject:
        return {name: getattr(self, name) for name in self.__slots__}


def resumed(resume: JsonObject | None) -> Place:
    """The place that a resume names. Raises Unexpected for one that we never gave."""
    given = dict(resume or {})
    texts = all(isinstance(given.get(name), str | None) for name in ("token", "last", "changes"))
    numbers = isinstance(given.get("known", 0), int) and isinstance(given.get("newest"), int | None)
    if not (texts and numbers and given.keys() <= set(Place.__slots__)):
        raise Unexpected(f"The reading cannot be resumed at {given!r}; start it anew without a resume.")
    return Place(**given)


def jql(project_id: str, since: JsonObject | None = None) -> str:
    """In the order of creation, which no edit changes, so that pages neither skip nor repeat.

    A moment is given in milliseconds and without quotes: Jira would read wall-clock text in the account's
    time zone, to the minute. https://support.atlassian.com/jira-software-cloud/docs/jql-fields/
    """
    moment = (since or {}).get("updated")
    changed = f" AND updated >= {moment}" if isinstance(moment, int) else ""
    return f"{project_clause(project_id)}{changed} ORDER BY created ASC, key ASC"


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one job, and the id up to which it reaches."""

    part: Literal["last", "changes"]
    reached: str
    records: Sequence[Record]
    gone: Sequence[Absence] = ()

    def onto(self, place: Place) -> Place:
        if self.part == "last":
            return replace(place, last=self.reached)
        return replace(place, changes=self.reached)


IdPage = tuple[list[str], str | None]
"""Ids, and the token of the next page."""
Job = Callable[[], Coroutine[Any, Any, Result]]


class Reading:
    """One scope's issues, all of them or those changed since."""

    def __init__(self, calls: Calls, sizes: Sizes, scope_id: str, since: JsonObject | None) -> None:
        self._calls = calls
        self._sizes = sizes
        self._scope_id = scope_id
        self._since = since
        self._newest: int | None = None

    async def pages(self, start: Place) -> AsyncGenerator[Page, None]:
        """From ``start`` to the end, which is an empty page after a last look at the credentials: without
        them Jira would answer an empty search, and the listing would end short in silence."""
        place, first = await self._first(start)
        ready = {place.token: first}

        async def fetch(token: str | None) -> IdPage:
            return ready.pop(token, None) or await self._ids(token)

        self._newest = place.newest
        async for ids, following in pages(fetch, place.token, what=f"the issues of project {self._scope_id}"):
            async with aclosing(self._issues(ids, place)) as read:
                async for page in read:
                    yield page
            place = Place(token=following, known=place.known + len(ids))
        await self._calls.prove()
        yield Page(records=(), next_since=self._next_since(), expected=place.known)

    async def _first(self, start: Place) -> tuple[Place, IdPage]:
        """The page at which the reading begins; with a token that has expired, from the very beginning."""
        try:
            return start, await self._ids(start.token)
        except StaleToken:
            if start.token is None:
                raise
            return Place(), await self._ids(None)

    async def _ids(self, token: str | None) -> IdPage:
        return await self._calls.ids(jql(self._scope_id, self._since), self._sizes.ids, token)

    async def _issues(self, ids: Sequence[str], place: Place) -> AsyncGenerator[Page, None]:
        """What one page of ids brings, beginning after the ids that ``place`` says are done."""
        expected = place.known + len(ids)
        jobs = self._jobs(ids, *_done(ids, place))
        async with aclosing(ordered(self._sizes.parallel, jobs)) as results:
            async for result in results:
                *early, final = _parts(result.records)
                for records in early:
                    yield Page(records=records, resume=place.body(), expected=expected)
                self._newest = newest(result.records, self._newest)
                place = replace(result.onto(place), newest=self._newest)
                yield Page(records=final, gone=result.gone, resume=place.body(), expected=expected)

    def _jobs(self, ids: Sequence[str], bodies: int, changes: int) -> Iterator[Job]:
        """Bodies from the one position on and changelogs from the other; each changelog after its bodies."""
        sizes = self._sizes
        start, step = (changes, sizes.changelogs) if sizes.history else (bodies, sizes.bodies)
        for low in range(start, len(ids), step):
            high = min(low + step, len(ids))
            for at in range(max(low, bodies), high, sizes.bodies):
                yield partial(self._bodies, ids[at : min(at + sizes.bodies, high)])
            if sizes.history:
                yield partial(self._changes, ids[low:high])

    async def _bodies(self, ids: Sequence[str]) -> Result:
        found = await bodies(self._calls, self._scope_id, ids, FIELDS)
        if missing := [one for one in ids if one not in found]:
            await self._calls.prove()
            evidence = "the search listed it, and the bulk fetch left it out twice"
            found |= {one: Absence(id=one, reason="not_found", evidence=evidence) for one in missing}
        told = [found[one] for one in ids]
        records = [one for one in told if isinstance(one, Record)]
        return Result("last", ids[-1], records, [one for one in told if isinstance(one, Absence)])

    async def _changes(self, ids: Sequence[str]) -> Result:
        """Proved afterwards: of issues that are hidden Jira gives no changelog, which looks like none."""
        records = [
            self._change(issue, history, answer)
            async for histories, answer in self._calls.histories(ids)
            for issue, history in histories
        ]
        await self._calls.prove()
        return Result("changes", ids[-1], records)

    def _change(self, issue: str, history: Row, answer: Answer) -> Record:
        body = {"issueId": issue, **history}
        return Record("change", str(history.get("id")), self._scope_id, body, answer.asked_at)

    def _next_since(self) -> JsonObject | None:
        if self._newest is None:
            return self._since
        return {"updated": self._newest - OVERLAP // timedelta(milliseconds=1)}


def _done(ids: Sequence[str], place: Place) -> tuple[int, int]:
    """How many bodies and changelogs of this page are done: none, when the id we got to is not on it now. A
    changelog comes after its bodies, so from the lesser of the two on nothing is left out."""
    positions = {one: index for index, one in enumerate(ids, 1)}
    return positions.get(place.last or "", 0), positions.get(place.changes or "", 0)


def _parts(records: Sequence[Record]) -> list[Sequence[Record]]:
    return [records[at : at + CHANGES_A_PAGE] for at in range(0, len(records), CHANGES_A_PAGE)] or [records]
