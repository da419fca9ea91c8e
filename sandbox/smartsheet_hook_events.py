"""What an edit did to sheets, as the events that Smartsheet's callbacks carry: ids, and never a value.

https://developers.smartsheet.com/api/smartsheet/guides/webhooks
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Literal

from sandbox.people import READER
from sandbox.reworked import Rework
from sandbox.smartsheet_columns import Body, columns_of
from sandbox.smartsheet_sheets import user_id
from sandbox.story import Event, EventField, Project, Task
from sandbox.webhook_news import News
from sandbox.world import World

CELLS: Mapping[EventField, Sequence[str]] = MappingProxyType(
    {
        "created": ("title",),
        "title": ("title",),
        "description": ("description",),
        "stage": ("status", "percent"),
        "start": ("start", "duration"),
        "due": ("due", "duration"),
        "assignees": ("assignees",),
        "labels": ("labels",),
        "priority": ("priority",),
    }
)
"""The columns whose cells change with a field."""
Type = Literal["created", "updated", "deleted"]


def told(world: World, news: News) -> Mapping[str, Sequence[Body]]:
    """By the slug of the sheet. That the sheet itself was updated stands first."""
    events: dict[str, list[Body]] = defaultdict(list)
    for slug, body in _told(world, news):
        if not events[slug]:
            id = int(world.project(slug).remote_id)
            events[slug].append({**body, "objectType": "sheet", "eventType": "updated", "id": id})
        if body["objectType"] != "sheet":
            events[slug].append(body)
    return events


def _told(world: World, news: News) -> Iterator[tuple[str, Body]]:
    """A row that is out of sight was cut out of its sheet, and one that moved is deleted in the one sheet and
    created in the other."""
    reader, now = user_id(world.story.people[READER]), world.now("smartsheet")
    for removal in news.removals:
        yield removal.project, _row(removal.id, "deleted", reader, removal.at)
    for task in news.returned:
        yield task.project, _row(task.remote_id, "created", reader, now)
    for task, events in news.steps:
        for body in _steps(world, task, events):
            yield task.project, body
    for rework in news.reworks:
        for body in _rework(world.project(rework.slug), rework, reader):
            yield rework.slug, body


def _steps(world: World, task: Task, events: Sequence[Event]) -> Iterator[Body]:
    last = events[-1]
    who = user_id(world.story.people[last.author])
    came = {event.field for event in events} & {"created", "project"}
    yield _row(task.remote_id, "created" if came else "updated", who, last.at)
    columns = {column.key: column.id for column in columns_of(world.project(task.project))}
    for key in dict.fromkeys(key for event in events for key in CELLS.get(event.field, ())):
        if key in columns:
            type: Type = "created" if came else "updated"
            cell = _event("cell", type, who, last.at)
            yield cell | {"rowId": int(task.remote_id), "columnId": columns[key]}


def _rework(project: Project, rework: Rework, who: int) -> Iterator[Body]:
    what, stage = rework.trait
    if what == "columns":
        before, after = (set(str(side).split(",")) for side in (rework.before, rework.after))
        whole = {column.key: column.id for column in columns_of(_undropped(project))}
        for key in sorted(after - before - {""}):
            yield _event("column", "deleted", who, rework.at) | {"id": whole[key]}
    elif stage is not None:
        columns = {column.key: column.id for column in columns_of(project)}
        yield _event("column", "updated", who, rework.at) | {"id": columns["status"]}
    else:
        yield _event("sheet", "updated", who, rework.at)


def _row(id: str, type: Type, who: int, at: datetime) -> Body:
    return _event("row", type, who, at) | {"id": int(id)}


def _event(kind: str, type: Type, who: int, at: datetime) -> Body:
    return {"objectType": kind, "eventType": type, "userId": who, "timestamp": stamp(at)}


def stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}+00:00"


def _undropped(project: Project) -> Project:
    return replace(project, dropped_columns=[])
