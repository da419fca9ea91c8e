"""The examples of subscriptions and deliveries in the documentation: real values too."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from api.envelope import Answer, Page
from api.examples import META, READ, SCOPE_ID
from store.subscription_views import DeliveryView, NewSubscription, SubscriptionView

_ID = "3f0d8c52-6f0a-4f4e-9a58-0a9d1c7e5b21"
REQUEST: dict[str, Any] = {
    "url": "https://chat.example.org/hooks/pmo",
    "name": "PMO channel",
    "project": ["website"],
}
_TOLD: dict[str, Any] = {
    "id": _ID,
    "url": REQUEST["url"],
    "name": REQUEST["name"],
    "tracker": [],
    "scope": [SCOPE_ID],
    "project": ["website"],
    "kind": ["created", "removed"],
    "field": [],
    "made_by": "the office",
    "created_at": READ,
    "state": "active",
    "waiting": 0,
    "dead": 1,
    "failing_since": None,
    "disabled_because": None,
}
_SUBSCRIPTION = SubscriptionView(**_TOLD)
SUBSCRIPTION = Answer(data=_SUBSCRIPTION, meta=META)
SUBSCRIPTIONS = Page(data=[_SUBSCRIPTION], meta=META)
MADE = Answer(
    data=NewSubscription(**{**_TOLD, "dead": 0}, secret="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),  # noqa: S106
    meta=META,
)
_DELIVERY = DeliveryView(
    id="msg_0b6c1b1f4c7c4d3d8f6a2e9d5c4b3a21",
    subscription=_ID,
    seq=1017,
    type="item.modified",
    state="dead",
    attempts=7,
    created_at=READ,
    next_at=None,
    last_at=READ + timedelta(hours=18),
    last_status=500,
    last_error="Its receiver answered 500: expected 2xx.",
)
DELIVERIES = Page(data=[_DELIVERY], meta=META)
RESENT = Answer(
    data=DeliveryView(
        id=_DELIVERY.id,
        subscription=_ID,
        seq=1017,
        type="item.modified",
        state="waiting",
        attempts=0,
        created_at=READ,
        next_at=READ + timedelta(hours=19),
        last_at=_DELIVERY.last_at,
        last_status=500,
        last_error=_DELIVERY.last_error,
    ),
    meta=META,
)
