"""An Asana task becomes an item."""

from __future__ import annotations

from collections.abc import Sequence

from normalizer.asana_project import Project
from normalizer.asana_read import Body, date_of, decimal_of, gid_of, named
from normalizer.asana_state import hold, state
from normalizer.asana_values import Played, custom_fields
from normalizer.model import (
    Assignment,
    Flags,
    Item,
    ItemType,
    Link,
    Named,
    Placement,
    PriorityLevel,
    Quantity,
    Role,
)
from normalizer.reading import Losing, Reading
from normalizer.words import PRIORITY_RANK

TASK_URL = "https://app.asana.com/0/0/"
LEVELS = {"epic": 1, "initiative": 2}
FOLLOWS = Named("dependency")
PLAYED = ("custom", "estimates", "start", "due", "priority", "type", "progress", "status_category")
LOSING: Losing = {
    "name": ("title",),
    "notes": ("description_md",),
    "resource_subtype": ("type",),
    "custom_type": ("type",),
    "parent": ("parent_id",),
    "start_at": ("start",),
    "start_on": ("start",),
    "due_at": ("due",),
    "due_on": ("due",),
    "completed_at": ("completed_at",),
    "actual_time_minutes": ("spent",),
    "assignee": ("assignments",),
    "created_by": ("reporter_account_id",),
    "tags": ("labels",),
    "dependencies": ("links",),
    "dependents": ("links",),
    "created_at": ("remote_created_at",),
    "modified_at": ("remote_updated_at",),
    "custom_fields": PLAYED,
}


def task_item(project: Project, body: Body, reading: Reading) -> Item:
    """The item that a task is. What cannot be read is left out and noted in ``reading``."""
    text, context = reading.text, project.context
    labels = _tags(body, reading)
    custom, played = custom_fields(project, body, reading)
    told = state(project, body, played, reading)
    parent = gid_of(reading, body, "parent")
    type, original_type = _type(project, body, played, labels, reading)
    priority, original_priority = _priority(project, played, labels, reading)
    held, why = hold(project, body, told, labels, reading)
    places = _placements(project, body, reading)
    start = played.start or date_of(reading, body, "start_at", "start_on")
    description, reporter = text(body, "notes"), gid_of(reading, body, "created_by")
    spent = decimal_of(reading, body, "actual_time_minutes")
    return Item(
        id=context.id("item", reading.remote_id), system=context.system, remote_id=reading.remote_id,
        remote_key=played.key, url=text(body, "permalink_url") or TASK_URL + reading.remote_id,
        title=_title(body, reading),
        description_md=description or None, description_format="plain" if description else None,
        type="subtask" if type == "task" and parent else type, original_type=original_type,
        level=-1 if parent else LEVELS.get(type, 0),
        parent_id=context.id("item", parent) if parent else None,
        status_category=told.category, original_status=told.status,
        outcome=told.outcome, original_outcome=told.said, hold=held, hold_reason=why,
        priority=priority, original_priority=original_priority,
        start=start, start_source="field" if start else None,
        due=played.due or date_of(reading, body, "due_at", "due_on"), completed_at=told.completed_at,
        estimates=played.estimates, spent=None if spent is None else Quantity(spent, "minutes"),
        progress=played.progress, assignments=_assignments(project, body, type, reading),
        reporter_account_id=project.account_id(reporter) if reporter else None,
        placements=places, labels=[one.name for one in labels], custom=custom,
        links=_links(project, body, reading),
        flags=Flags(is_separator=reading.flag(body, "is_rendered_as_separator") or _heads(body)),
        presence="archived" if project.archived and len(places) == 1 else "present",
        remote_created_at=reading.moment(body, "created_at"),
        remote_updated_at=reading.moment(body, "modified_at"),
    )  # fmt: skip


def _title(body: Body, reading: Reading) -> str:
    title = reading.text(body, "name")
    if title is None and body.get("name") is None:
        reading.reject("name", "text", None)
    return title or ""


def _heads(body: Body) -> bool:
    """Before sections were objects, a task whose name ended in a colon was one."""
    return body.get("resource_subtype") == "section"


def _tags(body: Body, reading: Reading) -> list[Named]:
    found = {one.name: one for one in map(named, reading.mappings(body, "tags")) if one}
    return list(found.values())


def _type(
    project: Project, body: Body, played: Played, labels: Sequence[Named], reading: Reading
) -> tuple[ItemType, Named | None]:
    """A milestone or an approval is one whatever else is said; a custom type goes by its name."""
    subtype = reading.text(body, "resource_subtype")
    if subtype == "milestone":
        return "milestone", Named(subtype)
    if subtype == "approval":
        return "approval", Named(subtype)
    custom = named(reading.mapping(body, "custom_type")) or played.type
    if custom:
        return project.type(custom.name) or reading.unknown("type", custom.name), custom
    for label in labels:
        if by_label := project.words.label(label.name).type:
            return by_label, label
    if subtype not in (None, "default_task", "section", "custom"):
        return reading.unknown("type", subtype), Named(subtype)
    return "task", Named(subtype) if subtype else None


def _priority(
    project: Project, played: Played, labels: Sequence[Named], reading: Reading
) -> tuple[PriorityLevel, Named | None]:
    given = played.priority
    if given is not None:
        return project.words.priority(given.name) or reading.unknown("priority", given.name), given
    levels = [(level, one) for one in labels if (level := project.words.label(one.name).priority)]
    return min(levels, key=lambda pair: PRIORITY_RANK[pair[0]], default=("none", None))


def _assignments(project: Project, body: Body, type: ItemType, reading: Reading) -> list[Assignment]:
    """One assignee; of an approval it is who approves. Followers only follow."""
    gid = gid_of(reading, body, "assignee")
    role: Role = "approver" if type == "approval" else "owner"
    return [Assignment(project.account_id(gid), role)] if gid else []


def _placements(project: Project, body: Body, reading: Reading) -> list[Placement]:
    """Every project it stands in, in Asana's order, the first one first of all. A subtask stands in the
    project that was read even where only its ancestor is a member of it."""
    context = project.context
    found: dict[str, Placement] = {}
    for place in reading.mappings(body, "memberships"):
        gid = gid_of(reading, place, "project")
        if gid and gid not in found:
            section = gid_of(reading, place, "section")
            found[gid] = Placement(
                scope_id=context.id("scope", gid),
                section_id=context.id("section", section) if section else None,
                primary=not found,
            )
    if context.scope.id not in found:
        found[context.scope.id] = Placement(scope_id=context.scope_id, primary=not found)
    return list(found.values())


def _links(project: Project, body: Body, reading: Reading) -> list[Link]:
    """Asana's dependencies are finish-to-start; both ends tell the same link."""
    context = project.context
    own = context.id("item", reading.remote_id)

    def link(before: str, after: str) -> Link:
        return Link(from_id=before, to_id=after, type="finish_to_start", original=FOLLOWS)

    before = [reading.text(one, "gid") for one in reading.mappings(body, "dependencies")]
    after = [reading.text(one, "gid") for one in reading.mappings(body, "dependents")]
    return [
        *(link(context.id("item", gid), own) for gid in before if gid),
        *(link(own, context.id("item", gid)) for gid in after if gid),
    ]
