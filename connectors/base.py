"""The connector contract: what every tracker file hands over and promises. Holds no behaviour."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol

JsonObject = Mapping[str, Any]

Kind = Literal[
    "definition",  # what is needed to read a scope's items: fields, statuses, lists, labels …
    "item",
    "account",
    "section",
    "iteration",
    "release",
    "status_report",
    "change",
    "time_entry",
    "allocation",
    "availability",
    "budget",
    "rate",
]

Support = Literal["full", "partial", "none"]
"""How far a tracker can tell a field of our model; ``none`` makes its null ``unsupported``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a tracker can and cannot tell, as the API serves it.

    ``fields`` maps names of :class:`normalizer.model.Item` fields to their support (absent = full).
    ``losses`` are sentences about what normalising drops. ``webhooks``: what one webhook covers.
    """

    tracker: str
    title: str
    system: str
    history: Literal["complete", "bounded", "none"]
    deletions: str
    fields: Mapping[str, Support] = field(default_factory=dict)
    losses: Sequence[str] = ()
    webhooks: Literal["connection", "scope", "none"] = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """One permission that reading needs: whether we hold it, and who can grant it."""

    name: str
    held: bool
    mend: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who we are to a tracker. ``site`` is part of every id we make, so it never changes.

    ``clock_skew`` is the tracker's clock less ours; ``time_zone`` is the account's IANA zone.
    """

    system: str
    site: str
    account_id: str
    account_name: str
    edition: str = ""
    time_zone: str | None = None
    clock_skew: timedelta | None = None
    permissions: Sequence[Permission] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeRecord:
    """One Jira project, Trello board … in reach, with the listing's own body untouched."""

    id: str
    kind: Literal["project", "board", "sheet"]
    name: str
    url: str
    key: str | None = None
    closed: bool = False
    body: JsonObject = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Record:
    """A thing exactly as the tracker sent it. ``read_at`` is when the request that read it began."""

    kind: Kind
    id: str
    scope_id: str
    body: JsonObject
    read_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """An id that was asked for and not given. ``deleted`` needs positive evidence; ``filtered`` says that the
    item is there and that the connection's filter no longer takes it."""

    id: str
    reason: Literal["not_found", "forbidden", "deleted", "moved", "filtered"]
    evidence: str


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """An item's id with a digest (16 bytes) of all its cheap fields and its placement."""

    id: str
    value: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Printing:
    """What a census says of an item as a record of it has it: ``of`` (pure) takes the record's body.
    ``covers`` names the fields of :class:`normalizer.model.Item` in which no change escapes the census."""

    of: Callable[[JsonObject], bytes]
    covers: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One step of a reading. ``resume`` continues this reading after the page (None: it was the last);
    ``next_since`` is the state of the tracker that a whole reading reached (only on the last page).
    ``expected`` is the number of items the reading will bring, where the tracker can tell. ``gone`` is what
    the tracker itself says is no longer here. ``listed`` (only on the last page) is the ids of all items of
    the scope, where this call listed every one of them from the beginning; an item that we hold and that is
    not among them is asked for by name."""

    records: Sequence[Record]
    gone: Sequence[Absence] = ()
    resume: JsonObject | None = None
    next_since: JsonObject | None = None
    expected: int | None = None
    listed: Sequence[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A webhook request as it came: method, path, lower-case headers, raw body."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """Look here again. ``item_id`` None means the whole scope, ``scope_id`` None an unknown one."""

    scope_id: str | None
    item_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What came of a delivery: hints, what to answer, and a secret learnt from a handshake. ``unknown`` names
    the events that we do not know, ``ignored`` is how many we know and need not look at."""

    hints: Sequence[Hint] = ()
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    new_secret: str | None = field(default=None, repr=False)
    unknown: Sequence[str] = ()
    ignored: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """A webhook as we want it, and what we know of the one that there is. ``scope_id`` None: it covers the
    whole connection; ``remote_id`` is the tracker's id of it, None until it is made. ``secret`` signs its
    deliveries: a fresh random one until the webhook is made, then the one it was made with; None or empty
    where the tracker signs nothing. Only while the call that makes it is under way (``making``) may a
    handshake bring a secret."""

    callback_url: str
    scope_id: str | None = None
    remote_id: str | None = None
    secret: str | None = field(default=None, repr=False)
    making: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchState:
    """A webhook on the tracker's side and its health as the tracker tells it; empty: nothing is wrong.
    ``secret`` is given only where deliveries are not signed with the watch's own: the one that the tracker
    chose, or empty where it signs nothing."""

    id: str
    scope_id: str | None
    callback_url: str
    active: bool
    health: str = ""
    expires_at: datetime | None = None
    secret: str | None = field(default=None, repr=False)


class Watching(Protocol):
    """Lets a tracker tell us what changes: the only thing that is ever written to it."""

    async def watch(self, scope: ScopeRecord | None, watch: Watch, /) -> WatchState:
        """Exactly one live webhook at the watch's callback URL: found again, made, enabled, renewed or
        repaired; others at the same URL are removed. ``scope`` is None where one covers the connection."""
        ...

    def watches(self) -> AsyncIterator[WatchState]:
        """All webhooks in reach, whosever callback they have."""
        ...

    async def unwatch(self, id: str) -> None:
        """Removes a webhook. One that is gone already is no error."""
        ...

    def receive(self, delivery: Delivery, watch: Watch) -> Received:
        """What to look at again, and what to answer. Asks nothing and knows no clock. Raises Unauthorized for
        a delivery that the watch's secret did not sign, and Unexpected for one that cannot be read."""
        ...


Receive = Callable[[Delivery, Watch], Received]
"""A tracker's :meth:`Watching.receive` by itself: who receives deliveries needs no connector."""


class Connector(Watching, Protocol):
    """Reads one connection, and keeps its webhooks. Every listing is complete or raises one of
    :mod:`connectors.errors`."""

    @property
    def capabilities(self) -> Capabilities: ...

    async def check(self) -> Identity:
        """Prove the credentials. Raises Unauthorized, Unavailable or Unexpected."""
        ...

    def scopes(self) -> AsyncIterator[ScopeRecord]:
        """All scopes in reach."""
        ...

    def read(
        self,
        scope: ScopeRecord,
        since: JsonObject | None = None,
        resume: JsonObject | None = None,
    ) -> AsyncIterator[Page]:
        """Everything in the scope, or with ``since`` (the ``next_since`` of an earlier reading) all that
        changed from that state on, never with an upper bound.

        The first page of a whole reading carries the scope's definitions. With ``since`` it carries those
        that were read again, maybe none: the caller keeps what it holds of the others. A scope of which the
        tracker's own probe says that nothing changed is one empty page. A resumed call is given the
        ``since`` of the call that it continues; it leaves no gap and may repeat the page it was cut at.
        Raises StaleCursor, before any page, for a ``since`` or ``resume`` that cannot be gone on from.
        """
        ...

    def fetch(self, scope: ScopeRecord, ids: Sequence[str]) -> AsyncIterator[Record | Absence]:
        """The named items as they are now, in the vendor's bulk calls."""
        ...

    def census(self, scope: ScopeRecord) -> AsyncIterator[Fingerprint]:
        """The complete (id, fingerprint) listing of a scope: every item that a whole reading would bring."""
        ...

    def definitions(self, scope: ScopeRecord) -> AsyncIterator[Record]:
        """The scope's definitions as they are now, with its sections, iterations and releases: what a whole
        reading brings beside the items. Whole, or raises."""
        ...

    def printing(self, scope: ScopeRecord, definitions: Mapping[str, JsonObject]) -> Printing:
        """How to tell from a record of the scope, and its ``definitions`` by their ids, what :meth:`census`
        says of an item that is still so. Asks nothing."""
        ...

    async def aclose(self) -> None: ...
