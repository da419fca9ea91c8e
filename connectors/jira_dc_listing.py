"""All issues of a project, page by page and never by far-reaching offsets.

Jira searches no further than a window, and an offset skips an issue for each one that goes away before it.
So a page follows another by the time of creation, which no edit changes: it begins with the minute in which
the last one ended, and what was handed over of that minute is left out. A minute, because Jira's index keeps
times less exactly than its answers tell them. Only within one such slice is counted.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise

from connectors.errors import Unavailable, Unexpected
from connectors.http import Answer, pages
from connectors.jira_answers import Row
from connectors.jira_dc_calls import BeyondWindow, Calls, Found, Search
from connectors.jira_issues import FIELDS, milliseconds

MINUTE = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """What was created from ``minute`` on, in milliseconds since 1970, but for the issues ``seen`` in that
    minute. ``known`` counts all that were handed over before."""

    minute: int | None = None
    seen: tuple[str, ...] = ()
    known: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """New issues, the slice that comes ``after`` them, and how many there are in all."""

    issues: Sequence[Row]
    after: Slice
    expected: int
    answer: Answer


@dataclass(frozen=True, slots=True)
class _Cursor:
    slice: Slice
    offset: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """``clause`` in JQL finds the issues of a scope."""

    scope_id: str
    clause: str
    size: int
    fields: Sequence[str] = FIELDS
    changelog: bool = False


class Listing:
    """The issues of one query, in the order of their creation."""

    def __init__(self, calls: Calls, wanted: Wanted) -> None:
        self._calls = calls
        self._wanted = wanted

    async def batches(self, start: Slice) -> AsyncGenerator[Batch, None]:
        """Whole, or raises one of the four errors."""
        what = f"the issues of project {self._wanted.scope_id}"
        async for batch, _ in pages(self._fetch, _Cursor(start), what=what):
            yield batch

    async def _fetch(self, cursor: _Cursor | None) -> tuple[Batch, _Cursor | None]:
        cursor = cursor or _Cursor(Slice())
        at = cursor.slice
        found = await self._search(at, cursor.offset)
        if found.total < cursor.total:
            raise Unexpected(
                f"Issues of project {self._wanted.scope_id} went away while they were counted; nothing is "
                "lost, the next run goes on from here."
            )
        created = _minutes(found, at)
        if cursor.offset == 0 and at.seen and not any(issue["id"] in at.seen for issue in found.issues):
            await self._look_for(at.seen[-1])
        fresh = [issue for issue in found.issues if issue["id"] not in at.seen]
        last = created[-1] if created else at.minute
        ids = [
            str(issue["id"]) for issue, minute in zip(found.issues, created, strict=True) if minute == last
        ]
        seen = dict.fromkeys([*at.seen, *ids] if last == at.minute else ids)
        after = Slice(minute=last, seen=tuple(seen), known=at.known + len(fresh))
        expected = at.known - len(at.seen) + found.total
        batch = Batch(issues=fresh, after=after, expected=expected, answer=found.answer)
        reached = cursor.offset + len(found.issues)
        if reached >= found.total:
            return batch, None
        return batch, _Cursor(after, reached, found.total) if last == at.minute else _Cursor(after)

    async def _search(self, at: Slice, offset: int) -> Found:
        wanted = self._wanted
        created = "" if at.minute is None else f" AND created >= {at.minute}"
        while (most := min(wanted.size, await self._calls.window() - offset)) > 0:
            search = Search(
                jql=f"{wanted.clause}{created} ORDER BY created ASC, key ASC",
                start=offset, most=most, fields=wanted.fields, changelog=wanted.changelog,
            )  # fmt: skip
            with suppress(BeyondWindow):
                return await self._calls.search(search)
        raise Unexpected(
            f"More than {offset} issues of project {wanted.scope_id} were created in one minute, and "
            "Jira's search reaches no further; a Jira administrator can raise the property "
            "jira.search.platform.max.result.window."
        )

    async def _look_for(self, issue_id: str) -> None:
        """The issue with which the last page ended is not listed any more. Either it went away, or the index
        does not hold what Jira does, as while it is built anew."""
        answer = await self._calls.issue(issue_id)
        if answer.status != 200:
            return
        match answer.json():
            case {"fields": {"project": {"id": project}} as fields} if str(project) == self._wanted.scope_id:
                if fields.get("archiveddate") is None:
                    raise Unavailable(
                        f"Jira holds issue {issue_id} and its search does not list it any more: its index is "
                        "probably being rebuilt."
                    )


def _minutes(found: Found, at: Slice) -> list[int]:
    """When the issues were created. Raises Unexpected where their order is not the one asked for."""
    minutes = []
    for issue in found.issues:
        moment = milliseconds(issue, "created")
        if moment is None:
            raise found.answer.unexpected("an issue without a time of creation")
        minutes.append(moment - moment % MINUTE)
    if any(one > other for one, other in pairwise([at.minute or 0, *minutes])):
        raise found.answer.unexpected("issues that are not in the order of their creation")
    return minutes
