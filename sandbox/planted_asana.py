"""Plants the facts of the Asana projects: sub-tasks, several homes, approvals, and a green that is not."""

from __future__ import annotations

from datetime import timedelta

from sandbox import times
from sandbox.drafts_asana import DEPTH, make_subtask
from sandbox.history import Draft
from sandbox.people import DOUBLE_BOOKED, INACTIVE
from sandbox.planted import GREEN_ON_ASANA, JIRA_SITE, TRELLO_SITE, Planter
from sandbox.story import Dependency, Stage, Task

JOINERS, PORTAL = "joiner-journey", "portal-relaunch"


def plant_asana(planter: Planter) -> None:
    _double_booked(planter)
    _green_that_is_not(planter)
    _at_every_depth(planter)
    _in_several_projects(planter)
    _approvals(planter)
    _odd_ones(planter)
    _slipping(planter)


def _plain(task: Task) -> bool:
    return task.type in ("task", "bug", "incident") and not task.waits_for


def _take(planter: Planter, slug: str, stage: Stage | None = None) -> Draft:
    """A draft without sub-tasks, made an ordinary task."""
    parents = {task.parent for task in planter.tasks(slug)}
    draft = planter.take(slug, stage, lambda task: task.number not in parents)
    task, phases = draft.task, planter.projects[slug].components
    task.type, task.parent, task.approval, task.waits_for = "task", None, None, []
    task.component, draft.path = task.component or (phases[0] if phases else None), None
    return draft


def _green_that_is_not(planter: Planter) -> None:
    """Declared on track: of the open work two thirds are overdue, and a third waits for something open."""
    still = [
        task
        for task in planter.tasks(GREEN_ON_ASANA)
        if task.stage in ("ready", "doing", "review") and _plain(task)
    ]
    for index, task in enumerate(still[1:], 1):
        if index % 3 != 2:
            task.due, task.start = planter.due(GREEN_ON_ASANA, -1 - index % 12), None
        if index % 3 == 0:
            task.waits_for = [Dependency(number=still[0].number)]


def _double_booked(planter: Planter) -> None:
    for offset in (2, 3):
        task = _take(planter, GREEN_ON_ASANA, "doing").task
        task.assignees, task.due, task.start = [DOUBLE_BOOKED], planter.due(GREEN_ON_ASANA, offset), None


def _at_every_depth(planter: Planter) -> None:
    """A task over a chain of sub-tasks, one below the other."""
    parent = _take(planter, JOINERS, "doing").task
    for _ in range(DEPTH):
        draft = _take(planter, JOINERS, "ready")
        make_subtask(draft, parent.number)
        parent = draft.task


def _in_several_projects(planter: Planter) -> None:
    """Tasks that stand in a second project, of the same kind of sections and of another."""
    for slug, other in ((JOINERS, GREEN_ON_ASANA), (GREEN_ON_ASANA, PORTAL), (PORTAL, JOINERS)):
        phases = planter.projects[other].components
        _take(planter, slug, "doing").task.also_in = {other: phases[0] if phases else None}


def _approvals(planter: Planter) -> None:
    states: tuple[tuple[Stage, str], ...] = (("doing", "pending"), ("done", "approved"), ("done", "rejected"))
    for stage, answer in states:
        task = _take(planter, PORTAL, stage).task
        task.type, task.estimate_minutes = "approval", None
        task.approval = (
            "pending" if answer == "pending" else "approved" if answer == "approved" else "rejected"
        )


def _odd_ones(planter: Planter) -> None:
    """A separator, a section nobody mapped, work of somebody who left, and names of things elsewhere."""
    separator = _take(planter, PORTAL, "ready").task
    separator.title, separator.separator, separator.description = "— After launch —", True, ""
    separator.due = separator.start = separator.points = separator.estimate_minutes = None
    separator.customer, separator.cost, separator.priority = None, None, "none"
    separator.assignees, separator.labels = [], []
    _take(planter, JOINERS, "vendor")
    _take(planter, GREEN_ON_ASANA, "doing").task.assignees = [INACTIVE]
    planter.projects[GREEN_ON_ASANA].members.insert(1, INACTIVE)
    named = _take(planter, PORTAL).task
    named.title = "Barrierefreiheit prüfen — 東京 🚚 & <b>co</b>"
    named.description = f"Waits for {JIRA_SITE}/browse/NET-1 and {TRELLO_SITE}/b/boards"


def _slipping(planter: Planter) -> None:
    """A milestone whose due date moved three times, the last time to an hour of the day."""
    draft = _take(planter, PORTAL, "ready")
    task = draft.task
    task.title, task.type, task.start = "Relaunch goes live", "milestone", None
    task.points = task.estimate_minutes = None
    draft.due_before = [planter.due(PORTAL, offset) for offset in (-40, -18, -2)]
    task.due = times.midnight(planter.writer.today + timedelta(days=20)) + timedelta(hours=15)
