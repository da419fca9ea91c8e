"""The index that JQL searches: it knows each write only some time after it was made.

"The delay might vary from a few seconds to minutes"
(developer.atlassian.com/cloud/jira/platform/search-and-reconcile).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from copy import deepcopy
from dataclasses import dataclass
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
    """One site's. ``lag`` is the longest that a write stays hidden; how long exactly, the write tells."""

    def __init__(self, world: World, home: Home, lag: timedelta) -> None:
        self._world = world
        self._home = home
        self._lag = lag
        self._live: dict[int, datetime] = {}
        self._versions: dict[int, list[Version]] = {}
        for task in self._tasks():
            self._keep(task, task.updated, timedelta(0))
        world.listeners.append(self._note)

    def tasks(self, now: datetime, reconciled: Collection[str] = ()) -> list[Task]:
        """The issues as the search finds them; those with a ``reconciled`` id as they truly are."""
        known = (
            next((one.task for one in reversed(versions) if one.visible <= now), None)
            for versions in self._versions.values()
        )
        behind = [task for task in known if task is not None and task.remote_id not in reconciled]
        return behind + [task for task in self._tasks() if task.remote_id in reconciled]

    def _tasks(self) -> Iterator[Task]:
        story = self._world.story
        return (task for task in story.tasks.values() if story.projects[task.project].home == self._home)

    def _note(self) -> None:
        """What the last edit wrote."""
        there = {task.number: task for task in self._tasks()}
        for number, task in there.items():
            if self._live.get(number) != task.updated:
                self._keep(task, task.updated, self._delay(number, task.updated))
        for number in self._live.keys() - there.keys():
            now = self._world.now()
            self._versions[number].append(Version(None, now + self._delay(number, now)))
            del self._live[number]

    def _keep(self, task: Task, at: datetime, delay: timedelta) -> None:
        self._live[task.number] = at
        self._versions.setdefault(task.number, []).append(Version(deepcopy(task), at + delay))

    def _delay(self, number: int, at: datetime) -> timedelta:
        told = blake2b(f"{number}/{at.isoformat()}".encode(), digest_size=4).digest()
        return self._lag * (int.from_bytes(told) / 2**32)
