"""What of the story the tokens reach, looked up for the truth. Shares nothing with what serves a tracker."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cached_property

from sandbox.story import Home, Person, Project, Story, Task

Tie = tuple[str, Task, Task]
"""A link by our type: from, to."""
DEPENDENCIES = {
    "FS": "finish_to_start",
    "SS": "start_to_start",
    "FF": "finish_to_finish",
    "SF": "start_to_finish",
}


class Reach:
    """One state of the story; a changed story needs a new one."""

    def __init__(self, story: Story) -> None:
        self.story = story

    @cached_property
    def projects(self) -> Mapping[str, Project]:
        return {slug: project for slug, project in self.story.projects.items() if not project.revoked}

    @cached_property
    def tasks(self) -> Mapping[str, list[Task]]:
        """By every project in reach that they stand in."""
        found: dict[str, list[Task]] = defaultdict(list)
        for task in self.story.tasks.values():
            for slug in (task.project, *task.also_in):
                if slug in self.projects:
                    found[slug].append(task)
        return found

    @cached_property
    def numbers(self) -> set[int]:
        return {task.number for tasks in self.tasks.values() for task in tasks}

    @cached_property
    def ties(self) -> Mapping[int, list[Tie]]:
        """Links and dependencies whose two ends are in reach, by the number of either end."""
        found: dict[int, list[Tie]] = defaultdict(list)
        for number in self.numbers:
            one = self.story.tasks[number]
            ends: list[tuple[str, Task | None, Task | None]]
            ends = [(kind, one, self._other(other)) for kind, other in one.links]
            ends += [(DEPENDENCIES[d.kind], self._other(d.number), one) for d in one.waits_for]
            for kind, start, end in ends:
                if start is not None and end is not None:
                    found[start.number].append((kind, start, end))
                    found[end.number].append((kind, start, end))
        return found

    def _other(self, number: int) -> Task | None:
        return self.story.tasks[number] if number in self.numbers else None

    @cached_property
    def children(self) -> Mapping[int, list[Task]]:
        found: dict[int, list[Task]] = defaultdict(list)
        for task in self.story.tasks.values():
            if task.parent is not None:
                found[task.parent].append(task)
        return dict(found)

    def id(self, task: Task) -> str:
        """The item's id on its tracker; a row's is made of the sheet's and its own."""
        return self.id_in(task.project, task.remote_id)

    def id_in(self, slug: str, remote_id: str) -> str:
        project = self.story.projects[slug]
        return f"{project.remote_id}:{remote_id}" if project.home == "smartsheet" else remote_id

    def parent(self, task: Task) -> str | None:
        """None also where the parent is hidden, or stands in a project that is."""
        parent = None if task.parent is None else self._other(task.parent)
        return None if parent is None else self.id(parent)

    def account(self, home: Home, id: int) -> str:
        return account_id(self.story.people[id], home)


def account_id(person: Person, home: Home) -> str:
    account = {
        "trello": person.trello_id,
        "jira_cloud": person.jira_id,
        "asana": person.asana_id,
        "smartsheet": person.smartsheet_id,
        "jira_dc": person.dc_key,
    }[home]
    if account is None:
        raise LookupError(f"{person.name} works on {home} without an account there")
    return account


def when(value: date | datetime | None) -> str | None:
    if isinstance(value, datetime):
        return instant(value)
    return None if value is None else value.isoformat()


def instant(at: datetime | None) -> str | None:
    if at is None:
        return None
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def whole_second(at: datetime) -> str | None:
    return instant(at.replace(microsecond=0))
