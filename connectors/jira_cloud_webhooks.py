"""Lets a delivery of Jira Cloud in: its body is signed by the webhook's secret or, as those of apps are, it
brings a token that is.

https://developer.atlassian.com/cloud/jira/platform/webhooks/
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode

from connectors import jira_signature
from connectors.base import Delivery, Received, Watch
from connectors.http import decoded
from connectors.jira_events import received
from connectors.signing import mac, verify

TITLE = "Jira Cloud"


def receive(delivery: Delivery, watch: Watch) -> Received:
    """Raises Unauthorized or Unexpected."""
    scheme, _, token = delivery.headers.get("authorization", "").partition(" ")
    if jira_signature.HEADER not in delivery.headers and scheme.lower() in ("bearer", "jwt"):
        _check_token(token.strip(), watch.secret)
    else:
        jira_signature.check(delivery, watch.secret, TITLE)
    return received(delivery, TITLE)


def _check_token(token: str, secret: str | None) -> None:
    """That the secret signed it, by the one method that apps have. Its time is not looked at: what an old
    delivery hints at is looked at once more."""
    said, _, told = token.rpartition(".")
    trusted = secret if _method(said.partition(".")[0]) == "HS256" else None
    verify(told, trusted, lambda key: _base64(mac(key, said.encode(errors="replace"))), TITLE)


def _method(head: str) -> object:
    """What the head of a token names; None where it cannot be read."""
    try:
        named = decoded(urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    except (ValueError, RecursionError):
        return None
    return named.get("alg") if isinstance(named, dict) else None


def _base64(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()
