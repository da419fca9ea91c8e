"""The history of an Asana task as stories: what the system wrote down, and what people wrote.

https://developers.asana.com/reference/stories : which fields a story has depends on what it tells of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from sandbox import ids
from sandbox.asana_tasks import BLOCKED, Desk, approval
from sandbox.asana_things import Body, Choice, Thing
from sandbox.history import ENDED
from sandbox.story import Event, Task
from sandbox.times import iso

COMMENTED = 3
"""Every so many tasks somebody comments."""
Told = tuple[str, str, Body]
"""What kind of story, its text, its own fields."""


@dataclass(slots=True)
class Narrator:
    """Tells one task, newest events last. ``due`` and ``start`` are as they were after the event told."""

    desk: Desk
    task: Task
    thing: Thing
    due: str | None = None
    start: str | None = None

    def stories(self) -> list[Thing]:
        self.due = self._first("due", self.thing.fields["due_at"] or self.thing.fields["due_on"])
        self.start = self._first("start", self.thing.fields["start_on"])
        told = [
            self._story(event, place, one)
            for event in self.task.history
            if event.field in TELLERS
            for place, one in enumerate(TELLERS[event.field](self, event))
        ]
        told += self._comments()
        return sorted(told, key=lambda story: str(story.fields["created_at"]))

    def _first(self, field: str, now: str | None) -> str | None:
        """What a field was before all that is told of it."""
        return next((event.before for event in self.task.history if event.field == field), now)

    def _story(self, event: Event, place: int, told: Told) -> Thing:
        kind, text, fields = told
        author = self.desk.users[event.author]
        return self._thing(ids.gid("story", event.id, place), iso(event.at), author, (kind, text, fields))

    def _thing(self, gid: str, at: str, author: Thing, told: Told) -> Thing:
        kind, text, fields = told
        comment = kind == "comment_added"
        body = {
            "created_at": at, "created_by": author, "resource_subtype": kind, "text": text,
            "html_text": f"<body>{text}</body>", "type": "comment" if comment else "system",
            "target": self.thing, "source": "web", "is_pinned": False, "is_editable": False,
            "is_edited": False, "liked": False, "num_likes": 0, **fields,
        }  # fmt: skip
        return Thing(gid, "story", body)

    def _comments(self) -> Iterator[Thing]:
        """While the task lived: a comment changes when it was last modified."""
        task = self.task
        if task.number % COMMENTED == 0 and task.updated > task.created:
            at = min(task.created + timedelta(hours=3), task.updated)
            author, gid = self.desk.users[task.reporter], ids.gid("comment", task.remote_id)
            yield self._thing(gid, iso(at), author, ("comment_added", "Any news on this?", {}))


def _stage(told: Narrator, event: Event) -> Iterator[Told]:
    task, project = told.task, told.desk.story.projects[told.task.project]
    before, after = event.before or "", event.after or ""
    if task.type != "subtask" and project.slug in told.desk.projects:
        if project.status_by == "field":
            yield _chosen(told.desk.fields.status(project), before, after)
        else:
            yield _moved(told, before, after)
    was, now = before in ENDED, after in ENDED
    if task.type == "approval" and was != now:
        answers = {"old_approval_status": "pending", "new_approval_status": approval(task)}
        if was:
            answers = {"old_approval_status": "approved", "new_approval_status": "pending"}
        yield "approval_status_changed", "changed the approval status", answers
    elif was != now:
        yield (
            ("marked_complete", "completed this task", {})
            if now
            else ("marked_incomplete", "marked incomplete", {})
        )


def _moved(told: Narrator, before: str, after: str) -> Told:
    sections = told.desk.sections[told.task.project]
    old, new = sections[before], sections[after]
    text = f'moved this task from "{old.fields["name"]}" to "{new.fields["name"]}"'
    project = told.desk.projects[told.task.project]
    return "section_changed", text, {"old_section": old, "new_section": new, "project": project}


def _chosen(field: Choice, before: str, after: str) -> Told:
    sides = {"old_enum_value": field.options.get(before), "new_enum_value": field.options.get(after)}
    there = {side: one for side, one in sides.items() if one}
    text = f"changed {field.thing.fields['name']}"
    return "enum_custom_field_changed", text, {"custom_field": field.thing, **there}


def _priority(told: Narrator, event: Event) -> Iterator[Told]:
    yield _chosen(told.desk.fields.choices["priority"], event.before or "", event.after or "")


def _points(told: Narrator, event: Event) -> Iterator[Told]:
    numbers = (None if text is None else int(text) for text in (event.before, event.after))
    sides = dict(zip(("old_number_value", "new_number_value"), numbers, strict=True))
    field = told.desk.fields.plain["points"]
    yield "number_custom_field_changed", "changed Story points", {"custom_field": field, **sides}


def _assignees(told: Narrator, event: Event) -> Iterator[Told]:
    """Handing over is one story, which names the new one."""
    users = told.desk.users
    if event.after:
        user = users[int(event.after)]
        yield "assigned", f"assigned to {user.fields['name']}", {"assignee": user}
    elif event.before:
        yield "unassigned", "unassigned this task", {"assignee": users[int(event.before)]}


def _labels(told: Narrator, event: Event) -> Iterator[Told]:
    before, after = (set(filter(None, (text or "").split(","))) for text in (event.before, event.after))
    for name in sorted(after - before):
        yield _tagged(told, "added_to_tag", name)
    for name in sorted(before - after):
        yield _tagged(told, "removed_from_tag", name)


def _tagged(told: Narrator, kind: str, name: str) -> Told:
    return (
        kind,
        f"{'added to' if kind == 'added_to_tag' else 'removed from'} {name}",
        {"tag": told.desk.tag(name)},
    )


def _hold(told: Narrator, event: Event) -> Iterator[Told]:
    yield _tagged(told, "added_to_tag" if event.after else "removed_from_tag", BLOCKED)


def _dates(told: Narrator, event: Event) -> Iterator[Told]:
    old = _shown(told)
    if event.field == "due":
        told.due = event.after
    else:
        told.start = event.after
    yield "due_date_changed", "changed the due date", {"old_dates": old, "new_dates": _shown(told)}


def _shown(told: Narrator) -> Body:
    instant = told.due if told.due and "T" in told.due else None
    day = {"due_on": told.due} if told.due and not instant else {}
    return {"start_on": told.start, "due_at": instant, **day}


def _title(_told: Narrator, event: Event) -> Iterator[Told]:
    yield "name_changed", "changed the name", {"old_name": event.before, "new_name": event.after}


def _description(_told: Narrator, _event: Event) -> Iterator[Told]:
    yield "notes_changed", "changed the description", {}


def _placed(told: Narrator, event: Event) -> Iterator[Told]:
    """Stories about a project out of reach do not name it."""
    for slug, kind in ((event.before, "removed_from_project"), (event.after, "added_to_project")):
        if slug:
            project = told.desk.projects.get(slug.split("/")[0])
            yield kind, kind.replace("_", " "), {"project": project} if project else {}


TELLERS: Mapping[str, Callable[[Narrator, Event], Iterator[Told]]] = {
    "stage": _stage,
    "priority": _priority,
    "points": _points,
    "assignees": _assignees,
    "labels": _labels,
    "hold": _hold,
    "due": _dates,
    "start": _dates,
    "title": _title,
    "description": _description,
    "placement": _placed,
    "project": _placed,
}
