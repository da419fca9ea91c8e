"""An issue as a narrow listing shows it: enough to know whether to read it, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from connectors.base import JsonObject
from connectors.http import Answer
from connectors.jira_answers import Row
from connectors.jira_dc_calls import Found
from connectors.jira_issues import epoch, fields_of, milliseconds
from connectors.jira_shapes import Fields, Issue

NARROW_FIELDS = ("created", "updated", "resolutiondate")
NARROW = 1000
"""Issues a request when no more than this is asked for."""
MINUTE = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """``minute`` is that of its creation and ``updated`` its latest update, in milliseconds since 1970;
    ``epics`` are the keys of those that it names."""

    id: str
    key: str
    minute: int
    updated: int | None
    closed: bool
    epics: tuple[str, ...] = ()


def entries(found: Found[Row], links: Sequence[str] = ()) -> list[Entry]:
    """``links`` are the fields that name an epic. Raises Unexpected for an issue without time of creation."""
    return [_entry(found.answer, issue, links) for issue in found.issues]


def cheap_entries(found: Found[Issue[Fields]]) -> list[Entry]:
    """Enough to page by."""
    return [_cheap_entry(found.answer, issue) for issue in found.issues]


def _entry(answer: Answer, issue: Row, links: Sequence[str]) -> Entry:
    minute = _minute(answer, milliseconds(issue, "created"))
    return Entry(
        id=issue["id"],
        key=str(issue.get("key")),
        minute=minute,
        updated=milliseconds(issue, "updated"),
        closed=fields_of(issue).get("resolutiondate") is not None,
        epics=epics_of(issue, links),
    )


def epics_of(issue: JsonObject, links: Sequence[str]) -> tuple[str, ...]:
    """The keys of the epics that an issue names; none where it cannot be read."""
    named = (fields_of(issue).get(link) for link in links)
    return tuple(key for key in named if isinstance(key, str) and key)


def _cheap_entry(answer: Answer, issue: Issue[Fields]) -> Entry:
    created = epoch(issue.fields.created) if isinstance(issue.fields, Fields) else None
    minute = _minute(answer, created)
    return Entry(id=issue.id, key=str(issue.key), minute=minute, updated=None, closed=False)


def _minute(answer: Answer, created: int | None) -> int:
    if created is None:
        raise answer.unexpected("an issue without a time of creation")
    return created - created % MINUTE
