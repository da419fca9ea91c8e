"""What is true of one item. Jira stands for both editions unless one is named.

| field | rule |
|---|---|
| id | of the card, issue or task; of a sheet and its row, with a colon between them |
| key | the short link or the issue key; Asana has none, a row one where a column numbers the rows |
| type | the story's; a row is a task or, without duration, a milestone |
| level | 1 for an epic, -1 for a sub-task at any depth, else 0; rows are all 0 |
| status_category | see ``CATEGORIES``; ``parked`` and ``vendor`` are unknown: nobody has mapped them |
| outcome | done is completed, dropped cancelled, a refused approval rejected; Trello has none |
| completed_at | Jira, Asana: when done or dropped; Trello: when ticked or moved to done; rows: never |
| hold | blocked when on hold; on Jira and Asana also when open and waiting for something that is not closed |
| priority | the story's level |
| start, due | days; Trello: instants, a start day being its midnight in UTC; Asana: either, as given |
| estimate | story points |
| estimate_minutes | Jira, Asana: the estimate; rows: eight hours a working day, none on summary rows |
| spent_minutes, remaining_minutes | Jira both, Asana the sum of its time entries; no time spent is null |
| progress | Trello: of check items; Jira: of time once some is spent, else of closed sub-tasks; rows: told |
| assignees, reporter | account ids, sorted |
| labels | sorted; a card or Asana task on hold also carries the label or tag ``Blocked`` |
| parent | the id of the parent issue, task or row |
| section | the name of the first placement's section |
| placements | ``[scope, section]`` of each project in reach: list, component, section, parent row |
| iterations | sprint ids, the current one last |
| links | ``[type, from, to]`` sorted, at both ends (rows: at the one that waits); Trello has none |
| lags | ``[from, working days]`` of a row's predecessors that have a lag |
| mentions | addresses in the description and the attachments, in order of appearance |
| custom | the customer and the cost, where they are set and can be read |
| presence | archived when the card, its list or all its projects are put away; that is never done |
| counted | false for templates, separators, mirrors and summary rows; ``mirror_of`` is what a mirror shows |
| created, updated | the first and the last thing that happened; rows know whole seconds |
| changes | at how many instants something changed that is told, the creation aside; rows: none |
| cell_changes | rows: at how many whole seconds the history of a cell tells of a change; sums: none |
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sandbox.story import Event, Home, Project, Stage, Task
from sandbox.truth_reach import Reach, Tie, instant, when, whole_second

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
WAITING = ("blocks", "finish_to_start")
ADDRESS = re.compile(r"https?://[^\s|\])]+")
UNTOLD: Mapping[Home, tuple[str, ...]] = {
    "trello": ("created",),
    "jira_cloud": ("created", "archived", "checklist", "comment"),
    "jira_dc": ("created", "archived", "checklist", "comment"),
    "asana": ("created", "parent", "archived"),
}
"""Fields of events that leave no trace in the tracker's history; Smartsheet keeps none of a row."""
IN_CELLS = ("stage", "start", "due", "assignees", "priority", "labels")
"""Fields that stand in cells of status, dates, people and choices. Each of these keeps its history."""
HOURS_A_DAY = 8


class Teller:
    """Tells the items of one state of the story."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach
        self._homes: Mapping[Home, Callable[[Project, Task], Told]] = {
            "trello": self._card,
            "jira_cloud": self._issue,
            "jira_dc": self._issue,
            "asana": self._task,
            "smartsheet": self._row,
        }

    def item(self, task: Task) -> Told:
        project = self._reach.story.projects[task.project]
        told = self._common(project, task) | self._homes[project.home](project, task)
        return told | {"section": told["placements"][0][1]}

    def _common(self, project: Project, task: Task) -> Told:
        reach, home = self._reach, project.home
        return {
            "id": reach.id(task),
            "key": task.key,
            "title": task.title,
            "type": task.type,
            "level": LEVELS.get(task.type, 0),
            "status_category": CATEGORIES[task.stage],
            "outcome": OUTCOMES.get(task.stage),
            "completed_at": instant(task.done_at),
            "hold": "blocked" if task.hold or self._waits(task) else "none",
            "priority": task.priority,
            "start": when(task.start),
            "due": when(task.due),
            "estimate": task.points,
            "estimate_minutes": task.estimate_minutes,
            "spent_minutes": task.spent_minutes,
            "remaining_minutes": task.remaining_minutes,
            "progress": None,
            "assignees": sorted(reach.account(home, id) for id in task.assignees),
            "reporter": reach.account(home, task.reporter),
            "labels": sorted(task.labels),
            "parent": reach.parent(task),
            "iterations": [str(id) for id in task.sprints],
            "links": sorted([kind, reach.id(a), reach.id(b)] for kind, a, b in self._ties(task)),
            "lags": [],
            "mentions": [*ADDRESS.findall(task.description), *task.attachments],
            "custom": {"customer": task.customer, "cost": task.cost},
            "presence": "archived" if self._put_away(project, task) else "present",
            "counted": not (task.template or task.separator or task.mirror_of is not None),
            "mirror_of": None if task.mirror_of is None else reach.story.tasks[task.mirror_of].remote_id,
            "restricted": task.restricted,
            "created": instant(task.created),
            "updated": instant(task.updated),
            "changes": len(
                {e.at for e in self._seen(home, task) if e.field not in UNTOLD.get(home, (e.field,))}
            ),
        }

    def _card(self, project: Project, card: Task) -> Told:
        ticked = sum(check.done for check in card.checklist)
        return {
            "outcome": None,
            "completed_at": instant(card.done_at) if card.stage == "done" else None,
            "hold": "blocked" if card.hold else "none",
            "start": None if card.start is None else f"{card.start.isoformat()}T00:00:00.000Z",
            "progress": _progress(ticked, len(card.checklist), "checklist"),
            "labels": _labels(card),
            "placements": [[project.remote_id, project.lists[card.ticked_in or card.stage]]],
        }

    def _issue(self, project: Project, issue: Task) -> Told:
        below = [one for one in self._reach.children.get(issue.number, []) if one.type == "subtask"]
        progress = _progress(sum(one.stage in CLOSED for one in below), len(below), "children_count")
        if issue.spent_minutes:
            whole = issue.spent_minutes + (issue.remaining_minutes or 0)
            progress = _progress(issue.spent_minutes, whole, "time")
        return {"progress": progress, "placements": [[project.remote_id, issue.component]]}

    def _task(self, project: Project, task: Task) -> Told:
        places = [(project, task.component)]
        places += [(self._reach.story.projects[slug], section) for slug, section in task.also_in.items()]
        return {
            "key": None,
            "labels": _labels(task),
            "outcome": "rejected" if task.approval == "rejected" else OUTCOMES.get(task.stage),
            "placements": [
                [place.remote_id, _asana_section(place, task, section)]
                for place, section in places
                if place.slug in self._reach.projects
            ],
        }

    def _row(self, project: Project, row: Task) -> Told:
        ties = [tie for tie in self._ties(row) if tie[2] is row]
        parent = None if row.parent is None else self._reach.story.tasks.get(row.parent)
        numbers = {d.number: d.lag_days for d in row.waits_for}
        lags = [[self._reach.id(before), numbers[before.number]] for _, before, _ in ties]
        sums_up = row.number in self._reach.children
        days = None if sums_up else row.duration_days
        return {
            "key": None if project.numbered is None else f"{project.numbered}{row.position:04d}",
            "completed_at": None,
            "hold": "none",
            "estimate_minutes": days * HOURS_A_DAY * 60 if days else None,
            "progress": None if row.percent is None else _progress(row.percent, 100, "reported"),
            "links": sorted([kind, self._reach.id(a), self._reach.id(b)] for kind, a, b in ties),
            "lags": sorted(lag for lag in lags if lag[1]),
            "placements": [[project.remote_id, parent and parent.title]],
            "counted": not sums_up,
            "created": whole_second(row.created),
            "updated": whole_second(row.updated),
            "cell_changes": 0 if sums_up else _cell_changes(row),
        }

    def _seen(self, home: Home, task: Task) -> Iterator[Event]:
        """A card's actions stay with the board on which they were done, which may be out of reach since."""
        befores = (event.before or "" for event in task.history if event.field == "project")
        slug = next(befores, task.project).partition("/")[0]
        for event in task.history:
            if event.field == "project":
                slug = (event.after or "").partition("/")[0]
            if home != "trello" or slug in self._reach.projects:
                yield event

    def _put_away(self, project: Project, task: Task) -> bool:
        """In several projects a task is put away when it is so in all that are in reach."""
        places = [self._reach.projects[slug] for slug in task.also_in if slug in self._reach.projects]
        if project.slug in self._reach.projects:
            places.append(project)
        closed = all(place.closed for place in places)
        return task.archived or closed or (task.ticked_in or task.stage) in project.closed_lists

    def _ties(self, task: Task) -> list[Tie]:
        return self._reach.ties.get(task.number, [])

    def _waits(self, task: Task) -> bool:
        return task.stage not in CLOSED and any(
            kind in WAITING and other is task and one.stage not in CLOSED
            for kind, one, other in self._ties(task)
        )


def _labels(task: Task) -> list[str]:
    """Of a card and of an Asana task, with the one that tells of the hold."""
    return sorted([*task.labels, "Blocked"] if task.hold else task.labels)


def _cell_changes(row: Task) -> int:
    return len({whole_second(event.at) for event in row.history if event.field in IN_CELLS})


def _asana_section(project: Project, task: Task, section: str | None) -> str | None:
    """A sub-task stands in its parent's project, in no section."""
    if task.type == "subtask" or project.status_by == "field":
        return section
    return project.lists[task.stage]


def _progress(part: int, whole: int, method: str) -> Told | None:
    return {"percent": round(100 * part / whole, 2), "method": method} if whole else None
