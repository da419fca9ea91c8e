"""The signature of Jira's admin webhooks: a method and an HMAC over the body, as WebSub has it.

https://developer.atlassian.com/cloud/jira/platform/webhooks/#secure-admin-webhooks
"""

from __future__ import annotations

from connectors.base import Delivery
from connectors.signing import mac, verify

HEADER = "x-hub-signature"
METHODS = ("sha256", "sha384", "sha512")
"""Jira signs by the first, and says that it may come to use another."""


def check(delivery: Delivery, secret: str | None, title: str) -> None:
    """Raises Unauthorized."""
    told = delivery.headers.get(HEADER, "")
    method = told.partition("=")[0]
    known = method if method in METHODS else METHODS[0]
    verify(told, secret, lambda key: f"{known}={mac(key, delivery.body, method=known).hex()}", title)
