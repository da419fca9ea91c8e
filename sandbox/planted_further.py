"""Plants the facts of the sheets and of the Jira Data Center projects."""

from __future__ import annotations

from sandbox.drafts_smartsheet import restage, roll_up, schedule
from sandbox.history import Draft
from sandbox.people import DOUBLE_BOOKED, INACTIVE
from sandbox.planted import DC_SITE, JIRA_SITE, RED_ON_SHEET, TRELLO_SITE, Planter, plant_links
from sandbox.story import Stage, Task

BEYOND_DOUBLES = 2**53
"""Above it neighbouring whole numbers are one number to whoever reads them as doubles."""
WIKI = (
    "h3. Goal\n* month-end within *4 h*\n* no {color:red}manual{color} work\n\n{code:sql}\nselect 1;\n{code}",
    "See [the run book|https://wiki.northlight.example/runbook] and [~user02].\n\n# back up\n# patch",
    "||Area||Owner||\n|Ledger|Finance|",
)
"""Descriptions in Jira's wiki text."""


def plant_smartsheet(planter: Planter) -> None:
    _bad_cells(planter)
    _beyond_doubles(planter)
    _double_booked(planter, RED_ON_SHEET)
    _row(planter, "vendor-transition", "vendor")
    _row(planter, "vendor-transition", "doing").task.assignees = [INACTIVE]
    planter.projects["vendor-transition"].members.insert(1, INACTIVE)
    named = _row(planter, "iso-audit").task
    named.title = "Prüfung der Größe — 東京 🚚 & <b>co</b>"
    named.description = f"Evidence for {JIRA_SITE}/browse/SEC-1"
    for row in planter.tasks(RED_ON_SHEET):
        if row.stage in ("ready", "doing", "review"):
            row.rag = "Red"
    for slug, project in planter.projects.items():
        roll_up(list(planter.tasks(slug)), project)


def _row(planter: Planter, slug: str, stage: Stage | None = None) -> Draft:
    """A draft that is a plain row without children."""
    parents = {task.parent for task in planter.tasks(slug)}
    draft = planter.take(slug, stage, lambda task: task.number not in parents)
    if draft.task.type == "milestone":
        draft.task.type = "task"
        schedule(draft.task, planter.projects[slug], planter.writer.rng)
    if stage is not None:
        restage(draft.task)
    return draft


def _bad_cells(planter: Planter) -> None:
    """Free text in a date, and a formula that failed."""
    undated = _row(planter, "iso-audit", "ready").task
    undated.due = undated.start = undated.duration_days = None
    undated.bad_cells["due"] = "TBD"
    failed = _row(planter, "iso-audit").task
    failed.cost, failed.bad_cells["cost"] = None, "#UNPARSEABLE"


def _beyond_doubles(planter: Planter) -> None:
    """Two rows that only exact numbers tell apart."""
    for offset in (1, 2):
        task = _row(planter, RED_ON_SHEET).task
        task.remote_id = task.key = str(BEYOND_DOUBLES + offset)


def _double_booked(planter: Planter, slug: str) -> None:
    project, rng = planter.projects[slug], planter.writer.rng
    for offset in (2, 4):
        task = _row(planter, slug, "doing").task
        task.assignees, task.due, task.start = [DOUBLE_BOOKED], planter.due(slug, offset), None
        schedule(task, project, rng)


def plant_jira_dc(planter: Planter) -> None:
    _wiki(planter)
    for offset in (2, 4):
        task = planter.take("erp-upgrade", "doing").task
        task.assignees, task.due, task.start = [DOUBLE_BOOKED], planter.due("erp-upgrade", offset), None
    planter.take("plant-control", "vendor")
    planter.take("erp-upgrade").task.restricted = True
    planter.take("erp-upgrade", "doing").task.assignees = [INACTIVE]
    planter.projects["erp-upgrade"].members.insert(1, INACTIVE)
    _moved(planter)
    _slipping(planter)
    waiting = planter.take("plant-control", "ready").task
    waiting.description = f"After {TRELLO_SITE}/b/boards and [the patch|{DC_SITE}/browse/ERP-1]"
    plant_links(planter, "jira_dc")


def _wiki(planter: Planter) -> None:
    for slug in planter.projects:
        for index, task in enumerate(planter.tasks(slug)):
            if index % 4 == 0:
                task.description = WIKI[index // 4 % len(WIKI)]


def _moved(planter: Planter) -> None:
    old = planter.writer.position("plant-control")
    planter.take("erp-upgrade", None, _stands_alone).moved_from = f"plant-control/PCS-{old}"


def _stands_alone(task: Task) -> bool:
    return task.type != "subtask"


def _slipping(planter: Planter) -> None:
    draft = planter.take("erp-upgrade", "ready", _stands_alone)
    task = draft.task
    task.title, task.type, task.parent, task.start = "Ledger cut-over", "milestone", None, None
    task.points, task.sprints = None, []
    draft.due_before = [planter.due("erp-upgrade", offset) for offset in (-30, -9, 6)]
    task.due = planter.due("erp-upgrade", 27)
