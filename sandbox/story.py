"""The one story that all sandboxes tell, before it is split by tracker. Data only.

A technical-services company: people with accounts on several trackers, projects that each live on one
tracker, tasks with their whole history. Serialisers (one file a tracker) and the truth read it; neither
reads the other.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from sandbox.story_resources import Resources, SummaryField

Home = Literal["trello", "jira_cloud", "asana", "smartsheet", "jira_dc"]
JIRA: tuple[Home, ...] = ("jira_cloud", "jira_dc")
Stage = Literal["idea", "ready", "doing", "review", "done", "dropped", "parked", "vendor"]
"""``parked`` and ``vendor`` are the two stages whose words nobody has mapped."""
TaskType = Literal["epic", "story", "task", "subtask", "bug", "milestone", "incident", "approval"]
Level = Literal["urgent", "high", "medium", "low", "none"]
LinkKind = Literal["blocks", "relates", "duplicates"]
EventField = Literal[
    "created", "stage", "title", "description", "due", "start", "assignees", "labels", "priority",
    "points", "sprint", "parent", "archived", "hold", "project", "checklist", "placement",
    "comment",
]  # fmt: skip


@dataclass(slots=True, kw_only=True)
class Person:
    """The ids are None where the person has no account there. On Smartsheet it is the e-mail address;
    Jira Data Center knows a person by a key that stays and a login name (``handle``) that may not."""

    id: int
    name: str
    email: str
    team: str
    handle: str
    trello_id: str | None
    jira_id: str | None
    email_shown: bool = True
    active: bool = True
    bot: bool = False
    asana_id: str | None = None
    smartsheet_id: str | None = None
    dc_key: str | None = None


@dataclass(slots=True, kw_only=True)
class Sprint:
    id: int
    name: str
    state: Literal["future", "active", "closed"]
    start: datetime
    end: datetime
    completed: datetime | None = None
    goal: str = ""


@dataclass(slots=True, kw_only=True)
class Project:
    """``remote_id`` is the id of the board, Jira project, Asana project or sheet; ``key`` the Jira key or
    Trello short link, else the same id again."""

    slug: str
    name: str
    team: str
    home: Home
    remote_id: str
    key: str
    owner: int
    method: Literal["agile", "waterfall", "hybrid", "kanban"]
    declared: Literal["on_track", "at_risk", "off_track"]
    target_end: date
    sprints: list[Sprint] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    components: list[str] = field(default_factory=list)
    """On Jira its components; on Asana, where the status is a field, its sections in order."""
    members: list[int] = field(default_factory=list)
    """Everybody who works on it: who is assigned, reports or writes history."""
    lists: dict[Stage, str] = field(default_factory=dict)
    """The word for each stage: of Trello's lists, of Asana's sections or status options, of Smartsheet's
    status column; in their order."""
    closed_lists: list[Stage] = field(default_factory=list)
    """Trello only: stages whose list is archived while cards still lie on it."""
    closed: bool = False
    revoked: bool = False
    """The token no longer reaches it."""
    status_by: Literal["section", "field"] = "section"
    """Asana only: a task's stage is the section it stands in, or an option of the field Status."""
    summary: list[SummaryField] = field(default_factory=list)
    """Smartsheet only."""
    holidays: list[date] = field(default_factory=list)
    """Smartsheet only: days beside the weekends on which nobody works."""
    numbered: str | None = None
    """Smartsheet only: what the numbers of its AUTO_NUMBER column begin with; None without that column."""
    dropped_columns: list[Literal["customer", "cost"]] = field(default_factory=list)
    """Smartsheet only: columns that somebody deleted."""
    cost_is_text: bool = False
    """The field Cost was made one of text, with all that it holds."""
    layout: str | None = None
    """Smartsheet only: the slug of the project whose columns it has; None for its own habits."""


@dataclass(slots=True, kw_only=True)
class Event:
    """One field of one task changed. Values are in the story's own terms: stages, ISO days or instants,
    person ids, sprint ids and task numbers as text, plain text; several are joined by commas in order.
    ``field`` 'created' opens every history. 'project' values are ``slug/key`` on Jira and
    ``slug/position`` elsewhere, 'checklist' values ``item id/incomplete`` or ``item id/complete``,
    'placement' values slugs of further projects, flags ``yes`` or None, a 'comment' its text."""

    id: int
    at: datetime
    author: int
    field: EventField
    before: str | None
    after: str | None


@dataclass(slots=True, kw_only=True)
class CheckItem:
    id: int
    text: str
    done: bool


@dataclass(slots=True, kw_only=True)
class Dependency:
    """This task's start or finish waits for that of another one, plus a lag in working days."""

    number: int
    kind: Literal["FS", "SS", "FF", "SF"] = "FS"
    lag_days: int = 0


@dataclass(slots=True, kw_only=True)
class Task:
    """``number`` is unique in the story; ``remote_id`` the id of the card, issue, Asana task or row; ``key``
    the short link or issue key, else the same id again; ``position`` its number in the project. Minutes are
    whole; ``due`` is a day on Jira and Smartsheet, an instant on Trello, either on Asana."""

    number: int
    project: str
    remote_id: str
    key: str
    position: int
    title: str
    description: str
    stage: Stage
    type: TaskType
    priority: Level
    created: datetime
    updated: datetime
    reporter: int
    assignees: list[int] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    component: str | None = None
    start: date | None = None
    due: date | datetime | None = None
    done_at: datetime | None = None
    points: int | None = None
    estimate_minutes: int | None = None
    remaining_minutes: int | None = None
    spent_minutes: int | None = None
    parent: int | None = None
    sprints: list[int] = field(default_factory=list)
    links: list[tuple[LinkKind, int]] = field(default_factory=list)
    """(kind, number of the other task): this one blocks, relates to, duplicates the other."""
    checklist: list[CheckItem] = field(default_factory=list)
    attachments: list[str] = field(default_factory=list)
    """Trello only: addresses attached to the card."""
    customer: str | None = None
    """A typed custom field of choice: the customer it is done for."""
    cost: float | None = None
    """A typed custom field of number."""
    hold: bool = False
    archived: bool = False
    ticked_in: Stage | None = None
    """Trello, done cards only: the card is marked complete and lies on the list of this stage."""
    restricted: bool = False
    template: bool = False
    separator: bool = False
    mirror_of: int | None = None
    also_in: dict[str, str | None] = field(default_factory=dict)
    """Asana only: further projects it stands in, with the section there; None where its stage says which."""
    approval: Literal["pending", "approved", "rejected"] | None = None
    """Asana approvals only."""
    waits_for: list[Dependency] = field(default_factory=list)
    """Asana and Smartsheet only."""
    percent: int | None = None
    """Smartsheet only, as is the rest: percent complete."""
    duration_days: int | None = None
    """Working days from start to due, both included; 0 makes a milestone."""
    rag: Literal["Red", "Yellow", "Green"] | None = None
    """The symbol in the row's health column."""
    bad_cells: dict[Literal["due", "cost"], str] = field(default_factory=dict)
    """Text that stands in a cell instead of its value."""
    history: list[Event] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Hidden:
    """A task that is there, and that the token may not see; with which other one it was hidden, and when."""

    task: Task
    by: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """A task went from a project. ``id`` is the one that it had there, ``to`` the project and the id of one
    that moved; ``seen`` whether the token reached it."""

    how: Literal["deleted", "hidden", "moved"]
    project: str
    id: str
    at: datetime
    seen: bool
    to: tuple[str, str] | None = None


@dataclass(slots=True, kw_only=True)
class Story:
    """``today`` anchors every date; the same seed, items and today give the same story to the byte.
    ``homes`` are the trackers it is told on. ``hidden`` tasks are not among ``tasks``."""

    seed: int
    today: date
    people: dict[int, Person]
    projects: dict[str, Project]
    tasks: dict[int, Task]
    homes: tuple[Home, ...]
    resources: Resources
    hidden: dict[int, Hidden] = field(default_factory=dict)
    removals: list[Removal] = field(default_factory=list)
    """In their order. What was taken away may be back since."""
