"""The columns of a sheet: three habits of laying out a project sheet.

https://developers.smartsheet.com/api/smartsheet/openapi/columns : types, tags, system columns, symbols
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from sandbox import ids
from sandbox.story import Project

Body = dict[str, Any]

LEVELS: Mapping[str, int] = MappingProxyType({"MULTI_CONTACT_LIST": 1, "MULTI_PICKLIST": 2})
"""From which ``level`` on a type is shown; below it is TEXT_NUMBER:
https://developers.smartsheet.com/api/smartsheet/guides/advanced-topics/complex-column-types-and-compatibility"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """``key`` names what of a row stands in it; ``extra`` is what only some columns tell."""

    key: str
    id: int
    index: int
    title: str
    type: str
    extra: Mapping[str, Any] = field(default_factory=dict)

    def shown_type(self, level: int) -> str:
        return self.type if level >= LEVELS.get(self.type, 0) else "TEXT_NUMBER"

    def body(self, level: int) -> Body:
        extra = dict(self.extra)
        if self.shown_type(level) != self.type:
            extra.pop("options", None)
        return {
            "id": self.id,
            "version": LEVELS.get(self.type, 0),
            "index": self.index,
            "title": self.title,
            "type": self.shown_type(level),
            **extra,
            "validation": False,
            "width": 150,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """What one sheet's owner calls and types things."""

    title: str = "Task Name"
    start: str = "Start"
    finish: str = "Finish"
    dates: str = "ABSTRACT_DATETIME"
    """Of the start and the finish of a project sheet: a day and a wall clock in nobody's zone."""
    health: str = "RYG"
    flag: bool = False
    done: bool = False
    supplier: bool = False
    """A column of contacts of whom only the names are known."""


HABITS: Mapping[str, Habit] = MappingProxyType(
    {
        "depot-cutover": Habit(flag=True),
        "iso-audit": Habit(
            title="Audit item", start="Start Date", finish="Due Date", dates="DATE", health="RYGB"
        ),
        "vendor-transition": Habit(done=True, supplier=True),
    }
)
_Spec = tuple[str, str, str, Mapping[str, Any]]
"""Key, title, type and what is told beside."""


def habit_of(project: Project) -> Habit:
    return HABITS.get(project.layout or project.slug, Habit())


def columns_of(project: Project) -> list[Column]:
    """Ids go by what stands in a column, so that a renamed word keeps its column."""
    specs = [*_work(project, habit_of(project)), *_details(project), *_system(project)]
    return [
        Column(
            key=key,
            id=int(ids.gid("column", project.remote_id, key)),
            index=index,
            title=title,
            type=type,
            extra=extra,
        )
        for index, (key, title, type, extra) in enumerate(specs)
    ]


def _work(project: Project, habit: Habit) -> Iterator[_Spec]:
    """What the views of a project sheet are made of, with their tags."""
    yield "title", habit.title, "TEXT_NUMBER", {"primary": True}
    yield "rag", "Health", "PICKLIST", {"symbol": habit.health}
    yield "status", "Status", "PICKLIST", {"options": list(project.lists.values())}
    yield "percent", "% Complete", "TEXT_NUMBER", {"tags": ["GANTT_PERCENT_COMPLETE"]}
    yield "start", habit.start, habit.dates, {"tags": ["CALENDAR_START_DATE", "GANTT_START_DATE"]}
    yield "due", habit.finish, habit.dates, {"tags": ["CALENDAR_END_DATE", "GANTT_END_DATE"]}
    yield "duration", "Duration", "DURATION", {"tags": ["GANTT_DURATION"]}
    yield "predecessors", "Predecessors", "PREDECESSOR", {"tags": ["GANTT_PREDECESSOR"]}
    tags = ["GANTT_ASSIGNED_RESOURCE", "GANTT_DISPLAY_LABEL"]
    yield "assignees", "Assigned To", "MULTI_CONTACT_LIST", {"tags": tags}
    if habit.done:
        yield "done", "Done", "CHECKBOX", {"tags": ["CARD_DONE"]}
    if habit.flag:
        yield "flag", "Escalated", "CHECKBOX", {"symbol": "FLAG"}
    if habit.supplier:
        yield "supplier", "Supplier contact", "CONTACT_LIST", {}


def _details(project: Project) -> Iterator[_Spec]:
    yield "priority", "Priority", "PICKLIST", {"symbol": "PRIORITY_HML"}
    yield "labels", "Tags", "MULTI_PICKLIST", {"options": list(project.labels)}
    yield "description", "Description", "TEXT_NUMBER", {}
    if "customer" not in project.dropped_columns:
        yield "customer", "Customer", "PICKLIST", {"locked": True, "lockedForUser": False}
    if "cost" not in project.dropped_columns:
        yield "cost", "Cost", "PICKLIST" if project.cost_is_text else "TEXT_NUMBER", {"hidden": True}


def _system(project: Project) -> Iterator[_Spec]:
    if project.numbered is not None:
        number = {"prefix": project.numbered, "suffix": "", "fill": "0000"}
        extra = {"systemColumnType": "AUTO_NUMBER", "autoNumberFormat": number}
        yield "number", "Row ID", "TEXT_NUMBER", extra
    yield "created", "Created", "DATETIME", {"systemColumnType": "CREATED_DATE"}
    yield "created_by", "Created By", "CONTACT_LIST", {"systemColumnType": "CREATED_BY"}
    yield "modified", "Modified", "DATETIME", {"systemColumnType": "MODIFIED_DATE"}
    yield "modified_by", "Modified By", "CONTACT_LIST", {"systemColumnType": "MODIFIED_BY"}
