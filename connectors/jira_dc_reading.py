"""Reading the issues of one project with their changelogs, which come inside them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import timedelta

from connectors.base import JsonObject, Page, Record
from connectors.errors import Unexpected
from connectors.http import Answer
from connectors.jira_answers import Row, objects
from connectors.jira_dc_calls import Calls
from connectors.jira_dc_listing import Batch, Listing, Slice, Wanted
from connectors.jira_issues import newest, project_clause

OVERLAP = timedelta(minutes=10)
"""The search index lags behind, on other nodes of a cluster by more; what is read twice is the same."""
CHANGES_A_PAGE = 1000
MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Up to where issues were handed over, as in :class:`Slice`. ``newest`` is the latest update seen and
    ``began`` when the reading began by Jira's clock, both in milliseconds since 1970."""

    minute: int | None = None
    seen: tuple[str, ...] = ()
    known: int = 0
    newest: int | None = None
    began: int | None = None

    def body(self) -> JsonObject:
        return {name: getattr(self, name) for name in self.__slots__} | {"seen": list(self.seen)}

    def slice(self) -> Slice:
        return Slice(minute=self.minute, seen=self.seen, known=self.known)


def resumed(resume: JsonObject | None) -> Place:
    """The place that a resume names. Raises Unexpected for one that we never gave."""
    given = dict(resume or {})
    seen = given.get("seen", [])
    texts = isinstance(seen, list) and all(isinstance(one, str) for one in seen)
    moments = all(isinstance(given.get(name), int | None) for name in ("minute", "newest", "began"))
    counted = isinstance(given.get("known", 0), int)
    if not (texts and moments and counted and given.keys() <= set(Place.__slots__)):
        raise Unexpected(f"The reading cannot be resumed at {given!r}; start it anew without a resume.")
    return Place(**{**given, "seen": tuple(seen)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """Issues a request, and requests in flight."""

    page: int
    parallel: int
    history: bool


def clause(scope_id: str, since: JsonObject | None = None) -> str:
    """A moment is given in milliseconds and without quotes: Jira would read wall-clock text in the account's
    time zone, to the minute. https://support.atlassian.com/jira-software-cloud/docs/jql-fields/"""
    moment = (since or {}).get("updated")
    changed = f" AND updated >= {moment}" if isinstance(moment, int) else ""
    return f"{project_clause(scope_id)}{changed}"


class Reading:
    """One scope's issues, all of them or those changed since."""

    def __init__(self, calls: Calls, sizes: Sizes, scope_id: str, since: JsonObject | None) -> None:
        self._calls = calls
        self._sizes = sizes
        self._scope_id = scope_id
        self._since = since

    async def pages(self, place: Place) -> AsyncGenerator[Page, None]:
        """From ``place`` to the end, which is an empty page after a last look at the credentials: without
        them Jira would answer an empty search, and the listing would end short in silence."""
        sizes = self._sizes
        wanted = Wanted(
            scope_id=self._scope_id, clause=clause(self._scope_id, self._since), size=sizes.page,
            changelog=sizes.history,
        )  # fmt: skip
        listing = Listing(self._calls, wanted)
        async with aclosing(listing.batches(place.slice())) as batches:
            async for batch in batches:
                place = replace(
                    place, began=_by_their_clock(batch.answer) if place.began is None else place.began
                )
                *early, final = _parts(self._records(batch))
                for records in early:
                    yield Page(records=records, resume=place.body(), expected=batch.expected)
                place = _after(place, batch)
                yield Page(records=final, resume=place.body(), expected=batch.expected)
        await self._calls.prove()
        yield Page(records=(), next_since=self._next_since(place), expected=place.known)

    def _records(self, batch: Batch) -> list[Record]:
        """Each issue and then its changes."""
        records = []
        for issue in batch.issues:
            body = {key: value for key, value in issue.items() if key != "changelog"}
            records.append(Record("item", issue["id"], self._scope_id, body, batch.answer.asked_at))
            if self._sizes.history:
                records += [
                    Record("change", str(history.get("id")), self._scope_id, history, batch.answer.asked_at)
                    for history in _histories(batch.answer, issue)
                ]
        return records

    def _next_since(self, place: Place) -> JsonObject | None:
        """Not later than the reading began: what was changed since in an issue already passed is not seen."""
        moments = [one for one in (place.newest, place.began) if one is not None]
        if place.newest is None:
            return self._since
        return {"updated": min(moments) - OVERLAP // MILLISECOND}


def _after(place: Place, batch: Batch) -> Place:
    records = [Record("item", issue["id"], "", issue, batch.answer.asked_at) for issue in batch.issues]
    after = batch.after
    return replace(
        place,
        minute=after.minute,
        seen=after.seen,
        known=after.known,
        newest=newest(records, place.newest),
    )


def _histories(answer: Answer, issue: Row) -> list[Row]:
    """Whole: Data Center has no other call for the rest of a changelog."""
    changelog = issue.get("changelog")
    if not isinstance(changelog, dict):
        raise answer.unexpected("an issue without the changelog that was asked for")
    histories = objects(answer, changelog, "histories")
    total = changelog.get("total")
    if isinstance(total, int) and total > len(histories):
        raise answer.unexpected(f"{len(histories)} of the {total} changes of issue {issue['id']}")
    return [{"issueId": issue["id"], **history} for history in histories]


def _by_their_clock(answer: Answer) -> int:
    moment = answer.asked_at + (answer.clock_skew or timedelta(0))
    return int(moment.timestamp() * 1000)


def _parts(records: Sequence[Record]) -> list[Sequence[Record]]:
    return [records[at : at + CHANGES_A_PAGE] for at in range(0, len(records), CHANGES_A_PAGE)] or [records]
