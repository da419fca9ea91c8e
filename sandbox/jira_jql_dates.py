"""Dates in JQL: epoch milliseconds, wall-clock text in the account's zone, relative periods."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta

from sandbox.jira_jql import Value
from sandbox.jira_jql_tokens import JqlError
from sandbox.jira_text import epoch_ms
from sandbox.story import Task

_FORMATS = ("%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M", "%Y-%m-%d", "%Y/%m/%d")
_PERIOD = re.compile(r"([+-]?)(\d+)([wdhm])")
_UNITS = {"w": timedelta(weeks=1), "d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1)}


def _midnight(day: date | datetime | None, here: datetime) -> datetime | None:
    if day is None or isinstance(day, datetime):
        return day
    return datetime.combine(day, time(), here.tzinfo)


def _resolved(task: Task, _: datetime) -> datetime | None:
    return task.done_at if task.stage in ("done", "dropped") else None


MOMENTS: Mapping[str, Callable[[Task, datetime], datetime | None]] = {
    "updated": lambda task, _: task.updated,
    "updateddate": lambda task, _: task.updated,
    "created": lambda task, _: task.created,
    "createddate": lambda task, _: task.created,
    "resolved": _resolved,
    "resolutiondate": _resolved,
    "due": lambda task, here: _midnight(task.due, here),
    "duedate": lambda task, here: _midnight(task.due, here),
}
"""Fields of dates by their lower-case names, read with the account's local time at hand."""


def moment(field: str, value: Value, now: datetime) -> int:
    """Epoch milliseconds; ``now`` is in the account's time zone. Unquoted digits are just that; in quotes
    there are no seconds and no offset.

    "If you omit the quote-marks, the number you supply will be interpreted as milliseconds after epoch"
    (support.atlassian.com/jira-software-cloud/docs/jql-fields, Updated). Raises JqlError.
    """
    if value.function:
        return _function(value, now)
    if not value.quoted and value.text.isdigit():
        return int(value.text)
    found = _wall_clock(value.text, now) or _relative(value.text, now)
    if found is None:
        raise JqlError(
            f"Date value '{value.text}' for field '{field}' is invalid. Valid formats include: "
            "'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. "
            "'-5d', '4w 2d'."
        )
    return epoch_ms(found)


def _function(value: Value, now: datetime) -> int:
    if value.text.lower() == "now":
        return epoch_ms(now)
    if value.text.lower() == "startofday":
        return epoch_ms(now.replace(hour=0, minute=0, second=0, microsecond=0))
    raise JqlError(f"Unable to find JQL function '{value.text}()'.")


def _wall_clock(text: str, now: datetime) -> datetime | None:
    for form in _FORMATS:
        try:
            parsed = datetime.strptime(text, form).replace(tzinfo=now.tzinfo)
        except ValueError:
            continue
        return parsed.astimezone(UTC)
    return None


def _relative(text: str, now: datetime) -> datetime | None:
    """``-15m``, ``4w 2d``: one sign for all parts. A minute's precision, as in all quoted times."""
    parts = [_PERIOD.fullmatch(part) for part in text.split()]
    found = [part for part in parts if part]
    if not found or len(found) != len(parts):
        return None
    span = sum((int(part[2]) * _UNITS[part[3]] for part in found), timedelta())
    return now - span if found[0][1] == "-" else now + span
