"""What both Jira sites have configured: statuses, types, priorities, resolutions, link types. Constants only.

Shapes after developer.atlassian.com/cloud/jira/platform/rest/v3 (api-group-workflow-statuses, -issue-types,
-issue-priorities, -issue-resolutions, -issue-link-types).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sandbox.story import Level, LinkKind, Stage, TaskType

SITE = "https://northlight.atlassian.net"
"""The public address of the site. Links in answers name it whatever loopback port answers, as the vendor's
links name the site also when they are fetched through api.atlassian.com."""
DC_SITE = "https://jira.northlight.example/jira"
"""Of the Data Center installation, context path and all."""
_SITES: Mapping[str, str] = {"2": SITE, "3": SITE, "dc": DC_SITE}
ZONE = "America/New_York"
"""The time zone in the profile of the account whose token reads: JQL's wall-clock times are meant in it."""

Body = dict[str, Any]
CategoryKey = Literal["undefined", "new", "indeterminate", "done"]


@dataclass(frozen=True, slots=True)
class Status:
    id: str
    name: str
    category: CategoryKey
    resolution: str | None = None


@dataclass(frozen=True, slots=True)
class IssueType:
    id: str
    name: str
    level: int


@dataclass(frozen=True, slots=True)
class LinkType:
    id: str
    name: str
    inward: str
    outward: str


STATUSES: Mapping[Stage, Status] = {
    "idea": Status("10000", "Backlog", "new"),
    "ready": Status("10001", "Selected for Development", "new"),
    "doing": Status("3", "In Progress", "indeterminate"),
    "review": Status("10002", "In Review", "indeterminate"),
    "done": Status("10003", "Done", "done", "Done"),
    "dropped": Status("6", "Closed", "done", "Won't Do"),
    "vendor": Status("10040", "With vendor", "undefined"),
    "parked": Status("10041", "Parked", "undefined"),
}
_BY_WORD: Mapping[str | None, Status] = {word: status for word, status in STATUSES.items()}
CATEGORIES: Mapping[CategoryKey, tuple[int, str, str]] = {
    "undefined": (1, "No Category", "medium-gray"),
    "new": (2, "To Do", "blue-gray"),
    "indeterminate": (4, "In Progress", "yellow"),
    "done": (3, "Done", "green"),
}
RESOLUTIONS: Mapping[str, str] = {"Done": "10000", "Won't Do": "10001", "Duplicate": "10002"}
TYPES: Mapping[TaskType, IssueType] = {
    "epic": IssueType("10000", "Epic", 1),
    "story": IssueType("10001", "Story", 0),
    "task": IssueType("10002", "Task", 0),
    "subtask": IssueType("10003", "Sub-task", -1),
    "bug": IssueType("10004", "Bug", 0),
    "milestone": IssueType("10005", "Milestone", 0),
}
PRIORITIES: Mapping[str, str] = {"Highest": "1", "High": "2", "Medium": "3", "Low": "4", "Lowest": "5"}
PRIORITY_OF: Mapping[Level, str | None] = {
    "urgent": "Highest",
    "high": "High",
    "medium": "Medium",
    "low": "Low",
    "none": None,
}
LINK_TYPES: Mapping[LinkKind | Literal["clones"], LinkType] = {
    "blocks": LinkType("10000", "Blocks", "is blocked by", "blocks"),
    "clones": LinkType("10001", "Cloners", "is cloned by", "clones"),
    "duplicates": LinkType("10002", "Duplicate", "is duplicated by", "duplicates"),
    "relates": LinkType("10003", "Relates", "relates to", "relates to"),
}


def status_of(stage: str | None) -> Status:
    """Of a stage by its word, as histories carry it."""
    return _BY_WORD[stage]


def site_of(version: str) -> str:
    """``2`` and ``3`` are the two versions of Jira Cloud's API, ``dc`` is the one of Data Center."""
    return _SITES[version]


def link(version: str, *path: str) -> str:
    """A ``self`` link."""
    return "/".join((site_of(version), "rest/api", "2" if version == "dc" else version, *path))


def category_body(key: CategoryKey, version: str) -> Body:
    number, name, colour = CATEGORIES[key]
    self = link(version, "statuscategory", str(number))
    return {"self": self, "id": number, "key": key, "colorName": colour, "name": name}


def status_body(status: Status, version: str) -> Body:
    return {
        "self": link(version, "status", status.id),
        "description": "",
        "iconUrl": f"{site_of(version)}/images/icons/statuses/generic.png",
        "name": status.name,
        "id": status.id,
        "statusCategory": category_body(status.category, version),
    }


def type_body(kind: IssueType, version: str) -> Body:
    return {
        "self": link(version, "issuetype", kind.id),
        "id": kind.id,
        "description": "",
        "iconUrl": f"{site_of(version)}/rest/api/2/universal_avatar/view/type/issuetype/avatar/{kind.id}",
        "name": kind.name,
        "subtask": kind.level < 0,
        **({} if version == "dc" else {"hierarchyLevel": kind.level}),
    }


def priority_body(name: str, version: str) -> Body:
    return {
        "self": link(version, "priority", PRIORITIES[name]),
        "iconUrl": f"{site_of(version)}/images/icons/priorities/{name.lower()}.svg",
        "name": name,
        "id": PRIORITIES[name],
    }


def resolution_body(name: str, version: str) -> Body:
    number = RESOLUTIONS[name]
    return {"self": link(version, "resolution", number), "id": number, "description": "", "name": name}


def link_type_body(kind: LinkType, version: str) -> Body:
    return {
        "id": kind.id,
        "name": kind.name,
        "inward": kind.inward,
        "outward": kind.outward,
        "self": link(version, "issueLinkType", kind.id),
    }
