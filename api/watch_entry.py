"""Webhooks on the wire: those of each connection, how they fare and how much they tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.base import Capabilities
from store.hearings import Hearing, hearings_of
from store.hints import Backlog, backlogs
from store.inbox import Inbox
from store.views import ConnectionView, ScopeView
from store.watches import Kept, watches_of
from sync.watching import polling


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchEntry:
    """One webhook on the tracker's side. ``scope`` is null where it covers the connection. ``active``: the
    tracker said at ``checked_at`` that it delivers; ``health`` is what is wrong, in words. Of its deliveries
    so many hints came, so many events are known and need no look (``ignored``), so many deliveries were
    ``refused``, being forged or unreadable; ``unknown`` counts by name events that nobody here knows."""

    scope: str | None
    name: str | None
    active: bool
    health: str
    expires_at: datetime | None
    checked_at: datetime | None
    last_at: datetime | None
    deliveries: int
    hints: int
    ignored: int
    refused: int
    unknown: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class HearingEntry:
    """How much of a scope is told. Before its last comparison with the tracker (``reckoned_at``) came
    ``heard`` hints, and it found ``lost`` changes that nobody had told: ``loss`` is their share. ``told``
    counts the hints since."""

    scope: str
    name: str
    told: int
    heard: int
    lost: int
    loss: float | None
    reckoned_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchingEntry:
    """How changes come from a connection. ``polling`` says why it is only asked at its times (null: it may
    tell). So many hints wait to be looked at, the oldest since ``waiting_since``."""

    connection: str
    tracker: str
    polling: str | None
    waiting: int
    waiting_since: datetime | None
    watches: Sequence[WatchEntry]
    scopes: Sequence[HearingEntry]


@dataclass(frozen=True, slots=True)
class Watchtower:
    """Where webhooks are kept, and where trackers reach them. Without an ``inbox`` there are none."""

    inbox: Inbox | None
    public_url: str | None
    trackers: Sequence[Capabilities]

    async def entries(self, views: Sequence[ConnectionView]) -> list[WatchingEntry]:
        """Of these connections, as far as their scopes are shown in them."""
        names = [view.id for view in views]
        kept = await watches_of(self.inbox, names) if self.inbox else []
        heard = await hearings_of(self.inbox, names) if self.inbox else []
        waiting = {one.connection: one for one in await backlogs(self.inbox)} if self.inbox else {}
        known = {one.tracker: one for one in self.trackers}
        return [
            WatchingEntry(
                connection=view.id,
                tracker=view.tracker,
                polling=polling(known[view.tracker], self.public_url) if view.tracker in known else None,
                watches=_watches(view, kept),
                scopes=_hearings(view, heard),
                **_backlog(waiting.get(view.id)),
            )
            for view in views
        ]


def _backlog(of: Backlog | None) -> Mapping[str, Any]:
    return {"waiting": of.hints if of else 0, "waiting_since": of.since if of else None}


def _watches(view: ConnectionView, kept: Sequence[Kept]) -> list[WatchEntry]:
    scopes = _scopes(view)
    return [
        _watch(one, scopes.get(one.scope or ""))
        for one in kept
        if one.connection == view.id and (one.scope is None or one.scope in scopes)
    ]


def _watch(kept: Kept, scope: ScopeView | None) -> WatchEntry:
    return WatchEntry(
        scope=scope.id if scope else None,
        name=scope.name if scope else None,
        active=kept.active,
        health=kept.health,
        expires_at=kept.expires_at,
        checked_at=kept.checked_at,
        last_at=kept.last_at,
        deliveries=kept.deliveries,
        hints=kept.hints,
        ignored=kept.ignored,
        refused=kept.refused,
        unknown=kept.unknown,
    )


def _hearings(view: ConnectionView, heard: Sequence[Hearing]) -> list[HearingEntry]:
    scopes = _scopes(view)
    return [
        HearingEntry(
            scope=scopes[one.scope].id,
            name=scopes[one.scope].name,
            told=one.told,
            heard=one.heard,
            lost=one.lost,
            loss=one.loss,
            reckoned_at=one.reckoned_at,
        )
        for one in heard
        if one.connection == view.id and one.scope in scopes
    ]


def _scopes(view: ConnectionView) -> Mapping[str, ScopeView]:
    return {one.remote_id: one for one in view.scopes}
