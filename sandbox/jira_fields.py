"""The site's fields, as ``GET /field`` lists them, and which of them an answer shows.

developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-fields
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from sandbox.jira_catalogue import Body
from sandbox.jira_site import Site

TEAM = "customfield_10001"
EPIC_LINK = "customfield_10014"
START = "customfield_10015"
POINT_ESTIMATE = "customfield_10016"
"""Story points of team-managed projects."""
RANK = "customfield_10019"
SPRINT = "customfield_10020"
FLAGGED = "customfield_10021"
POINTS = "customfield_10028"
"""Story points of company-managed projects."""
CUSTOMER = "customfield_10050"
COST = "customfield_10051"

_TYPES = "com.atlassian.jira.plugin.system.customfieldtypes"
_AGILE = "com.pyxis.greenhopper.jira"


@dataclass(frozen=True, slots=True)
class Field:
    """``items`` is set on arrays; ``custom`` on custom fields; ``system`` differs from the id on a few."""

    id: str
    name: str
    type: str
    items: str | None = None
    custom: str | None = None
    navigable: bool = True
    clauses: tuple[str, ...] = ()

    def schema(self) -> Body:
        schema: Body = {"type": self.type}
        if self.items:
            schema["items"] = self.items
        if self.custom:
            return schema | {"custom": self.custom, "customId": self.number}
        return schema | {"system": self.id}

    @property
    def number(self) -> int:
        return int(self.id.removeprefix("customfield_"))

    def body(self) -> Body:
        own = (f"cf[{self.number}]", self.name) if self.custom else self.clauses
        return {
            "id": self.id,
            "key": self.id,
            "name": self.name,
            "custom": self.custom is not None,
            "orderable": self.id not in _NOT_ORDERABLE,
            "navigable": self.navigable,
            "searchable": bool(own),
            "clauseNames": list(own),
            "schema": self.schema(),
        }


_NOT_ORDERABLE = frozenset({"status", "created", "updated", "creator", "resolutiondate", "issuekey"})

_SYSTEM = (
    Field("issuetype", "Issue Type", "issuetype", clauses=("issuetype", "type")),
    Field("project", "Project", "project", clauses=("project",)),
    Field("summary", "Summary", "string", clauses=("summary",)),
    Field("description", "Description", "string", clauses=("description",)),
    Field("status", "Status", "status", clauses=("status",)),
    Field("statusCategory", "Status Category", "statusCategory", clauses=("statusCategory",)),
    Field("statuscategorychangedate", "Status Category Changed", "datetime"),
    Field("resolution", "Resolution", "resolution", clauses=("resolution",)),
    Field("resolutiondate", "Resolved", "datetime", clauses=("resolutiondate", "resolved")),
    Field("priority", "Priority", "priority", clauses=("priority",)),
    Field("labels", "Labels", "array", "string", clauses=("labels",)),
    Field("components", "Components", "array", "component", clauses=("component",)),
    Field("fixVersions", "Fix versions", "array", "version", clauses=("fixVersion",)),
    Field("versions", "Affects versions", "array", "version", clauses=("affectedVersion",)),
    Field("assignee", "Assignee", "user", clauses=("assignee",)),
    Field("reporter", "Reporter", "user", clauses=("reporter",)),
    Field("creator", "Creator", "user", clauses=("creator",)),
    Field("created", "Created", "datetime", clauses=("created", "createdDate")),
    Field("updated", "Updated", "datetime", clauses=("updated", "updatedDate")),
    Field("archiveddate", "Archived", "datetime", clauses=("archiveddate",), navigable=False),
    Field("duedate", "Due date", "date", clauses=("due", "duedate")),
    Field("parent", "Parent", "issuelink", clauses=("parent",), navigable=False),
    Field("subtasks", "Sub-tasks", "array", "issuelinks", clauses=("subtasks",)),
    Field("issuelinks", "Linked Issues", "array", "issuelinks"),
    Field("security", "Security Level", "securitylevel", clauses=("level",)),
    Field("timeoriginalestimate", "Original estimate", "number", clauses=("originalEstimate",)),
    Field("timeestimate", "Remaining Estimate", "number", clauses=("remainingEstimate",)),
    Field("timespent", "Time Spent", "number", clauses=("timespent",)),
    Field("aggregatetimeoriginalestimate", "Σ Original Estimate", "number"),
    Field("aggregatetimeestimate", "Σ Remaining Estimate", "number"),
    Field("aggregatetimespent", "Σ Time Spent", "number"),
    Field("progress", "Progress", "progress", clauses=("progress",)),
    Field("aggregateprogress", "Σ Progress", "progress"),
    Field("workratio", "Work Ratio", "number", clauses=("workratio",)),
    Field("environment", "Environment", "string", clauses=("environment",)),
    Field("lastViewed", "Last Viewed", "datetime", clauses=("lastViewed",)),
    Field("votes", "Votes", "votes", clauses=("votes",)),
    Field("watches", "Watchers", "watches", clauses=("watchers",)),
    Field("timetracking", "Time tracking", "timetracking", navigable=False),
    Field("comment", "Comment", "comments-page", clauses=("comment",), navigable=False),
    Field("worklog", "Log Work", "array", "worklog", navigable=False),
    Field("attachment", "Attachment", "array", "attachment", clauses=("attachments",), navigable=False),
)
_CUSTOM = (
    Field(TEAM, "Team", "team", custom="com.atlassian.teams:rm-teams-custom-field-team"),
    Field(EPIC_LINK, "Epic Link", "any", custom=f"{_AGILE}:gh-epic-link"),
    Field(START, "Start date", "date", custom=f"{_TYPES}:datepicker"),
    Field(POINT_ESTIMATE, "Story point estimate", "number", custom=f"{_AGILE}:jsw-story-points"),
    Field(RANK, "Rank", "any", custom=f"{_AGILE}:gh-lexo-rank"),
    Field(SPRINT, "Sprint", "array", "json", f"{_AGILE}:gh-sprint"),
    Field(FLAGGED, "Flagged", "array", "option", f"{_TYPES}:multicheckboxes"),
    Field(POINTS, "Story Points", "number", custom=f"{_TYPES}:float"),
    Field(CUSTOMER, "Customer", "option", custom=f"{_TYPES}:select"),
    Field(COST, "Cost", "number", custom=f"{_TYPES}:float"),
)
FIELDS: tuple[Field, ...] = _SYSTEM + _CUSTOM
BY_ID = {field.id: field for field in FIELDS}


def retyped(field: Field, site: Site) -> Field:
    """As the site has it now."""
    if field.name != "Cost" or not site.costs_are_text:
        return field
    return replace(field, type="string", custom=f"{_TYPES}:textfield")


def chosen(wanted: Iterable[str], default: str, fields: Mapping[str, Field] = BY_ID) -> set[str]:
    """Ids of fields that ``fields=`` asks for, with ``*all``, ``*navigable``, ``-field`` and commas.

    An exclusion alone narrows the default. Unknown fields are passed over in silence, as the vendor does.
    """
    names = [part.strip() for text in wanted for part in text.split(",") if part.strip()]
    if not any(not name.startswith("-") for name in names):
        names = [default, *names]
    shown: set[str] = set()
    for name in names:
        if name == "*all":
            shown |= fields.keys()
        elif name == "*navigable":
            shown |= {id for id, field in fields.items() if field.navigable}
        elif name.startswith("-"):
            shown.discard(name[1:])
        elif name in fields:
            shown.add(name)
    return shown


def only_ids(wanted: Iterable[str]) -> bool:
    """Whether nothing but ids and keys is asked for."""
    names = [part.strip() for text in wanted for part in text.split(",") if part.strip()]
    return bool(names) and all(name in ("id", "key") for name in names)
