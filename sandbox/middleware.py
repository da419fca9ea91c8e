"""What happens to every request before a tracker sees it: latency, the request log, planted faults, the lock;
and the Date of every answer, by the world's clock.

Faults: a mapping ``{"status", "headers", "body"}`` is sent instead of the answer; ``"html"`` is a page such
as a proxy's; ``"cut"`` sends half of the true answer and closes; ``"drop"`` closes without an answer.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from email.utils import format_datetime
from hashlib import blake2b
from typing import Any, Literal
from urllib.parse import parse_qsl

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.world import World

Sleep = Callable[[float], Awaitable[None]]
Fault = Mapping[str, Any] | Literal["cut", "html", "drop"]
HTML = (
    b"<!DOCTYPE html><html><head><title>Please wait</title></head><body><h1>Just a moment</h1></body></html>"
)


@dataclass(frozen=True, slots=True)
class Seen:
    """One request as it was answered. ``keys`` are the names in its query; status 0 was dropped. ``question``
    is a digest of query and body: the same for the same question, and nobody's secret."""

    method: str
    path: str
    keys: tuple[str, ...]
    status: int
    question: str = field(default="", compare=False)


@dataclass(slots=True)
class PlannedFault:
    match: re.Pattern[str]
    fault: Fault
    times: int
    skip: int


@dataclass(slots=True)
class Wire:
    """The request log and the planned faults of one tracker. Tests read and fill it from their thread.
    ``between`` is called after each request, when the answer is made and nobody has seen it yet."""

    seen: list[Seen] = field(default_factory=list)
    planned: list[PlannedFault] = field(default_factory=list)
    between: Callable[[], object] | None = None

    def fault_for(self, path: str) -> Fault | None:
        for plan in self.planned:
            if plan.times and plan.match.search(path):
                if plan.skip:
                    plan.skip -= 1
                    continue
                plan.times -= 1
                return plan.fault
        return None


@dataclass(slots=True)
class Answer:
    """A whole answer, kept back until it is known what becomes of it."""

    status: int = 0
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""

    async def take(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], list(message.get("headers", []))
        else:
            self.body += message.get("body", b"")


class Middleware:
    """Wraps a tracker's app. The request is read and the answer made whole while the world stands still."""

    def __init__(
        self, app: ASGIApp, world: World, wire: Wire, latency_ms: int = 0, sleep: Sleep = asyncio.sleep
    ) -> None:
        self._app = app
        self._world = world
        self._wire = wire
        self._latency = latency_ms / 1000
        self._sleep = sleep

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        body = await _read(receive)
        if self._latency:
            await self._sleep(self._latency)
        fault = self._wire.fault_for(scope["path"])
        answer = _planned(fault)
        if answer is None:
            answer = await self._answer(scope, body)
        answer.headers.append((b"date", format_datetime(self._world.now(), usegmt=True).encode()))
        self._log(scope, body, 0 if fault == "drop" else answer.status)
        if self._wire.between:
            self._wire.between()
        if fault in ("cut", "drop"):
            await _break(answer if fault == "cut" else None, scope, receive, send)
            return
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        await send({"type": "http.response.body", "body": answer.body})

    async def _answer(self, scope: Scope, body: bytes) -> Answer:
        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        answer = Answer()
        with self._world.lock:
            await self._app(scope, receive, answer.take)
        return answer

    def _log(self, scope: Scope, body: bytes, status: int) -> None:
        query = scope["query_string"]
        keys = tuple(key for key, _ in parse_qsl(query.decode(), keep_blank_values=True))
        question = blake2b(query + b"\n" + body, digest_size=8).hexdigest()
        self._wire.seen.append(Seen(scope["method"], scope["path"], keys, status, question))


async def _read(receive: Receive) -> bytes:
    body = b""
    while True:
        message = await receive()
        body += bytes(message.get("body", b""))
        if not message.get("more_body", False):
            return body


def _planned(fault: Fault | None) -> Answer | None:
    """The answer that a fault gives by itself; None where the tracker's own is needed."""
    if fault == "html":
        return _whole(200, {"content-type": "text/html; charset=utf-8"}, HTML)
    if isinstance(fault, Mapping):
        given = fault.get("body", "")
        body = given.encode() if isinstance(given, str) else json.dumps(given).encode()
        kind = "text/plain" if isinstance(given, str) else "application/json"
        return _whole(fault["status"], {"content-type": kind, **fault.get("headers", {})}, body)
    return None


def _whole(status: int, headers: Mapping[str, str], body: bytes) -> Answer:
    pairs = {**headers, "content-length": str(len(body))}
    return Answer(status, [(key.lower().encode(), value.encode()) for key, value in pairs.items()], body)


async def _break(answer: Answer | None, scope: Scope, receive: Receive, send: Send) -> None:
    """Half of the answer, or nothing of it, and then the end of the connection."""
    transport: asyncio.Transport = scope["state"]["transport"]
    if answer is None:
        transport.abort()
    else:
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        half = answer.body[: len(answer.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        transport.close()
    while (await receive())["type"] != "http.disconnect":
        pass
