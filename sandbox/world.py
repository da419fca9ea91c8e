"""The story while it is served: the clock, the live tasks, and what may change them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from threading import RLock
from typing import get_args

from sandbox.conditions import Conditions
from sandbox.story import Home, Project, Story, Task
from sandbox.times import midnight, whole_ms
from sandbox.webhook_post import Post

Clock = Callable[[], datetime]


def clock_for(today: date) -> Clock:
    """The real time when the story plays today, else a clock that starts at noon of its day."""
    started = datetime.now(UTC)
    if started.date() == today:
        return lambda: datetime.now(UTC)
    noon = midnight(today) + timedelta(hours=12)
    return lambda: noon + (datetime.now(UTC) - started)


@dataclass(frozen=True, slots=True)
class Gone:
    """A task that was deleted; its number and key are not given again."""

    task: Task
    at: datetime


class World:
    """Every request is answered, and every edit made, while holding ``lock``.

    ``revision`` grows with each edit, so that what was derived of the story can be kept until then;
    ``listeners`` are told of each. ``post`` delivers what webhooks tell.
    """

    def __init__(self, story: Story, clock: Clock) -> None:
        self.story = story
        self.lock = RLock()
        self.revision = 0
        self.gone: list[Gone] = []
        self.listeners: list[Callable[[], None]] = []
        self.post = Post(self.now, self.lock)
        self.conditions: Mapping[Home, Conditions] = {home: Conditions() for home in get_args(Home)}
        self._clock = clock
        self._by_project: tuple[int, Mapping[str, list[Task]]] = (-1, {})

    def now(self, home: Home | None = None) -> datetime:
        """Aware UTC with whole milliseconds, as a tracker's own clock has it."""
        now = whole_ms(self._clock())
        return now if home is None else now + self.conditions[home].skew

    def clock_of(self, home: Home) -> Clock:
        return partial(self.now, home)

    def home_of(self, task: Task) -> Home:
        return self.story.projects[task.project].home

    def project(self, slug: str) -> Project:
        return self.story.projects[slug]

    def tasks_of(self, slug: str) -> list[Task]:
        """The tasks of a project as they are now, oldest number first."""
        revision, index = self._by_project
        if revision != self.revision:
            fresh: dict[str, list[Task]] = defaultdict(list)
            for task in self.story.tasks.values():
                fresh[task.project].append(task)
            index = fresh
            self._by_project = (self.revision, index)
        return index.get(slug, [])

    def there(self) -> Iterator[Task]:
        """All tasks, also those that the token may not see."""
        yield from self.story.tasks.values()
        yield from (hidden.task for hidden in self.story.hidden.values())

    def ever(self) -> Iterator[Task]:
        """All tasks, also those that were deleted."""
        yield from self.there()
        yield from (gone.task for gone in self.gone)

    @contextmanager
    def changing(self) -> Iterator[Story]:
        """The story to change; nobody reads it meanwhile."""
        with self.lock:
            yield self.story
            self.revision += 1
            for listener in self.listeners:
                listener()
