"""What each tracker, or what stands in front of it, answers when something is wrong.

Wordings are the vendors' where they are published or were seen, see the refusals of each tracker; a page of
a gateway is that of whoever runs it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any

from sandbox import asana_refusals, smartsheet_refusals, trello_refusals
from sandbox.story import Home

Planned = Mapping[str, Any]
"""``status``, ``headers`` and ``body``, as the middleware sends it."""
PHRASES = {502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Time-out"}


def too_many(home: Home, now: datetime, seconds: int | None) -> Planned:
    """429. ``seconds`` None names no time to come back."""
    if home == "trello":
        refused = trello_refusals.too_many_requests("API_TOKEN_LIMIT_EXCEEDED")
        return {"status": 429, "body": refused.body}
    if home == "smartsheet":
        return smartsheet_refusals.fault(smartsheet_refusals.TOO_MANY)
    if home == "asana":
        body = asana_refusals.too_many(1).body
        return {"status": 429, "headers": _after(seconds), "body": body}
    return _of_jira(home, now, seconds)


def _of_jira(home: Home, now: datetime, seconds: int | None) -> Planned:
    """Cloud: developer.atlassian.com/cloud/jira/platform/rate-limiting; a gateway's 429 tells no time
    and no reason.
    Data Center: confluence.atlassian.com/adminjiraserver, "Adjusting your code for rate limiting"."""
    if home == "jira_dc":
        told = {"X-RateLimit-Limit": "500", "X-RateLimit-Remaining": "0", "X-RateLimit-FillRate": "100"}
        told["X-RateLimit-Interval-Seconds"] = "1"
        body: Any = {"message": "Rate limit exceeded."}
    else:
        reset = now + timedelta(seconds=seconds or 0)
        told = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": f"{reset:%Y-%m-%dT%H:%MZ}"}
        told["RateLimit-Reason"] = "jira-burst-based"
        body = {"errorMessages": ["Rate limit exceeded."], "errors": {}}
    return {"status": 429, "headers": {} if seconds is None else told | _after(seconds), "body": body}


def _after(seconds: int | None) -> dict[str, str]:
    return {} if seconds is None else {"Retry-After": str(seconds)}


def broken(home: Home) -> Planned:
    """500, of the tracker's own making."""
    if home == "smartsheet":
        return smartsheet_refusals.fault(smartsheet_refusals.COLLISION)
    bodies: Mapping[Home, Any] = {
        "asana": {"errors": [{"message": "Server Error", "phrase": "6 sad squid snuggle softly"}]},
        "trello": "Internal Server Error",
        "jira_cloud": {"errorMessages": ["Internal server error"], "errors": {}},
        "jira_dc": {"message": "Internal server error", "status-code": 500},
    }
    return {"status": 500, "body": bodies[home]}


def maintained(home: Home) -> Planned:
    """503. Smartsheet says so itself, of the others it is the load balancer."""
    if home == "smartsheet":
        return smartsheet_refusals.fault(smartsheet_refusals.MAINTENANCE)
    return gateway(503)


def gateway(status: int, again: datetime | None = None) -> Planned:
    """A page of the load balancer. ``again`` is when to come back, as a date, which HTTP allows as well."""
    told = f"{status} {PHRASES[status]}"
    page = f"<html><head><title>{told}</title></head><body><center><h1>{told}</h1></center></body></html>"
    after = {"Retry-After": format_datetime(again, usegmt=True)} if again else {}
    return {"status": status, "headers": {"content-type": "text/html", **after}, "body": page}
