"""The common model, mirror part: what every tracker's records become. Data only.

Enumerations are closed and small; the tracker's own word always rides beside ours. Ids are made by
:mod:`normalizer.ids`. Every ``datetime`` is aware and in UTC. A field that is None is ``unset``
unless :class:`Mapper` names another reason for the whole scope.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, Protocol

from connectors.base import Record
from normalizer.resources import Allocation, Availability, Budget, Rate, TimeEntry

StatusCategory = Literal["triage", "backlog", "todo", "in_progress", "done", "cancelled", "unknown"]
ItemType = Literal[
    "initiative", "epic", "story", "task", "subtask", "bug", "incident", "request",
    "milestone", "approval", "other", "unknown",
]  # fmt: skip
Outcome = Literal["completed", "cancelled", "duplicate", "rejected", "unknown"]
HoldKind = Literal["none", "blocked", "waiting", "paused"]
PriorityLevel = Literal["urgent", "high", "medium", "low", "none", "unknown"]
ProgressMethod = Literal["reported", "checklist", "children_count", "children_effort", "time"]
Unit = Literal["minutes", "points", "size", "count"]
Role = Literal["owner", "contributor", "reviewer", "approver"]
StartSource = Literal["field", "sprint", "first_transition", "inferred"]
LinkType = Literal[
    "blocks", "finish_to_start", "start_to_start", "finish_to_finish", "start_to_finish",
    "relates", "duplicates", "implements", "child_of", "unknown",
]  # fmt: skip
Presence = Literal[
    "present", "archived", "trashed", "deleted", "gone", "moved_out", "filtered_out",
    "access_lost", "unobserved",
]  # fmt: skip
Rag = Literal["on_track", "at_risk", "off_track", "on_hold", "complete", "dropped", "not_set", "unknown"]
NullReason = Literal["unset", "unsupported", "unmapped", "hidden"]
FieldType = Literal[
    "text", "number", "date", "datetime", "boolean", "option", "options", "account", "accounts",
    "url", "json",
]  # fmt: skip
DescriptionFormat = Literal["adf", "html", "markdown", "wiki", "plain"]


@dataclass(frozen=True, slots=True)
class Named:
    """The tracker's own word for a value, with its id there if it has one."""

    name: str
    id: str | None = None


Day = date  # a field named ``date`` hides the type from whoever evaluates the annotations of its class


@dataclass(frozen=True, slots=True, kw_only=True)
class DateValue:
    """Exactly one of ``date`` (a day, in nobody's zone) and ``at`` (an instant, UTC)."""

    date: Day | None = None
    at: datetime | None = None
    tz: str | None = None


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount with its unit."""

    value: Decimal
    unit: Unit


@dataclass(frozen=True, slots=True)
class Progress:
    """Percent complete, 0 to 100, and how it was found."""

    percent: Decimal
    method: ProgressMethod


@dataclass(frozen=True, slots=True)
class Assignment:
    account_id: str
    role: Role = "owner"


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where an item stands: a scope and maybe a section of it. ``order`` sorts as text or number there."""

    scope_id: str
    section_id: str | None = None
    order: str | None = None
    primary: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """``from_id`` ``type`` ``to_id``, whichever end told it. The far end may be unknown to us."""

    from_id: str
    to_id: str
    type: LinkType
    original: Named
    origin: Literal["tracker", "inferred_url", "inferred_key"] = "tracker"
    confidence: Decimal = Decimal(1)
    evidence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldValue:
    """A custom field's value in JSON terms: numbers as Decimal, days and instants as ISO 8601 text."""

    name: str
    type: FieldType
    value: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Flags:
    """Templates, separators and mirrors are kept and shown, and never counted."""

    is_template: bool = False
    is_separator: bool = False
    is_mirror: bool = False
    mirror_of: str | None = None

    @property
    def counted(self) -> bool:
        return not (self.is_template or self.is_separator or self.is_mirror)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A work item as its tracker tells it."""

    id: str
    system: str
    remote_id: str
    remote_key: str | None = None
    former_keys: Sequence[str] = ()
    url: str
    title: str
    description_md: str | None = None
    description_format: DescriptionFormat | None = None
    type: ItemType
    original_type: Named | None = None
    level: int = 0
    parent_id: str | None = None
    status_category: StatusCategory
    original_status: Named | None = None
    outcome: Outcome | None = None
    original_outcome: Named | None = None
    hold: HoldKind = "none"
    hold_reason: str | None = None
    hold_since: datetime | None = None
    priority: PriorityLevel = "none"
    original_priority: Named | None = None
    rank: str | None = None
    start: DateValue | None = None
    start_source: StartSource | None = None
    due: DateValue | None = None
    completed_at: datetime | None = None
    estimates: Sequence[Quantity] = ()
    """Every estimate the tracker holds, the primary one first; at most one a unit."""
    remaining: Quantity | None = None
    spent: Quantity | None = None
    progress: Progress | None = None
    assignments: Sequence[Assignment] = ()
    reporter_account_id: str | None = None
    placements: Sequence[Placement] = ()
    iteration_ids: Sequence[str] = ()
    """Every iteration the item was planned into, the current one last."""
    release_ids: Sequence[str] = ()
    labels: Sequence[str] = ()
    custom: Mapping[str, FieldValue] = field(default_factory=dict)
    """By the tracker's id of the field."""
    links: Sequence[Link] = ()
    flags: Flags = Flags()
    visibility: Literal["scope", "restricted"] = "scope"
    presence: Literal["present", "archived"] = "present"
    remote_created_at: datetime | None = None
    remote_updated_at: datetime | None = None
    remote_version: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A sub-group in a scope. ``hint`` is the status category that its name stands for, if any."""

    id: str
    scope_id: str
    remote_id: str
    kind: Literal["section", "list", "component", "summary_row"]
    name: str
    order: str | None = None
    closed: bool = False
    hint: StatusCategory | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One person's, bot's or group's account on one tracker."""

    id: str
    system: str
    remote_id: str
    display_name: str
    handle: str | None = None
    email: str | None = None
    email_visibility: Literal["shown", "hidden"] = "hidden"
    kind: Literal["human", "bot", "group"] = "human"
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Iteration:
    id: str
    scope_id: str
    remote_id: str
    name: str
    state: Literal["future", "active", "closed"]
    start: DateValue | None = None
    end: DateValue | None = None
    completed_at: datetime | None = None
    goal: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    id: str
    scope_id: str
    remote_id: str
    name: str
    date: DateValue | None = None
    released: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One field of one item changed. ``before``/``after`` are in our words where ``field`` is one of
    :class:`Item`'s fields, the ``original`` pair always in the tracker's."""

    id: str
    item_id: str
    field: str
    before: str | None
    after: str | None
    original_before: str | None
    original_after: str | None
    at: datetime
    author_id: str | None = None
    source: Literal["tracker_history", "observed_diff", "data_correction"] = "tracker_history"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusReport:
    """What people declare of a scope's state: never what evidence says. ``item_id`` where a row declares."""

    id: str
    scope_id: str
    remote_id: str
    rag: Rag
    original: Named | None = None
    title: str | None = None
    text_md: str | None = None
    author_id: str | None = None
    at: datetime | None = None
    item_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmapped:
    """A value that no rule maps; the field became ``unknown`` (or stayed out)."""

    field: str
    value: str
    item_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """A record, or a field of one, that cannot be read: it is kept raw, counted and shown.

    ``whole`` says that nothing at all came of the record; else only the field is missing. ``lost`` are the
    fields of :class:`Item` (of a custom one ``custom.<id>``) that may have gone without their value.
    """

    kind: str
    remote_id: str
    field: str
    expected: str
    found: str
    whole: bool
    lost: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Normalised:
    """All that one record became. ``undefined`` are things that it names and that no definition of its scope
    tells of: these may be out of date."""

    items: Sequence[Item] = ()
    sections: Sequence[Section] = ()
    accounts: Sequence[Account] = ()
    iterations: Sequence[Iteration] = ()
    releases: Sequence[Release] = ()
    changes: Sequence[Change] = ()
    status_reports: Sequence[StatusReport] = ()
    time_entries: Sequence[TimeEntry] = ()
    allocations: Sequence[Allocation] = ()
    availabilities: Sequence[Availability] = ()
    budgets: Sequence[Budget] = ()
    rates: Sequence[Rate] = ()
    unmapped: Sequence[Unmapped] = ()
    rejections: Sequence[Rejection] = ()
    undefined: Sequence[str] = ()


class Mapper(Protocol):
    """A normaliser made ready for one scope: its definitions read, its rules laid over the defaults."""

    @property
    def absent(self) -> Mapping[str, NullReason]:
        """Why a field of :class:`Item` is None throughout this scope, where that is not ``unset``."""
        ...

    def __call__(self, record: Record) -> Normalised:
        """Never raises on a record's content: what cannot be read is a :class:`Rejection`."""
        ...
