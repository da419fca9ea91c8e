"""An issue as a narrow listing shows it: enough to know whether to read it, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from connectors.jira_answers import Row
from connectors.jira_dc_calls import Found
from connectors.jira_issues import milliseconds

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


def entries(found: Found, links: Sequence[str] = ()) -> list[Entry]:
    """``links`` are the fields that name an epic. Raises Unexpected for an issue without time of creation."""
    return [_entry(found, issue, links) for issue in found.issues]


def _entry(found: Found, issue: Row, links: Sequence[str]) -> Entry:
    created = milliseconds(issue, "created")
    if created is None:
        raise found.answer.unexpected("an issue without a time of creation")
    fields = issue["fields"]
    named = (fields.get(link) for link in links)
    return Entry(
        id=issue["id"],
        key=str(issue.get("key")),
        minute=created - created % MINUTE,
        updated=milliseconds(issue, "updated"),
        closed=fields.get("resolutiondate") is not None,
        epics=tuple(key for key in named if isinstance(key, str) and key),
    )
