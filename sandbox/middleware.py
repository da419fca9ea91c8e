"""What happens to every request before a tracker sees it: latency, the request log, planted faults, the lock;
and the Date of every answer, by the tracker's clock.

Faults: a mapping ``{"status", "headers", "body"}`` is sent instead of the answer; ``"html"`` is a page such
as a proxy's; ``"cut"`` sends half of the true answer and closes; ``"drop"`` closes without an answer. Whole
answers that are not the true one: ``"empty"`` has no body, ``"half"`` the first half of it, ``"shape"`` other
JSON than the caller expects.
"""

from __future__ import annotations

import asyncio
import json
import re
from base64 import b64encode
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from email.utils import format_datetime
from hashlib import blake2b
from typing import Any, Literal, Protocol
from urllib.parse import parse_qsl

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.story import Home
from sandbox.webhook_errand import Errand
from sandbox.world import World

Sleep = Callable[[float], Awaitable[None]]
Fault = Mapping[str, Any] | Literal["cut", "html", "drop", "empty", "half", "shape"]
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


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as a running fault sees it. ``text`` is its path, query and body."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Hit:
    """What a running fault does to a request: it waits, comes of a ``stranger``, or its answer is spoilt."""

    fault: Fault | None = None
    seconds: float = 0
    stranger: bool = False


class Running(Protocol):
    """A fault that is on. ``after`` is told when the answer is made and nobody has seen it yet."""

    def before(self, asked: Asked) -> Hit | None: ...
    def after(self, asked: Asked) -> None: ...


@dataclass(slots=True)
class PlannedFault:
    match: re.Pattern[str]
    fault: Fault
    times: int
    skip: int


@dataclass(slots=True)
class Wire:
    """The request log and the faults of one tracker. Tests read and fill it from their thread.
    ``between`` is called after each request, when the answer is made and nobody has seen it yet."""

    home: Home | None = None
    seen: list[Seen] = field(default_factory=list)
    planned: list[PlannedFault] = field(default_factory=list)
    running: list[Running] = field(default_factory=list)
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

    def hit(self, asked: Asked) -> Hit:
        """What all running faults do together; one answer is spoilt once."""
        whole = Hit(self.fault_for(asked.path))
        for one in tuple(self.running):
            hit = None if whole.fault else one.before(asked)
            if hit:
                stranger = whole.stranger or hit.stranger
                whole = Hit(hit.fault, whole.seconds + hit.seconds, stranger)
        return whole


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
        asked = _asked(scope, body)
        hit = self._wire.hit(asked)
        if hit.seconds:
            await self._sleep(hit.seconds)
        fault, answer = hit.fault, _planned(hit.fault)
        if answer is None:
            answer = _spoilt(await self._answer(_as_stranger(scope) if hit.stranger else scope, body), fault)
        date = format_datetime(self._world.now(self._wire.home), usegmt=True)
        answer.headers.append((b"date", date.encode()))
        self._log(scope, body, 0 if fault == "drop" else answer.status)
        self._tell(asked)
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
        errand: Errand | None = scope.get("state", {}).pop("errand", None)
        if errand is not None:
            reply = await self._world.post.ask(errand.letter)
            with self._world.lock:
                await errand.then(reply)(scope, receive, answer.take)
        return answer

    def _tell(self, asked: Asked) -> None:
        for one in tuple(self._wire.running):
            one.after(asked)
        if self._wire.between:
            self._wire.between()

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


def _asked(scope: Scope, body: bytes) -> Asked:
    query, told = scope["query_string"].decode(), body.decode(errors="replace")
    return Asked(scope["path"], f"{scope['path']}?{query}\n{told}")


def _spoilt(answer: Answer, fault: Fault | None) -> Answer:
    """Whole by its length, and not the true one; of an answer without a body nothing can be spoilt."""
    if not answer.body:
        return answer
    if fault == "half":
        body = answer.body[: len(answer.body) // 2]
    elif fault == "shape":
        body = b'{"status":"ok"}' if answer.body.lstrip().startswith(b"[") else b"[]"
    elif fault == "empty":
        body = b""
    else:
        return answer
    headers = [(key, value) for key, value in answer.headers if key != b"content-length"]
    return Answer(answer.status, [*headers, (b"content-length", str(len(body)).encode())], body)


def _as_stranger(scope: Scope) -> Scope:
    """The same request with credentials that are not valid (any more)."""
    headers = [(key, _spoil(value) if key == b"authorization" else value) for key, value in scope["headers"]]
    return {**scope, "headers": headers}


def _spoil(value: bytes) -> bytes:
    """In the same form: ``OAuth`` with two names, or a scheme and a word."""
    scheme, _, _ = value.partition(b" ")
    if scheme == b"OAuth":
        return re.sub(rb'(oauth_token=")[^"]*', rb"\g<1>revoked", value)
    return b" ".join((scheme, b64encode(b"revoked:revoked") if scheme == b"Basic" else b"revoked"))


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
