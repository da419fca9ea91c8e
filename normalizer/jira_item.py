"""One issue as an item, with the accounts, sprints, versions and components that came inside it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from connectors.base import Record
from normalizer.adf import to_markdown
from normalizer.jira_desk import Desk, Reading
from normalizer.jira_effort import estimates, minutes, progress
from normalizer.jira_links import links, parent_id
from normalizer.jira_read import Misfit, at, date_or_moment, moment, obj, storable, text, word
from normalizer.jira_state import hold, issue_type, priority, state
from normalizer.model import (
    Assignment,
    DescriptionFormat,
    FieldValue,
    Item,
    Iteration,
    Normalised,
    Placement,
    Release,
    Section,
)

_SPRINT_ORDER = {"closed": 0, "future": 1, "active": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Inside:
    """What came inside an issue and is an entity of its own."""

    sections: list[Section]
    iterations: list[Iteration]
    releases: list[Release]


def issue(desk: Desk, record: Record) -> Normalised:
    """The item and all that came with it; a rejection when it has no fields or no title."""
    fields = record.body.get("fields")
    reading = Reading(desk, record, fields if isinstance(fields, dict) else {})
    try:
        obj(fields)
        title = at("summary", reading.fields.get("summary"), text)
    except Misfit as misfit:
        return reading.notes.refused("fields", misfit)
    parts, notes = desk.parts, reading.notes
    sprints = (sprint for field in desk.plan.sprint for sprint in _sprints(reading, field))
    inside = _Inside(
        sections=notes.each("components", reading.fields.get("components"), parts.section),
        iterations=sorted(sprints, key=lambda sprint: _SPRINT_ORDER[sprint.state]),
        releases=notes.each("fixVersions", reading.fields.get("fixVersions"), parts.release),
    )
    item = _item(reading, record, title, inside)
    return Normalised(
        items=[item],
        sections=inside.sections,
        accounts=list(reading.accounts.values()),
        iterations=inside.iterations,
        releases=inside.releases,
        unmapped=notes.unmapped,
        rejections=notes.rejections,
        undefined=notes.undefined,
    )


def _item(reading: Reading, record: Record, title: str, inside: _Inside) -> Item:
    desk, get = reading.desk, reading.get
    key = reading.notes.read("key", record.body.get("key"), word)
    kind, original_type, level = issue_type(reading)
    told = state(reading)
    level_of_priority, original_priority = priority(reading)
    connections, blockers = links(reading)
    labels = reading.notes.each("labels", reading.fields.get("labels"), word)
    held, why = hold(reading, told, labels, blockers)
    description, form = _description(reading)
    start = reading.first(desk.plan.start, date_or_moment)
    spent, remaining = get("timespent", minutes), get("timeestimate", minutes)
    rank = reading.first(desk.plan.rank, word)
    assignee = get("assignee", reading.meet)
    reporter = get("reporter", reading.meet)
    get("creator", reading.meet)
    return Item(
        id=reading.item_id, system=desk.context.system, remote_id=reading.remote_id, remote_key=key,
        url=f"{desk.browse}{key or reading.remote_id}", title=title,
        description_md=description, description_format=form,
        type=kind, original_type=original_type, level=level, parent_id=parent_id(reading),
        status_category=told.category, original_status=told.status,
        outcome=told.outcome, original_outcome=told.resolution, completed_at=told.completed_at,
        hold=held, hold_reason=why,
        priority=level_of_priority, original_priority=original_priority, rank=rank,
        start=start, start_source="field" if start else None,
        due=reading.first(desk.plan.due, date_or_moment),
        estimates=estimates(reading), remaining=remaining, spent=spent,
        progress=progress(reading, spent, remaining),
        assignments=[Assignment(assignee)] if assignee else (), reporter_account_id=reporter,
        placements=_placements(reading, inside.sections, rank),
        iteration_ids=[sprint.id for sprint in inside.iterations],
        release_ids=[release.id for release in inside.releases],
        labels=labels, custom=_custom(reading), links=connections,
        visibility=_visibility(reading), presence=_presence(reading),
        remote_created_at=get("created", moment), remote_updated_at=get("updated", moment),
    )  # fmt: skip


def _sprints(reading: Reading, field: str) -> Iterable[Iteration]:
    reading.used.add(field)
    return reading.notes.each(field, reading.fields.get(field), reading.desk.parts.iteration)


def _description(reading: Reading) -> tuple[str | None, DescriptionFormat | None]:
    """A document on Jira Cloud's API 3; wiki text in version 2 and on Jira Server."""
    value = reading.fields.get("description")
    if isinstance(value, dict):
        return storable(to_markdown(value)) or None, "adf"
    written = reading.get("description", text)
    return (written, "wiki") if written else (None, None)


def _placements(reading: Reading, sections: list[Section], rank: str | None) -> list[Placement]:
    """One a component, the first of them the primary one; without components just the project."""
    project = reading.fields.get("project")
    told = project.get("id") if isinstance(project, dict) else None
    remote_id = reading.notes.read("project.id", told, word) or reading.desk.context.scope.id
    scope_id = reading.desk.parts.id("scope", remote_id)
    if not sections:
        return [Placement(scope_id=scope_id, order=rank)]
    return [
        Placement(scope_id=scope_id, section_id=section.id, order=rank, primary=index == 0)
        for index, section in enumerate(sections)
    ]


def _custom(reading: Reading) -> dict[str, FieldValue]:
    """Every custom field that has a value and plays no role."""
    readers, found = reading.desk.plan.custom, {}
    for field, value in reading.fields.items():
        if value is None or (read := readers[field]) is None or field in reading.used:
            continue
        try:
            said = read(value, reading.meet)
        except Misfit as misfit:
            reading.notes.reject(field, misfit)
            continue
        if said is not None:
            found[field] = said
    return found


def _visibility(reading: Reading) -> Literal["scope", "restricted"]:
    """Restricted by a security level, or in team-managed projects by roles."""
    only_for: Any = reading.fields.get("issuerestriction")
    restricted = isinstance(only_for, dict) and bool(only_for.get("issuerestrictions"))
    return "restricted" if restricted or reading.fields.get("security") is not None else "scope"


def _presence(reading: Reading) -> Literal["present", "archived"]:
    """Archived itself, or with its whole project."""
    archived = reading.fields.get("archiveddate") is not None or reading.desk.context.scope.closed
    return "archived" if archived else "present"
