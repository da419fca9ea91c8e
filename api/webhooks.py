"""Where trackers tell that something changed: POST and HEAD /webhooks/{connection}/{token}. Nothing is taken
from a delivery but where to look again, and its answer waits for no tracker and no sync."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from starlette.requests import ClientDisconnect

from api.access import service
from api.intake import Intake
from api.problems import Missing, Problem
from connectors.base import Delivery, Receive, Received
from connectors.errors import TrackerError, Unauthorized
from store.hints import Arrival
from store.watches import Kept

ROUTER = APIRouter(include_in_schema=False, default_response_class=Response)
LARGEST = 5_000_000
"""Bytes of a body: the largest that any of the vendors says to send is a fifth of it."""
LONGEST_ID = 200
NOTHING = "There is no webhook at this address."


class Forged(Problem):
    """Not signed as deliveries of this webhook are."""

    status = 401
    name = "unauthenticated"


class Unreadable(Problem):
    """Not what its tracker delivers."""

    status = 400
    name = "unreadable"


class TooLarge(Problem):
    status = 413
    name = "too-large"


class Encoded(Problem):
    status = 415
    name = "encoded"


@ROUTER.api_route("/webhooks/{connection}/{token}", methods=["POST", "HEAD"])
async def receive_delivery(request: Request, connection: str, token: str) -> Response:
    """Answered as its tracker expects. An address that is none says nothing of those that there are."""
    intake = service(request).options.intake
    receive = intake.receivers.get(connection) if intake else None
    if intake is None or receive is None:
        raise Missing(NOTHING)
    kept = await _watch(intake, connection, token)
    delivery = Delivery(
        method=request.method,
        path=request.url.path,
        headers={name.lower(): value for name, value in request.headers.items()},
        body=await _body(request),
    )
    try:
        received = _read(receive, delivery, kept)
    except Problem:  # by what it was a moment ago, and it may be another webhook by now
        kept = await _watch(intake, connection, token, anew=True)
        received = await _judged(intake, kept, receive, delivery)
    await intake.take(
        Arrival(
            watch_id=kept.id,
            connection=kept.connection,
            hints=received.hints,
            ignored=received.ignored,
            unknown=received.unknown,
            new_secret=received.new_secret,
        )
    )
    return Response(received.body, received.status, dict(received.headers))


async def _watch(intake: Intake, connection: str, token: str, *, anew: bool = False) -> Kept:
    kept = await intake.watch_at(connection, token, anew=anew)
    if kept is None:
        raise Missing(NOTHING)
    return kept


async def _judged(intake: Intake, kept: Kept, receive: Receive, delivery: Delivery) -> Received:
    """Noted where it is refused. Raises Forged and Unreadable."""
    try:
        return _read(receive, delivery, kept)
    except Problem:
        await intake.take(Arrival(watch_id=kept.id, connection=kept.connection, refused=True))
        raise


def _read(receive: Receive, delivery: Delivery, kept: Kept) -> Received:
    """Raises Forged and Unreadable."""
    try:
        received = receive(delivery, kept.watch)
    except TrackerError as error:
        kind = Forged if isinstance(error, Unauthorized) else Unreadable
        raise kind(str(error)) from error
    if any(len(id) > LONGEST_ID for hint in received.hints for id in (hint.scope_id, hint.item_id) if id):
        raise Unreadable("The body of a delivery names an id longer than any tracker's.")
    return received


async def _body(request: Request) -> bytes:
    """As it came. Raises Encoded, TooLarge and Unreadable."""
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Encoded("A delivery is read as it is: expected a body without a Content-Encoding.")
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > LARGEST:
                raise TooLarge(f"A delivery has at most {LARGEST} bytes.")
    except ClientDisconnect:
        raise Unreadable("The delivery ended before its body did.") from None
    return bytes(body)
