"""What the trackers ought to tell, in the words of the common model, straight from the story.

Shares no code with anything that serves a tracker, so that a comparison with what was read proves both.
Ids are the trackers' own, days are ``YYYY-MM-DD``, instants ISO 8601 in UTC with milliseconds and a ``Z``.
Only what the token reaches is told: a project whose access was revoked is not there at all.

| field | rule |
|---|---|
| id, key | the card or issue id; the short link or the issue key |
| type, level | the story's type; 1 for an epic, -1 for a sub-task, else 0 |
| status_category | see ``CATEGORIES``; ``parked`` and ``vendor`` are unknown: nobody has mapped them |
| outcome | Jira: done is completed, dropped is cancelled; Trello has none |
| completed_at | Jira: when done or dropped; Trello: when ticked, or moved to the done list |
| hold | blocked when it is on hold; on Jira also when it is open and an issue blocks it that is not closed |
| priority | the story's level |
| start, due | days on Jira; instants on Trello, where a start day is its midnight in UTC |
| estimate | story points |
| estimate_minutes, spent_minutes, remaining_minutes | Jira only; no time spent is null |
| progress | Trello: of the check items; Jira: of time once some is spent, else of closed sub-tasks |
| assignees, reporter | account ids, sorted |
| labels | sorted; a card on hold also carries the label ``Blocked`` |
| parent | the id of the parent issue |
| section | the name of the card's list, or of the issue's component |
| iterations | sprint ids, the current one last |
| links | ``[type, from, to]`` sorted, told at both ends; Trello has none |
| mentions | addresses in the description and the attachments, in order of appearance |
| custom | the customer and the cost, where they are set |
| presence | archived when the card, its list or its project is put away; that is never done |
| counted | false for templates, separators and mirrors; ``mirror_of`` is the card that a mirror shows |
| created, updated | the first and the last thing that happened |
| changes | at how many instants something changed, the creation aside |
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any

from sandbox.story import Home, Person, Project, Sprint, Stage, Story, Task

Told = dict[str, Any]

CATEGORIES: Mapping[Stage, str] = {
    "idea": "backlog",
    "ready": "todo",
    "doing": "in_progress",
    "review": "in_progress",
    "done": "done",
    "dropped": "cancelled",
    "parked": "unknown",
    "vendor": "unknown",
}
OUTCOMES: Mapping[Stage, str] = {"done": "completed", "dropped": "cancelled"}
LEVELS = {"epic": 1, "subtask": -1}
CLOSED = ("done", "dropped")
ADDRESS = re.compile(r"https?://\S+")
UNTOLD_BY_JIRA = ("archived", "checklist")


def tell(story: Story) -> Told:
    """The whole truth: per tracker its scopes with their items, its accounts, and counts."""
    teller = Teller(story)
    homes: tuple[Home, ...] = ("trello", "jira_cloud")
    return {
        "seed": story.seed,
        "today": story.today.isoformat(),
        "trackers": {home: teller.tracker(home) for home in homes},
    }


class Teller:
    """Looks things up in one state of the story."""

    def __init__(self, story: Story) -> None:
        self._story = story

    @cached_property
    def _tasks(self) -> Mapping[str, list[Task]]:
        found: dict[str, list[Task]] = defaultdict(list)
        for task in self._story.tasks.values():
            if not self._story.projects[task.project].revoked:
                found[task.project].append(task)
        return found

    @cached_property
    def _links(self) -> Mapping[int, list[tuple[str, Task, Task]]]:
        found: dict[int, list[tuple[str, Task, Task]]] = defaultdict(list)
        for one in (task for tasks in self._tasks.values() for task in tasks):
            for kind, number in one.links:
                other = self._story.tasks.get(number)
                if other is not None and other.project in self._tasks:
                    found[one.number].append((kind, one, other))
                    found[number].append((kind, one, other))
        return found

    @cached_property
    def _subtasks(self) -> Mapping[int, list[Task]]:
        found: dict[int, list[Task]] = defaultdict(list)
        for task in self._story.tasks.values():
            if task.type == "subtask" and task.parent is not None:
                found[task.parent].append(task)
        return found

    def tracker(self, home: Home) -> Told:
        projects = [p for p in self._story.projects.values() if p.home == home and not p.revoked]
        scopes = [self._scope(project) for project in projects]
        items = [item for scope in scopes for item in scope["items"]]
        return {
            "scopes": scopes,
            "accounts": self._accounts(home, projects),
            "counts": {
                "scopes": len(scopes),
                "items": len(items),
                "counted": sum(item["counted"] for item in items),
                "archived": sum(item["presence"] == "archived" for item in items),
                "by_status_category": _census(item["status_category"] for item in items if item["counted"]),
            },
        }

    def _scope(self, project: Project) -> Told:
        items = [self._item(project, task) for task in self._tasks.get(project.slug, [])]
        return {
            "id": project.remote_id,
            "name": project.name,
            "key": project.key,
            "slug": project.slug,
            "team": project.team,
            "closed": project.closed,
            "declared": project.declared,
            "iterations": [_sprint(sprint) for sprint in project.sprints],
            "items": items,
        }

    def _item(self, project: Project, task: Task) -> Told:
        on_jira = project.home == "jira_cloud"
        return {
            "id": task.remote_id,
            "key": task.key,
            "title": task.title,
            "type": task.type,
            "level": LEVELS.get(task.type, 0),
            "status_category": CATEGORIES[task.stage],
            "outcome": OUTCOMES.get(task.stage) if on_jira else None,
            "completed_at": _instant(task.done_at) if on_jira or task.stage == "done" else None,
            "hold": "blocked" if task.hold or (on_jira and self._is_blocked(task)) else "none",
            "priority": task.priority,
            "start": _when(task.start) if on_jira else _midnight(task.start),
            "due": _when(task.due),
            "estimate": task.points,
            "estimate_minutes": task.estimate_minutes,
            "spent_minutes": task.spent_minutes,
            "remaining_minutes": task.remaining_minutes,
            "progress": self._time_progress(task) if on_jira else _checklist_progress(task),
            "assignees": sorted(self._account(project, id) for id in task.assignees),
            "reporter": self._account(project, task.reporter),
            "labels": sorted([*task.labels, "Blocked"] if task.hold and not on_jira else task.labels),
            "parent": None if task.parent is None else self._story.tasks[task.parent].remote_id,
            "section": task.component if on_jira else project.lists[task.ticked_in or task.stage],
            "iterations": [str(id) for id in task.sprints],
            "links": sorted([kind, a.remote_id, b.remote_id] for kind, a, b in self._told_links(task)),
            "mentions": [*ADDRESS.findall(task.description), *task.attachments],
            "custom": {"customer": task.customer, "cost": task.cost},
            "presence": "archived" if _put_away(project, task) else "present",
            "counted": not (task.template or task.separator or task.mirror_of is not None),
            "mirror_of": None if task.mirror_of is None else self._story.tasks[task.mirror_of].remote_id,
            "restricted": task.restricted,
            "created": _instant(task.created),
            "updated": _instant(task.updated),
            "changes": len({e.at for e in task.history if e.field not in _untold(on_jira)}),
        }

    def _told_links(self, task: Task) -> list[tuple[str, Task, Task]]:
        return self._links.get(task.number, [])

    def _is_blocked(self, task: Task) -> bool:
        return task.stage not in CLOSED and any(
            kind == "blocks" and other is task and one.stage not in CLOSED
            for kind, one, other in self._told_links(task)
        )

    def _time_progress(self, task: Task) -> Told | None:
        if task.spent_minutes:
            whole = task.spent_minutes + (task.remaining_minutes or 0)
            return _progress(task.spent_minutes, whole, "time")
        children = self._subtasks.get(task.number, [])
        return _progress(sum(c.stage in CLOSED for c in children), len(children), "children_count")

    def _account(self, project: Project, id: int) -> str:
        person = self._story.people[id]
        account = person.trello_id if project.home == "trello" else person.jira_id
        if account is None:
            raise LookupError(f"{person.name} works on {project.name} without an account there")
        return account

    def _accounts(self, home: Home, projects: Iterable[Project]) -> list[Told]:
        """Of everybody who works on a project in reach, by id. Trello shows no address but one's own."""
        ids = {id for project in projects for id in project.members}
        people = [self._story.people[id] for id in ids]
        return sorted((_account(home, person) for person in people), key=lambda account: str(account["id"]))


def _sprint(sprint: Sprint) -> Told:
    return {
        "id": str(sprint.id),
        "name": sprint.name,
        "state": sprint.state,
        "start": _instant(sprint.start),
        "end": _instant(sprint.end),
    }


def _account(home: Home, person: Person) -> Told:
    on_jira = home == "jira_cloud"
    return {
        "id": person.jira_id if on_jira else person.trello_id,
        "name": person.name,
        "email": person.email if on_jira and person.email_shown else None,
        "kind": "bot" if person.bot and on_jira else "human",
        "active": person.active,
    }


def _untold(on_jira: bool) -> tuple[str, ...]:
    return ("created", *UNTOLD_BY_JIRA) if on_jira else ("created",)


def _put_away(project: Project, task: Task) -> bool:
    return task.archived or project.closed or (task.ticked_in or task.stage) in project.closed_lists


def _checklist_progress(task: Task) -> Told | None:
    return _progress(sum(check.done for check in task.checklist), len(task.checklist), "checklist")


def _progress(part: int, whole: int, method: str) -> Told | None:
    return {"percent": round(100 * part / whole, 2), "method": method} if whole else None


def _when(value: date | datetime | None) -> str | None:
    if isinstance(value, datetime):
        return _instant(value)
    return None if value is None else value.isoformat()


def _midnight(day: date | None) -> str | None:
    return None if day is None else f"{day.isoformat()}T00:00:00.000Z"


def _instant(at: datetime | None) -> str | None:
    if at is None:
        return None
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _census(categories: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(categories).items()))
