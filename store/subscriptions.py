"""Subscriptions to the feed as people keep them: made, shown, removed, put to work again; and their
deliveries, sent again by hand."""

from __future__ import annotations

from base64 import b64encode
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from secrets import token_bytes
from typing import Any
from uuid import uuid4

from sqlalchemy import Row, delete, func, select, update

from store.feed import marks, touch
from store.open import Store
from store.principal import Principal
from store.schema_outgoing import deliveries, subscriptions
from store.session import Session
from store.subscription_views import DeliveryState, DeliveryView, NewSubscription, SubscriptionView
from store.views import FeedFilter

SECRET_BYTES = 32
SECRET_PREFIX = "whsec_"  # noqa: S105 - what every such secret begins with
PREFIX = "msg_"


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionSpec:
    """``name`` says what it is for."""

    url: str
    name: str
    chosen: FeedFilter


async def subscribe(store: Store, who: Principal, spec: SubscriptionSpec, at: datetime) -> NewSubscription:
    """It is told from now on what ``who`` may see of what it chose. Its secret is of the form that
    https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md asks for."""
    secret = SECRET_PREFIX + b64encode(token_bytes(SECRET_BYTES)).decode()
    row = {
        "id": str(uuid4()),
        "url": spec.url,
        "name": spec.name,
        "secret": secret,
        "chosen": asdict(spec.chosen),
        "role": who.role,
        "person": who.person,
        "team": who.team,
        "made_by": who.name or who.role,
        "created_at": at,
    }
    async with store.database.writing() as session:
        last, _ = await marks(session)
        await session.add(subscriptions, [{**row, "after": last}])
        (made,) = await session.all(select(subscriptions).where(subscriptions.c.id == row["id"]))
    return NewSubscription(**asdict(_view(made, {})), secret=secret)


async def list_subscriptions(store: Store) -> list[SubscriptionView]:
    """Oldest first."""
    async with store.database.reading() as session:
        rows = await session.all(
            select(subscriptions).order_by(subscriptions.c.created_at, subscriptions.c.id)
        )
        counts = await _counts(session)
    return [_view(row, counts.get(row.id, {})) for row in rows]


async def find_subscription(store: Store, subscription: str) -> SubscriptionView | None:
    return next((one for one in await list_subscriptions(store) if one.id == subscription), None)


async def unsubscribe(store: Store, subscription: str) -> bool:
    """With all of its deliveries. False where there is no such one."""
    async with store.database.writing() as session:
        await session.remove(deliveries.c.subscription_id, [subscription])
        gone = await session.run(delete(subscriptions).where(subscriptions.c.id == subscription))
        await touch(session)
    return bool(gone.rowcount)


async def enable(store: Store, subscription: str, at: datetime) -> bool:
    """It goes on where it stood, with what waits at once. False where there is no such one."""
    works = {"failing_since": None, "quiet_until": None, "disabled_at": None, "disabled_because": None}
    waiting = (deliveries.c.subscription_id == subscription, deliveries.c.state == "waiting")
    async with store.database.writing() as session:
        found = await session.run(
            update(subscriptions).where(subscriptions.c.id == subscription).values(works)
        )
        await session.run(update(deliveries).where(*waiting).values(next_at=at))
        await touch(session)
    return bool(found.rowcount)


async def list_deliveries(
    store: Store, subscription: str, state: DeliveryState | None, limit: int
) -> list[DeliveryView]:
    """Newest first."""
    of = deliveries.c
    chosen = select(deliveries).where(of.subscription_id == subscription)
    if state is not None:
        chosen = chosen.where(of.state == state)
    async with store.database.reading() as session:
        rows = await session.all(chosen.order_by(of.seq.desc(), of.id).limit(limit))
    return [_delivery(row) for row in rows]


async def resend(store: Store, subscription: str, delivery: str, at: datetime) -> DeliveryView | None:
    """It is tried at once, as if for the first time. None where there is no such one."""
    of = deliveries.c
    anew = {"state": "waiting", "attempts": 0, "next_at": at}
    named = (of.id == delivery, of.subscription_id == subscription)
    async with store.database.writing() as session:
        await session.run(update(deliveries).where(*named).values(anew))
        await session.run(
            update(subscriptions).where(subscriptions.c.id == subscription).values(quiet_until=None)
        )
        rows = await session.all(select(deliveries).where(*named))
    return _delivery(rows[0]) if rows else None


async def _counts(session: Session) -> Mapping[str, Mapping[str, int]]:
    """By subscription and state."""
    of = deliveries.c
    rows = await session.all(
        select(of.subscription_id, of.state, func.count().label("n"))
        .where(of.state != "delivered")
        .group_by(of.subscription_id, of.state)
    )
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for row in rows:
        found[row.subscription_id][row.state] = row.n
    return found


def _view(row: Row[Any], counts: Mapping[str, int]) -> SubscriptionView:
    return SubscriptionView(
        id=row.id,
        url=row.url,
        name=row.name,
        **row.chosen,
        made_by=row.made_by,
        created_at=row.created_at,
        state="disabled" if row.disabled_at else "failing" if row.failing_since else "active",
        waiting=counts.get("waiting", 0),
        dead=counts.get("dead", 0),
        failing_since=row.failing_since,
        disabled_because=row.disabled_because,
    )


def _delivery(row: Row[Any]) -> DeliveryView:
    told = {
        field.name: getattr(row, field.name) for field in fields(DeliveryView) if field.name != "subscription"
    }
    return DeliveryView(subscription=row.subscription_id, **told)
