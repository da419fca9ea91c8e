"""What an edit did, for those who have to tell of it: listens to the world while anybody wants to know."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sandbox.reworked import Rework, Reworks
from sandbox.story import Event, Home, Removal, Task
from sandbox.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """Of one edit on one tracker. ``steps`` are tasks with the new events in their histories, ``removals``
    what went from a project, ``returned`` what was hidden, ``reworks`` what was done to projects."""

    steps: Sequence[tuple[Task, Sequence[Event]]]
    removals: Sequence[Removal]
    returned: Sequence[Task]
    reworks: Sequence[Rework]


class Ear:
    """Tells of each edit from :meth:`listen` on until nobody is ``wanting`` any more."""

    def __init__(
        self, world: World, reworks: Reworks, wanting: Callable[[], bool], tell: Callable[[News], None]
    ) -> None:
        self._world = world
        self._home: Home = reworks.home
        self._reworks = reworks
        self._wanting = wanting
        self._tell = tell
        self._event = 0
        self._removed = self._reworked = 0
        self._hidden: frozenset[int] = frozenset()
        self._on = False
        world.listeners.append(self._hear)

    def listen(self) -> None:
        """From this moment on."""
        if not self._on:
            self._on = True
            self._event = max((task.history[-1].id for task in self._world.ever()), default=0)
            self._mark()

    def _mark(self) -> None:
        story = self._world.story
        self._removed, self._reworked = len(story.removals), len(self._reworks.done)
        self._hidden = frozenset(story.hidden)

    def _hear(self) -> None:
        self._on = self._on and self._wanting()
        if self._on:
            news = self._news()
            self._mark()
            if news.steps or news.removals or news.returned or news.reworks:
                self._tell(news)

    def _news(self) -> News:
        story, home_of = self._world.story, self._world.home_of
        steps = [
            (task, [event for event in task.history if event.id > self._event])
            for task in story.tasks.values()
            if task.history[-1].id > self._event
        ]
        self._event = max((events[-1].id for _, events in steps), default=self._event)
        removed = story.removals[self._removed :]
        back = [story.tasks[number] for number in sorted(self._hidden) if number in story.tasks]
        return News(
            steps=[step for step in steps if home_of(step[0]) == self._home],
            removals=[one for one in removed if story.projects[one.project].home == self._home],
            returned=[task for task in back if home_of(task) == self._home],
            reworks=self._reworks.done[self._reworked :],
        )
