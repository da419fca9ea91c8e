"""The index that JQL searches: it knows each write only some time after it was made.

"The delay might vary from a few seconds to minutes"
(developer.atlassian.com/cloud/jira/platform/search-and-reconcile).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b

from sandbox.story import Home, Task
from sandbox.world import World


@dataclass(frozen=True, slots=True)
class Version:
    """An issue as one write left it (None: deleted), and from when on the search knows of that."""

    task: Task | None
    visible: datetime


class Index:
    """One site's. A write stays hidden for the lag at most; how long exactly, the write tells."""

    def __init__(self, world: World, home: Home, lag: timedelta) -> None:
        """``lag`` is the one of a site that is well."""
        self._world = world
        self._home = home
        self._usual = lag
        self._live: dict[int, datetime] = {}
        self._versions: dict[int, list[Version]] = {}
        self._behind = False
        self._note()
        world.listeners.append(self._note)

    def tasks(self, reconciled: Collection[str] = ()) -> list[Task] | None:
        """The issues as the search finds them; those with a ``reconciled`` id as they truly are. None where
        it knows all. Who may see an issue is not asked of the index."""
        if not self._behind:
            return None
        now, hidden = self._world.now(), self._world.story.hidden
        known = (
            next((one.task for one in reversed(versions) if one.visible <= now), None)
            for number, versions in self._versions.items()
            if number not in hidden
        )
        behind = [task for task in known if task is not None and task.remote_id not in reconciled]
        return behind + [task for task in self._tasks() if task.remote_id in reconciled]

    @property
    def _lag(self) -> timedelta:
        lag = self._world.conditions[self._home].lag
        return self._usual if lag is None else lag

    def _tasks(self) -> Iterator[Task]:
        story = self._world.story
        return (task for task in story.tasks.values() if story.projects[task.project].home == self._home)

    def _note(self) -> None:
        """What the last edit wrote; all there is where the search has only now fallen behind."""
        if not self._lag:
            self._behind = False
        elif not self._behind:
            self._behind = True
            self._live, self._versions = {}, {}
            for task in self._tasks():
                self._keep(task, self._world.now())
        else:
            self._note_writes()

    def _note_writes(self) -> None:
        now = self._world.now()
        there = {task.number: task for task in self._tasks()}
        for number, task in there.items():
            if self._live.get(number) != task.updated:
                self._keep(task, now + self._delay(number, task.updated))
        for number in self._live.keys() - there.keys() - self._world.story.hidden.keys():
            self._versions[number].append(Version(None, now + self._delay(number, now)))
            del self._live[number]

    def _keep(self, task: Task, visible: datetime) -> None:
        self._live[task.number] = task.updated
        as_it_is = replace(
            task, history=list(task.history), links=list(task.links), checklist=list(task.checklist)
        )
        self._versions.setdefault(task.number, []).append(Version(as_it_is, visible))

    def _delay(self, number: int, at: datetime) -> timedelta:
        told = blake2b(f"{number}/{at.isoformat()}".encode(), digest_size=4).digest()
        return self._lag * (int.from_bytes(told) / 2**32)
