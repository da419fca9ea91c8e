"""The story as one Jira site sees it: which projects and issues the token reaches, and where to find them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from sandbox.jira_catalogue import LINK_TYPES, STATUSES, ZONE, LinkType, Status
from sandbox.people import READER, account
from sandbox.story import Home, Person, Project, Sprint, Stage, Story, Task

_FORMER = "project"


@dataclass(frozen=True, slots=True)
class Link:
    """One side of a link: the other issue stands ``outward`` of this one, or inward."""

    id: str
    type: LinkType
    other: Task
    outward: bool


@dataclass(frozen=True)
class Site:
    """A view of the story as it is now: lookups are cached on it, so a changed story needs a new one."""

    story: Story
    home: Home = "jira_cloud"
    anonymous: bool = False
    """A visitor without valid credentials sees the site, and nothing in it."""
    zone: str = ZONE
    """Of the account that asks: instants are told in it, and JQL means wall-clock times in it."""
    suffix: str = ""
    """Ends the names of all statuses."""

    @cached_property
    def _projects(self) -> dict[str, Project]:
        if self.anonymous:
            return {}
        own = (p for p in self.story.projects.values() if p.home == self.home and not p.revoked)
        return {project.slug: project for project in sorted(own, key=lambda p: int(p.remote_id))}

    @property
    def account(self) -> Person:
        return self.story.people[READER]

    @property
    def projects(self) -> list[Project]:
        """All that the token may browse, archived ones too."""
        return list(self._projects.values())

    def project(self, id_or_key: str) -> Project | None:
        wanted = id_or_key.upper()
        return next((p for p in self.projects if wanted in (p.remote_id, p.key.upper())), None)

    def project_of(self, task: Task) -> Project:
        return self._projects[task.project]

    @cached_property
    def issues(self) -> dict[int, Task]:
        """Every issue that the token reaches, by its number in the story; archived ones too."""
        return {number: task for number, task in self.story.tasks.items() if task.project in self._projects}

    @cached_property
    def _by_id(self) -> dict[str, Task]:
        return {task.remote_id: task for task in self.issues.values()}

    @cached_property
    def _by_key(self) -> dict[str, Task]:
        """Present keys, and the former keys of moved issues."""
        former = {key.upper(): task for task in self.issues.values() for key in former_keys(task)}
        return former | {task.key.upper(): task for task in self.issues.values()}

    @cached_property
    def children(self) -> dict[int, list[Task]]:
        found: dict[int, list[Task]] = defaultdict(list)
        for task in self.issues.values():
            if task.parent is not None:
                found[task.parent].append(task)
        return found

    @cached_property
    def links(self) -> dict[int, list[Link]]:
        """Links by issue. A link to what the token does not reach is not shown, as on the real site."""
        found: dict[int, list[Link]] = defaultdict(list)
        for task in self.issues.values():
            for kind, number in task.links:
                other = self.issues.get(number)
                if other is None:
                    continue
                id = f"{30000 + task.number}{number:05d}"
                found[task.number].append(Link(id, LINK_TYPES[kind], other, outward=True))
                found[number].append(Link(id, LINK_TYPES[kind], task, outward=False))
        return found

    @cached_property
    def sprints(self) -> dict[int, tuple[Sprint, Project]]:
        return {sprint.id: (sprint, project) for project in self.projects for sprint in project.sprints}

    def issue(self, id_or_key: str) -> Task | None:
        """By id, key in any case, or the key that it had before it was moved."""
        return self._by_id.get(id_or_key) or self._by_key.get(id_or_key.upper())

    def searchable(self, known: Iterable[Task] | None = None) -> Iterable[Task]:
        """What JQL can find, of all issues or of those that an index knows: neither archived issues nor those
        of archived projects."""
        opened = {slug for slug, project in self._projects.items() if not project.closed}
        tasks = self.issues.values() if known is None else known
        return (task for task in tasks if not task.archived and task.project in opened)

    @cached_property
    def statuses(self) -> Mapping[Stage, Status]:
        return {stage: replace(one, name=one.name + self.suffix) for stage, one in STATUSES.items()}

    @cached_property
    def costs_are_text(self) -> bool:
        return any(project.cost_is_text for project in self.projects)

    def person(self, id: int | None) -> Person | None:
        """None also where the person has no account on this site."""
        person = None if id is None else self.story.people[id]
        return person if person is not None and account(person, self.home) else None


def former_keys(task: Task) -> list[str]:
    """Keys that the issue had in projects it was moved out of, oldest first."""
    moves = (event.before for event in task.history if event.field == _FORMER)
    return [before.partition("/")[2] for before in moves if before]


def board_id(project: Project) -> int:
    """Every project has one board."""
    return int(project.remote_id) - 9_900


def team_managed(project: Project) -> bool:
    """Every other project: those have a story-points field of their own and no Epic Link."""
    return int(project.remote_id) % 2 == 1
