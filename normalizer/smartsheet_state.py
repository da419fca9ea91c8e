"""How far a row is: status, outcome, hold, priority and type, each with the sheet's own word beside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from normalizer.model import HoldKind, ItemType, Named, Outcome, PriorityLevel, StatusCategory
from normalizer.reading import Reading
from normalizer.smartsheet_cells import HUNDRED, Cell, taken, tick
from normalizer.smartsheet_columns import Role
from normalizer.smartsheet_sheet import Sheet

Played = Mapping[Role, Cell]


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    category: StatusCategory
    original: Named | None
    outcome: Outcome | None
    hold: HoldKind
    hold_reason: str | None


def named(cell: Cell | None) -> Named | None:
    return Named(cell.shown, str(cell.column.id)) if cell else None


def state(sheet: Sheet, cells: Played, percent: Decimal | None, reading: Reading) -> State:
    """A tick says done whatever the status says; then the status counts; without one, the percentage; then a
    box that is there and not ticked. A status that only says that work is held leaves the rest to these."""
    status, box = cells.get("status"), cells.get("done")
    ticked = taken(box, reading, tick, "true or false")
    hold, why = _hold(sheet, cells, reading)
    word = sheet.words.status(status.shown) if status else None
    held = status is not None and sheet.words.hold(status.shown) is not None
    category: StatusCategory
    if ticked:
        category = "done"
    elif status is not None and not (held and word is None):
        category = word or reading.unknown("status_category", status.shown)
    else:
        category = by_percent(percent) or ("todo" if ticked is False and not held else "unknown")
    original = named(status) or (named_box(box) if ticked else None) or named(cells.get("progress"))
    return State(
        category=category,
        original=original,
        outcome=outcome(sheet, category, status),
        hold=hold,
        hold_reason=why,
    )


def by_percent(percent: Decimal | None) -> StatusCategory | None:
    if percent is None:
        return None
    return "todo" if percent == 0 else "done" if percent == HUNDRED else "in_progress"


def named_box(box: Cell | None) -> Named | None:
    """A ticked box goes by the title of its column."""
    return Named(box.column.title, str(box.column.id)) if box else None


def outcome(sheet: Sheet, category: StatusCategory, status: Cell | None) -> Outcome | None:
    if category == "done":
        return (status and sheet.words.outcome(status.shown)) or "completed"
    if category == "cancelled":
        return (status and sheet.words.outcome(status.shown)) or "cancelled"
    return None


def _hold(sheet: Sheet, cells: Played, reading: Reading) -> tuple[HoldKind, str | None]:
    """A ticked box beats the status word."""
    boxes: tuple[tuple[Role, HoldKind], ...] = (("blocked", "blocked"), ("paused", "paused"))
    for role, kind in boxes:
        box = cells.get(role)
        if box is not None and taken(box, reading, tick, "true or false"):
            return kind, box.column.title
    status = cells.get("status")
    hold = sheet.words.hold(status.shown) if status else None
    return (hold, status.shown) if hold and hold != "none" and status else ("none", None)


def priority(sheet: Sheet, cell: Cell | None, reading: Reading) -> tuple[PriorityLevel, Named | None]:
    if cell is None:
        return "none", None
    return sheet.words.priority(cell.shown) or reading.unknown("priority", cell.shown), named(cell)


def item_type(
    sheet: Sheet, cell: Cell | None, *, milestone: bool, reading: Reading
) -> tuple[ItemType, Named | None]:
    """A row of a project sheet whose duration is 0 is a milestone, unless a column names its type.

    https://help.smartsheet.com/articles/765727-enabling-dependencies-using-predecessors
    """
    if cell is not None:
        return sheet.words.type(cell.shown) or reading.unknown("type", cell.shown), named(cell)
    return ("milestone", None) if milestone else ("task", None)
