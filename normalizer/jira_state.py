"""Type, status, outcome, priority and hold of an issue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from normalizer.jira_desk import Desk, Reading
from normalizer.jira_read import Misfit, listing, moment
from normalizer.jira_values import option
from normalizer.model import HoldKind, ItemType, Named, Outcome, PriorityLevel, StatusCategory

CLOSED: frozenset[StatusCategory] = frozenset({"done", "cancelled"})
HIGHEST = 100
"""Beyond this a level is none of a hierarchy."""
OPEN: frozenset[StatusCategory] = frozenset({"triage", "backlog", "todo", "in_progress"})


@dataclass(frozen=True, slots=True)
class State:
    category: StatusCategory
    status: Named | None
    outcome: Outcome | None
    resolution: Named | None
    completed_at: datetime | None


def category(desk: Desk, status: Any) -> tuple[Named, StatusCategory | None]:
    """A status in Jira's word and in ours, None when nobody mapped it."""
    original = desk.named(status)
    told = status.get("statusCategory") if isinstance(status, dict) else None
    key = told.get("key") if isinstance(told, dict) else None
    return original, desk.words.status(original.name, original.id, key if isinstance(key, str) else None)


def state(reading: Reading) -> State:
    desk, words, notes = reading.desk, reading.desk.words, reading.notes
    told = reading.must("status", partial(category, desk))
    status, ours = told or (None, None)
    if status and ours is None:
        notes.nobody_mapped("status_category", status.name)
    resolution = reading.get("resolution", desk.named)
    outcome = words.outcome(resolution.name) if resolution else None
    if resolution and outcome is None:
        notes.nobody_mapped("outcome", resolution.name)
        outcome = "unknown"
    if ours == "done" and outcome in ("cancelled", "duplicate", "rejected"):
        ours = "cancelled"
    resolved = reading.get("resolutiondate", moment)
    if ours in OPEN:  # a resolution that was left on an issue taken up again ends nothing
        outcome = resolved = None
    elif ours in CLOSED and resolved is None:
        resolved = reading.get("statuscategorychangedate", moment)
    return State(ours or "unknown", status, outcome, resolution, resolved)


def issue_type(reading: Reading) -> tuple[ItemType, Named | None, int]:
    """Our type, Jira's, and the level in the hierarchy."""
    plan, words = reading.desk.plan, reading.desk.words
    original = reading.must("issuetype", reading.desk.named)
    body = reading.fields.get("issuetype")
    level = _level(body if isinstance(body, dict) else {})
    original = reading.first(plan.type[:-1], reading.desk.named) or original
    if original is None:
        return "unknown", None, level or 0
    ours = words.type(original.name, level or 0)
    if ours is None:
        reading.notes.nobody_mapped("type", original.name)
    if level is None:
        level = {"epic": 1, "initiative": 2}.get(ours or "", 0)
    return ours or "unknown", original, level


def _level(body: dict[str, Any]) -> int | None:
    """None where the site does not tell: levels above the base came with Jira Cloud."""
    level = body.get("hierarchyLevel")
    if body.get("subtask") is True:
        return -1
    told = isinstance(level, int) and not isinstance(level, bool) and abs(level) <= HIGHEST
    return level if told else None


def priority(reading: Reading) -> tuple[PriorityLevel, Named | None]:
    original = reading.first(reading.desk.plan.priority, reading.desk.named)
    if original is None:
        return "none", None
    ours = reading.desk.words.priority(original.name)
    if ours is None:
        reading.notes.nobody_mapped("priority", original.name)
    return ours or "unknown", original


def hold(
    reading: Reading, told: State, labels: Sequence[str], blockers: Sequence[str]
) -> tuple[HoldKind, str | None]:
    """By the flag, the status, a label that a rule names, or an open issue that blocks this one."""
    words = reading.desk.words
    flags = reading.first(reading.desk.plan.flagged, _flags)
    if flags:
        return "blocked", f"Flagged: {', '.join(flags)}"
    by_status = words.hold_by_status(told.status.name) if told.status else None
    if told.status and by_status is not None:
        return by_status, None if by_status == "none" else f"Status: {told.status.name}"
    for label in labels:
        by_label = words.hold_by_label(label)
        if by_label is not None and by_label != "none":
            return by_label, f"Label: {label}"
    if blockers and told.category not in CLOSED:
        return "blocked", f"Blocked by {', '.join(blockers)}"
    return "none", None


def _flags(value: Any) -> list[str]:
    try:
        return [option(one) for one in listing(value)]
    except Misfit as misfit:
        raise Misfit("a list of flags", value) from misfit
