"""The pages that tasks of an Asana project are handed over on: the tasks with who is named in them, and what
their stories tell."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing

from connectors.asana_calls import Seen
from connectors.asana_fields import STORY
from connectors.asana_people import People
from connectors.asana_tasks import Tasks
from connectors.base import Absence, Kind, Record

CHANGES_A_PAGE = 1000


class Pages:
    """Makes the records of one project."""

    def __init__(self, tasks: Tasks, people: People, scope_id: str) -> None:
        self.tasks = tasks
        self._people = people
        self._scope_id = scope_id

    def items(self, tasks: Sequence[Seen]) -> list[Record]:
        return [*self._people.named_in(tasks), *(self._record("item", one) for one in tasks)]

    async def stories(
        self, tasks: Sequence[Seen], ends: Mapping[str, str]
    ) -> AsyncGenerator[tuple[list[Record], str | None], None]:
        """The changes of ``tasks`` in their order, some at a time. Those of a task in ``ends`` close a part:
        with the last of them comes what that task stands for in ``ends``."""
        ready: list[Seen] = []
        async with aclosing(self.tasks.each(tasks, "/tasks/{}/stories", STORY)) as answers:
            async for task, stories in answers:
                ready += [_of(task, one) for one in stories if one.body.get("type") != "comment"]
                while len(ready) > CHANGES_A_PAGE:
                    yield self._changes(ready[:CHANGES_A_PAGE]), None
                    del ready[:CHANGES_A_PAGE]
                if task.gid in ends:
                    yield self._changes(ready), ends[task.gid]
                    ready = []

    def gone(self) -> list[Absence]:
        """What vanished while it was read, each once."""
        gone, self.tasks.gone = self.tasks.gone, []
        return gone

    def _changes(self, stories: Sequence[Seen]) -> list[Record]:
        return [*self._people.named_in(stories), *(self._record("change", one) for one in stories)]

    def _record(self, kind: Kind, one: Seen) -> Record:
        return Record(kind, one.gid, self._scope_id, one.body, one.at)


def _of(task: Seen, story: Seen) -> Seen:
    """Which task a story is about; old ones do not say."""
    if isinstance(story.body.get("target"), dict):
        return story
    return Seen({**story.body, "target": {"gid": task.gid}}, story.at)
