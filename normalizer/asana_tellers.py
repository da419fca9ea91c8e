"""What each kind of Asana story changes on its task. Of completion, tags, dependencies and projects a story
tells only what came or went, so such a change has one side."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from normalizer.asana_project import Project
from normalizer.asana_read import Body, date_of, decimal_of, gid_of, named, names
from normalizer.asana_state import VERDICTS
from normalizer.asana_values import role_label
from normalizer.model import Change, DateValue
from normalizer.reading import Reading

Sides = tuple[str | None, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One story as far as all its changes share it."""

    project: Project
    reading: Reading
    body: Body
    item_id: str
    at: datetime
    author_id: str | None

    def change(self, field: str, ours: Sides, theirs: Sides) -> Change:
        return Change(
            id=self.project.context.id("change", f"{self.reading.remote_id}:{field}"),
            item_id=self.item_id,
            field=field,
            before=ours[0],
            after=ours[1],
            original_before=theirs[0],
            original_after=theirs[1],
            at=self.at,
            author_id=self.author_id,
        )

    def name(self, key: str) -> str | None:
        """The name of the section, tag, person … under ``key``; without one its gid."""
        found = named(self.reading.mapping(self.body, key))
        return found.name if found else gid_of(self.reading, self.body, key)

    def texts(self, key: str) -> Sides:
        return self.reading.text(self.body, f"old_{key}"), self.reading.text(self.body, f"new_{key}")


Teller = Callable[[Told], Iterator[Change]]


def _renamed(told: Told) -> Iterator[Change]:
    sides = told.texts("name")
    yield told.change("title", sides, sides)


def _rewritten(told: Told) -> Iterator[Change]:
    yield told.change("description_md", (None, None), (None, None))


def _completed(told: Told) -> Iterator[Change]:
    yield told.change("status_category", (None, "done"), ("incomplete", "complete"))


def _reopened(told: Told) -> Iterator[Change]:
    """Asana's story does not say where the task stands."""
    yield told.change("status_category", ("done", None), ("complete", "incomplete"))


def _approval(told: Told) -> Iterator[Change]:
    sides = told.texts("approval_status")
    before, after = (None if one is None else "done" if one in VERDICTS else "todo" for one in sides)
    yield told.change("status_category", (before, after), sides)


def _subtype(told: Told) -> Iterator[Change]:
    known = {"default_task": "task", "milestone": "milestone", "approval": "approval"}
    sides = told.texts("resource_subtype")
    before, after = (known.get(one, "unknown") if one else None for one in sides)
    yield told.change("type", (before, after), sides)


def _moved(told: Told) -> Iterator[Change]:
    """In a workflow a section stands for a status; else the task only stands elsewhere."""
    theirs = (told.name("old_section"), told.name("new_section"))
    gids = [gid_of(told.reading, told.body, key) for key in ("old_section", "new_section")]
    project = told.project
    if project.workflow and any(gid in project.sections for gid in gids):
        before, after = (_status(project, one) for one in theirs)
        yield told.change("status_category", (before, after), theirs)
        return
    ids = [project.context.id("section", gid) if gid else None for gid in gids]
    yield told.change("placements", (ids[0], ids[1]), theirs)


def _status(project: Project, section: str | None) -> str | None:
    """What the section says of a task that is not completed."""
    if section is None:
        return None
    found = project.words.status(section) or "unknown"
    return "in_progress" if found == "done" else found


def _assigned(told: Told) -> Iterator[Change]:
    gid = gid_of(told.reading, told.body, "assignee")
    if gid:
        yield told.change("assignments", (None, told.project.account_id(gid)), (None, told.name("assignee")))
    else:
        yield from _unassigned(told)


def _unassigned(told: Told) -> Iterator[Change]:
    gid = gid_of(told.reading, told.body, "assignee")
    before = told.project.account_id(gid) if gid else None
    yield told.change("assignments", (before, None), (told.name("assignee"), None))


def _dates(told: Told) -> Iterator[Change]:
    """One story tells of the due date and of the start date; only what differs has changed."""
    old, new = (told.reading.mapping(told.body, key) for key in ("old_dates", "new_dates"))
    for field, instant, day in (("due", "due_at", "due_on"), ("start", "start_at", "start_on")):
        before, after = (_shown(date_of(told.reading, one, instant, day)) for one in (old, new))
        if before != after:
            yield told.change(field, (before, after), (before, after))


def _shown(value: DateValue | None) -> str | None:
    moment = value and (value.at or value.date)
    return moment.isoformat() if moment else None


def _tagged(told: Told) -> Iterator[Change]:
    tag = told.name("tag")
    yield told.change("labels", (None, tag), (None, tag))


def _untagged(told: Told) -> Iterator[Change]:
    tag = told.name("tag")
    yield told.change("labels", (tag, None), (tag, None))


def _joined(told: Told) -> Iterator[Change]:
    yield told.change("placements", (None, _scope(told)), (None, told.name("project")))


def _left(told: Told) -> Iterator[Change]:
    yield told.change("placements", (_scope(told), None), (told.name("project"), None))


def _scope(told: Told) -> str | None:
    gid = gid_of(told.reading, told.body, "project")
    return told.project.context.id("scope", gid) if gid else None


def _linked(told: Told) -> Iterator[Change]:
    yield told.change("links", (None, _far(told)), (None, told.name("dependency")))


def _unlinked(told: Told) -> Iterator[Change]:
    yield told.change("links", (_far(told), None), (told.name("dependency"), None))


def _far(told: Told) -> str | None:
    gid = gid_of(told.reading, told.body, "dependency")
    return told.project.context.id("item", gid) if gid else None


def _duplicate(told: Told) -> Iterator[Change]:
    yield told.change("outcome", (None, "duplicate"), (None, told.name("duplicate_of")))


def _no_duplicate(told: Told) -> Iterator[Change]:
    yield told.change("outcome", ("duplicate", None), (told.name("duplicate_of"), None))


def _custom(read: Callable[[Told, str], str | None]) -> Teller:
    def tell(told: Told) -> Iterator[Change]:
        field = {"resource_subtype": KINDS[read], **told.reading.mapping(told.body, "custom_field")}
        name = told.name("custom_field") or "a field"
        theirs = (read(told, "old_"), read(told, "new_"))
        project = told.project
        if project.is_status({**field, "enum_value": {"name": theirs[1] or theirs[0]}}):
            before, after = (_status(project, one) for one in theirs)
            yield told.change("status_category", (before, after), theirs)
            return
        role = project.role(field)
        ours = theirs
        if role == "priority":
            ours = (_level(project, theirs[0]), _level(project, theirs[1]))
        yield told.change(role_label(role, name), ours, theirs)

    return tell


def _level(project: Project, option: str | None) -> str:
    return project.words.priority(option) or "unknown" if option else "none"


def _text(told: Told, side: str) -> str | None:
    return told.reading.text(told.body, f"{side}text_value")


def _number(told: Told, side: str) -> str | None:
    number = decimal_of(told.reading, told.body, f"{side}number_value")
    return None if number is None else str(number)


def _enum(told: Told, side: str) -> str | None:
    option = named(told.reading.mapping(told.body, f"{side}enum_value"))
    return option.name if option else None


def _enums(told: Told, side: str) -> str | None:
    return ", ".join(names(told.body.get(f"{side}multi_enum_values"))) or None


def _persons(told: Told, side: str) -> str | None:
    return ", ".join(names(told.body.get(f"{side}people_value"))) or None


def _date(told: Told, side: str) -> str | None:
    value = told.reading.mapping(told.body, f"{side}date_value")
    return _shown(date_of(told.reading, value, "due_at", "due_on")) or _shown(
        date_of(told.reading, value, "date_time", "date")
    )


KINDS: Mapping[Callable[[Told, str], str | None], str] = {
    _text: "text",
    _number: "number",
    _enum: "enum",
    _enums: "multi_enum",
    _persons: "people",
    _date: "date",
}
TELLERS: Mapping[str, Teller] = {
    "name_changed": _renamed,
    "notes_changed": _rewritten,
    "marked_complete": _completed,
    "marked_incomplete": _reopened,
    "approval_status_changed": _approval,
    "resource_subtype_changed": _subtype,
    "section_changed": _moved,
    "assigned": _assigned,
    "unassigned": _unassigned,
    "due_date_changed": _dates,
    "start_date_changed": _dates,
    "added_to_tag": _tagged,
    "tag_added": _tagged,
    "removed_from_tag": _untagged,
    "tag_removed": _untagged,
    "added_to_project": _joined,
    "removed_from_project": _left,
    "dependency_added": _linked,
    "dependency_removed": _unlinked,
    "dependent_added": _linked,
    "dependent_removed": _unlinked,
    "marked_duplicate": _duplicate,
    "unmarked_duplicate": _no_duplicate,
    "text_custom_field_changed": _custom(_text),
    "number_custom_field_changed": _custom(_number),
    "enum_custom_field_changed": _custom(_enum),
    "multi_enum_custom_field_changed": _custom(_enums),
    "people_custom_field_changed": _custom(_persons),
    "date_custom_field_changed": _custom(_date),
}
