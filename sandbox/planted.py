"""Plants the facts that a portfolio must find. Each takes drafts that no other fact has touched."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sandbox import times
from sandbox.drafts import Writer
from sandbox.history import ENDED, Draft
from sandbox.names import MILESTONE
from sandbox.people import DOUBLE_BOOKED, INACTIVE
from sandbox.story import Home, Project, Stage, Task

JIRA_SITE = "https://northlight.atlassian.net"
TRELLO_SITE = "https://trello.com"
DC_SITE = "https://jira.northlight.example/jira"
"""Where people in the story open the trackers; texts and attachments name them."""
GREEN_THAT_IS_NOT = "dc-move"
GREEN_ON_ASANA = "acquisition-it"
"""Declared on track as well, on Asana, and is not either."""
RED_ON_SHEET = "depot-cutover"
"""Its sheet's summary says green while its rows say red."""
TO_BE_REVOKED = "koeln-office"
"""The board whose access an edit takes away."""


@dataclass(frozen=True, slots=True)
class Planter:
    writer: Writer
    projects: dict[str, Project]
    drafts: dict[str, list[Draft]]

    def take(
        self, slug: str, stage: Stage | None = None, fits: Callable[[Task], bool] = lambda _: True
    ) -> Draft:
        """The next untouched draft that fits, but epics, put into that stage (None: as it is).

        Raises ValueError when the story is too small to hold all facts.
        """
        for draft in self.drafts[slug]:
            if not draft.planted and draft.task.type != "epic" and fits(draft.task):
                draft.planted = True
                if stage is not None:
                    _restage(draft.task, stage)
                return draft
        raise ValueError(f"items: {slug} is too small for its planted facts, ask for more items")

    def due(self, slug: str, offset: int) -> date | datetime:
        """So many days from today: a day on Jira, 15:00 UTC on Trello."""
        day = self.writer.today + timedelta(days=offset)
        return times.midnight(day) + timedelta(hours=15) if self.projects[slug].home == "trello" else day

    def tasks(self, slug: str) -> Iterator[Task]:
        return (draft.task for draft in self.drafts[slug])


def _restage(task: Task, stage: Stage) -> None:
    task.stage, task.ticked_in, task.archived, task.hold = stage, None, False, False
    if stage not in ENDED:
        for check in task.checklist[1:]:
            check.done = False


def plant(planter: Planter) -> None:
    _green_that_is_not(planter)
    _double_booked(planter)
    _slipping(planter, "retail-launch")
    _slipping(planter, "network-refresh")
    _not_counted(planter)
    _unmapped(planter)
    _put_away(planter)
    _hidden_and_gone(planter)
    _moved(planter)
    _cross_tool(planter)
    plant_links(planter, "jira_cloud")


def _green_that_is_not(planter: Planter) -> None:
    """Declared on track: two thirds of the open work is overdue, a third of it blocked."""
    open_tasks = [t for t in planter.tasks(GREEN_THAT_IS_NOT) if t.stage in ("ready", "doing", "review")]
    for index, task in enumerate(open_tasks):
        if index % 3 != 2:
            task.due = planter.due(GREEN_THAT_IS_NOT, -1 - index % 12)
            task.start = None
        task.hold = index % 3 == 0


def _double_booked(planter: Planter) -> None:
    """One person, the same week, on both trackers."""
    for slug in (GREEN_THAT_IS_NOT, "itsm-rollout"):
        for offset in (2, 4):
            task = planter.take(slug, "doing").task
            task.assignees, task.due, task.start = [DOUBLE_BOOKED], planter.due(slug, offset), None


def _slipping(planter: Planter, slug: str) -> None:
    """A milestone whose due date moved three times."""
    draft = planter.take(slug, "ready")
    task = draft.task
    task.title, task.type, task.parent, task.start = "Go-live for the first wave", "milestone", None, None
    task.points, task.sprints = None, []
    if planter.projects[slug].home == "trello":
        task.labels = [MILESTONE]
    draft.due_before = [planter.due(slug, offset) for offset in (-45, -20, -3)]
    task.due = planter.due(slug, 18)


def _not_counted(planter: Planter) -> None:
    """A template, a separator and a mirror of a card on another board."""
    template = planter.take("retail-launch", "ready").task
    template.title, template.template, template.due, template.start = "Template: one store", True, None, None
    separator = planter.take("retail-launch", "ready").task
    _empty(separator)
    separator.title, separator.separator = "———", True
    source = next(planter.tasks(GREEN_THAT_IS_NOT))
    mirror = planter.take("retail-launch", "ready").task
    _empty(mirror)
    mirror.title, mirror.mirror_of = source.title, source.number


def _empty(card: Task) -> None:
    card.description, card.priority, card.points, card.customer, card.cost = "", "none", None, None, None
    card.due = card.start = None
    card.assignees, card.labels, card.checklist = [], [], []


def _unmapped(planter: Planter) -> None:
    planter.take("desk-improvements", "parked")
    planter.take("itsm-rollout", "vendor")
    unnamed = planter.take("desk-improvements").task
    unnamed.labels = ["lime"]
    foreign = planter.take("partner-onboarding").task
    foreign.title = "Überprüfung der Größe — 東京 🚚 «Łódź» & <b>co</b>"


def _put_away(planter: Planter) -> None:
    """An archived card that was never done, and an open card on an archived list."""
    planter.take("partner-onboarding", "doing").task.archived = True
    planter.take("partner-onboarding", "idea")
    planter.projects["partner-onboarding"].closed_lists = ["idea"]


def _hidden_and_gone(planter: Planter) -> None:
    """Restricted issues, and work still assigned to somebody who left."""
    planter.take("security-remediation").task.restricted = True
    for slug in ("security-remediation", "desk-improvements"):
        planter.take(slug, "doing").task.assignees = [INACTIVE]
        planter.projects[slug].members.insert(1, INACTIVE)


def _moved(planter: Planter) -> None:
    writer, projects = planter.writer, planter.projects
    old = writer.position("billing-integration")
    issue = planter.take("cloud-landing")
    issue.moved_from = f"billing-integration/{projects['billing-integration'].key}-{old}"
    card = planter.take("field-training")
    card.moved_from = f"desk-improvements/{writer.position('desk-improvements')}"


def _cross_tool(planter: Planter) -> None:
    issue = next(planter.tasks("network-refresh"))
    other = next(planter.tasks("billing-integration"))
    waiting = planter.take(GREEN_THAT_IS_NOT, "ready").task
    waiting.description = f"Starts when {issue.key} is through, see {JIRA_SITE}/browse/{issue.key}"
    attached = planter.take("retail-launch").task
    attached.attachments = [f"{JIRA_SITE}/browse/{other.key}", f"{TRELLO_SITE}/c/{waiting.key}"]
    other.description = f"Asked for on the launch board: {TRELLO_SITE}/c/{attached.key}"


def plant_links(planter: Planter, home: Home) -> None:
    """Links between issues. Unfinished work blocks only what is on hold."""
    rng = planter.writer.rng
    slugs = [slug for slug, project in planter.projects.items() if project.home == home]
    issues = [task for slug in slugs for task in planter.tasks(slug) if task.type not in ("epic", "subtask")]
    for index, task in enumerate(issues[1:], 1):
        other = issues[rng.randrange(index)]
        if rng.random() < 0.25 and (task.hold or other.stage in ENDED):
            other.links.append(("blocks", task.number))
        elif rng.random() < 0.08:
            task.links.append(("relates", other.number))
        elif task.stage == "dropped" and rng.random() < 0.5:
            task.links.append(("duplicates", other.number))
