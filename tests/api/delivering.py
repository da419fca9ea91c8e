"""A tracker that delivers to a webhook of ours: straight into the application, byte for byte as it likes."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI

from api.app import create_app
from api.intake import Intake
from api.options import ApiOptions
from connectors.base import Receive
from connectors.registry import TRACKERS
from store.hints import Waiting, take
from store.inbox import Inbox
from store.open import Store
from store.watches import Kept, expect, watches_of
from tests.faketime import FakeTime

BASE = "https://pmo.example/webhooks/"
ENOUGH = 100_000


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Post:
    """An application that receives for the connection ``jira``, with one webhook. ``rung`` says of whom."""

    app: FastAPI
    inbox: Inbox
    watch: Kept
    rung: list[str] = field(default_factory=list)

    @property
    def path(self) -> str:
        return self.watch.callback_url.removeprefix("https://pmo.example")

    def signed(self, body: bytes) -> dict[str, str]:
        mac = hmac.new((self.watch.secret or "").encode(), body, hashlib.sha256)
        return {"x-hub-signature": f"sha256={mac.hexdigest()}"}

    async def deliver(self, *told: dict[str, Any]) -> list[int]:
        """Genuine deliveries."""
        bodies = [json.dumps(one).encode() for one in told]
        return [(await self.send([body], self.signed(body))).status for body in bodies]

    async def send(
        self,
        chunks: Sequence[bytes],
        headers: Mapping[str, str] | None = None,
        *,
        method: str = "POST",
        path: str | None = None,
        cut: bool = False,
    ) -> Answer:
        """``cut``: whoever sends hangs up after the chunks."""
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method,
            "scheme": "http", "path": path or self.path, "raw_path": (path or self.path).encode(),
            "query_string": b"", "root_path": "", "client": ("192.0.2.7", 1), "server": ("pmo.example", 80),
            "headers": [(k.encode(), v.encode("latin-1")) for k, v in (headers or {}).items()],
        }  # fmt: skip
        events = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
        last = {"type": "http.disconnect"} if cut else {"type": "http.request", "body": b""}
        waiting, sent = iter([*events, last]), list[MutableMapping[str, Any]]()

        async def receive() -> MutableMapping[str, Any]:
            return next(waiting)

        async def send(message: MutableMapping[str, Any]) -> None:
            sent.append(message)

        await self.app(scope, receive, send)
        told = {k.decode(): v.decode() for k, v in sent[0]["headers"]}
        return Answer(sent[0]["status"], told, b"".join(one.get("body", b"") for one in sent[1:]))

    async def waiting(self) -> list[Waiting]:
        return await take(self.inbox, "jira", ENOUGH)

    async def counted(self) -> Kept:
        (kept,) = await watches_of(self.inbox, ["jira"])
        return kept


async def post(store: Store, inbox: Inbox, receive: Receive | None = None) -> Post:
    """As Jira Cloud delivers, where a test does not receive otherwise."""
    await expect(inbox, "jira", [None], f"{BASE}jira/")
    (kept,) = await watches_of(inbox, ["jira"])
    rung: list[str] = []
    reads = receive or TRACKERS["jira_cloud"].receive
    assert reads is not None
    intake = Intake(inbox, {"jira": reads}, FakeTime().clock, rung.append)
    return Post(create_app(store, FakeTime().clock, ApiOptions(intake=intake)), inbox, kept, rung)


def changed(id: str) -> dict[str, Any]:
    """What Jira says of an issue that was changed."""
    fields = {"project": {"id": "10000"}, "issuetype": {"subtask": False}}
    return {"webhookEvent": "jira:issue_updated", "issue": {"id": id, "fields": fields}}
