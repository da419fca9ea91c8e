"""Hints: keys that say where to look again. The same key hinted at many times is one row, and a row goes only
when nothing was added to it while it was worked on; else it waits from then on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import UpdateBase, and_, bindparam, delete, func, or_, select, update

from connectors.base import Hint
from store.inbox import Inbox
from store.schema_watching import hearings, hints, unknown_events, watches
from store.session import Rows, Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """What came of one delivery to a webhook. ``refused``: it was not let in, or cannot be read.
    ``new_secret`` was learnt from a handshake, and is kept only while the webhook is being made."""

    watch_id: str
    connection: str
    hints: Sequence[Hint] = ()
    ignored: int = 0
    unknown: Sequence[str] = ()
    refused: bool = False
    new_secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A hint as it was when it was taken: hinted at ``n`` times since ``first_at``."""

    hint: Hint
    n: int
    first_at: datetime


async def note(inbox: Inbox, arrivals: Sequence[Arrival], now: datetime) -> None:
    """All of it, committed, or StoreError. Rows go in one order everywhere, so that no two wait for each
    other."""
    told = Counter((one.connection, *_key(hint)) for one in arrivals for hint in one.hints)
    scopes = Counter((connection, scope) for connection, scope, _ in told.elements())
    names = Counter((one.watch_id, name) for one in arrivals for name in one.unknown)
    async with inbox.database.aside() as session:
        keyed = _rows(("connection_id", "scope", "item"), "n", told)
        await session.increase(hints, [{**row, "first_at": now} for row in keyed], ["n"])
        await session.increase(hearings, _rows(("connection_id", "scope"), "told", scopes), ["told"])
        await session.increase(unknown_events, _rows(("watch_id", "name"), "n", names), ["n"])
        for watch_id in sorted({one.watch_id for one in arrivals}):
            await _count(session, watch_id, [one for one in arrivals if one.watch_id == watch_id], now)


async def _count(session: Session, watch_id: str, arrivals: Sequence[Arrival], now: datetime) -> None:
    of = watches.c
    values: dict[str, Any] = {
        "deliveries": of.deliveries + len(arrivals),
        "hints": of.hints + sum(len(one.hints) for one in arrivals),
        "ignored": of.ignored + sum(one.ignored for one in arrivals),
        "refused": of.refused + sum(one.refused for one in arrivals),
    }
    if not all(one.refused for one in arrivals):
        values["last_at"] = now
    await session.run(update(watches).where(of.id == watch_id).values(**values))
    for one in arrivals:
        if one.new_secret is not None:
            await session.run(
                update(watches).where(of.id == watch_id, of.making).values(secret=one.new_secret)
            )


async def take(inbox: Inbox, connection: str, limit: int, after: Waiting | None = None) -> list[Waiting]:
    """The oldest of the connection, or of those that follow ``after``. They stay where they are until they
    are :func:`done`."""
    of = hints.c
    chosen = select(hints).where(of.connection_id == connection)
    if after is not None:
        scope, item = _key(after.hint)
        beside = or_(of.scope > scope, and_(of.scope == scope, of.item > item))
        later = or_(of.first_at > after.first_at, and_(of.first_at == after.first_at, beside))
        chosen = chosen.where(later)
    async with inbox.database.reading() as session:
        rows = await session.all(chosen.order_by(of.first_at, of.scope, of.item).limit(limit))
    return [Waiting(_hint(row.scope, row.item), row.n, row.first_at) for row in rows]


async def done(inbox: Inbox, connection: str, waiting: Sequence[Waiting], now: datetime) -> None:
    """Forget those that were not hinted at again meanwhile; the others are as if they came now."""
    async with inbox.database.aside() as session:
        await _work_off(session, connection, waiting, now)


async def narrow(
    inbox: Inbox, connection: str, waiting: Sequence[Waiting], scopes: Collection[str], now: datetime
) -> None:
    """What was hinted at is :func:`done` but for these scopes, each of which is to be looked at now."""
    hinted = [Hint(scope_id=scope, item_id=None) for scope in (scopes if waiting else ())]
    rows = _in_order(connection, [Waiting(hint, 1, waiting[0].first_at) for hint in hinted])
    async with inbox.database.aside() as session:
        await session.increase(hints, rows, ["n"])
        await _work_off(session, connection, waiting, now)


async def add(inbox: Inbox, connection: str, told: Iterable[Hint], now: datetime) -> None:
    """Those that no delivery brought."""
    rows = _in_order(connection, [Waiting(hint, 1, now) for hint in told])
    async with inbox.database.aside() as session:
        await session.increase(hints, rows, ["n"])


async def _work_off(session: Session, connection: str, waiting: Sequence[Waiting], now: datetime) -> None:
    of = hints.c
    rows = [
        {"now": now, **{f"of_{name}": value for name, value in row.items()}}
        for row in _in_order(connection, waiting)
    ]

    def less() -> UpdateBase:
        key = [of[name] == bindparam(f"of_{name}") for name in ("connection_id", "scope", "item", "first_at")]
        since = bindparam("now", type_=of.first_at.type)
        return update(hints).where(*key).values(n=of.n - bindparam("of_n"), first_at=since)

    if rows:
        await session.many(("work off",), less, rows)
        await session.run(delete(hints).where(of.connection_id == connection, of.n == 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """Hints of a connection that nobody has looked after yet."""

    connection: str
    hints: int
    since: datetime


async def backlogs(inbox: Inbox) -> list[Backlog]:
    """Of every connection that has hints, by name."""
    of = hints.c
    chosen = select(of.connection_id, func.count().label("n"), func.min(of.first_at).label("since"))
    async with inbox.database.reading() as session:
        rows = await session.all(chosen.group_by(of.connection_id).order_by(of.connection_id))
    return [Backlog(connection=row.connection_id, hints=row.n, since=row.since) for row in rows]


def _key(hint: Hint) -> tuple[str, str]:
    return hint.scope_id or "", hint.item_id or ""


def _in_order(connection: str, waiting: Iterable[Waiting]) -> Rows:
    return [
        {"connection_id": connection, "scope": scope, "item": item, "n": one.n, "first_at": one.first_at}
        for one in sorted(waiting, key=lambda one: _key(one.hint))
        for scope, item in [_key(one.hint)]
    ]


def _hint(scope: str, item: str) -> Hint:
    return Hint(scope_id=scope or None, item_id=item or None)


def _rows(names: Sequence[str], count: str, counted: Counter[Any]) -> Rows:
    return [{**dict(zip(names, key, strict=True)), count: n} for key, n in sorted(counted.items())]
