"""Reading the tasks of one Asana project: some tasks with all that is under them, then their stories."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from connectors.asana_calls import Calls, Row, Seen
from connectors.asana_fields import STORY, TASK
from connectors.asana_people import People
from connectors.asana_tasks import Tasks, place_of
from connectors.base import Absence, JsonObject, Kind, Page, Record
from connectors.errors import Unexpected

OVERLAP = timedelta(minutes=5)
"""What is read twice is the same."""
CHANGES_A_PAGE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """``after``: the gid up to which the listed tasks and all under them were handed over; ``told``: the one
    up to which their stories were. ``under`` counts the subtasks among them, ``newest`` is the latest
    modification seen."""

    after: str | None = None
    told: str | None = None
    under: int = 0
    newest: str | None = None

    def body(self) -> JsonObject:
        return {name: getattr(self, name) for name in self.__slots__}


def resumed(resume: JsonObject | None) -> Place:
    """The place that a resume names. Raises Unexpected for one that we never gave."""
    given = dict(resume or {})
    texts = all(isinstance(given.get(name), str | None) for name in ("after", "told", "newest"))
    if not (texts and isinstance(given.get("under", 0), int) and given.keys() <= set(Place.__slots__)):
        raise Unexpected(f"The reading cannot be resumed at {given!r}; start it anew without a resume.")
    return Place(**given)


class Reading:
    """One project's tasks. With ``since`` only the stories are fewer: Asana does not count a move, or what
    happens to a subtask, as a modification of the task, so the tasks are always read whole.

    https://developers.asana.com/reference/gettasks
    """

    def __init__(self, calls: Calls, people: People, scope_id: str, since: JsonObject | None) -> None:
        self._tasks = Tasks(calls, scope_id, TASK)
        self._people = people
        self._scope_id = scope_id
        self._floor = _floor(since)
        self._since = since

    async def pages(self, start: Place, size: int, *, history: bool) -> AsyncGenerator[Page, None]:
        """``size`` listed tasks at a time; at the end an empty page."""
        listed, place = await self._tasks.listed(), start
        for part in _parts(listed, place, size):
            family = [*part, *await self._tasks.below(part)]
            last = part[-1].gid
            if not _reached(last, place.after):
                place = self._onto(place, family, last, len(part))
                place = place if history else replace(place, told=last)
                yield self._items(family, place, len(listed))
            if history:
                async with aclosing(self._stories(family, place, last)) as told:
                    async for page in told:
                        yield page
                place = replace(place, told=last)
        yield Page(
            records=(),
            gone=self._gone(),
            next_since={"modified": place.newest or (self._since or {}).get("modified")},
            expected=len(listed) + place.under,
        )

    def _onto(self, place: Place, family: Sequence[Seen], last: str, listed: int) -> Place:
        moments = [one.body.get("modified_at") for one in family]
        newest = max((m for m in (place.newest, *moments) if isinstance(m, str)), default=None)
        return replace(place, after=last, under=place.under + len(family) - listed, newest=newest)

    def _items(self, family: Sequence[Seen], place: Place, listed: int) -> Page:
        return Page(
            records=[*self._people.named_in(family), *(self._record("item", one) for one in family)],
            gone=self._gone(),
            resume=place.body(),
            expected=listed + place.under,
        )

    async def _stories(self, family: Sequence[Seen], place: Place, last: str) -> AsyncGenerator[Page, None]:
        """Only with the last of these pages all stories of the family are told."""
        asked = [one for one in family if self._floor is None or _modified(one.body, self._floor)]
        ready: list[Seen] = []
        async with aclosing(self._tasks.each(asked, "/tasks/{}/stories", STORY)) as answers:
            async for task, stories in answers:
                ready += [_of(task, story) for story in stories if story.body.get("type") != "comment"]
                while len(ready) > CHANGES_A_PAGE:
                    yield self._changes(ready[:CHANGES_A_PAGE], place)
                    del ready[:CHANGES_A_PAGE]
        yield self._changes(ready, replace(place, told=last))

    def _changes(self, stories: Sequence[Seen], place: Place) -> Page:
        records = [*self._people.named_in(stories), *(self._record("change", one) for one in stories)]
        return Page(records=records, gone=self._gone(), resume=place.body())

    def _record(self, kind: Kind, one: Seen) -> Record:
        return Record(kind, one.gid, self._scope_id, one.body, one.at)

    def _gone(self) -> list[Absence]:
        gone, self._tasks.gone = self._tasks.gone, []
        return gone


def _of(task: Seen, story: Seen) -> Seen:
    """Which task a story is about; old ones do not say."""
    if isinstance(story.body.get("target"), dict):
        return story
    return Seen({**story.body, "target": {"gid": task.gid}}, story.at)


def _parts(listed: Sequence[Seen], place: Place, size: int) -> Iterator[Sequence[Seen]]:
    """What is left to read: first the tasks of which only the stories are missing."""
    untold = [one for one in listed if not _reached(one.gid, place.told)]
    half = [one for one in untold if _reached(one.gid, place.after)]
    whole = untold[len(half) :]
    if half:
        yield half
    for start in range(0, len(whole), size):
        yield whole[start : start + size]


def _reached(gid: str, mark: str | None) -> bool:
    return mark is not None and place_of(gid) <= place_of(mark)


def _floor(since: JsonObject | None) -> datetime | None:
    newest = (since or {}).get("modified")
    if newest is None:
        return None
    try:
        return datetime.fromisoformat(newest) - OVERLAP
    except (TypeError, ValueError):
        raise Unexpected(
            f"The reading cannot go on from the modification {newest!r}; read the project anew."
        ) from None


def _modified(body: Row, floor: datetime) -> bool:
    told = body.get("modified_at")
    try:
        return not isinstance(told, str) or datetime.fromisoformat(told) >= floor
    except (TypeError, ValueError):
        return True
