"""A row of a sheet becomes an item."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from normalizer.model import (
    Account,
    Assignment,
    DateValue,
    FieldType,
    FieldValue,
    Flags,
    Item,
    Placement,
    Progress,
    Quantity,
    Unit,
)
from normalizer.model import (
    Role as PersonRole,
)
from normalizer.reading import Reading
from normalizer.smartsheet_cells import (
    Cell,
    a_date,
    amount,
    filled,
    is_blank,
    json_days,
    number,
    percent,
    taken,
    texts,
    tick,
)
from normalizer.smartsheet_columns import Role
from normalizer.smartsheet_duration import duration_minutes
from normalizer.smartsheet_links import links
from normalizer.smartsheet_sheet import Sheet
from normalizer.smartsheet_state import Played, item_type, priority, state

DAY = "a day written YYYY-MM-DD"
PEOPLE: Mapping[Role, PersonRole] = {
    "reviewers": "reviewer",
    "approvers": "approver",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """``people`` are the accounts that the row names, ``rag`` the ball that declares how it stands."""

    item: Item
    people: Sequence[Account]
    rag: Cell | None


def row_item(sheet: Sheet, body: Mapping[str, Any], item_id: str, reading: Reading) -> Row:
    """The item that a row is. What cannot be read is left out and noted in ``reading``."""
    held = filled(body, sheet.columns, reading)
    cells = {role: held[id] for id, role in sheet.playing.items() if id in held}
    done = taken(cells.get("progress"), reading, percent, "a percentage from 0 to 100")
    now, length = state(sheet, cells, done, reading), _length(sheet, cells, reading)
    start, due = (taken(cells.get(role), reading, a_date, DAY) for role in ("start", "due"))
    parent = sheet.is_parent(body)
    type, original_type = item_type(
        sheet, cells.get("type"), milestone=length == 0 and not parent, reading=reading
    )
    level, original_priority = priority(sheet, cells.get("priority"), reading)
    assignments, people = _assignments(sheet, cells, reading)
    reporter, text = _reporter(sheet, cells, body, reading), cells.get("description")
    item = Item(
        id=item_id, system=sheet.context.system, remote_id=reading.remote_id,
        remote_key=_shown(cells.get("key")), url=_url(sheet, body, reading),
        title=_shown(cells.get("title")) or "",
        description_md=_shown(text), description_format="plain" if text else None,
        type=type, original_type=original_type,
        level=_level(sheet, body), parent_id=_parent_id(sheet, body, reading),
        status_category=now.category, original_status=now.original,
        outcome=now.outcome, original_outcome=now.original if now.outcome else None,
        hold=now.hold, hold_reason=now.hold_reason,
        priority=level, original_priority=original_priority, rank=_order(body, reading),
        start=start, start_source="field" if start else None, due=due,
        estimates=_estimates(cells, None if parent else length, reading),
        remaining=_hours(cells.get("remaining"), reading), spent=_hours(cells.get("spent"), reading),
        progress=None if done is None else Progress(done, "reported"),
        assignments=assignments, reporter_account_id=reporter.id if reporter else None,
        placements=(_placement(sheet, body, reading),),
        labels=_labels(cells, reading), custom=_custom(sheet, held, reading),
        links=links(sheet, cells.get("predecessors"), item_id, reading),
        flags=Flags(is_separator=is_blank(body) or sheet.is_heading(body, held)),
        remote_created_at=_moment(cells.get("created"), body, "createdAt", reading),
        remote_updated_at=_moment(cells.get("modified"), body, "modifiedAt", reading),
        remote_version=_version(body, reading),
    )  # fmt: skip
    return Row(item=item, people=[*people, *([reporter] if reporter else [])], rag=cells.get("rag"))


def _shown(cell: Cell | None) -> str | None:
    return cell.shown if cell else None


def _url(sheet: Sheet, body: Mapping[str, Any], reading: Reading) -> str:
    """``permalink`` comes with ``include=rowPermalink``."""
    return reading.text(body, "permalink") or f"{sheet.url}?rowId={body['id']}"


def _order(body: Mapping[str, Any], reading: Reading) -> str | None:
    place = reading.number(body, "rowNumber")
    return None if place is None else str(place)


def _version(body: Mapping[str, Any], reading: Reading) -> str | None:
    version = reading.number(body, "version")
    return None if version is None else str(version)


def _parent_id(sheet: Sheet, body: Mapping[str, Any], reading: Reading) -> str | None:
    above = body.get("parentId")
    if above is None:
        return None
    if isinstance(above, int) and not isinstance(above, bool):
        return sheet.parent_id(above)
    reading.reject("parentId", "a row id", above)
    return None


def _level(sheet: Sheet, body: Mapping[str, Any]) -> int:
    """0 for a row at the top or right below headings, one less for each work item above."""
    return -sum(row["id"] not in sheet.headings for row in sheet.ancestors(body))


def _placement(sheet: Sheet, body: Mapping[str, Any], reading: Reading) -> Placement:
    sections = (sheet.section_ids.get(row["id"]) for row in sheet.ancestors(body))
    return Placement(
        scope_id=sheet.context.scope_id,
        section_id=next((id for id in sections if id is not None), None),
        order=_order(body, reading),
    )


def _length(sheet: Sheet, cells: Played, reading: Reading) -> Decimal | None:
    def minutes(cell: Cell) -> Decimal:
        return duration_minutes(cell.value, sheet.calendar)

    return taken(cells.get("duration"), reading, minutes, "a duration such as 4d 6h")


def _estimates(cells: Played, length: Decimal | None, reading: Reading) -> Sequence[Quantity]:
    """Points first. Hours are effort; a duration stands in for them where there are none, and that of a
    parent only spans what is below it."""
    points = taken(cells.get("points"), reading, amount, "a number of points")
    effort = _hours(cells.get("hours"), reading) or (Quantity(length, "minutes") if length else None)
    unit: Unit = "points"
    found = [Quantity(points, unit) if points is not None else None, effort]
    return [one for one in found if one is not None]


def _hours(cell: Cell | None, reading: Reading) -> Quantity | None:
    hours = taken(cell, reading, amount, "a number of hours")
    return None if hours is None else Quantity(hours * 60, "minutes")


def _assignments(
    sheet: Sheet, cells: Played, reading: Reading
) -> tuple[Sequence[Assignment], Sequence[Account]]:
    """One alone owns the row; of several in one cell none is said to lead."""
    owners = _people(sheet, cells.get("assignees"), reading)
    found = [Assignment(one.id, "owner" if len(owners) == 1 else "contributor") for one in owners]
    people = list(owners)
    for role, ours in PEOPLE.items():
        more = _people(sheet, cells.get(role), reading)
        found += [Assignment(one.id, ours) for one in more]
        people += more
    return found, people


def _people(sheet: Sheet, cell: Cell | None, reading: Reading) -> Sequence[Account]:
    return taken(cell, reading, sheet.people.of_cell, "contacts") or ()


def _reporter(sheet: Sheet, cells: Played, body: Mapping[str, Any], reading: Reading) -> Account | None:
    """``createdBy`` comes with ``include=writerInfo``; else a system column may tell."""
    told = sheet.people.writer(body.get("createdBy"))
    return told or next(iter(_people(sheet, cells.get("created_by"), reading)), None)


def _labels(cells: Played, reading: Reading) -> Sequence[str]:
    return taken(cells.get("labels"), reading, texts, "options") or ()


def _moment(cell: Cell | None, body: Mapping[str, Any], key: str, reading: Reading) -> Any:
    told = reading.moment(body, key)
    found = taken(cell, reading, a_date, "an instant") if told is None else None
    return told or (found.at if found else None)


def _custom(sheet: Sheet, held: Mapping[int, Cell], reading: Reading) -> Mapping[str, FieldValue]:
    """Every column that plays no role, also hidden and locked ones."""
    found = {}
    for id, cell in held.items():
        if id in sheet.playing:
            continue
        kind, parse = VALUES.get(cell.column.type, VALUES["PICKLIST"])
        if kind == "text" and isinstance(cell.value, int | float) and not isinstance(cell.value, bool):
            kind, parse = "number", number
        value = taken(cell, reading, parse, f"a {kind}")
        if value is not None:
            found[str(id)] = FieldValue(name=cell.column.title, type=kind, value=value)
    return found


def _day_text(cell: Cell) -> str:
    found: DateValue = a_date(cell)
    return json_days(found)


def _several(cell: Cell) -> list[str]:
    return cell.shown.split(", ")


VALUES: Mapping[str, tuple[FieldType, Callable[[Cell], Any]]] = {
    "TEXT_NUMBER": ("text", lambda cell: cell.shown),
    "DATE": ("date", _day_text),
    "DATETIME": ("datetime", _day_text),
    "ABSTRACT_DATETIME": ("date", _day_text),
    "CHECKBOX": ("boolean", tick),
    "PICKLIST": ("option", lambda cell: cell.shown),
    "MULTI_PICKLIST": ("options", texts),
    "CONTACT_LIST": ("account", lambda cell: cell.shown),
    "MULTI_CONTACT_LIST": ("accounts", _several),
    "DURATION": ("text", lambda cell: cell.shown),
    "PREDECESSOR": ("text", lambda cell: cell.shown),
}
