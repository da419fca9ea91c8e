"""What the trackers ought to tell, in the words of the common model, straight from the story.

Shares no code with anything that serves a tracker, so that a comparison with what was read proves both.
Ids are the trackers' own, days are ``YYYY-MM-DD``, instants ISO 8601 in UTC with milliseconds and a ``Z``.
Only what the token reaches is told: a project whose access was revoked is not there at all.
The rules of an item are in :mod:`sandbox.truth_items`. A scope also tells

| list | rule |
|---|---|
| items | all that stands in it: an Asana task under each of its projects, sub-tasks with their parent |
| iterations | its sprints |
| sections | names in order: lists, components, Asana's sections, the titles of rows that have children |
| status_reports | Asana: what was declared, oldest first; Smartsheet: the summary's health, then each row's |
| time_entries | Asana: minutes that an account logged on an item for a day |
| allocations | Asana: an account or a placeholder (its name), in percent or hours a week, or nothing said |
| budgets | Asana: plan, forecast and actual of its one budget, in money or in hours |
| rates | Asana: money an hour of an account or a placeholder |

and a tracker, beside its scopes,

| list | rule |
|---|---|
| accounts | of everybody who works on a project in reach, by id; a placeholder is nobody's |
| availability | Asana: the leave of those |
| counts | of distinct items |
| removed | what stood in a scope and does so no more, once for each scope |

Of what was removed ``scope`` and ``id`` are those that it had there. ``how`` is ``deleted``, ``hidden`` (it
is there, and the token may not see it) or ``moved``, and then ``to`` says which scope and id it has now.
``evidence`` says whether the tracker tells of the deletion: Trello by an action, Asana by an event, the
others never.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from sandbox.story import JIRA, Home, Person, Project, Sprint, Story
from sandbox.truth_items import Teller
from sandbox.truth_reach import Reach, account_id, instant
from sandbox.truth_removed import removed
from sandbox.truth_resources import availability, resources_of

Told = dict[str, Any]

EMAILS: Sequence[Home] = ("jira_cloud", "asana", "smartsheet", "jira_dc")
"""Trello shows no address but one's own."""
STATES: Sequence[Home] = ("trello", "jira_cloud", "jira_dc")
"""Asana and Smartsheet do not tell who left."""


def tell(story: Story) -> Told:
    """The whole truth: per tracker its scopes with their items, its accounts, and counts."""
    reach = Reach(story)
    return {
        "seed": story.seed,
        "today": story.today.isoformat(),
        "trackers": {home: _tracker(reach, home) for home in story.homes},
    }


def _tracker(reach: Reach, home: Home) -> Told:
    projects = [project for project in reach.projects.values() if project.home == home]
    teller = Teller(reach)
    scopes = [_scope(reach, teller, project) for project in projects]
    items = {item["id"]: item for scope in scopes for item in scope["items"]}.values()
    members = {id for project in projects for id in project.members}
    return {
        "scopes": scopes,
        "accounts": _accounts(home, (reach.story.people[id] for id in members)),
        "availability": availability(reach, home, members),
        "removed": removed(reach, home),
        "counts": {
            "scopes": len(scopes),
            "items": len(items),
            "counted": sum(item["counted"] for item in items),
            "archived": sum(item["presence"] == "archived" for item in items),
            "by_status_category": _census(item["status_category"] for item in items if item["counted"]),
        },
    }


def _scope(reach: Reach, teller: Teller, project: Project) -> Told:
    return {
        "id": project.remote_id,
        "name": project.name,
        "key": None if project.key == project.remote_id else project.key,
        "slug": project.slug,
        "team": project.team,
        "closed": project.closed,
        "declared": project.declared,
        "iterations": [_sprint(sprint) for sprint in project.sprints],
        "sections": _sections(reach, project),
        "items": [teller.item(task) for task in reach.tasks.get(project.slug, [])],
        **resources_of(reach, project),
    }


def _sections(reach: Reach, project: Project) -> list[str]:
    if project.home in JIRA or project.components:
        return list(project.components)
    if project.home == "smartsheet":
        rows = reach.tasks.get(project.slug, [])
        return [row.title for row in rows if row.number in reach.children]
    return list(project.lists.values())


def _sprint(sprint: Sprint) -> Told:
    return {
        "id": str(sprint.id),
        "name": sprint.name,
        "state": sprint.state,
        "start": instant(sprint.start),
        "end": instant(sprint.end),
    }


def _accounts(home: Home, people: Iterable[Person]) -> list[Told]:
    """Jira Cloud alone tells robots from people, and hides addresses that their owners hide."""
    told: list[Told] = [
        {
            "id": account_id(person, home),
            "name": person.name,
            "email": _email(home, person),
            "kind": "bot" if person.bot and home == "jira_cloud" else "human",
            "active": person.active or home not in STATES,
        }
        for person in people
    ]
    return sorted(told, key=lambda account: str(account["id"]))


def _email(home: Home, person: Person) -> str | None:
    hidden = home not in EMAILS or (home == "jira_cloud" and not person.email_shown)
    return None if hidden else person.email


def _census(categories: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(categories).items()))
