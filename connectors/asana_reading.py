"""Reading one Asana project whole: what it lists with all that is under it, then the stories of these."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain

from connectors.asana_calls import Calls, Seen
from connectors.asana_cursors import Mark, Place, Since, kept
from connectors.asana_definitions import Definitions
from connectors.asana_events import mark
from connectors.asana_fields import TASK
from connectors.asana_pages import Pages
from connectors.asana_people import People
from connectors.asana_tasks import Tasks, place_of
from connectors.base import Page, Record

OVERLAP = timedelta(minutes=5)
"""A listing may show a modification that late. What is read twice is the same."""
STRETCH = 10
"""Pages whose subtasks and stories are asked for together, so that the batches are full."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What there is to read, and how. ``plan`` seals its cursors."""

    calls: Calls
    definitions: Definitions
    project: str
    plan: str
    history: bool

    @property
    def size(self) -> int:
        return self.calls.page_size


async def read_whole(job: Job, start: Place | None) -> AsyncGenerator[Page, None]:
    """The definitions first, then ``size`` listed tasks at a time, at the end an empty page. The state that
    is reached is that before anything was listed, so that nothing which happens meanwhile is lost."""
    place = start or Place(mark=await mark(job.calls, job.project))
    tasks = Tasks(job.calls, job.project, TASK)
    async with _begun(tasks) as listing:
        known = await job.definitions.read()
        people = People(job.project, known.directory)
        yield Page(records=known.records(people), resume=kept(job.plan, place))
        listed = await listing
    whole = Whole(job, Pages(tasks, people, job.project), place)
    async with aclosing(whole.pages(listed)) as read:
        async for page in read:
            yield page
    yield Page(
        records=(),
        gone=whole.told.gone(),
        next_since=kept(job.plan, _state(listed, start, place.mark)),
        expected=len(listed) + whole.place.under,
        listed=None if start else [*(one.gid for one in listed), *whole.below],
    )


def _state(listed: Sequence[Seen], start: Place | None, mark: Mark) -> Since:
    """Of the tasks that an earlier call handed over it is not known how they were then."""
    new = [one for one in listed if not _reached(one.gid, start.after if start else None)]
    return Since(mark=mark, defined=mark.moment, read=shown_again(new, mark))


def shown_again(tasks: Iterable[Seen], mark: Mark) -> dict[str, str]:
    """Those that a listing of what was modified since ``mark`` shows, with their modification."""
    floor = mark.moment - OVERLAP
    told = {one.gid: str(one.body.get("modified_at")) for one in tasks}
    return {gid: modified for gid, modified in told.items() if _after(modified, floor)}


def _after(modified: str, floor: datetime) -> bool:
    try:
        return datetime.fromisoformat(modified) >= floor
    except (TypeError, ValueError):  # untold, or a time without a zone: then it is read again
        return False


@asynccontextmanager
async def _begun(tasks: Tasks) -> AsyncGenerator[asyncio.Task[list[Seen]], None]:
    """The listing, under way already while something else is read."""
    listing = asyncio.create_task(tasks.listed())
    try:
        yield listing
    finally:
        listing.cancel()
        await asyncio.gather(listing, return_exceptions=True)


class Whole:
    """The tasks of a whole reading. ``below`` are the gids of the subtasks met, ``place`` is what is done."""

    def __init__(self, job: Job, told: Pages, place: Place) -> None:
        self._job = job
        self.told = told
        self.place = place
        self.below: list[str] = []

    async def pages(self, listed: Sequence[Seen]) -> AsyncGenerator[Page, None]:
        for stretch in _stretches(listed, self.place, self._job.size * STRETCH):
            under = await self.told.tasks.below(stretch)
            self.below += [one.gid for one in chain(*under.values())]
            parts = list(_parts(stretch, under, self._job.size))
            if not _reached(stretch[-1].gid, self.place.after):
                for gid, family, count in parts:
                    self._advance(gid, len(family) - count)
                    yield self._page(self.told.items(family), len(listed))
            if self._job.history:
                async with aclosing(self._stories(parts)) as told:
                    async for page in told:
                        yield page

    def _advance(self, gid: str, under: int) -> None:
        self.place = replace(self.place, after=gid, under=self.place.under + under)
        if not self._job.history:
            self.place = replace(self.place, told=gid)

    async def _stories(self, parts: Sequence[Part]) -> AsyncGenerator[Page, None]:
        ends = {family[-1].gid: gid for gid, family, _ in parts}
        tasks = [one for _, family, _ in parts for one in family]
        async with aclosing(self.told.stories(tasks, ends)) as told:
            async for records, end in told:
                self.place = replace(self.place, told=end or self.place.told)
                yield self._page(records, None)

    def _page(self, records: Sequence[Record], listed: int | None) -> Page:
        return Page(
            records=records,
            gone=self.told.gone(),
            resume=kept(self._job.plan, self.place),
            expected=None if listed is None else listed + self.place.under,
        )


Part = tuple[str, Sequence[Seen], int]
"""The last listed gid of a part, its tasks with all under them, and how many of these are listed."""


def _stretches(listed: Sequence[Seen], place: Place, size: int) -> Iterator[Sequence[Seen]]:
    """What is left to read: first the tasks of which only the stories are missing."""
    untold = [one for one in listed if not _reached(one.gid, place.told)]
    half = [one for one in untold if _reached(one.gid, place.after)]
    for some in (half, untold[len(half) :]):
        for start in range(0, len(some), size):
            yield some[start : start + size]


def _parts(stretch: Sequence[Seen], under: Mapping[str, Sequence[Seen]], size: int) -> Iterator[Part]:
    for start in range(0, len(stretch), size):
        part = stretch[start : start + size]
        yield part[-1].gid, [*part, *chain(*(under[one.gid] for one in part))], len(part)


def _reached(gid: str, mark: str | None) -> bool:
    return mark is not None and place_of(gid) <= place_of(mark)
