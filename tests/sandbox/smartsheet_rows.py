"""Reads the rows of a sheet in the terms of the story's truth: shared by the readers of the tests.

A cell is ``(value, shown, object)``, whoever read it; objects are plain JSON.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Cell = tuple[Any, Any, Any]
Told = dict[str, Any]

WORDS = {
    "Backlog": "backlog", "To do": "todo", "In progress": "in_progress", "In review": "in_progress",
    "Done": "done", "Cancelled": "cancelled", "With vendor": "unknown",
}  # fmt: skip
KINDS = {
    "FS": "finish_to_start", "SS": "start_to_start", "FF": "finish_to_finish", "SF": "start_to_finish",
}  # fmt: skip
FIELDS = (
    "id", "key", "title", "status_category", "priority", "start", "due", "progress", "assignees", "labels",
    "links", "lags", "custom", "type", "reporter", "created", "updated", "parent",
)  # fmt: skip
"""What of the truth a row tells by itself."""
ROLES = {
    "GANTT_START_DATE": "start", "GANTT_END_DATE": "due", "GANTT_DURATION": "duration",
    "GANTT_PERCENT_COMPLETE": "percent", "GANTT_PREDECESSOR": "predecessors",
    "GANTT_ASSIGNED_RESOURCE": "assignees",
}  # fmt: skip


def role(title: str, primary: bool, tags: list[str], system: str | None) -> str:
    """By the strongest evidence there is."""
    tagged = next((ROLES[tag] for tag in tags if tag in ROLES), None)
    return "title" if primary else tagged or system or title


def told(sheet: str, row: str, cells: Mapping[str, Cell]) -> Told:
    """Of ``cells`` by role what the truth tells too, but for what stands outside the cells."""
    shown = {name: cell[1] or cell[0] for name, cell in cells.items()}
    before = _objects(cells, "predecessors", "predecessors")
    percent = cells["percent"][0] if "percent" in cells else None
    length = cells["duration"][2]["days"] if "duration" in cells else None
    return {
        "id": f"{sheet}:{row}",
        "key": shown.get("AUTO_NUMBER"),
        "title": shown["title"],
        "type": "milestone" if length == 0 else "task",
        "status_category": WORDS[shown["Status"]] if "Status" in shown else _by_percent(percent),
        "priority": shown.get("Priority", "none").lower(),
        "start": _day(shown.get("start")),
        "due": _day(shown.get("due")),
        "progress": None if percent is None else {"percent": round(percent * 100, 2), "method": "reported"},
        "assignees": sorted(one["email"] for one in _objects(cells, "assignees", "values")),
        "labels": sorted(_objects(cells, "Tags", "values")),
        "links": sorted([KINDS[b["type"]], f"{sheet}:{b['rowId']}", f"{sheet}:{row}"] for b in before),
        "lags": sorted([f"{sheet}:{b['rowId']}", _lag(b["lag"])] for b in before if b.get("lag")),
        "custom": {"customer": shown.get("Customer"), "cost": _number(cells.get("Cost"))},
    }


def _objects(cells: Mapping[str, Cell], name: str, inner: str) -> list[Any]:
    return list(cells[name][2][inner]) if name in cells else []


def _by_percent(percent: float | None) -> str:
    return "todo" if not percent else "done" if percent == 1 else "in_progress"


def _day(text: str | None) -> str | None:
    """Of a wall clock its day; of what is no date nothing."""
    return text[:10] if text and text[:4].isdecimal() else None


def _lag(lag: Mapping[str, Any]) -> int:
    days = int(lag["days"])
    return -days if lag.get("negative") else days


def _number(cell: Cell | None) -> float | None:
    return cell[0] if cell and isinstance(cell[0], float) else None
