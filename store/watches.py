"""Webhooks that we keep on the trackers' side: the address and secret of each, what the tracker says of it,
and what came of its deliveries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any

from sqlalchemy import Row, select

from connectors.base import Watch, WatchState
from store.inbox import Inbox
from store.schema_watching import unknown_events, watches

TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A webhook and how it fares. ``scope`` is the tracker's id of it, None: it covers the connection.
    ``active``: the tracker said, when it was asked at ``checked_at``, that it delivers; ``health`` is what
    is wrong with it, in words. Deliveries are counted, the last that was let in came at ``last_at``, and
    ``unknown`` counts events by name that we do not know."""

    id: str
    connection: str
    scope: str | None
    callback_url: str = field(repr=False)
    secret: str | None = field(repr=False)
    remote_id: str | None
    making: bool
    active: bool
    health: str
    expires_at: datetime | None
    checked_at: datetime | None
    deliveries: int
    hints: int
    ignored: int
    refused: int
    last_at: datetime | None
    unknown: Mapping[str, int]

    @property
    def watch(self) -> Watch:
        return Watch(
            callback_url=self.callback_url,
            scope_id=self.scope,
            remote_id=self.remote_id,
            secret=self.secret,
            making=self.making,
        )


async def watch_at(inbox: Inbox, connection: str, token: str) -> Kept | None:
    """The one whose address ends in the token. It is looked for by the token's digest, so that how long that
    takes says nothing of any token."""
    of = watches.c
    chosen = select(watches).where(of.id == _digest(token), of.connection_id == connection)
    async with inbox.database.reading() as session:
        rows = await session.all(chosen)
    return _kept(rows[0], {}) if rows else None


async def watches_of(inbox: Inbox, connections: Collection[str]) -> list[Kept]:
    """By connection and scope."""
    of = watches.c
    async with inbox.database.reading() as session:
        rows = await session.fetch(list(of), of.connection_id, connections)
        events = await session.fetch(list(unknown_events.c), unknown_events.c.watch_id, [r.id for r in rows])
    unknown: dict[str, dict[str, int]] = defaultdict(dict)
    for event in sorted(events, key=lambda event: event.name):
        unknown[event.watch_id][event.name] = event.n
    return [_kept(row, unknown[row.id]) for row in sorted(rows, key=lambda r: (r.connection_id, r.scope))]


async def expect(inbox: Inbox, connection: str, scopes: Sequence[str | None], base: str) -> None:
    """There is to be one for each of these, at an address under the base that nobody can guess. Those that
    are there stay as they are."""
    rows = [_new(connection, scope or "", base) for scope in scopes]
    async with inbox.database.aside() as session:
        await session.add_missing(watches, rows)


def _new(connection: str, scope: str, base: str) -> dict[str, Any]:
    token = token_urlsafe(TOKEN_BYTES)
    return {
        "id": _digest(token),
        "connection_id": connection,
        "scope": scope,
        "callback_url": base + token,
        "secret": token_urlsafe(TOKEN_BYTES),
        "making": False,
        "active": False,
        "health": "",
    }


async def set_making(inbox: Inbox, id: str, *, making: bool) -> None:
    await _change(inbox, id, {"making": making})


async def save_state(inbox: Inbox, id: str, state: WatchState, at: datetime) -> None:
    """What the tracker says of it, after it was looked after."""
    told = {
        "remote_id": state.id,
        "active": state.active,
        "health": state.health,
        "expires_at": state.expires_at,
    }
    secret = {} if state.secret is None else {"secret": state.secret}
    await _change(inbox, id, {**told, **secret, "checked_at": at})


async def save_trouble(inbox: Inbox, id: str, sentence: str, at: datetime) -> None:
    """It could not be looked after."""
    await _change(inbox, id, {"active": False, "health": sentence, "checked_at": at})


async def drop_watches(inbox: Inbox, ids: Collection[str]) -> None:
    async with inbox.database.aside() as session:
        await session.remove(watches.c.id, ids)
        await session.remove(unknown_events.c.watch_id, ids)


async def _change(inbox: Inbox, id: str, values: dict[str, Any]) -> None:
    async with inbox.database.aside() as session:
        await session.change(watches, [{"id": id, **values}])


def _digest(token: str) -> str:
    return sha256(token.encode(errors="replace")).hexdigest()


def _kept(row: Row[Any], unknown: Mapping[str, int]) -> Kept:
    told = {**row._mapping}
    scope = told.pop("scope") or None
    return Kept(connection=told.pop("connection_id"), scope=scope, unknown=unknown, **told)
