"""What an edit did on a Jira site, as the events that its webhooks carry.

https://developer.atlassian.com/cloud/jira/platform/webhooks/
https://developer.atlassian.com/server/jira/platform/webhooks/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sandbox import jira_dc_issue
from sandbox.jira_bodies import project_ref, user_body
from sandbox.jira_catalogue import Body, link
from sandbox.jira_changelog import histories
from sandbox.jira_fields import BY_ID
from sandbox.jira_issue import issue_body
from sandbox.jira_site import Site
from sandbox.jira_text import epoch_ms, instant
from sandbox.people import READER
from sandbox.reworked import Rework
from sandbox.story import Event, Task
from sandbox.webhook_news import News
from sandbox.world import World

KNOWN = frozenset(
    {
        *(f"jira:issue_{what}" for what in ("created", "updated", "deleted")),
        *(f"comment_{what}" for what in ("created", "updated", "deleted")),
        *(f"worklog_{what}" for what in ("created", "updated", "deleted")),
        *(f"attachment_{what}" for what in ("created", "deleted")),
        *(f"issuelink_{what}" for what in ("created", "deleted")),
        *(f"issue_property_{what}" for what in ("set", "deleted")),
        *(f"issuetype_{what}" for what in ("created", "updated", "deleted")),
        *(f"user_{what}" for what in ("created", "updated", "deleted")),
        *(f"filter_{what}" for what in ("created", "updated", "deleted")),
        *(f"sprint_{what}" for what in ("created", "updated", "deleted", "started", "closed")),
        *(f"board_{what}" for what in ("created", "updated", "deleted", "configuration_changed")),
        *(
            f"jira:version_{what}"
            for what in ("created", "updated", "deleted", "released", "unreleased", "moved", "merged")
        ),
        *(
            f"project_{what}"
            for what in (
                "created", "updated", "deleted", "soft_deleted", "restored_deleted", "archived",
                "restored_archived",
            )
        ),
        *(
            f"option_{what}_changed"
            for what in (
                "voting", "watching", "unassigned_issues", "subtasks", "attachments", "issuelinks",
                "timetracking", "timetracking_provider",
            )
        ),
        "jira:worklog_updated",
    }
)  # fmt: skip
"""What a webhook may ask for."""
KINDS: Mapping[str, str] = {"stage": "issue_generic", "assignees": "issue_assigned", "project": "issue_moved"}
"""What ``issue_event_type_name`` says of a change; of any other it is an update."""
IN_COMMENTS = ("summary", "issuetype", "project", "assignee", "priority", "status")
"""All that the issue of a comment's event holds on Jira Cloud."""


@dataclass(frozen=True, slots=True)
class Told:
    """One event. ``task`` is what JQL filters look at; ``fallout`` comes of another event."""

    body: Mapping[str, Any]
    task: Task | None = None
    fallout: bool = False

    @property
    def event(self) -> str:
        return str(self.body["webhookEvent"])


def told(world: World, site: Site, news: News) -> Iterator[Told]:
    """Of projects in reach. Nobody is told of what is merely hidden."""
    for task, events in news.steps:
        if not world.project(task.project).revoked:
            yield from _steps(site, task, events)
    deleted = [one for one in news.removals if one.how == "deleted" and one.seen]
    for place, removal in enumerate(deleted):
        task = next(one.task for one in reversed(world.gone) if one.task.remote_id == removal.id)
        yield Told(_about(site, "jira:issue_deleted", task, removal.at, {}), task, fallout=place > 0)
    for rework in news.reworks:
        yield from _rework(world, site, rework)


def _steps(site: Site, task: Task, events: Sequence[Event]) -> Iterator[Told]:
    """What a new issue is made with belongs to its making."""
    last = events[-1]
    if any(event.field == "created" for event in events):
        kind = {"issue_event_type_name": "issue_created"}
        yield Told(_about(site, "jira:issue_created", task, last.at, kind), task)
        return
    items = _items(site, task, {event.id for event in events})
    if items:
        names = (KINDS[event.field] for event in events if event.field in KINDS)
        kind = {"issue_event_type_name": next(names, "issue_updated")}
        log = {"changelog": {"id": str(events[0].id), "items": items}}
        yield Told(_about(site, "jira:issue_updated", task, last.at, kind | log), task)
    for event in events:
        if event.field == "comment":
            yield from _comment(site, task, event)


def _items(site: Site, task: Task, fresh: set[int]) -> list[Body]:
    if site.home == "jira_dc":
        whole = jira_dc_issue.changelog(site, task, bare=True)["histories"]
        return [item for one in whole if int(one["id"]) in fresh for item in one["items"]]
    return [item for event, changed in histories(site, task) if event.id in fresh for item in changed]


def _comment(site: Site, task: Task, event: Event) -> Iterator[Told]:
    """Told twice: as a comment, and as an update of its issue. Data Center names the issue of a comment only
    in the comment's own address."""
    version, number = _version(site), str(20_000 + event.id)
    author = user_body(site.person(event.author), version)
    comment: Body = {
        "self": link(version, "issue", task.remote_id, "comment", number),
        "id": number,
        "author": author,
        "body": event.after,
        "updateAuthor": author,
        "created": instant(event.at, site.zone),
        "updated": instant(event.at, site.zone),
    }
    alone: Body = {"timestamp": epoch_ms(event.at), "webhookEvent": "comment_created", "comment": comment}
    if site.home == "jira_cloud":
        comment["jsdPublic"] = True
        alone["issue"] = issue_body(site, task, version, set(IN_COMMENTS))
    yield Told(alone, task)
    kind = {"issue_event_type_name": "issue_commented", "comment": comment}
    yield Told(_about(site, "jira:issue_updated", task, event.at, kind), task)


def _about(site: Site, event: str, task: Task, at: datetime, more: Body) -> Body:
    return {
        "timestamp": epoch_ms(at),
        "webhookEvent": event,
        "user": _user(site),
        "issue": _issue(site, task),
        **more,
    }


def _issue(site: Site, task: Task) -> Body:
    if site.home == "jira_dc":
        return jira_dc_issue.issue_body(site, task, set(jira_dc_issue.BY_ID), [], bare=True)
    return issue_body(site, task, "2", set(BY_ID))


def _user(site: Site) -> Body:
    """Jira Cloud tells nobody's address."""
    body = user_body(site.story.people[READER], _version(site)) or {}
    return {key: value for key, value in body.items() if site.home == "jira_dc" or key != "emailAddress"}


def _rework(world: World, site: Site, rework: Rework) -> Iterator[Told]:
    """Data Center tells of no project that is put away."""
    project, (what, stage) = world.project(rework.slug), rework.trait
    names = {"name": "project_updated"}
    if site.home == "jira_cloud":
        names["closed"] = "project_archived" if rework.after else "project_restored_archived"
    if stage is None and what in names and not project.revoked:
        version = _version(site)
        ref = {**project_ref(project, version), "id": int(project.remote_id)}
        lead = user_body(site.person(project.owner), version)
        body = {"timestamp": epoch_ms(rework.at), "webhookEvent": names[what]}
        yield Told({**body, "project": {**ref, "projectLead": lead, "assigneeType": "UNASSIGNED"}})


def _version(site: Site) -> str:
    return "dc" if site.home == "jira_dc" else "2"
