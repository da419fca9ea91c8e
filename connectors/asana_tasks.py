"""All tasks of a project: those that it lists, and under them every level of subtasks, which it does not."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import aclosing
from functools import partial
from typing import Literal

from connectors.asana_batch import listings
from connectors.asana_calls import Calls, Lack, Listing, Seen, Truncated, at
from connectors.asana_fields import SECTION
from connectors.base import Absence
from connectors.http import ordered

VANISHED = frozenset({403, 404})
"""What a task answers that was deleted, or hidden from us, since it was listed."""


def place_of(gid: str) -> tuple[int, str]:
    """Sorts gids as the numbers that they are: an order that no edit in Asana changes."""
    return len(gid), gid


class Tasks:
    """Reads one project's tasks with the same ``fields`` each. ``gone`` are those that vanished meanwhile."""

    def __init__(self, calls: Calls, project: str, fields: Sequence[str]) -> None:
        self._calls = calls
        self._project = project
        self._fields = fields
        self._met: set[str] = set()
        self.gone: list[Absence] = []

    async def listed(self) -> list[Seen]:
        """What stands in the project itself, in the order of the gids: Asana's own order is that of the
        project's view, which moves under the reader's hands."""
        found = {one.gid: one for one in await self._listed()}
        self.meet(found)
        return sorted(found.values(), key=lambda one: place_of(one.gid))

    async def _listed(self) -> list[Seen]:
        try:
            return await self._calls.listing(at("/projects/{}/tasks", self._project), self._fields)
        except Truncated:  # tens of thousands: then section by section, and every task is in one
            sections = await self._calls.listing(at("/projects/{}/sections", self._project), SECTION)
            paths = [at("/sections/{}/tasks", one.gid) for one in sections]
            jobs = [partial(self._calls.listing, path, self._fields) for path in paths]
            async with aclosing(ordered(self._calls.parallel, jobs)) as parts:
                return [one async for part in parts for one in part]

    def meet(self, gids: Iterable[str]) -> None:
        """These are read on their own, and are not found below another one again."""
        self._met.update(gids)

    async def below(self, parents: Sequence[Seen]) -> dict[str, list[Seen]]:
        """For the gid of each of ``parents`` all that stands under it at any depth and is not listed in the
        project itself."""
        found: dict[str, list[Seen]] = {one.gid: [] for one in parents}
        under = dict(found)
        level = _with_subtasks(parents)
        while level:
            fresh: list[Seen] = []
            async with aclosing(self.each(level, "/tasks/{}/subtasks", self._fields)) as answers:
                async for parent, children in answers:
                    new = [one for one in children if one.gid not in self._met]
                    self._met |= {one.gid for one in new}
                    under[parent.gid] += new
                    under |= dict.fromkeys((one.gid for one in new), under[parent.gid])
                    fresh += new
            level = _with_subtasks(fresh)
        return found

    async def each(
        self, tasks: Sequence[Seen], path: str, fields: Sequence[str]
    ) -> AsyncGenerator[tuple[Seen, list[Seen]], None]:
        """A listing below each of ``tasks``, in their order; of one that is gone by now there is none."""
        asked = [Listing(path=at(path, task.gid), fields=fields) for task in tasks]
        async with aclosing(listings(self._calls, asked, VANISHED)) as answers:
            for task in tasks:
                answer = await anext(answers)
                if isinstance(answer, Lack):
                    self._lost(task.gid, answer)
                yield task, [] if isinstance(answer, Lack) else answer

    def _lost(self, gid: str, lack: Lack) -> None:
        reason: Literal["not_found", "forbidden"] = "not_found" if lack.status == 404 else "forbidden"
        if all(one.id != gid for one in self.gone):
            evidence = f"what is below /tasks/{gid} answered {lack.status}"
            self.gone.append(Absence(id=gid, reason=reason, evidence=evidence))


def _with_subtasks(tasks: Sequence[Seen]) -> list[Seen]:
    """A task that does not tell how many it has is asked."""
    return [one for one in tasks if one.body.get("num_subtasks") != 0]
