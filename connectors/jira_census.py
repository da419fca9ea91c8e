"""The fingerprint of an issue: a digest of its cheap fields and of where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

import msgspec

from connectors.jira_answers import Row

CHEAP = (
    "summary", "status", "resolution", "issuetype", "priority", "project", "parent", "assignee", "duedate",
    "labels", "components", "fixVersions", "security", "timeoriginalestimate", "timeestimate", "timespent",
    "updated",
)  # fmt: skip
_CUSTOM = (
    "com.pyxis.greenhopper.jira:gh-sprint",
    "com.pyxis.greenhopper.jira:jsw-story-points",
    "com.pyxis.greenhopper.jira:gh-epic-link",
    "com.atlassian.jira.plugin.system.customfieldtypes:float",
    "com.atlassian.jira.plugin.system.customfieldtypes:datepicker",
)
_LOOKS = frozenset({"self", "iconUrl", "avatarUrls", "avatarId", "description", "expand", "colorName"})


def cheap_fields(fields: Sequence[Row]) -> list[str]:
    """The fields that a fingerprint covers, with the site's own ids of sprint, epic, points and dates."""
    custom = [
        str(field.get("id"))
        for field in fields
        if isinstance(schema := field.get("schema"), dict) and schema.get("custom") in _CUSTOM
    ]
    return [*CHEAP, *sorted(custom)]


def fingerprint(issue: Row) -> str:
    """Equal as long as nothing of it changes. Names are in it as well as ids: a renamed status counts."""
    fields = issue.get("fields")
    told = dict(fields) if isinstance(fields, dict) else {}
    for field, keep in (("parent", ("id",)), ("assignee", ("accountId", "key"))):
        if isinstance(value := told.get(field), dict):
            told[field] = [value[key] for key in keep if key in value]
    shown = {"key": issue.get("key"), **{name: _bare(value) for name, value in told.items()}}
    return blake2b(msgspec.json.encode(shown, order="deterministic"), digest_size=16).hexdigest()


def _bare(value: Any) -> Any:
    """Without addresses and pictures, which change on their own."""
    if isinstance(value, dict):
        return {key: _bare(one) for key, one in value.items() if key not in _LOOKS}
    return [_bare(one) for one in value] if isinstance(value, list) else value
