"""An issue's history in the vendor's shape: one history per event of the story, one item per field changed.

developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues (Get changelogs, Bulk fetch changelogs)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

from sandbox import jira_fields as ids
from sandbox.jira_bodies import option_body, user_body
from sandbox.jira_catalogue import PRIORITIES, PRIORITY_OF, RESOLUTIONS, Body, status_of
from sandbox.jira_site import Site, team_managed
from sandbox.jira_text import epoch_ms, instant
from sandbox.people import account
from sandbox.story import Event, Task

EXPANDED_HISTORIES = 40
"""``expand=changelog`` on search and bulk fetch shows so many, the newest."""

Side = tuple[str | None, str | None]
"""(value, text) before or after a change; the value is null where the vendor only keeps text."""


def histories(site: Site, task: Task) -> list[tuple[Event, list[Body]]]:
    """Oldest first. Events that Jira does not record (archiving, checklists) are left out."""
    told = ((event, items(site, task, event)) for event in sorted(task.history, key=_order))
    return [(event, changed) for event, changed in told if changed]


def history_body(site: Site, event: Event, changed: list[Body], times: Literal["iso", "epoch"]) -> Body:
    """The bulk answer writes times as epoch milliseconds, the other two in ISO."""
    return {
        "id": str(event.id),
        "author": user_body(site.person(event.author), "dc" if site.home == "jira_dc" else "3"),
        "created": epoch_ms(event.at) if times == "epoch" else instant(event.at, site.zone),
        "items": changed,
    }


def expanded(site: Site, task: Task, most: int) -> Body:
    """``expand=changelog``: newest first, at most ``most``, while ``total`` counts all."""
    told = histories(site, task)
    newest = [history_body(site, event, changed, "iso") for event, changed in reversed(told[-most:])]
    return {"startAt": 0, "maxResults": len(newest), "total": len(told), "histories": newest}


def items(site: Site, task: Task, event: Event) -> list[Body]:
    tell = _TELLERS.get(event.field)
    return tell(site, task, event) if tell else []


def _order(event: Event) -> tuple[float, int]:
    return event.at.timestamp(), event.id


def _item(field: str, id: str | None, before: Side, after: Side) -> list[Body]:
    """Nothing where the vendor would see no change."""
    if before == after:
        return []
    kind = "custom" if id and id.startswith("customfield_") else "jira"
    return [
        {
            "field": field,
            "fieldtype": kind,
            **({"fieldId": id} if id else {}),
            "from": before[0],
            "fromString": before[1],
            "to": after[0],
            "toString": after[1],
        }
    ]


def _status(_site: Site, _task: Task, event: Event) -> list[Body]:
    before, after = status_of(event.before), status_of(event.after)
    moved = _item("status", "status", (before.id, before.name), (after.id, after.name))
    return moved + _item(
        "resolution", "resolution", _resolution(before.resolution), _resolution(after.resolution)
    )


def _resolution(name: str | None) -> Side:
    return (None, None) if name is None else (RESOLUTIONS[name], name)


def _text(field: str, id: str) -> Callable[[Site, Task, Event], list[Body]]:
    return lambda _site, _task, event: _item(field, id, (None, event.before or ""), (None, event.after or ""))


def _due(_site: Site, _task: Task, event: Event) -> list[Body]:
    def side(value: str | None) -> Side:
        return (None, None) if value is None else (value[:10], f"{value[:10]} 00:00:00.0")

    return _item("duedate", "duedate", side(event.before), side(event.after))


def _start(_site: Site, _task: Task, event: Event) -> list[Body]:
    return _item("Start date", ids.START, (event.before, event.before), (event.after, event.after))


def _assignee(site: Site, _task: Task, event: Event) -> list[Body]:
    def side(value: str | None) -> Side:
        first = (value or "").split(",")[0]
        person = site.person(int(first)) if first else None
        return (None, None) if person is None else (account(person, site.home), person.name)

    return _item("assignee", "assignee", side(event.before), side(event.after))


def _labels(_site: Site, _task: Task, event: Event) -> list[Body]:
    def side(value: str | None) -> Side:
        return None, " ".join(filter(None, (value or "").split(",")))

    return _item("labels", "labels", side(event.before), side(event.after))


def _priority(_site: Site, _task: Task, event: Event) -> list[Body]:
    def side(value: str | None) -> Side:
        name = next((name for level, name in PRIORITY_OF.items() if level == value), None)
        return (None, None) if name is None else (PRIORITIES[name], name)

    return _item("priority", "priority", side(event.before), side(event.after))


def _points(site: Site, task: Task, event: Event) -> list[Body]:
    id = ids.POINT_ESTIMATE if team_managed(site.project_of(task)) else ids.POINTS
    return _item(ids.BY_ID[id].name, id, (None, event.before), (None, event.after))


def _sprint(site: Site, _task: Task, event: Event) -> list[Body]:
    def side(value: str | None) -> Side:
        numbers = [part for part in (value or "").split(",") if part]
        known = (site.sprints.get(int(number)) for number in numbers)
        return ", ".join(numbers), ", ".join(found[0].name for found in known if found)

    return _item("Sprint", ids.SPRINT, side(event.before), side(event.after))


def _parent(site: Site, _task: Task, event: Event) -> list[Body]:
    """A changelog keeps the id of a parent that is deleted or hidden since; its number stands in for it."""

    def side(value: str | None) -> Side:
        parent = site.issues.get(int(value)) if value else None
        return (value, None) if parent is None else (parent.remote_id, parent.key)

    return _item("IssueParentAssociation", None, side(event.before), side(event.after))


def _flagged(_site: Site, _task: Task, event: Event) -> list[Body]:
    def side(value: str | None) -> Side:
        return (f"[{option_body(ids.FLAGGED, 'Impediment')['id']}]", "Impediment") if value else ("", "")

    return _item("Flagged", ids.FLAGGED, side(event.before), side(event.after))


def _moved(site: Site, _task: Task, event: Event) -> list[Body]:
    def project(value: str | None) -> Side:
        found = site.story.projects.get((value or "").partition("/")[0])
        return (None, None) if found is None else (found.remote_id, found.name)

    def key(value: str | None) -> Side:
        return None, (value or "").partition("/")[2]

    return _item("project", "project", project(event.before), project(event.after)) + _item(
        "Key", None, key(event.before), key(event.after)
    )


_TELLERS: Mapping[str, Callable[[Site, Task, Event], list[Body]]] = {
    "stage": _status,
    "title": _text("summary", "summary"),
    "description": _text("description", "description"),
    "due": _due,
    "start": _start,
    "assignees": _assignee,
    "labels": _labels,
    "priority": _priority,
    "points": _points,
    "sprint": _sprint,
    "parent": _parent,
    "hold": _flagged,
    "project": _moved,
}
