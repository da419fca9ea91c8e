"""What Jira's events say to look at again. Knows three lists: events that hint, events that need no look, and
by that what is unknown. Takes nothing from a body but ids.

https://developer.atlassian.com/cloud/jira/platform/webhooks/#available-webhook-events
https://developer.atlassian.com/server/jira/platform/webhooks/
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from connectors.base import Delivery, Hint, Received
from connectors.jira_answers import Row
from connectors.signing import opened, shown, unreadable

ANYWHERE = Hint(scope_id=None, item_id=None)
"""A sprint or a board belongs to no project alone."""
_FELT = {"status", "Key", "project"}
"""Fields of an issue that others show of it: in a link, and in the list of its parent's sub-tasks."""
_PARENT = {"Parent", "parent", "IssueParentAssociation"}
_ID = re.compile(r"[0-9]{1,19}")
_MANY = 10**19
_IN_ADDRESS = re.compile(r"/issue/([0-9]{1,19})/(?:comment|worklog)/")


def received(delivery: Delivery, title: str) -> Received:
    """Of a delivery that was let in. Raises Unexpected for a body that cannot be read."""
    body = opened(delivery, title)
    event = body.get("webhookEvent")
    if not isinstance(event, str):
        raise unreadable(title, "names no event")
    if event in IGNORED:
        return Received(ignored=1)
    if event not in HINTS:
        return Received(unknown=shown([event]))
    hints = tuple(dict.fromkeys(HINTS[event](body)))
    if not hints:
        raise unreadable(title, f"does not say which {event.removeprefix('jira:')} it is about")
    return Received(hints=hints)


def _issue(body: Row) -> Iterator[Hint]:
    """The issue; in the project that it left, too; and those that show its status or its key."""
    issue = _object(body, "issue")
    fields = _object(issue, "fields")
    if (issue_id := _id(issue.get("id"))) is None:
        return
    yield Hint(scope_id=_id(_object(fields, "project").get("id")), item_id=issue_id)
    changes = {_text(one, "field"): one for one in _objects(_object(body, "changelog"), "items")}
    if left := _id(changes.get("project", {}).get("from")):
        yield Hint(scope_id=left, item_id=issue_id)
    shows = [_id(changes[name].get(end)) for name in _PARENT & changes.keys() for end in ("from", "to")]
    if body["webhookEvent"] != "jira:issue_updated" or _FELT & changes.keys():
        shows += _neighbours(fields)
    yield from (Hint(scope_id=None, item_id=one) for one in shows if one)


def _neighbours(fields: Row) -> Iterator[str | None]:
    if _object(fields, "issuetype").get("subtask") is not False:
        yield _id(_object(fields, "parent").get("id"))
    for link in _objects(fields, "issuelinks"):
        yield from (_id(_object(link, end).get("id")) for end in ("inwardIssue", "outwardIssue"))


def _within(name: str) -> Callable[[Row], Iterator[Hint]]:
    """A comment or a work log, which may name its issue in three places."""

    def hints(body: Row) -> Iterator[Hint]:
        issue, part = _object(body, "issue"), _object(body, name)
        address = _IN_ADDRESS.search(_text(part, "self"))
        found = _id(issue.get("id")) or _id(part.get("issueId")) or (address and address[1])
        if found:
            project = _object(_object(issue, "fields"), "project")
            yield Hint(scope_id=_id(project.get("id")), item_id=found)

    return hints


def _link(body: Row) -> Iterator[Hint]:
    link = _object(body, "issueLink")
    ends = (_id(link.get(end)) for end in ("sourceIssueId", "destinationIssueId"))
    yield from (Hint(scope_id=None, item_id=one) for one in ends if one)


def _project(body: Row) -> Iterator[Hint]:
    if project := _id(_object(body, "project").get("id")):
        yield Hint(scope_id=project, item_id=None)


def _version(body: Row) -> Iterator[Hint]:
    yield Hint(scope_id=_id(_object(body, "version").get("projectId")), item_id=None)


def _anywhere(_: Row) -> Iterator[Hint]:
    yield ANYWHERE


HINTS: Mapping[str, Callable[[Row], Iterator[Hint]]] = {
    **{f"jira:issue_{what}": _issue for what in ("created", "updated", "deleted")},
    **{f"comment_{what}": _within("comment") for what in ("created", "updated", "deleted")},
    **{f"worklog_{what}": _within("worklog") for what in ("created", "updated", "deleted")},
    **{f"issuelink_{what}": _link for what in ("created", "deleted")},
    **{
        f"project_{what}": _project
        for what in (
            "created", "updated", "deleted", "soft_deleted", "restored_deleted", "archived",
            "restored_archived",
        )
    },
    **{
        f"jira:version_{what}": _version
        for what in ("created", "updated", "deleted", "released", "unreleased", "moved", "merged")
    },
    **{f"sprint_{what}": _anywhere for what in ("created", "updated", "deleted", "started", "closed")},
    **{f"board_{what}": _anywhere for what in ("created", "updated", "deleted", "configuration_changed")},
}  # fmt: skip

IGNORED = frozenset(
    {
        # Told by the issue's own update.
        "attachment_created", "attachment_deleted", "jira:worklog_updated",
        # We read nothing of them.
        "issue_property_set", "issue_property_deleted", "filter_created", "filter_updated",
        "filter_deleted", "jira_expression_evaluation_failed", "app_access_to_objects_blocked",
        "app_access_to_objects_in_container_blocked",
        # Names that come with every issue: a webhook says that they changed, and not where.
        "user_created", "user_updated", "user_deleted", "issuetype_created", "issuetype_updated",
        "issuetype_deleted",
        # What may be used on the site.
        *(
            f"option_{what}_changed"
            for what in (
                "voting", "watching", "unassigned_issues", "subtasks", "attachments", "issuelinks",
                "timetracking", "timetracking_provider",
            )
        ),
    }
)  # fmt: skip


def _object(row: Row, name: str) -> Row:
    """What stands there if it is an object, else an empty one."""
    found = row.get(name)
    return found if isinstance(found, dict) else {}


def _objects(row: Row, name: str) -> Sequence[Row]:
    found = row.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _text(row: Row, name: str) -> str:
    found = row.get(name)
    return found if isinstance(found, str) else ""


def _id(value: Any) -> str | None:
    """An id as Jira makes them, which some events give as a number."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if 0 <= value < _MANY else None
    return value if isinstance(value, str) and _ID.fullmatch(value) else None
