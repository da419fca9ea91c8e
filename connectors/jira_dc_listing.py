"""All issues that a query finds, page by page and never by far-reaching offsets.

Jira searches no further than a window, and an offset skips an issue for each one that goes away before it.
So a page follows another by the time of creation, which no edit changes: it begins with the minute in which
the last one ended, and what was handed over of that minute is left out. Only within one such slice is
counted.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import compress, pairwise
from typing import Generic, TypeVar

from connectors.errors import Unavailable, Unexpected
from connectors.http import pages
from connectors.jira_answers import Row
from connectors.jira_census import Census
from connectors.jira_dc_calls import BeyondWindow, Calls, Found, Search
from connectors.jira_dc_cursors import Slice
from connectors.jira_dc_entries import Entry, cheap_entries, entries
from connectors.jira_issues import FIELDS
from connectors.jira_shapes import Fields, Issue

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """``clause`` in JQL finds the issues of a scope."""

    scope_id: str
    clause: str
    size: int
    fields: Sequence[str] = FIELDS
    changelog: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Form(Generic[T]):
    """In which issues are asked for, and how what is needed to page by is seen in it."""

    search: Callable[[Search], Awaitable[Found[T]]]
    entries: Callable[[Found[T]], Sequence[Entry]]


def rows(calls: Calls, links: Sequence[str] = ()) -> Form[Row]:
    """As Jira tells them; ``links`` are the fields that name an epic."""
    return Form(search=calls.search, entries=partial(entries, links=links))


def cheap(calls: Calls, census: Census) -> Form[Issue[Fields]]:
    """As a census looks at them."""
    return Form(search=partial(calls.cheap, census), entries=cheap_entries)


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch(Generic[T]):
    """New issues as they were found, the same in short, and the slice that comes ``after`` them. ``last`` is
    whether there are no more."""

    issues: Sequence[T]
    entries: Sequence[Entry]
    found: Found[T]
    after: Slice
    last: bool


@dataclass(frozen=True, slots=True)
class _Cursor:
    slice: Slice = field(default_factory=Slice)
    offset: int = 0
    total: int = 0


class Listing(Generic[T]):
    """The issues of one query, in the order of their creation."""

    def __init__(self, calls: Calls, wanted: Wanted, form: Form[T]) -> None:
        self._calls = calls
        self._wanted = wanted
        self._form = form

    async def batches(self, start: Slice) -> AsyncGenerator[Batch[T], None]:
        """Whole, or raises one of the four errors."""
        what = f"the issues of project {self._wanted.scope_id}"
        async for batch, _ in pages(self._fetch, _Cursor(start), what=what):
            yield batch

    async def first(self) -> Batch[T]:
        """No more than the first page."""
        return (await self._fetch(None))[0]

    async def _fetch(self, cursor: _Cursor | None) -> tuple[Batch[T], _Cursor | None]:
        cursor = cursor or _Cursor()
        at = cursor.slice
        found = await self._search(at, cursor.offset)
        if found.total < cursor.total:
            raise Unexpected(
                f"Issues of project {self._wanted.scope_id} went away while they were counted; nothing is "
                "lost, the next run goes on from here."
            )
        told = self._form.entries(found)
        if any(one > other for one, other in pairwise([at.minute or 0, *(one.minute for one in told)])):
            raise found.answer.unexpected("issues that are not in the order of their creation")
        known = set(at.seen)
        if cursor.offset == 0 and known and not any(one.id in known for one in told):
            await self._look_for(at.seen[-1])
        after = at.after(told)
        reached = cursor.offset + len(told)
        new = [one.id not in known for one in told]
        batch = Batch(
            issues=list(compress(found.issues, new)),
            entries=list(compress(told, new)),
            found=found,
            after=after,
            last=reached >= found.total,
        )
        if batch.last:
            return batch, None
        within = after.minute == at.minute
        return batch, _Cursor(after, reached, found.total) if within else _Cursor(after)

    async def _search(self, at: Slice, offset: int) -> Found[T]:
        wanted = self._wanted
        created = "" if at.minute is None else f" AND created >= {at.minute}"
        while (most := min(wanted.size, self._calls.window - offset)) > 0:
            search = Search(
                jql=f"{wanted.clause}{created} ORDER BY created ASC, key ASC",
                start=offset, most=most, fields=wanted.fields, changelog=wanted.changelog,
            )  # fmt: skip
            with suppress(BeyondWindow):
                return await self._form.search(search)
        raise Unexpected(
            f"More than {offset} issues of project {wanted.scope_id} were created in one minute, and "
            "Jira's search reaches no further; a Jira administrator can raise the property "
            "jira.search.platform.max.result.window."
        )

    async def _look_for(self, issue_id: str) -> None:
        """The issue with which the last page ended is not listed any more. Either it went away from here, or
        the index does not hold what Jira does, as while it is built anew."""
        alone = Search(jql=f"id in ({issue_id})", most=1, fields=("created",), lenient=True)
        if (await self._calls.search(alone)).issues:
            return
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
