"""Reading what changed in an Asana project: what its events name, and what it lists as modified.

Neither is enough alone. Events are told at most once and up to some minutes late, but they tell of subtasks,
of moves and of deletions; the listing tells at once, but only of tasks that stand in the project themselves.
https://developers.asana.com/reference/events
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection, Sequence
from contextlib import aclosing
from datetime import datetime, timedelta

from connectors.asana_calls import Lack, Seen, Truncated, at
from connectors.asana_cursors import Left, Since, kept
from connectors.asana_events import happened
from connectors.asana_fetch import found_tasks, objects
from connectors.asana_fields import TASK
from connectors.asana_pages import Pages
from connectors.asana_people import People
from connectors.asana_reading import OVERLAP, Job, shown_again
from connectors.asana_tasks import Tasks, place_of
from connectors.base import Absence, Page, Record
from connectors.cursors import not_set_back
from connectors.errors import StaleCursor

DEFINED_FOR = timedelta(hours=1)
"""Most of what stands beside the tasks has no events."""


async def read_changed(job: Job, since: Since, left: Left | None) -> AsyncGenerator[Page, None]:
    """Nothing at all is one empty page. What is deleted is told on the last page."""
    resumed, left = left is not None, left or await happened(job.calls, job.project, since)
    floor = since.mark.moment - OVERLAP
    if not resumed:
        not_set_back(floor, left.mark.moment)
    listed = await _modified(job, floor)
    renamed = [one for gid in left.renamed for one in await _in_section(job, gid)]
    if not resumed:
        left.touched |= {one.gid for one in renamed}
    directory: Sequence[Seen] = ()
    if left.around or left.mark.moment - left.defined >= DEFINED_FOR:
        known = await job.definitions.read()
        left.around, left.defined, directory = False, left.mark.moment, known.directory
        first = known.records(People(job.project, directory))
        yield Page(records=first, resume=kept(job.plan, left))
    changed = Changed(job, left, [*renamed, *listed])
    if changed.wanted:
        people = People(job.project, directory or await job.definitions.directory())
        async with aclosing(changed.pages(people)) as read:
            async for page in read:
                yield page
    deleted = [Absence(id=gid, reason="deleted", evidence=said) for gid, said in left.deleted.items()]
    reached = Since(mark=left.mark, defined=left.defined, read=shown_again(listed, left.mark))
    yield Page(records=(), gone=deleted, next_since=kept(job.plan, reached))


async def _modified(job: Job, floor: datetime) -> list[Seen]:
    try:
        return await job.calls.listing(
            "/tasks", TASK, project=job.project, modified_since=f"{floor:%Y-%m-%dT%H:%M:%SZ}"
        )
    except Truncated as error:
        raise StaleCursor(
            f"More changed than Asana lists at once ({error}); it is read anew, whole."
        ) from error


async def _in_section(job: Job, gid: str) -> list[Seen]:
    """Nothing where it is gone by now: what was in it was moved or deleted, and has events of its own."""
    found = await job.calls.optional(at("/sections/{}/tasks", gid), TASK)
    return [] if isinstance(found, Lack) else found


class Changed:
    """The tasks of one such reading. What was listed after the events were heard is at least as new as they
    say, and is not asked for again."""

    def __init__(self, job: Job, left: Left, listed: Sequence[Seen]) -> None:
        self._job = job
        self._left = left
        self._rows = {one.gid: one for one in listed}
        new = {one.gid for one in listed if left.read.get(one.gid, "") != one.body.get("modified_at")}
        # Of what no event told, the events about what is below may be missing as well.
        self._walked = left.grown | (new - left.touched)
        self.wanted = sorted(new | left.touched, key=place_of)
        self._tasks = Tasks(job.calls, job.project, TASK)
        self._tasks.meet(self.wanted)
        self._waited: set[str] = set()

    async def pages(self, people: People) -> AsyncGenerator[Page, None]:
        told = Pages(self._tasks, people, self._job.project)
        for start in range(0, len(self.wanted), self._job.size):
            part = self.wanted[start : start + self._job.size]
            here, gone = await self._read(part)
            gone = self._believed(here, gone)
            waiting = await self._waiting(here)
            if not (here and self._job.history):
                self._done(part)
            yield self._page(told.items([*here, *waiting]), [*gone, *told.gone()])
            if here and self._job.history:
                async with aclosing(told.stories(here, {here[-1].gid: part[-1]})) as stories:
                    async for records, end in stories:
                        if end is not None:
                            self._done(part)
                        yield self._page(records, told.gone())

    def _believed(self, here: Sequence[Seen], gone: Sequence[Absence]) -> list[Absence]:
        """What is here, or stands elsewhere, was not deleted, whatever an event says; of what is not found an
        event says it better."""
        deleted, lost = self._left.deleted, {one.id for one in gone if one.reason == "not_found"}
        for gid in {*(one.gid for one in here), *(one.id for one in gone)} - lost:
            deleted.pop(gid, None)
        return [one for one in gone if one.id not in deleted]

    async def _read(self, part: Sequence[str]) -> tuple[list[Seen], list[Absence]]:
        """The tasks as they are now, with what came along below them; and those that are here no more, with
        what left along with them."""
        here = [self._rows[gid] for gid in part if gid in self._rows]
        found, gone = await self._fetch([gid for gid in part if gid not in self._rows])
        here += found
        for below in (await self._tasks.below([one for one in here if one.gid in self._walked])).values():
            here += below
        upper = [one.id for one in gone if one.id in self._walked and one.id not in self._left.deleted]
        left = [Seen({"gid": gid}, self._left.mark.moment) for gid in upper]
        for below in (await self._tasks.below(left)).values():
            found, absent = await self._fetch([one.gid for one in below])
            here, gone = [*here, *found], [*gone, *absent]
        return here, gone

    async def _waiting(self, tasks: Sequence[Seen]) -> list[Seen]:
        """Those that depend on ``tasks``, and tell whether these are completed. Nothing else says so."""
        told = {str(one.get("gid")) for task in tasks for one in objects(task.body, "dependents")}
        wanted = sorted(told - {one.gid for one in tasks} - self._waited - set(self.wanted), key=place_of)
        self._waited.update(wanted)
        return (await self._fetch(wanted))[0]

    async def _fetch(self, gids: Sequence[str]) -> tuple[list[Seen], list[Absence]]:
        found = (await found_tasks(self._job.calls, self._job.project, gids)).values()
        here = [Seen(one.body, one.read_at) for one in found if isinstance(one, Record)]
        return here, [one for one in found if isinstance(one, Absence)]

    def _done(self, part: Collection[str]) -> None:
        self._left.touched -= set(part)
        self._left.grown -= set(part)
        self._left.read |= {
            gid: str(self._rows[gid].body.get("modified_at")) for gid in part if gid in self._rows
        }

    def _page(self, records: Sequence[Record], gone: Sequence[Absence]) -> Page:
        return Page(records=records, gone=gone, resume=kept(self._job.plan, self._left))
