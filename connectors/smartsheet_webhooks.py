"""Lets a callback of Smartsheet in, and says what its events ask to look at again. Takes nothing from a body
but ids. Every answer is a 200: any other ends the webhook, or makes Smartsheet call again.

https://developers.smartsheet.com/api/smartsheet/guides/webhooks
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from connectors.base import Delivery, Hint, Received, Watch
from connectors.errors import Unauthorized
from connectors.signing import mac, opened, tallied, unreadable, verify

TITLE = "Smartsheet"
CHALLENGE, SIGNATURE = "smartsheet-hook-challenge", "smartsheet-hmac-sha256"

TYPES = frozenset({"created", "updated", "deleted"})
ELSEWHERE = frozenset({"attachment", "comment", "discussion"})
"""We read nothing of them."""
_CHALLENGE = re.compile(r"[!-~]{1,512}")
_MOST = 2**63


def receive(delivery: Delivery, watch: Watch) -> Received:
    """Raises Unauthorized or Unexpected."""
    challenge = delivery.headers.get(CHALLENGE)
    if challenge is not None:
        return _answered(challenge, delivery, watch)
    if watch.making and _begins(opened(delivery, TITLE), watch):
        return Received(ignored=1)
    verify(delivery.headers.get(SIGNATURE), watch.secret, lambda key: mac(key, delivery.body).hex(), TITLE)
    body = opened(delivery, TITLE)
    sheet = watch.scope_id or _id(body.get("scopeObjectId"))
    if sheet is None:
        raise unreadable(TITLE, "does not say which sheet it is about")
    if body.get("newWebhookStatus") is not None:  # there was, or begins, a time of which nothing is told
        return Received(hints=(Hint(scope_id=sheet, item_id=None),))
    events = body.get("events")
    if not isinstance(events, list):
        raise unreadable(TITLE, "has no list of events")
    return tallied(zip(map(_name, events), _hints(events, sheet), strict=True))


def _begins(told: Mapping[str, Any], watch: Watch) -> bool:
    """A new one tells that it is on before we have read its secret; whoever makes it looks at its sheet."""
    return "newWebhookStatus" in told and _id(told.get("webhookId")) != watch.remote_id


def _answered(challenge: str, delivery: Delivery, watch: Watch) -> Received:
    """Whether we expect callbacks is asked when a webhook is switched on, and every hundredth time again. A
    new one's id is only known when it has been made."""
    told = opened(delivery, TITLE)
    if not _CHALLENGE.fullmatch(challenge) or told.get("challenge", challenge) != challenge:
        raise unreadable(TITLE, "comes with a challenge that is none of Smartsheet's")
    if not watch.making and (watch.remote_id is None or _id(told.get("webhookId")) != watch.remote_id):
        raise Unauthorized(
            "Smartsheet asks whether we expect the callbacks of a webhook that is none of ours: somebody "
            "else made it for our address, and gets no answer."
        )
    return Received(
        headers={"Smartsheet-Hook-Response": challenge, "Content-Type": "application/json"},
        body=json.dumps({"smartsheetHookResponse": challenge}).encode(),
    )


def _hints(events: Sequence[Any], sheet: str) -> Sequence[Sequence[Hint] | None]:
    """That the sheet changed is told beside every change in it: it says something only where it stands
    alone."""
    kinds = [_kind(one) for one in events]
    alone = not {"row", "cell", "column"} & {kind for kind, _ in kinds}
    return [
        () if kind == ("sheet", "updated") and not alone else _hint(*kind, event, sheet)
        for kind, event in zip(kinds, events, strict=True)
    ]


def _hint(kind: str, type: str, event: Mapping[str, Any], sheet: str) -> Sequence[Hint] | None:
    """A row that comes or goes gives those below it another number, and those above it maybe something to
    sum up."""
    whole = Hint(scope_id=sheet, item_id=None)
    if type not in TYPES or kind in ELSEWHERE:
        return () if kind in ELSEWHERE else None
    if kind in ("sheet", "column") or (kind == "row" and type != "updated"):
        return (whole,)
    if kind not in ("row", "cell"):
        return None
    row = _id(event.get("id") if kind == "row" else event.get("rowId", event.get("rowid")))
    return None if row is None else (Hint(scope_id=sheet, item_id=f"{sheet}:{row}"),)


def _kind(event: Any) -> tuple[str, str]:
    """Of what, and what came of it; question marks where it does not say."""
    told = (event.get("objectType"), event.get("eventType")) if isinstance(event, dict) else (None, None)
    kind, type = (one if isinstance(one, str) else "?" for one in told)
    return kind, type


def _name(event: Any) -> str:
    return ".".join(_kind(event))


def _id(value: Any) -> str | None:
    """An id as text: a whole number, which goes beyond 2^53."""
    known = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _MOST
    return str(value) if known else None
