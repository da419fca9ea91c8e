"""Issues on either edition: how they are named in a query, when they changed, where they stand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from connectors.base import Absence, JsonObject, Record
from connectors.jira_answers import Row

FIELDS = ("*all", "-comment", "-worklog", "-attachment")
"""All fields of an issue but the three that grow without end and are truncated here anyway."""


def project_clause(project_id: str) -> str:
    plain = project_id.isascii() and project_id.isdigit()
    return f"project = {project_id if plain else quoted(project_id)}"


def quoted(text: str) -> str:
    """A value in JQL, where a bare word may be reserved."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def placed(scope_id: str, issue_id: str, row: Row, read_at: datetime) -> Record | Absence:
    """The issue, or that it stands in another project now: the id outlives a move, the key does not."""
    project = fields_of(row).get("project")
    if isinstance(project, dict) and "id" in project and str(project["id"]) != scope_id:
        evidence = f"it is {row.get('key')} now, in project {project.get('key')}"
        return Absence(id=issue_id, reason="moved", evidence=evidence)
    return Record("item", issue_id, scope_id, row, read_at)


def newest(records: Sequence[Record], known: int | None) -> int | None:
    """The latest update of these issues and those before, in milliseconds since 1970."""
    moments = (milliseconds(one.body, "updated") for one in records if one.kind == "item")
    return max((moment for moment in (known, *moments) if moment is not None), default=None)


def milliseconds(body: Row, field: str) -> int | None:
    """An instant of an issue, since 1970; None where it cannot be read."""
    return epoch(fields_of(body).get(field))


def fields_of(issue: JsonObject) -> JsonObject:
    """Empty where they cannot be read; the normaliser says so by name."""
    fields = issue.get("fields")
    return fields if isinstance(fields, dict) else {}


def instant(since_1970: int) -> datetime:
    return datetime.fromtimestamp(since_1970 / 1000, UTC)


def epoch(told: object) -> int | None:
    """An instant that is told as text or already in milliseconds since 1970; None where it cannot be read."""
    if isinstance(told, int) and not isinstance(told, bool):
        return told
    try:
        return int(datetime.fromisoformat(told).timestamp() * 1000) if isinstance(told, str) else None
    except ValueError:
        return None  # the normaliser rejects it by name; a watermark needs only the others
