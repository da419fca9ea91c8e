"""Asana tasks as things: where they stand, what they hold, what is below and around them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from html import escape

from sandbox import ids
from sandbox.asana_fields import Fields
from sandbox.asana_things import Body, Choice, Thing
from sandbox.history import ENDED
from sandbox.quirks import Quirks
from sandbox.story import Story, Task
from sandbox.times import iso

ZONE = timezone(timedelta(hours=1))
"""Of the token's owner, in which the day beside a due instant is told."""
SITE = "https://app.asana.com"
BLOCKED = "Blocked"
"""The tag that marks work on hold."""
CUSTOM_TYPES = {"bug": "Bug", "incident": "Incident"}
SUBTYPES = {"milestone": "milestone", "approval": "approval", "bug": "custom", "incident": "custom"}


@dataclass(slots=True)
class Desk:
    """What tasks and their stories point to. Sections go by project and then by stage or component."""

    story: Story
    quirks: Quirks
    workspace: Thing
    users: Mapping[int, Thing]
    fields: Fields
    projects: dict[str, Thing] = field(default_factory=dict)
    sections: dict[str, dict[str, Thing]] = field(default_factory=dict)
    types: dict[str, dict[str, Choice]] = field(default_factory=dict)
    tags: dict[str, Thing] = field(default_factory=dict)

    def tag(self, name: str) -> Thing:
        return self.tags.setdefault(
            name,
            Thing(
                ids.gid("tag", name),
                "tag",
                {
                    "name": name, "color": None, "notes": "", "workspace": self.workspace,
                    "permalink_url": f"{SITE}/0/{ids.gid('tag', name)}/list",
                },
            ),
        )  # fmt: skip

    def section(self, slug: str, task: Task, named: str | None) -> Thing:
        """Where a task stands in one of its projects: its stage's section, unless a name says which."""
        sections = self.sections[slug]
        return sections.get(named or task.stage) or next(iter(sections.values()))

    def places(self, task: Task) -> list[tuple[str, Thing]]:
        """The projects in reach that it stands in itself, with its section there; a sub-task in none."""
        if task.type == "subtask":
            return []
        own: dict[str, str | None] = {task.project: task.component, **task.also_in}
        return [(slug, self.section(slug, task, name)) for slug, name in own.items() if slug in self.projects]


def completed(task: Task) -> bool:
    return task.stage in ENDED


def approval(task: Task) -> str | None:
    """In step with completion, whatever was edited."""
    if task.type != "approval":
        return None
    if not completed(task):
        return "pending"
    return "rejected" if task.approval == "rejected" else "approved"


def fill(desk: Desk, task: Task, thing: Thing, done_by: int | None) -> None:
    """Everything that a task says of itself; who stands around it is linked afterwards."""
    places = desk.places(task)
    tags = [desk.tag(name) for name in task.labels] + ([desk.tag(BLOCKED)] if task.hold else [])
    thing.fields |= {
        "name": task.title,
        "resource_subtype": SUBTYPES.get(task.type, "default_task"),
        "created_by": desk.users[task.reporter],
        "approval_status": approval(task),
        "assignee": desk.users[task.assignees[0]] if task.assignees else None,
        "completed": completed(task),
        "completed_at": iso(task.done_at) if task.done_at else None,
        "completed_by": None if done_by is None else desk.users[done_by],
        "created_at": iso(task.created),
        "modified_at": iso(task.updated),
        **_dates(task, desk.quirks),
        "notes": task.description,
        "html_notes": f"<body>{escape(task.description)}</body>",
        "is_rendered_as_separator": task.separator,
        "memberships": [{"project": desk.projects[slug], "section": place} for slug, place in places],
        "projects": [desk.projects[slug] for slug, _ in places],
        "tags": tags,
        "followers": [desk.users[id] for id in sorted({task.reporter, *task.assignees})],
        "custom_fields": _values(desk, task, [slug for slug, _ in places]),
        "actual_time_minutes": task.spent_minutes,
        "liked": False, "num_likes": 0, "hearted": False, "num_hearts": 0,
        "workspace": desk.workspace,
        "permalink_url": f"{SITE}/1/{desk.workspace.gid}/task/{task.remote_id}",
        **_custom_type(desk, task),
    }  # fmt: skip
    if task.type != "approval":
        del thing.fields["approval_status"]
    for slug, place in places:
        desk.projects[slug].put("tasks", thing)
        place.put("tasks", thing)
    for tag in tags:
        tag.put("tasks", thing)


def _dates(task: Task, quirks: Quirks) -> Body:
    """A due instant has a day beside it, the reader's own; a day has no instant."""
    due = task.due
    start = None if task.start is None else task.start.isoformat()
    if isinstance(due, datetime):
        day = due.astimezone(ZONE).date().isoformat() if quirks.due_day_beside else None
        return {"due_at": iso(due), "due_on": day, "start_at": None, "start_on": start}
    return {"due_at": None, "due_on": due and due.isoformat(), "start_at": None, "start_on": start}


def _custom_type(desk: Desk, task: Task) -> Body:
    name = CUSTOM_TYPES.get(task.type)
    if name is None or task.project not in desk.types:
        return {"custom_type": None, "custom_type_status_option": None}
    type = desk.types[task.project][name]
    return {"custom_type": type.thing, "custom_type_status_option": type.options.get(task.stage)}


def _values(desk: Desk, task: Task, slugs: list[str]) -> list[Thing]:
    """Every field of its projects once, the first project's first."""
    found: dict[str, Thing] = {}
    for slug in slugs:
        project = desk.story.projects[slug]
        for name in desk.fields.of(project):
            value = desk.fields.value(name, project, task)
            found.setdefault(value.gid, value)
    return list(found.values())
