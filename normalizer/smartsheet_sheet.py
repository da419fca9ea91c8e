"""One sheet made ready: its columns and their roles, its calendar, its tree of rows and its people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from connectors.base import JsonObject
from normalizer.context import Context
from normalizer.model import NullReason
from normalizer.reading import Losing, Reading, clean
from normalizer.smartsheet_cells import Cell, filled
from normalizer.smartsheet_columns import FIELDS, Role, columns, roles
from normalizer.smartsheet_duration import calendar
from normalizer.smartsheet_people import People
from normalizer.smartsheet_words import Words

NEVER = ("former_keys", "iteration_ids", "release_ids", "hold_since", "completed_at")
NEEDS: Mapping[str, tuple[Role, ...]] = {
    "remote_key": ("key",),
    "description_md": ("description",),
    "original_priority": ("priority",),
    "original_type": ("type",),
    "original_status": ("status", "done", "progress"),
    "start": ("start",),
    "due": ("due",),
    "estimates": ("points", "hours", "duration"),
    "remaining": ("remaining",),
    "spent": ("spent",),
    "progress": ("progress",),
    "assignments": ("assignees", "reviewers", "approvers"),
    "labels": ("labels",),
    "links": ("predecessors",),
}
"""The columns that a field of the item comes from."""
LOSING: Losing = {
    "rowNumber": ("rank",),
    "parentId": ("parent_id",),
    "version": ("remote_version",),
    "createdAt": ("remote_created_at",),
    "modifiedAt": ("remote_updated_at",),
}
"""What an item goes without where a key of its row cannot be read."""
OWN_WORK: tuple[Role, ...] = ("status", "done", "assignees")
"""What a heading does not have: dates, durations and percentages of a parent are summed up from below."""


class Sheet:
    """What the definitions say. Odd parts are left out; ``complaints`` tells of rules without a column."""

    def __init__(self, context: Context) -> None:
        body = context.definitions.get("sheet", {})
        self.context = context
        self.words = Words(context.rules)
        self.columns = columns(body.get("columns"))
        self.roles, self.complaints = roles(self.columns, context.rules)
        self.playing = {column.id: role for role, column in self.roles.items()}
        self.losing: Losing = {**LOSING, **self._losing()}
        self.calendar = calendar(body.get("projectSettings"))
        self.dependencies = body.get("dependenciesEnabled") is True
        permalink = body.get("permalink")
        self.url = clean(permalink if isinstance(permalink, str) and permalink else context.scope.url)
        self.parents = {one["id"]: one for one in _rows(context.definitions.get("outline", {}), "parents")}
        self.telling = {self.roles[role].id for role in OWN_WORK if role in self.roles}
        self.headings = {id for id, row in self.parents.items() if self.is_heading(row)}
        self._parent_ids: dict[int, str] = {}
        self.section_ids = {id: self.section_id(id) for id in self.headings}
        self.people = People(context)
        self.listed = self.people.listed(_listed(context.definitions.get("people", {}), "shares"))

    def _losing(self) -> dict[str, list[str]]:
        """By the complaint about a cell. Titles of columns are told apart by Smartsheet."""
        ours = {id: FIELDS[role] for id, role in self.playing.items() if role in FIELDS}
        return {
            f"cells.{column.title}": [ours.get(column.id, f"custom.{column.id}")]
            for column in self.columns.values()
        }

    def absent(self) -> dict[str, NullReason]:
        """A field that no column is for is unmapped: there may be a column, under a title that we do not
        know."""
        absent: dict[str, NullReason] = dict.fromkeys(NEVER, "unsupported")
        for field, needed in NEEDS.items():
            if not any(role in self.roles for role in needed):
                absent[field] = "unmapped"
        return absent

    def remote_id(self, row_id: object) -> str:
        return f"{self.context.scope.id}:{row_id}"

    def item_id(self, row_id: object) -> str:
        return self.context.id("item", self.remote_id(row_id))

    def section_id(self, row_id: object) -> str:
        return self.context.id("section", self.remote_id(row_id))

    def parent_id(self, row_id: int) -> str:
        """The same as ``item_id``, remembered: every row below tells it again."""
        found = self._parent_ids.get(row_id)
        if found is None:
            found = self._parent_ids[row_id] = self.item_id(row_id)
        return found

    def ancestors(self, row: JsonObject) -> Iterator[Mapping[str, Any]]:
        """The rows above, the nearest first. A row that came since the tree was read ends the way."""
        seen: set[int] = set()
        above = row.get("parentId")
        while isinstance(above, int) and above not in seen:
            seen.add(above)
            parent = self.parents.get(above)
            if parent is None:
                return
            yield parent
            above = parent.get("parentId")

    def is_parent(self, row: JsonObject) -> bool:
        return row.get("id") in self.parents

    def is_heading(self, row: JsonObject, cells: Mapping[int, Cell] | None = None) -> bool:
        """Whether a parent row only sums up what is below it: nobody set status, tick or person on it.
        ``cells`` are its filled ones, where they are known."""
        if not self.is_parent(row):
            return False
        if cells is None:
            cells = filled({"cells": list(self._telling(row))}, self.columns, Reading("section", ""))
        return not any(self._own(cells, role) for role in OWN_WORK)

    def _telling(self, row: JsonObject) -> Iterator[JsonObject]:
        """Its cells in the columns that tell a heading from work, which are a few of many."""
        for cell in _listed(row, "cells"):
            column_id = cell.get("columnId") if isinstance(cell, dict) else None
            if isinstance(column_id, int) and column_id in self.telling:
                yield cell

    def _own(self, cells: Mapping[int, Cell], role: Role) -> bool:
        column = self.roles.get(role)
        cell = cells.get(column.id) if column else None
        return cell is not None and not cell.computed and cell.value is not False


def _rows(body: JsonObject, key: str) -> list[Mapping[str, Any]]:
    return [one for one in _listed(body, key) if isinstance(one, dict) and isinstance(one.get("id"), int)]


def _listed(body: JsonObject, key: str) -> list[Any]:
    value = body.get(key)
    return value if isinstance(value, list) else []
