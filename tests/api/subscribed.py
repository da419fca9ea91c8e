"""A subscription with a delivery that waits, for the world of the API's tests."""

from __future__ import annotations

from datetime import datetime

from store.open import Store
from store.outgoing import Behind, Message, enqueue
from store.principal import LOCAL
from store.subscriptions import SubscriptionSpec, subscribe
from store.views import FeedFilter

URL = "https://chat.example.org/hooks/pmo"


async def subscribed(store: Store, at: datetime) -> str:
    """Its id."""
    chosen = FeedFilter(project=["website"])
    made = await subscribe(store, LOCAL, SubscriptionSpec(url=URL, name="PMO channel", chosen=chosen), at)
    _, reached = await store.reader(LOCAL, lambda: at).changes(0, 1000)
    behind = Behind(id=made.id, after=reached, who=LOCAL, chosen=chosen)
    await enqueue(store, behind, reached, [Message(seq=reached, type="item.modified", body="{}")], at)
    return made.id
