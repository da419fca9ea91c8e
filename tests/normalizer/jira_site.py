"""A small Jira site to normalise against, and an issue on it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from connectors.base import Kind, Record, ScopeRecord
from normalizer.context import Context
from normalizer.jira_cloud import prepare
from normalizer.model import Change, Item, Mapper, Normalised
from normalizer.rules import Rules

READ_AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
PROJECT_ID = "10011"
SCOPE = ScopeRecord(
    id=PROJECT_ID, kind="project", name="Network", url="https://acme.atlassian.net/browse/NET", key="NET"
)
SPRINT, POINTS, TEAM_POINTS, START, TARGET_START = (f"customfield_{n}" for n in (1, 2, 3, 4, 5))
RANK, FLAGGED, EPIC_LINK, CUSTOMER, PERCENT = (f"customfield_{n}" for n in (6, 7, 8, 9, 10))
_TYPES = "com.atlassian.jira.plugin.system.customfieldtypes"
_AGILE = "com.pyxis.greenhopper.jira"


def custom(field_id: str, name: str, kind: str, plugin: str, items: str | None = None) -> dict[str, Any]:
    schema = {"type": kind, "custom": plugin, **({"items": items} if items else {})}
    return {"id": field_id, "name": name, "custom": True, "schema": schema}


FIELDS: list[dict[str, Any]] = [
    {"id": "timeoriginalestimate", "name": "Original estimate", "schema": {"type": "number"}},
    {"id": "issuekey", "name": "Key"},
    custom(SPRINT, "Sprint", "array", f"{_AGILE}:gh-sprint", "json"),
    custom(POINTS, "Story Points", "number", f"{_TYPES}:float"),
    custom(TEAM_POINTS, "Story point estimate", "number", f"{_AGILE}:jsw-story-points"),
    custom(START, "Start date", "date", f"{_TYPES}:datepicker"),
    custom(TARGET_START, "Target start", "date", "com.atlassian.jpo:jpo-custom-field-baseline-start"),
    custom(RANK, "Rank", "any", f"{_AGILE}:gh-lexo-rank"),
    custom(FLAGGED, "Flagged", "array", f"{_TYPES}:multicheckboxes", "option"),
    custom(EPIC_LINK, "Epic Link", "any", f"{_AGILE}:gh-epic-link"),
    custom(CUSTOMER, "Customer", "option", f"{_TYPES}:select"),
    custom(PERCENT, "Done so far", "number", f"{_TYPES}:float"),
]
STATUSES = [
    {"id": "1", "name": "Open", "statusCategory": {"key": "new"}},
    {"id": "3", "name": "In Progress", "statusCategory": {"key": "indeterminate"}},
    {"id": "5", "name": "Erledigt", "statusCategory": {"key": "done"}},
    {"id": "7", "name": "Geparkt", "statusCategory": {"key": "undefined"}},
]
DEFINITIONS: Mapping[str, Any] = {"fields": {"values": FIELDS}, "statuses": {"values": STATUSES}}
ADA = {
    "accountId": "712020:ada",
    "displayName": "Ada Abbott",
    "emailAddress": "ada@acme.example",
    "active": True,
    "accountType": "atlassian",
}


def context(
    rules: Mapping[str, Any] | None = None,
    definitions: Mapping[str, Any] = DEFINITIONS,
    scope: ScopeRecord = SCOPE,
) -> Context:
    return Context(
        system="jira",
        site="acme.atlassian.net",
        scope=scope,
        definitions=definitions,
        rules=Rules.model_validate(rules or {}),
    )


def mapper(rules: Mapping[str, Any] | None = None, definitions: Mapping[str, Any] = DEFINITIONS) -> Mapper:
    return prepare(context(rules, definitions))


def status(name: str, key: str | None, status_id: str = "99") -> dict[str, Any]:
    return {"id": status_id, "name": name, **({"statusCategory": {"key": key}} if key else {})}


def issue(**fields: Any) -> dict[str, Any]:
    """An open task; ``fields`` replaces single fields of it."""
    return {
        "id": "20001",
        "key": "NET-7",
        "fields": {
            "summary": "Replace the core switch",
            "project": {"id": PROJECT_ID, "key": "NET"},
            "issuetype": {"id": "10002", "name": "Task", "subtask": False, "hierarchyLevel": 0},
            "status": status("Open", "new", "1"),
            "created": "2026-01-05T09:00:00.000-0500",
            "updated": "2026-02-01T10:30:00.250+0100",
            **fields,
        },
    }


def record(body: Any, kind: Kind = "item") -> Record:
    return Record(kind, str(body.get("id", "?")), PROJECT_ID, body, READ_AT)


def normalised(rules: Mapping[str, Any] | None = None, /, **fields: Any) -> Normalised:
    return mapper(rules)(record(issue(**fields)))


def item(rules: Mapping[str, Any] | None = None, /, **fields: Any) -> Item:
    """The one item that the issue becomes, with nothing rejected."""
    made = normalised(rules, **fields)
    assert not made.rejections
    (only,) = made.items
    return only


def changed(*items: Mapping[str, Any], **history: Any) -> list[Change]:
    body = {"issueId": "20001", "id": "501", "created": 1767607200000, "items": list(items), **history}
    made = mapper()(record(body, "change"))
    assert not made.rejections
    return list(made.changes)


def entity(kind: str, remote_id: str) -> str:
    return context().id(kind, remote_id)
