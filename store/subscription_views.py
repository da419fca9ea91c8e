"""Subscriptions and their deliveries as they are shown. Data only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from store.views import FeedKind

DeliveryState = Literal["waiting", "delivered", "dead"]
SubscriptionState = Literal["active", "failing", "disabled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionView:
    """Who is told of which part of the feed: what meets each of the filters by any of its values, and of that
    what whoever made it may see. ``waiting`` counts deliveries to come, ``dead`` those that were given up.
    While it fails or is disabled, ``failing_since`` says since when, and ``disabled_because`` why."""

    id: str
    url: str
    name: str
    tracker: Sequence[str]
    scope: Sequence[str]
    project: Sequence[str]
    kind: Sequence[FeedKind]
    field: Sequence[str]
    made_by: str
    created_at: datetime
    state: SubscriptionState
    waiting: int
    dead: int
    failing_since: datetime | None
    disabled_because: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSubscription(SubscriptionView):
    """``secret`` proves that a delivery is ours. It is shown this once."""

    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryView:
    """One message to one subscription. ``id`` is the ``webhook-id`` that its receiver knows it by; ``seq`` is
    the number of the feed's entry that it is about. ``next_at`` is when a waiting one is tried next."""

    id: str
    subscription: str
    seq: int
    type: str
    state: DeliveryState
    attempts: int
    created_at: datetime
    next_at: datetime | None
    last_at: datetime | None
    last_status: int | None
    last_error: str | None
