"""The history of one cell: every value that it had, the newest first.

https://developers.smartsheet.com/api/smartsheet/openapi/cells/cell-history-get
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from types import MappingProxyType

from sandbox.smartsheet_cells import Chosen, Content, cell
from sandbox.smartsheet_columns import Body, Column
from sandbox.smartsheet_query import Query
from sandbox.smartsheet_rows import Ground, Row, content, day, people, priority, status
from sandbox.smartsheet_sheets import Sheet, mini_user
from sandbox.story import Event, EventField

_Step = tuple[datetime, int, Content | None]
"""When, by whom, to what."""


def cell_history(sheet: Sheet, row: Row, column: Column, query: Query) -> list[Body]:
    return [
        {
            **cell(column, value, query.shown),
            "modifiedAt": query.time(at),
            "modifiedBy": mini_user(sheet.ground.people[who]),
        }
        for at, who, value in reversed(_steps(sheet.ground, row, column.key))
    ]


def _steps(ground: Ground, row: Row, key: str) -> list[_Step]:
    """Of what is summed up or computed only how it is now, as it always was."""
    task = row.task
    told = _TOLD.get(key)
    events = [event for event in task.history if told and event.field == told[0]]
    if told is None or row.summary or not events:
        now = content(ground, row, key)
        return [] if now is None else [(task.created, task.reporter, now)]
    first = told[1](ground, events[0].before or "")
    start: list[_Step] = [] if first is None else [(task.created, task.reporter, first)]
    return [*start, *(_step(ground, event, told[1]) for event in events)]


def _step(ground: Ground, event: Event, read: Callable[[Ground, str], Content | None]) -> _Step:
    return event.at, event.author, read(ground, event.after or "")


def _day(ends: bool) -> Callable[[Ground, str], Content | None]:
    def read(ground: Ground, text: str) -> Content | None:
        return day(ground, date.fromisoformat(text) if text else None, ends=ends)

    return read


def _people(ground: Ground, text: str) -> Content | None:
    return people(ground, [int(number) for number in text.split(",") if number])


_TOLD: Mapping[str, tuple[EventField, Callable[[Ground, str], Content | None]]] = MappingProxyType(
    {
        "title": ("title", lambda _, text: text or None),
        "status": ("stage", status),
        "start": ("start", _day(ends=False)),
        "due": ("due", _day(ends=True)),
        "assignees": ("assignees", _people),
        "priority": ("priority", lambda _, text: priority(text)),
        "labels": ("labels", lambda _, text: Chosen(text.split(",")) if text else None),
        "description": ("description", lambda _, text: text or None),
    }
)
