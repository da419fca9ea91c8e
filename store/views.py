"""What reads answer: plain data, the same for the API, the pages and the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, Literal, TypeVar

from normalizer.model import Change, Item, NullReason, Presence
from store.declared import FRESHNESS
from store.people_views import PersonAccount
from store.resource_views import StatusReportView

T = TypeVar("T")
RunState = Literal["running", "waiting", "paused", "done", "failed", "cancelled", "abandoned"]
FindingKind = Literal[
    "unmapped_value",
    "rejected_record",
    "rejected_field",
    "not_found",
    "mass_absence",
    "access_lost",
    "late",
    "subscription_disabled",
]
FeedKind = Literal["created", "modified", "corrected", "removed"]
FindingState = Literal["open", "approved", "dismissed", "over"]
ScopeState = Literal["never_read", "reading", "complete", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeView:
    """``complete_at`` is when the last complete reading began: what we hold is at least that fresh.
    ``error`` is the sentence of the last failure since then. ``late`` once that is longer ago than
    ``target_seconds``, or was never and it is known for longer; ``late_reason`` says why."""

    id: str
    connection: str
    tracker: str
    remote_id: str
    key: str | None
    name: str
    kind: str
    url: str
    sharing: str
    team: str | None
    state: ScopeState
    complete_at: datetime | None
    error: str | None
    items: int
    rejected: int
    target_seconds: int
    late: bool
    late_reason: str | None
    absent: Mapping[str, NullReason] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """The envelope's facts over the scopes a question touched. ``hidden`` scopes are counted, never named.
    ``expected`` counts scopes that the configuration names and no tracker has shown yet. ``late`` are those
    of the seen and the expected that are past their own target; ``target_seconds`` is that of
    ``oldest_scope``, or where there is none the installation's. ``receipt`` is the newest of the seen scope
    that was compared with its tracker longest ago; None while one of them never was."""

    as_of: datetime | None
    oldest_scope: str | None
    scopes: int
    complete: int
    hidden: int
    expected: int = 0
    restricted: int = 0
    receipt: str | None = None
    late: int = 0
    target_seconds: int = FRESHNESS


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A project's rolled-up figures over the visible scopes. Only counted, present items.

    ``open_due`` maps a due day (UTC for instants) to the number of open items due then.
    ``progress`` maps a method to (items, summed percent); ``points`` is (all, done).
    """

    categories: Mapping[str, int]
    open_due: Mapping[date, int]
    blocked: int
    unassigned: int
    people: Mapping[str, int]
    """Open items by person id."""
    points_all: Decimal
    points_done: Decimal
    estimated: int
    """Items with an estimate in points."""
    archived: int
    uncounted: int
    progress: Mapping[str, tuple[int, Decimal]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectView:
    """Figures and scopes are the project's own; the coverage is over all that stands under it too, and so is
    ``declared``: the latest status report of each scope that has one, by the name of the scope."""

    id: str
    kind: Literal["portfolio", "program", "project"]
    name: str
    parent: str | None
    owner: str | None
    method: str
    target_end: date | None
    figures: Figures
    scopes: Sequence[ScopeView]
    coverage: Coverage
    declared: Sequence[StatusReportView] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where an item's row comes from."""

    connection: str
    tracker: str
    scope: str
    record_hash: str
    read_at: datetime
    written_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemView:
    """An item with what the store adds: presence, derived times, names for the ids in it."""

    item: Item
    presence: Presence
    presence_since: datetime | None
    actual_start: datetime | None
    completed_at: datetime | None
    projects: Sequence[str]
    scope: str
    connection: str
    tracker: str
    assignees: Sequence[str]
    """Display names, in the order of ``item.assignments``."""
    section: str | None
    absent: Mapping[str, NullReason]
    provenance: Provenance
    history: Sequence[Change] | None = None
    raw: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemQuery:
    """Filters are joined by and; several values in one by or. Text is searched in title and description.
    ``cursor`` is opaque and fits only the same sort; ``sort`` is a field, with ``-`` for descending."""

    tracker: Sequence[str] = ()
    connection: Sequence[str] = ()
    scope: Sequence[str] = ()
    project: Sequence[str] = ()
    status: Sequence[str] = ()
    type: Sequence[str] = ()
    assignee: Sequence[str] = ()
    """Person ids, account ids, or ``none``."""
    team: Sequence[str] = ()
    text: str | None = None
    due_from: date | None = None
    due_to: date | None = None
    updated_from: datetime | None = None
    updated_to: datetime | None = None
    presence: Sequence[str] = ("present",)
    sort: Literal["updated", "-updated", "due", "-due", "title", "-title", "key", "-key"] = "-updated"
    limit: int = 100
    cursor: str | None = None
    history: bool = False
    raw: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemPage:
    items: Sequence[ItemView]
    next_cursor: str | None
    coverage: Coverage


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonView:
    id: str
    name: str
    email: str | None
    accounts: Sequence[PersonAccount]
    open_items: int
    projects: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleQuery:
    """``text`` is the start of any word of the name; ``project`` keeps whoever has open items there."""

    text: str | None = None
    project: str | None = None
    limit: int = 100
    cursor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PeoplePage:
    people: Sequence[PersonView]
    next_cursor: str | None
    coverage: Coverage


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourcePage(Generic[T]):
    """Status reports, time entries … The coverage's ``restricted`` counts what is withheld in the scopes and
    projects asked for, whosever and of whatever day it is: else asking by person and day would tell."""

    rows: Sequence[T]
    next_cursor: str | None
    coverage: Coverage


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEvent:
    """One entry of the ordered feed. ``removed`` is a tombstone: the presence says why."""

    seq: int
    kind: FeedKind
    item_id: str
    tracker: str
    scope: str
    remote_id: str
    title: str
    fields: Sequence[str]
    presence: Presence
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedFilter:
    """Filters are joined by and; several values in one by or. Whoever follows a part of what they may see is
    told of what goes from it to another scope as removed. ``field`` asks for modifications of one of these;
    what comes and goes is told whatever it has."""

    tracker: Sequence[str] = ()
    scope: Sequence[str] = ()
    project: Sequence[str] = ()
    kind: Sequence[FeedKind] = ()
    field: Sequence[str] = ()

    def wants(self, event: FeedEvent) -> bool:
        """As far as the event itself can tell."""
        modified = event.kind in ("modified", "corrected")
        return (not self.kind or event.kind in self.kind) and (
            not self.field or not modified or not set(self.field).isdisjoint(event.fields)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionView:
    """``unmapped`` and ``rejected`` count open findings."""

    id: str
    tracker: str
    system: str
    site: str | None
    account: str | None
    state: Literal["never_checked", "ok", "unavailable", "unauthorized", "failed"]
    error: str | None
    checked_at: datetime | None
    scopes: Sequence[ScopeView]
    unmapped: int
    rejected: int
    coverage: Coverage


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFilter:
    """Of these states and connections; none named: of all."""

    states: Sequence[RunState] = ()
    connections: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunView:
    """``expected`` is how many items it will bring, where its tracker can tell. While it is under way,
    ``rate`` is in items a second and ``eta_seconds`` how long it will take at that. ``cancellable``: it would
    stop at the end of a page if somebody asked; ``cancel_asked_at``: somebody did."""

    id: str
    kind: str
    connection: str
    scope: str | None
    state: RunState
    started_at: datetime
    finished_at: datetime | None
    pages: int
    records: int
    items: int
    written: int
    rejected: int
    expected: int | None
    waiting_until: datetime | None
    error: str | None
    note: str | None = None
    rate: float | None = None
    eta_seconds: int | None = None
    cancel_asked_at: datetime | None = None
    cancellable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingView:
    """``connection`` is null where it is of none. ``count`` is how many records raise it, or how many items
    it holds back. It is ``over`` when nothing raises it any more and nobody decided; else ``decided_by`` and
    ``why`` say who decided, and why."""

    id: str
    kind: FindingKind
    connection: str | None
    scope: str | None
    subject: str
    detail: str
    count: int
    first_seen: datetime
    last_seen: datetime
    state: FindingState = "open"
    decided_by: str | None = None
    why: str | None = None
    decided_at: datetime | None = None
