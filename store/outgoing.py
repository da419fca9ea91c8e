"""Deliveries as workers make them: which subscriptions the feed is ahead of, what is to be sent now, and what
came of it. A delivery is made in the transaction that notes how far its subscription has come, so that none
is lost and none made twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import and_, delete, func, literal, select, update

from store.feed import touch
from store.open import Store
from store.principal import Principal
from store.schema import feed
from store.schema_outgoing import deliveries, subscriptions
from store.session import Session
from store.subscriptions import PREFIX
from store.types import Instant
from store.views import FeedFilter

BACKLOG = 1000
"""Deliveries that may wait for one subscription. What is beyond waits in the feed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """A subscription that the feed is ahead of: told what ``who`` may see of what it ``chose``."""

    id: str
    after: int
    who: Principal
    chosen: FeedFilter


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is to be said of the feed's entry with this number."""

    seq: int
    type: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A delivery that is to be tried now. ``attempts`` were made before."""

    id: str
    subscription: str
    url: str
    secret: str = field(repr=False)
    body: str
    attempts: int
    failing_since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What came of one attempt. ``next_at`` None: no other is made. ``disabled_because`` None: the
    subscription goes on."""

    delivery: str
    subscription: str
    at: datetime
    status: int | None
    error: str | None
    next_at: datetime | None = None
    quiet_until: datetime | None = None
    disabled_because: str | None = None


async def behind(store: Store) -> list[Behind]:
    """Those that work, and for which not too much waits already."""
    of = subscriptions.c
    newest = select(func.max(feed.c.seq)).scalar_subquery()
    waiting = (
        select(func.count())
        .where(deliveries.c.subscription_id == of.id, deliveries.c.state == "waiting")
        .scalar_subquery()
    )
    chosen = select(subscriptions).where(of.disabled_at.is_(None), of.after < newest, waiting < BACKLOG)
    async with store.database.reading() as session:
        rows = await session.all(chosen.order_by(of.id))
    return [
        Behind(
            id=row.id,
            after=row.after,
            who=Principal(role=row.role, person=row.person, team=row.team, name=row.made_by),
            chosen=FeedFilter(**row.chosen),
        )
        for row in rows
    ]


async def enqueue(store: Store, one: Behind, reached: int, messages: Sequence[Message], at: datetime) -> None:
    """The subscription has come as far as ``reached``. Nothing is done where another was faster."""
    of = subscriptions.c
    rows = [
        {
            "id": f"{PREFIX}{uuid4().hex}",
            "subscription_id": one.id,
            "seq": message.seq,
            "type": message.type,
            "body": message.body,
            "state": "waiting",
            "attempts": 0,
            "created_at": at,
            "next_at": at,
        }
        for message in messages
    ]
    async with store.database.aside() as session:
        moved = await session.run(
            update(subscriptions).where(of.id == one.id, of.after == one.after).values(after=reached)
        )
        if moved.rowcount:
            await session.add(deliveries, rows)


async def due(store: Store, now: datetime, limit: int) -> list[Due]:
    """In the order of the feed. Nothing for a subscription that is disabled or left alone for a while."""
    of, to = deliveries.c, subscriptions.c
    left_alone = and_(to.quiet_until.is_not(None), to.quiet_until > now)
    chosen = (
        select(deliveries, to.url, to.secret, to.failing_since)
        .join(subscriptions, to.id == of.subscription_id)
        .where(of.state == "waiting", of.next_at <= now, to.disabled_at.is_(None), ~left_alone)
    )
    async with store.database.reading() as session:
        rows = await session.all(chosen.order_by(of.seq, of.id).limit(limit))
    return [
        Due(
            id=row.id,
            subscription=row.subscription_id,
            url=row.url,
            secret=row.secret,
            body=row.body,
            attempts=row.attempts,
            failing_since=row.failing_since,
        )
        for row in rows
    ]


async def note(store: Store, tried: Tried) -> None:
    of = deliveries.c
    state = "delivered" if tried.error is None else "waiting" if tried.next_at else "dead"
    told: dict[str, Any] = {
        "state": state,
        "attempts": of.attempts + 1,
        "next_at": tried.next_at,
        "last_at": tried.at,
        "last_status": tried.status,
        "last_error": tried.error,
    }
    async with store.database.aside() as session:
        await session.run(update(deliveries).where(of.id == tried.delivery).values(told))
        await _note_on_subscription(session, tried)


async def _note_on_subscription(session: Session, tried: Tried) -> None:
    of = subscriptions.c
    told: dict[str, Any] = {"failing_since": None, "quiet_until": None}
    if tried.error is not None:
        told = {
            "failing_since": func.coalesce(of.failing_since, literal(tried.at, Instant())),
            "quiet_until": tried.quiet_until,
        }
    if tried.disabled_because is not None:
        told |= {"disabled_at": tried.at, "disabled_because": tried.disabled_because}
        await touch(session)
    await session.run(update(subscriptions).where(of.id == tried.subscription).values(told))


async def sweep(store: Store, before: datetime) -> None:
    """Forgets what was delivered before that. What was given up stays until its subscription goes."""
    of = deliveries.c
    async with store.database.aside() as session:
        await session.run(delete(deliveries).where(of.state == "delivered", of.last_at < before))
