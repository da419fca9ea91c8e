"""One webhook of Asana: what is told of it, what is delivered to it, and how that went."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sandbox.asana_things import Body, Thing
from sandbox.times import text
from sandbox.webhook_letters import Letter, Reply

STRANGER = "0" * 32
"""A secret of somebody else."""


@dataclass(slots=True, kw_only=True)
class Hook:
    """``waiting`` are events for the next attempt."""

    gid: str
    resource: str
    kind: str
    target: str
    secret: str = field(repr=False)
    created: str
    filters: list[Mapping[str, Any]] = field(default_factory=list)
    active: bool = False
    last_success: datetime | None = None
    last_failure: datetime | None = None
    last_failure_content: str = ""
    failing: datetime | None = None
    retries: int = 0
    next_attempt: datetime | None = None
    deletion: datetime | None = None
    waiting: list[Body] = field(default_factory=list)

    def thing(self, resource: Thing) -> Thing:
        """``resource`` is what the webhook is on."""
        fields = {
            "active": self.active, "resource": resource, "target": self.target, "created_at": self.created,
            "filters": self.filters, "last_success_at": text(self.last_success),
            "last_failure_at": text(self.last_failure), "last_failure_content": self.last_failure_content,
            "delivery_retry_count": self.retries, "next_attempt_after": text(self.next_attempt),
            "failure_deletion_timestamp": text(self.deletion),
        }  # fmt: skip
        return Thing(self.gid, "webhook", fields)

    def succeeded(self, now: datetime) -> None:
        self.last_success, self.failing, self.deletion, self.retries = now, None, None, 0

    def failed(self, now: datetime, reply: Reply, patience: timedelta) -> datetime:
        """Since when all has failed."""
        since = self.failing or now
        self.failing, self.deletion, self.last_failure = since, since + patience, now
        self.last_failure_content = reply.why or reply.body.decode(errors="replace")
        self.retries += 1
        return since


def thin(event: Body) -> Body:
    """As a webhook tells an event of the feed: ids and types, and no names."""
    told = {
        "user": _ref(event["user"]),
        "created_at": event["created_at"],
        "action": event["action"],
        "parent": _ref(event["parent"]),
        "resource": _ref(event["resource"]),
    }
    return told | ({"change": event["change"]} if "change" in event else {})


def _ref(body: Body | None) -> Body | None:
    return body and {key: value for key, value in body.items() if key != "name"}


def letter_of(hook: Hook, events: Sequence[Body]) -> Letter:
    """Without events it is a heartbeat."""
    body = json.dumps({"events": list(events)}, separators=(",", ":")).encode()
    names = tuple(f"{one['resource']['resource_type']}.{one['action']}" for one in events)
    return Letter(
        tracker="asana",
        hook=hook.gid,
        url=hook.target,
        headers={"content-type": "application/json", **_signed(hook.secret, body)},
        body=body,
        told=names or ("heartbeat",),
        attempt=hook.retries,
        forgery=_signed(STRANGER, body),
    )


def _signed(secret: str, body: bytes) -> dict[str, str]:
    return {"x-hook-signature": hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}
