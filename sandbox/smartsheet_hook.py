"""One webhook of Smartsheet: what is told of it, what is delivered to it, and how that went.

https://developers.smartsheet.com/api/smartsheet/openapi/webhooks
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from sandbox.smartsheet_columns import Body
from sandbox.smartsheet_hook_events import stamp
from sandbox.webhook_letters import Letter, Reply

Status = Literal[
    "NEW_NOT_VERIFIED", "ENABLED", "DISABLED_BY_OWNER", "DISABLED_VERIFICATION_FAILED",
    "DISABLED_CALLBACK_FAILED", "DISABLED_SCOPE_INACCESSIBLE",
]  # fmt: skip
STRANGER = "somebody else's"
CHALLENGE, ANSWER = "smartsheet-hook-challenge", "smartsheet-hook-response"
ROUNDS = 7
"""Attempts after ever longer pauses, before there is one every three hours."""
ATTEMPTS = 14
_FIRST, _LONG = timedelta(minutes=1), timedelta(hours=3)


@dataclass(slots=True, kw_only=True)
class Hook:
    """``callbacks`` counts them; ``waiting`` are events for the next attempt, ``next_attempt`` whether there
    is to be one."""

    id: int
    slug: str
    sheet: int
    name: str
    url: str
    secret: str = field(repr=False)
    created: datetime
    modified: datetime
    columns: list[int] = field(default_factory=list)
    status: Status = "NEW_NOT_VERIFIED"
    details: str = ""
    callbacks: int = 0
    retries: int = 0
    attempted: datetime | None = None
    succeeded: datetime | None = None
    next_attempt: bool = False
    waiting: list[Body] = field(default_factory=list)

    @property
    def enabled(self) -> bool:
        return self.status == "ENABLED"

    def body(self) -> Body:
        stats: Body = {"lastCallbackAttemptRetryCount": self.retries}
        if self.attempted:
            stats["lastCallbackAttempt"] = _second(self.attempted)
        if self.succeeded:
            stats["lastSuccessfulCallback"] = _second(self.succeeded)
        return {
            "id": self.id,
            "name": self.name,
            "scope": "sheet",
            "scopeObjectId": self.sheet,
            "subscope": {"columnIds": self.columns},
            "events": ["*.*"],
            "callbackUrl": self.url,
            "sharedSecret": self.secret,
            "enabled": self.enabled,
            "status": self.status,
            **({"disabledDetails": self.details} if self.details else {}),
            **({"stats": stats} if self.attempted else {}),
            "version": 1,
            "createdAt": _second(self.created),
            "modifiedAt": _second(self.modified),
        }

    def challenge(self) -> Letter:
        word = hashlib.sha256(f"{self.id} {self.callbacks}".encode()).hexdigest()[:32]
        body = json.dumps({"challenge": word, "webhookId": self.id}).encode()
        headers = {CHALLENGE: word, "content-type": "application/json"}
        return Letter(tracker="smartsheet", hook=str(self.id), url=self.url, headers=headers, body=body)

    def letter(self, told: Mapping[str, Any], now: datetime) -> Letter:
        """A callback: events, or a new status."""
        nonce = hashlib.sha256(f"{self.id}/{self.callbacks}/{self.retries}".encode()).hexdigest()[:32]
        whole = {
            "nonce": f"{nonce[:8]}-{nonce[8:12]}-{nonce[12:16]}-{nonce[16:20]}-{nonce[20:]}",
            "timestamp": stamp(now),
            "webhookId": self.id,
            "scope": "sheet",
            "scopeObjectId": self.sheet,
            **told,
        }
        body = json.dumps(whole, separators=(",", ":")).encode()
        names = [f"{one['objectType']}.{one['eventType']}" for one in told.get("events", ())]
        return Letter(
            tracker="smartsheet",
            hook=str(self.id),
            url=self.url,
            headers={
                "content-type": "application/json",
                "smartsheet-hook-id": str(self.id),
                **_signed(self.secret, body),
            },
            body=body,
            told=tuple(names) or ("status",),
            attempt=self.retries,
            forgery=_signed(STRANGER, body),
        )

    def pause(self) -> timedelta | None:
        """Until the next attempt; None: it is given up."""
        if self.retries > ATTEMPTS:
            return None
        return _FIRST * 2 ** (self.retries - 1) if self.retries <= ROUNDS else _LONG


def answered(letter: Letter, reply: Reply) -> bool:
    """Whether the receiver gave the word back, in a header or in its body."""
    word = letter.headers[CHALLENGE]
    if reply.status != 200:
        return False
    return reply.headers.get(ANSWER) == word or _in_body(reply.body) == word


def _in_body(body: bytes) -> object:
    try:
        told = json.loads(body)
    except ValueError:
        return None
    return told.get("smartsheetHookResponse") if isinstance(told, dict) else None


def _signed(secret: str, body: bytes) -> dict[str, str]:
    return {"smartsheet-hmac-sha256": hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}


def _second(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
