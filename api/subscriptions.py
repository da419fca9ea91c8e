"""/v1/subscriptions: who is told of which part of the feed, and what became of each delivery."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Path, Query, Request, Response

from api import examples_subscriptions as examples
from api.access import principal, service
from api.asking import Ask, ask, refuse_unknown, tagged
from api.documents import answers, deleted, made, taken
from api.envelope import Answer, Page, meta, reach
from api.parameters import Limit
from api.problems import Forbidden
from api.routing import versioned
from api.subscribing import SubscriptionRequest, known, missing, sent_again, subscribed
from api.tables import JSON
from store.principal import Principal
from store.sight_people import may_decide
from store.subscription_views import DeliveryState, DeliveryView, NewSubscription, SubscriptionView
from store.subscriptions import (
    enable,
    list_deliveries,
    list_subscriptions,
    unsubscribe,
)

ROUTER = versioned("subscriptions")
SubscriptionId = Annotated[str, Path(max_length=200, description="The subscription's id.")]
DeliveryId = Annotated[str, Path(max_length=200, description="The delivery's id: its `webhook-id`.")]
State = Annotated[DeliveryState | None, Query(description="Only those in this state.", examples=["dead"])]


def office(who: Annotated[Principal, Depends(principal)]) -> Principal:
    """Raises Forbidden for whoever may not say what is told to others."""
    if not may_decide(who):
        raise Forbidden(
            f"Subscriptions are kept by somebody with the role pmo or admin, and this is {who.role}; an "
            "admin can make a key: tspmo keys create."
        )
    return who


Office = Annotated[Principal, Depends(office)]


@ROUTER.get(
    "/subscriptions",
    summary="Subscriptions",
    responses=answers(Page[SubscriptionView], examples.SUBSCRIPTIONS),
)
async def list_all_subscriptions(
    request: Request, _who: Office, ask: Annotated[Ask, Depends(ask)]
) -> Response:
    """For pmo and admin: oldest first, each with what it is told of and how it fares."""
    found = await list_subscriptions(service(request).store)
    return await _told(request, ask, Page, found)


@ROUTER.post(
    "/subscriptions",
    summary="Subscribe",
    status_code=201,
    responses=made(Answer[NewSubscription], examples.MADE),
)
async def make_subscription(request: Request, who: Office, asked: SubscriptionRequest) -> Response:
    """For pmo and admin. From now on what happens is delivered to the URL, as far as you may see it: each
    message is a POST of `{type, timestamp, data}` after the Standard Webhooks convention, signed with the
    secret that is shown here and never again. What is not answered with 2xx is tried again after 5 seconds,
    5 and 30 minutes, 2, 5 and 10 hours, and then kept as `dead`; a subscription to which nothing could be
    delivered for 5 days is disabled, with a finding."""
    refuse_unknown(request)
    built = service(request)
    new = await subscribed(built.store, built.options.guard, who, asked, built.clock())
    return await _written(request, who, new, (201, f"/v1/subscriptions/{new.id}"))


@ROUTER.get(
    "/subscriptions/{subscription_id}",
    summary="One subscription",
    responses=answers(Answer[SubscriptionView], examples.SUBSCRIPTION, problems=(404,)),
)
async def get_subscription(
    request: Request, _who: Office, ask: Annotated[Ask, Depends(ask)], subscription_id: SubscriptionId
) -> Response:
    """For pmo and admin."""
    return await _told(request, ask, Answer, await _found(request, subscription_id))


@ROUTER.delete(
    "/subscriptions/{subscription_id}",
    summary="Unsubscribe",
    status_code=204,
    responses=deleted(problems=(404,)),
)
async def remove_subscription(request: Request, _who: Office, subscription_id: SubscriptionId) -> Response:
    """For pmo and admin. Nothing more is delivered, and its deliveries are forgotten."""
    refuse_unknown(request)
    if not await unsubscribe(service(request).store, subscription_id):
        raise missing(subscription_id)
    return Response(status_code=204, headers={"Cache-Control": "no-store"})


@ROUTER.post(
    "/subscriptions/{subscription_id}/enable",
    summary="Put a subscription to work again",
    status_code=201,
    responses=made(Answer[SubscriptionView], examples.SUBSCRIPTION, problems=(404,)),
)
async def enable_subscription(request: Request, who: Office, subscription_id: SubscriptionId) -> Response:
    """For pmo and admin. One that was disabled goes on where it stood, and is told what happened since."""
    refuse_unknown(request)
    built = service(request)
    if not await enable(built.store, subscription_id, built.clock()):
        raise missing(subscription_id)
    found = await _found(request, subscription_id)
    return await _written(request, who, found, (201, f"/v1/subscriptions/{subscription_id}"))


@ROUTER.get(
    "/subscriptions/{subscription_id}/deliveries",
    summary="Deliveries",
    responses=answers(Page[DeliveryView], examples.DELIVERIES, problems=(404,)),
)
async def list_subscription_deliveries(
    request: Request,
    _who: Office,
    ask: Annotated[Ask, Depends(ask)],
    subscription_id: SubscriptionId,
    state: State = None,
    limit: Limit = 100,
) -> Response:
    """For pmo and admin: the newest first, `limit` at most. What was delivered is shown for a week, what is
    `dead` as long as there is the subscription."""
    await _found(request, subscription_id)
    found = await list_deliveries(service(request).store, subscription_id, state, limit)
    return await _told(request, ask, Page, found)


@ROUTER.post(
    "/subscriptions/{subscription_id}/deliveries/{delivery_id}/resend",
    summary="Deliver again",
    status_code=202,
    responses=taken(Answer[DeliveryView], examples.RESENT, problems=(404, 409)),
)
async def resend_delivery(
    request: Request, who: Office, subscription_id: SubscriptionId, delivery_id: DeliveryId
) -> Response:
    """For pmo and admin. A worker delivers it at once, whatever became of it before, with the same id."""
    refuse_unknown(request)
    built = service(request)
    sent = await sent_again(built.store, subscription_id, delivery_id, built.clock())
    return await _written(request, who, sent, (202, f"/v1/subscriptions/{subscription_id}/deliveries"))


async def _found(request: Request, subscription: str) -> SubscriptionView:
    return await known(service(request).store, subscription)


async def _told(request: Request, ask: Ask, form: type[Answer[Any]] | type[Page[Any]], data: Any) -> Response:
    """How deliveries fare is counted by no revision of the store."""
    now = tagged(ask, request, data)
    return now.answer(form(data=data, meta=now.meta(await now.reader.coverage())))


async def _written(request: Request, who: Principal, data: Any, how: tuple[int, str]) -> Response:
    """``how`` is the status, and where the thing can be read."""
    built, (status, location) = service(request), how
    coverage = await built.store.reader(who, built.clock).coverage()
    said = Answer(data=data, meta=meta(reach(coverage), built.clock()))
    headers = {"Cache-Control": "no-store", "Location": location}
    return Response(JSON.encode(said), status, headers, "application/json")
