"""The dataset of the benchmarks: on one tracker ten scopes of a thousand items each, the same on every run.

It is a story of the sandbox's own kind (:mod:`sandbox.story`) with nothing planted in it: every scope is made
alike, by a fixed seed and on a fixed day.

| | |
|---|---|
| scope | every second one is agile: on Jira with a board of sprints, on Asana with its status in a field |
| item | title, description, status, priority, labels, assignees, dates, what its tracker has besides |
| history | six to eight changes an item, as the sandbox tells them in each tracker's form |
| Asana | every tenth task is a sub-task below the task before it |
| Smartsheet | twenty columns and a summary; of nine rows one opens a phase and one a group in it |
| one percent changed | evenly over each scope, items take the status "in review" (or "doing") |

With history on, a sheet has twenty rows: Smartsheet tells it cell by cell, and a thousand rows of ten sheets
would be a hundred thousand requests.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import count
from random import Random
from typing import Any

from benchmarks.facts import Facts, ScopeFacts
from sandbox.drafts import Writer, write_drafts
from sandbox.drafts_asana import make_subtask
from sandbox.drafts_smartsheet import roll_up, shape_smartsheet
from sandbox.history import Draft, Historian
from sandbox.ids import gid
from sandbox.jira_site import team_managed
from sandbox.names import Outline
from sandbox.people import TEAMS, account, give_accounts, write_people
from sandbox.quirks import Quirks
from sandbox.resources import nothing
from sandbox.seed_projects import write_project
from sandbox.smartsheet_columns import columns_of
from sandbox.story import JIRA, Home, Project, Story, Task
from sandbox.story_resources import SummaryField
from sandbox.times import midnight
from sandbox.trello_actions import actions_of
from sandbox.world import World, clock_for

SEED = 7
TODAY = date(2026, 3, 18)
TENTH = 10
TOPICS = ("rack migration", "branch router", "audit log", "store pilot", "ledger patch", "knowledge transfer")
COMPONENTS = ("Core", "Branches", "Wireless")
TOLD_BY_HISTORY = ("status", "priority", "start", "due", "assignees", "labels", "rag", "customer", "flag")
"""Columns of a sheet whose earlier values tell of status, dates and people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    tracker: Home
    scopes: int = 10
    items: int = 1000


def world_of(size: Size) -> World:
    return World(_story(size), clock_for(TODAY))


def _story(size: Size) -> Story:
    rng = Random(SEED)  # noqa: S311  # a story, not a secret
    people = write_people(rng)
    give_accounts(people, rng)
    writer = Writer(rng, TODAY)
    historian = Historian(rng, numbers=count(1))
    story = Story(
        seed=SEED, today=TODAY, people=people, projects={}, tasks={}, homes=(size.tracker,),
        resources=nothing(),
    )  # fmt: skip
    for number in range(size.scopes):
        outline = _outline(size.tracker, number)
        project = write_project(number, outline, people, TODAY, rng)
        drafts = write_drafts(writer, project, outline, size.items)
        _shape(writer, project, drafts)
        for draft in drafts:
            historian.write(draft, project)
        story.projects[project.slug] = project
        story.tasks |= {draft.task.number: draft.task for draft in drafts}
    return story


def _outline(home: Home, number: int) -> Outline:
    agile = number % 2 == 0
    parts = COMPONENTS if home in JIRA or (home == "asana" and agile) else ()
    return Outline(
        f"bench-{number:03}", f"Benchmark {number:03}", f"BEN{number:03}", TEAMS[number % len(TEAMS)], home,
        "agile" if agile else "kanban", "on_track", 1, TOPICS, parts,
    )  # fmt: skip


def _shape(writer: Writer, project: Project, drafts: list[Draft]) -> None:
    if project.home == "asana":
        _shape_asana(project, drafts)
    if project.home == "smartsheet":
        project.layout, project.numbered = "depot-cutover", "BEN-"
        project.summary = [_health(project)]
        shape_smartsheet(writer, project, drafts)
        roll_up([draft.task for draft in drafts], project)


def _health(project: Project) -> SummaryField:
    return SummaryField(
        id=gid("summary", project.slug), title="Overall Health", kind="symbol", value="Green",
        author=project.owner, at=midnight(TODAY),
    )  # fmt: skip


def _shape_asana(project: Project, drafts: list[Draft]) -> None:
    """A start day only where a due day comes after it; a tenth of the tasks are sub-tasks."""
    for index, draft in enumerate(drafts):
        task = draft.task
        task.hold = False
        if project.components and task.component is None:
            task.component = project.components[0]
        if task.due is None or (task.start is not None and task.start.isoformat() > task.due.isoformat()):
            task.start = None
        if index % TENTH == TENTH - 1:
            make_subtask(draft, drafts[index - 1].task.number)


def facts_of(world: World) -> Facts:
    story = world.story
    projects = list(story.projects.values())
    return Facts(
        scopes=[_scope_facts(story, project, world.tasks_of(project.slug)) for project in projects],
        members=len({id for project in projects for id in project.members}),
        people=sum(account(person, story.homes[0]) is not None for person in story.people.values()),
    )


def _scope_facts(story: Story, project: Project, tasks: list[Task]) -> ScopeFacts:
    told = 0
    if project.home == "smartsheet":
        told = len(tasks) * sum(column.key in TOLD_BY_HISTORY for column in columns_of(project))
    return ScopeFacts(
        id=project.remote_id,
        name=project.name,
        items=len(tasks),
        subitems=sum(task.type == "subtask" for task in tasks),
        parents=len({task.parent for task in tasks if task.parent is not None}),
        events=sum(_events(story, project, task) for task in tasks),
        sprints=bool(project.sprints) or (project.home == "jira_cloud" and team_managed(project)),
        told_cells=told,
    )


def _events(story: Story, project: Project, task: Task) -> int:
    """Trello tells some of them in two actions."""
    if project.home == "trello":
        return sum(1 for _ in actions_of(story, task, Quirks()))
    return len(task.history)


def edits_of(world: World, share: float) -> Iterator[dict[str, Any]]:
    """Operations of :mod:`sandbox.edits` that change this share of each scope's items."""
    for slug in world.story.projects:
        tasks = world.tasks_of(slug)
        parents = {task.parent for task in tasks}
        able = [task for task in tasks if task.type not in ("subtask", "epic") and task.number not in parents]
        wanted = max(1, round(len(tasks) * share))
        for task in able[:: max(1, len(able) // wanted)][:wanted]:
            stage = "doing" if task.stage == "review" else "review"
            yield {"op": "set", "task": task.remote_id, "fields": {"stage": stage}}
