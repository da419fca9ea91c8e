"""Fields of JQL whose values are names or ids: what an issue has, and what a word in a query means."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sandbox.jira_catalogue import (
    CATEGORIES,
    PRIORITIES,
    PRIORITY_OF,
    RESOLUTIONS,
    STATUSES,
    TYPES,
)
from sandbox.jira_jql import Value
from sandbox.jira_site import Site
from sandbox.story import Person, Sprint, Task


@dataclass(frozen=True, slots=True)
class SetField:
    """``find``: the ids that a value means, None for a value nobody knows. ``none``: a word for EMPTY."""

    read: Callable[[Site, Task], set[str]]
    find: Callable[[Site, Value], set[str] | None]
    none: str = "empty"

    def means_empty(self, value: Value) -> bool:
        return value.empty or (not value.function and value.text.lower() == self.none)


def _named(pairs: Iterable[tuple[str, str]]) -> Callable[[Site, Value], set[str] | None]:
    """Among (id, name): by either, names in any case."""
    known = list(pairs)

    def find(_site: Site, value: Value) -> set[str] | None:
        wanted = value.text.lower()
        hits = {id for id, name in known if wanted in (id.lower(), name.lower())}
        return None if value.function else hits or None

    return find


def _project(site: Site, value: Value) -> set[str] | None:
    """By key, id or name. A project that the token does not reach is unknown."""
    wanted = value.text.lower()
    hits = {p.slug for p in site.projects if wanted in (p.key.lower(), p.remote_id, p.name.lower())}
    return None if value.function else hits or None


def _person(site: Site, value: Value) -> set[str] | None:
    """Account ids; the vendor does not tell a query whether an account exists."""
    if value.function:
        return {str(site.account.id)} if value.text.lower() == "currentuser" else None
    wanted = value.text.lower()
    known = (p for p in site.story.people.values() if site.person(p.id))
    return {str(p.id) for p in known if wanted in _names(site, p)}


def _names(site: Site, person: Person) -> tuple[str | None, ...]:
    """Data Center knows people by login name, user key and full name."""
    if site.home == "jira_dc":
        return person.handle, (person.dc_key or "").lower(), person.name.lower(), person.email
    return person.jira_id, person.email


def _accounts(site: Site, ids: Iterable[int]) -> set[str]:
    return {str(id) for id in list(ids)[:1] if site.person(id)}


def _sprint(site: Site, value: Value) -> set[str] | None:
    sprints = [sprint for sprint, _project in site.sprints.values()]
    if value.function:
        states = {"opensprints": "active", "closedsprints": "closed", "futuresprints": "future"}
        state = states.get(value.text.lower())
        return None if state is None else {str(sprint.id) for sprint in sprints if sprint.state == state}
    return {str(s.id) for s in sprints if _is(s, value.text)} or None


def _is(sprint: Sprint, text: str) -> bool:
    return text.lower() in (str(sprint.id), sprint.name.lower())


def _label(_site: Site, value: Value) -> set[str] | None:
    return None if value.function else {value.text.lower()}


def _parent(site: Site, value: Value) -> set[str] | None:
    task = site.issue(value.text)
    return {str(task.number)} if task else set()


def _component(site: Site, value: Value) -> set[str] | None:
    known = {name.lower() for project in site.projects for name in project.components}
    return {value.text.lower()} & known or None


def _resolution_of(task: Task) -> set[str]:
    name = STATUSES[task.stage].resolution
    return {RESOLUTIONS[name]} if name else set()


def _priority_of(task: Task) -> set[str]:
    name = PRIORITY_OF[task.priority]
    return {PRIORITIES[name]} if name else set()


_CATEGORY_WORDS = [
    (key, word) for key, (number, name, _) in CATEGORIES.items() for word in (str(number), name)
]
_STATUS = SetField(
    lambda _site, task: {STATUSES[task.stage].id},
    _named((status.id, status.name) for status in STATUSES.values()),
)
_TYPE = SetField(
    lambda _site, task: {TYPES[task.type].id}, _named((kind.id, kind.name) for kind in TYPES.values())
)
_REPORTER = SetField(lambda site, task: _accounts(site, [task.reporter]), _person)
_RESOLUTION = _named((number, name) for name, number in RESOLUTIONS.items())

SETS: Mapping[str, SetField] = {
    "project": SetField(lambda _site, task: {task.project}, _project),
    "status": _STATUS,
    "statuscategory": SetField(lambda _site, task: {STATUSES[task.stage].category}, _named(_CATEGORY_WORDS)),
    "issuetype": _TYPE,
    "type": _TYPE,
    "priority": SetField(
        lambda _site, task: _priority_of(task), _named((number, name) for name, number in PRIORITIES.items())
    ),
    "resolution": SetField(lambda _site, task: _resolution_of(task), _RESOLUTION, none="unresolved"),
    "assignee": SetField(lambda site, task: _accounts(site, task.assignees), _person),
    "reporter": _REPORTER,
    "creator": _REPORTER,
    "labels": SetField(lambda _site, task: {label.lower() for label in task.labels}, _label),
    "component": SetField(
        lambda _site, task: {task.component.lower()} if task.component else set(), _component
    ),
    "sprint": SetField(lambda _site, task: {str(id) for id in task.sprints}, _sprint),
    "parent": SetField(lambda _site, task: {str(task.parent)} if task.parent is not None else set(), _parent),
}
"""By lower-case name."""
