"""What a census reads of a task: its gid, how many subtasks it has, and the print of the rest."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any

import msgspec

from connectors.asana_calls import Row
from connectors.http import decoded
from connectors.prints import Part, digest, taken

COVERS = (
    "remote_key", "title", "type", "original_type", "level", "parent_id", "status_category",
    "original_status", "outcome", "original_outcome", "hold", "hold_reason", "priority", "original_priority",
    "start", "start_source", "due", "completed_at", "estimates", "spent", "progress", "assignments",
    "placements", "labels", "custom", "links", "flags", "presence", "remote_updated_at",
)  # fmt: skip
"""Not the notes, who made the task and when, and its address."""
GID = attrgetter("gid")


class Ref(Part):
    gid: str


class Named(Part):
    gid: str
    name: Any = None


class Waiting(Part):
    gid: str
    completed: Any = None


class Place(Part):
    project: Ref | None = None
    section: Named | None = None


class Field(Part):
    gid: str
    name: Any = None
    display_value: Any = None
    number_value: Any = None
    enabled: Any = None
    people_value: list[Ref] | None = None
    reference_value: list[Named] | None = None


class Task(Part):
    """The names of its sections, tags and fields are part of it: renaming one changes many tasks and modifies
    none."""

    gid: str
    num_subtasks: Any = None
    name: Any = None
    resource_subtype: Any = None
    is_rendered_as_separator: Any = None
    approval_status: Any = None
    completed: Any = None
    completed_at: Any = None
    modified_at: Any = None
    due_on: Any = None
    due_at: Any = None
    start_on: Any = None
    start_at: Any = None
    actual_time_minutes: Any = None
    assignee: Ref | None = None
    parent: Ref | None = None
    custom_type: Named | None = None
    custom_type_status_option: Named | None = None
    memberships: list[Place] | None = None
    tags: list[Named] | None = None
    dependencies: list[Waiting] | None = None
    dependents: list[Ref] | None = None
    custom_fields: list[Field] | None = None


class _Page(msgspec.Struct):
    data: list[Task]
    next_page: Any = None


class _Entry(msgspec.Struct):
    status_code: Any
    body: msgspec.Raw


class _Batch(msgspec.Struct):
    data: list[_Entry]


PAGE = msgspec.json.Decoder(_Page)
BATCH = msgspec.json.Decoder(_Batch)


class Prints:
    """Reads the answers of a census. ``archived`` is whether the project is: then all its tasks are."""

    def __init__(self, *, archived: bool) -> None:
        self._archived = archived

    def page(self, body: bytes) -> Any:
        """A page of tasks. Raises ValueError or RecursionError."""
        try:
            found = PAGE.decode(body)
        except msgspec.DecodeError:  # a refusal, half a character, or a task of another form
            return _each(decoded(bytes(body)), self._odd)
        return {"data": [self._row(one) for one in found.data], "next_page": found.next_page}

    def batch(self, body: bytes) -> Any:
        """What ten actions gave, a page of tasks each. Raises as ``page``."""
        try:
            found = BATCH.decode(body)
        except msgspec.DecodeError:
            return _each(decoded(body), lambda one: {**one, "body": _each(one.get("body"), self._odd)})
        entries = [{"status_code": one.status_code, "body": self.page(one.body)} for one in found.data]
        return {"data": entries}

    def of(self, body: Row) -> bytes:
        """A task of another form than Asana tells prints as it came."""
        task = taken(body, Task)
        return digest(body) if task is None else self._print(task)

    def _odd(self, body: Row) -> Row:
        return {"gid": body.get("gid"), "num_subtasks": body.get("num_subtasks"), "print": self.of(body)}

    def _row(self, task: Task) -> Row:
        return {"gid": task.gid, "num_subtasks": task.num_subtasks, "print": self._print(task)}

    def _print(self, task: Task) -> bytes:
        """A new subtask is an item of its own and changes nothing of its parent; of several projects the
        first one counts, all else has no order."""
        task.num_subtasks = None
        unordered: tuple[list[Any] | None, ...] = (
            task.tags, task.dependencies, task.dependents, task.custom_fields,
        )  # fmt: skip
        for told in unordered:
            if told:
                told.sort(key=GID)
        return digest((task, self._archived))


def _each(told: Any, shorten: Callable[[Row], Row]) -> Any:
    """An answer with its rows made shorter. Of what is no list of objects the caller complains."""
    rows = told.get("data") if isinstance(told, dict) else None
    if not isinstance(rows, list):
        return told
    return {**told, "data": [shorten(one) if isinstance(one, dict) else one for one in rows]}
