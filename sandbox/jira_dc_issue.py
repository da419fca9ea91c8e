"""One issue in the shape of Data Center: what Jira Cloud shows of it, less and otherwise.

docs.atlassian.com/software/jira/docs/api/REST: text is wiki markup, epics are linked by key, sprints are
text, and there is neither a status category on the issue nor the time when it changed.
"""

from __future__ import annotations

from sandbox import jira_fields as cloud
from sandbox.jira_bodies import option_body
from sandbox.jira_catalogue import Body, link
from sandbox.jira_changelog import histories, history_body
from sandbox.jira_fields import Field
from sandbox.jira_issue import all_fields
from sandbox.jira_site import Site, board_id
from sandbox.jira_text import instant
from sandbox.story import Project, Sprint, Task

EXPAND = "operations,versionedRepresentations,editmeta,changelog,renderedFields"
SPRINT = "customfield_10105"
EPIC_LINK = "customfield_10100"
EPIC_NAME = "customfield_10102"
RANK = "customfield_10108"
POINTS = "customfield_10106"
FLAGGED = "customfield_10109"
START = "customfield_10204"
CUSTOMER = "customfield_10300"
COST = "customfield_10301"

_TYPES = "com.atlassian.jira.plugin.system.customfieldtypes"
_AGILE = "com.pyxis.greenhopper.jira"
_CUSTOM = (
    Field(SPRINT, "Sprint", "array", "string", f"{_AGILE}:gh-sprint"),
    Field(EPIC_LINK, "Epic Link", "any", custom=f"{_AGILE}:gh-epic-link"),
    Field(EPIC_NAME, "Epic Name", "string", custom=f"{_AGILE}:gh-epic-label"),
    Field(RANK, "Rank", "any", custom=f"{_AGILE}:gh-lexo-rank"),
    Field(POINTS, "Story Points", "number", custom=f"{_TYPES}:float"),
    Field(FLAGGED, "Flagged", "array", "option", f"{_TYPES}:multicheckboxes"),
    Field(START, "Start date", "date", custom=f"{_TYPES}:datepicker"),
    Field(CUSTOMER, "Customer", "option", custom=f"{_TYPES}:select"),
    Field(COST, "Cost", "number", custom=f"{_TYPES}:float"),
)
_UNKNOWN = ("statusCategory", "statuscategorychangedate")
FIELDS = (*(f for f in cloud.FIELDS if not f.custom and f.id not in _UNKNOWN), *_CUSTOM)
BY_ID = {field.id: field for field in FIELDS}
_RENAMED = {cloud.START: START, cloud.RANK: RANK, cloud.COST: COST}
_IDS = {field.name: field.id for field in _CUSTOM}
_CHANGED = {"Story point estimate": "Story Points"}


def chosen(wanted: list[str], default: str) -> set[str]:
    """As on Jira Cloud, among the fields of this site."""
    return cloud.chosen(wanted, default, BY_ID)


def issue_body(site: Site, task: Task, shown: set[str], expand: list[str], bare: bool) -> Body:
    """``bare``: items of the changelog do not name the field's id."""
    fields = dc_fields(site, task)
    body: Body = {
        "expand": EXPAND,
        "id": task.remote_id,
        "self": link("dc", "issue", task.remote_id),
        "key": task.key,
        "fields": {name: value for name, value in fields.items() if name in shown},
    }
    if "changelog" in expand:
        body["changelog"] = changelog(site, task, bare)
    if "names" in expand:
        body["names"] = {name: BY_ID[name].name for name in sorted(shown)}
    return body


def dc_fields(site: Site, task: Task) -> Body:
    fields = {_RENAMED.get(name, name): value for name, value in all_fields(site, task, "dc").items()}
    parent = site.issues.get(task.parent) if task.parent is not None else None
    if task.type != "subtask":
        fields.pop("parent", None)
    sprints = [sprint_text(*site.sprints[id]) for id in task.sprints if id in site.sprints]
    fields |= {
        "description": task.description or None,
        EPIC_LINK: parent.key if parent is not None and parent.type == "epic" else None,
        EPIC_NAME: task.title if task.type == "epic" else None,
        SPRINT: sprints or None,
        POINTS: None if task.points is None else float(task.points),
        FLAGGED: [option_body(FLAGGED, "Impediment", "dc")] if task.hold else None,
        CUSTOMER: option_body(CUSTOMER, task.customer, "dc") if task.customer else None,
    }
    return {name: value for name, value in fields.items() if name in BY_ID}


def sprint_text(sprint: Sprint, project: Project) -> str:
    """As GreenHopper's own ``toString`` writes it."""
    parts = {
        "id": sprint.id,
        "rapidViewId": board_id(project),
        "state": sprint.state.upper(),
        "name": sprint.name,
        "startDate": instant(sprint.start) or "<null>",
        "endDate": instant(sprint.end) or "<null>",
        "completeDate": instant(sprint.completed) or "<null>",
        "activatedDate": "<null>" if sprint.state == "future" else instant(sprint.start),
        "sequence": sprint.id,
        "goal": sprint.goal,
        "autoStartStop": "false",
        "synced": "false",
    }
    inner = ",".join(f"{name}={value}" for name, value in parts.items())
    return f"com.atlassian.greenhopper.service.sprint.Sprint@{sprint.id * 2654435761 % 2**32:x}[{inner}]"


def changelog(site: Site, task: Task, bare: bool) -> Body:
    """Whole and oldest first; nothing else on Data Center tells an issue's history."""
    told = [history_body(site, event, changed, "iso") for event, changed in histories(site, task)]
    for history in told:
        history["items"] = [_item(site, item, bare) for item in history["items"]]
    return {"startAt": 0, "maxResults": len(told), "total": len(told), "histories": told}


def _item(site: Site, item: Body, bare: bool) -> Body:
    """Epics and parents have fields of their own here."""
    changed = dict(item)
    id = changed.pop("fieldId", None)
    changed["field"] = _CHANGED.get(changed["field"], changed["field"])
    if changed["field"] == "IssueParentAssociation":
        ends = [site.issue(end) for end in (changed["from"], changed["to"]) if end]
        epic = any(end.type == "epic" for end in ends if end)
        changed |= {"field": "Epic Link" if epic else "Parent", "fieldtype": "custom" if epic else "jira"}
    if not bare:
        changed["fieldId"] = _IDS.get(changed["field"], id)
    return changed
