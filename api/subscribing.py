"""What a subscription may ask for: checked the same over the API and at the command line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.examples_subscriptions import REQUEST
from api.problems import Conflict, Invalid, Missing, ParameterError
from store.open import Store
from store.principal import Principal
from store.reader import Reader
from store.subscription_views import DeliveryView, NewSubscription, SubscriptionView
from store.subscriptions import SubscriptionSpec, find_subscription, resend, subscribe
from store.views import FeedFilter, FeedKind
from sync.targets import Guard, Refused

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class SubscriptionRequest(BaseModel):
    """Several values of one filter are joined by or, different filters by and; none: all of the feed that may
    be seen."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [REQUEST]})

    url: str = Field(description="Where to deliver to: https, at a public address.")
    name: Name = Field(description="What it is for, as the list shows it.")
    tracker: list[str] = Field([], max_length=100, description="Of these trackers.")
    scope: list[str] = Field([], max_length=100, description="Of these scopes, by id, key or name.")
    project: list[str] = Field([], max_length=100, description="Of these projects, by id.")
    kind: list[FeedKind] = Field([], max_length=4, description="Only what is of these kinds.")
    field: list[Name] = Field([], max_length=100, description="Only modifications of one of these fields.")

    def chosen(self) -> FeedFilter:
        return FeedFilter(**self.model_dump(exclude={"url", "name"}))


async def subscribed(
    store: Store, guard: Guard, who: Principal, asked: SubscriptionRequest, at: datetime
) -> NewSubscription:
    """Raises Invalid: where nothing may be sent, and what there is not to be told of. A name that is spelt
    wrong and taken would be a subscriber that waits for ever."""
    wrong = [*_refused(guard, asked.url), *await _unknown(store.reader(who, lambda: at), asked)]
    if wrong:
        raise Invalid(*wrong)
    spec = SubscriptionSpec(url=asked.url, name=asked.name, chosen=asked.chosen())
    return await subscribe(store, who, spec, at)


async def known(store: Store, subscription: str) -> SubscriptionView:
    """Raises Missing."""
    found = await find_subscription(store, subscription)
    if found is None:
        raise missing(subscription)
    return found


def missing(subscription: str) -> Missing:
    return Missing(f"There is no subscription {subscription}; the list shows which there are.")


async def sent_again(store: Store, subscription: str, delivery: str, at: datetime) -> DeliveryView:
    """Raises Missing, and Conflict where nothing is delivered at all."""
    if (await known(store, subscription)).state == "disabled":
        raise Conflict(f"The subscription {subscription} is disabled: expected one at work; enable it first.")
    sent = await resend(store, subscription, delivery, at)
    if sent is None:
        raise Missing(f"There is no delivery {delivery}; the list of deliveries shows which there are.")
    return sent


def _refused(guard: Guard, url: str) -> Iterator[ParameterError]:
    try:
        guard.check(url)
    except Refused as refused:
        yield ParameterError(
            location="body", name="url", expected=str(refused).rstrip("."), got=repr(url)[:100]
        )


async def _unknown(reader: Reader, asked: SubscriptionRequest) -> list[ParameterError]:
    """What is named and is not there for whoever asks."""
    connections = await reader.connections()
    scopes = [scope for one in connections for scope in one.scopes]
    known = {
        "tracker": {one.tracker for one in connections},
        "scope": {name for one in scopes for name in (one.id, one.remote_id, one.key, one.name) if name},
        "project": {one.id for one in await reader.portfolio()},
    }
    return [
        ParameterError(
            location="body", name=filter, expected=f"a {filter} that you may see", got=repr(name)[:100]
        )
        for filter, there in known.items()
        for name in getattr(asked, filter)
        if name not in there
    ]
