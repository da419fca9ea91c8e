"""As much of an issue as a census looks at, in the form in which Jira tells it. What is not named here is
passed over unread: addresses and pictures, which change on their own, and the rest of what is referred to.

Every place takes whatever JSON may stand there: an odd value is a value, too, and no reason to stop a census.
"""

from __future__ import annotations

from typing import Any, Generic, TypeVar

import msgspec

from connectors.prints import Part

Scalar = str | int | float | bool | None
Plain = Scalar | list[Any]
"""What may come in the place of an object."""
F = TypeVar("F")
T = TypeVar("T")


class Ref(Part):
    id: Any = None


class Named(Ref):
    """With its name: a renamed status counts."""

    name: Any = None


class Category(Part):
    key: Any = None


class Status(Named):
    statusCategory: Category | Plain = None


class Type(Named):
    subtask: Any = None
    hierarchyLevel: Any = None


class User(Part):
    """By one of these, depending on the edition and its age."""

    accountId: Any = None
    key: Any = None
    name: Any = None


class Version(Named):
    released: Any = None
    releaseDate: Any = None


class Sprint(Named):
    state: Any = None
    startDate: Any = None
    endDate: Any = None
    completeDate: Any = None
    goal: Any = None


class Option(Ref):
    value: Any = None


class Restriction(Part):
    issuerestrictions: Any = None


class LinkType(Named):
    inward: Any = None
    outward: Any = None


class OtherFields(Part):
    status: Status | Plain = None


class Other(Ref):
    """An issue as another one shows it: whether it is closed decides what it holds up."""

    key: Any = None
    fields: OtherFields | Plain = None


class Link(Part):
    type: LinkType | Plain = None
    inwardIssue: Other | Plain = None
    outwardIssue: Other | Plain = None


Names = list[Named | Plain] | Named | Scalar
Versions = list[Version | Plain] | Version | Scalar
Sprints = list[Sprint | Plain] | Sprint | Scalar
Links = list[Link | Plain] | Link | Scalar
Others = list[Other | Plain] | Other | Scalar
Options = list[Option | Plain] | Option | Scalar


class Fields(Part):
    """The cheap fields that every site has; those of one site come besides."""

    summary: Any = None
    status: Status | Plain = None
    resolution: Named | Plain = None
    issuetype: Type | Plain = None
    priority: Named | Plain = None
    project: Ref | Plain = None
    parent: Ref | Plain = None
    assignee: User | Plain = None
    duedate: Any = None
    labels: Any = None
    components: Names = None
    fixVersions: Versions = None
    issuelinks: Links = None
    subtasks: Others = None
    security: Named | Plain = None
    issuerestriction: Restriction | Plain = None
    timeoriginalestimate: Any = None
    timeestimate: Any = None
    timespent: Any = None
    created: Any = None
    updated: Any = None
    resolutiondate: Any = None
    statuscategorychangedate: Any = None
    archiveddate: Any = None


class Issue(Part, Generic[F]):
    id: str
    key: Any = None
    fields: F | Plain = None


class Told(msgspec.Struct, Generic[T]):
    """An answer with issues, whichever call gave it."""

    issues: list[T]
    issueErrors: Any = None
    total: Any = None
    startAt: Any = None
