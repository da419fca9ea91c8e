"""One webhook of a Jira: what makes one, in each of the forms that there are, and what is told of it.

https://developer.atlassian.com/cloud/jira/platform/webhooks/#registering-a-webhook-using-the-rest-api--for-admins-
https://confluence.atlassian.com/adminjiraserver/managing-webhooks-938846912.html
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sandbox.jira_catalogue import Body, site_of
from sandbox.jira_hook_events import KNOWN
from sandbox.jira_http import refuse
from sandbox.jira_text import epoch_ms

OLD, NEW = "/rest/webhooks/1.0/webhook", "/rest/jira-webhook/1.0/webhooks"
SECTION = "issue-related-events-section"


@dataclass(slots=True, kw_only=True)
class Hook:
    """``jql`` filters what is about issues. ``counts`` are of answers: successes, failures, errors."""

    id: int
    name: str
    url: str
    events: list[str]
    jql: str = ""
    bare: bool = False
    secret: str = field(default="", repr=False)
    enabled: bool = True
    updated: datetime
    counts: Counter[str] = field(default_factory=Counter)

    def statistics(self) -> Body:
        return {"counts": {name: self.counts[name] for name in ("errors", "failures", "successes")}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """``fill`` reads what is given into a webhook, ``tell`` says what is told of one."""

    path: str
    fill: Callable[[Hook, Body], None]
    tell: Callable[[Hook], Body]
    paged: bool = False


def fill_common(hook: Hook, given: Body) -> None:
    """Raises Refused."""
    hook.name, hook.url = str(given.get("name", hook.name)), str(given.get("url", hook.url))
    events = given.get("events", hook.events)
    if not hook.name or urlsplit(hook.url).scheme not in ("http", "https"):
        raise refuse(400, "A webhook needs a name and a valid URL.")
    if not isinstance(events, list) or not all(isinstance(one, str) for one in events):
        raise refuse(400, "events must be a list of names.")
    unknown = sorted(set(events) - KNOWN)
    if unknown:
        raise refuse(400, f"Unknown webhook event: {unknown[0]}")
    hook.events = events


def _fill_old(signing: bool) -> Callable[[Hook, Body], None]:
    """Before version 10 Data Center passes a secret over."""

    def fill(hook: Hook, given: Body) -> None:
        fill_common(hook, given)
        hook.jql = str((given.get("filters") or {}).get(SECTION, hook.jql))
        hook.bare = given.get("excludeBody", hook.bare) is True
        hook.enabled = given.get("enabled", hook.enabled) is not False
        if signing:
            hook.secret = str(given.get("secret") or hook.secret)

    return fill


def _fill_new(hook: Hook, given: Body) -> None:
    fill_common(hook, given)
    how: Mapping[str, Any] = given.get("configuration") or {}
    hook.jql = _jql(how["FILTERS"]) if how.get("FILTERS") else hook.jql
    hook.bare = str(how.get("EXCLUDE_BODY", hook.bare)).lower() == "true"
    hook.secret = str(how.get("SECRET") or hook.secret)
    hook.enabled = given.get("active", hook.enabled) is not False


def _jql(filters: object) -> str:
    """Out of the text that a configuration holds its filters as."""
    try:
        told = json.loads(str(filters))
    except ValueError:
        raise refuse(400, "FILTERS must be an object as text.") from None
    return str(told.get(SECTION, "")) if isinstance(told, dict) else ""


def _tell_old(version: str) -> Callable[[Hook], Body]:
    """A secret is told to nobody, but that there is one."""

    def tell(hook: Hook) -> Body:
        return {
            "name": hook.name,
            "url": hook.url,
            "excludeBody": hook.bare,
            "filters": {SECTION: hook.jql},
            "events": hook.events,
            "enabled": hook.enabled,
            "self": f"{site_of(version)}{OLD}/{hook.id}",
            "lastUpdatedDisplayName": "TS PMO",
            "lastUpdated": epoch_ms(hook.updated),
            **({"isSigned": bool(hook.secret)} if version != "dc" else {}),
        }

    return tell


def _tell_new(hook: Hook) -> Body:
    filters = {"FILTERS": json.dumps({SECTION: hook.jql})} if hook.jql else {}
    return {
        "id": hook.id,
        "name": hook.name,
        "createdDate": epoch_ms(hook.updated),
        "updatedDate": epoch_ms(hook.updated),
        "events": hook.events,
        "configuration": {"EXCLUDE_BODY": str(hook.bare).lower(), **filters},
        "url": hook.url,
        "active": hook.enabled,
        "scopeType": "global",
        "sslVerificationRequired": True,
    }


CLOUD = Form(path=OLD, fill=_fill_old(signing=True), tell=_tell_old("2"))
SERVER = Form(path=OLD, fill=_fill_old(signing=False), tell=_tell_old("dc"))
CONFIGURED = Form(path=NEW, fill=_fill_new, tell=_tell_new, paged=True)
"""Data Center from version 10 on."""
