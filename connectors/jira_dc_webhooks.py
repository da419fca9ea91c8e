"""Lets a delivery of Jira Data Center in, and tells in which form a version keeps its webhooks.

https://confluence.atlassian.com/adminjiraserver/managing-webhooks-938846912.html
"""

from __future__ import annotations

from connectors import jira_signature
from connectors.base import Delivery, Received, Watch
from connectors.jira_answers import Row
from connectors.jira_events import received
from connectors.jira_hook_forms import CONFIGURED, SERVER
from connectors.jira_hooks import Form

TITLE = "Jira Data Center"
CONFIGURING = 10
"""The version from which on webhooks have a place and a form of their own, and may be signed."""


def receive(delivery: Delivery, watch: Watch) -> Received:
    """Where the webhook has a secret, it signs every delivery. Before version 10 there is none: then whoever
    knows the address is let in, which ends in a token that nobody can guess; but not with a signature that
    we cannot know. Raises Unauthorized or Unexpected."""
    if watch.secret or jira_signature.HEADER in delivery.headers:
        jira_signature.check(delivery, watch.secret, TITLE)
    return received(delivery, TITLE)


def form(info: Row) -> Form:
    """By what the server says of itself."""
    numbers = info.get("versionNumbers")
    first = numbers[0] if isinstance(numbers, list) and numbers else None
    major = first if isinstance(first, int) else _number(str(info.get("version")).partition(".")[0])
    return CONFIGURED if major >= CONFIGURING else SERVER


def _number(text: str) -> int:
    """0 for a version that is none."""
    return int(text) if text.isascii() and text.isdecimal() else 0
