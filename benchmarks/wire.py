"""A small HTTP/1.1 server: it answers out of a cache, each answer a fixed time after its request."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from email.utils import format_datetime
from gzip import compress
from urllib.parse import unquote_to_bytes

from starlette.types import ASGIApp, Message

from sandbox.middleware import Answer
from sandbox.world import World

HEAD_END = b"\r\n\r\n"
LEFT_OUT = {b"content-length", b"date", b"connection", b"content-encoding"}
WORTH_PACKING = 500
"""Bytes; vendors send less than that as it is."""


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    target: str
    body: bytes
    headers: tuple[tuple[bytes, bytes], ...] = field(compare=False, repr=False)

    @property
    def takes_gzip(self) -> bool:
        return any(name == b"accept-encoding" and b"gzip" in value for name, value in self.headers)


@dataclass(frozen=True, slots=True)
class Ready:
    """An answer as it is sent, plain and packed."""

    head: bytes
    plain: bytes
    packed: bytes | None

    def bytes_for(self, request: Request, date: str) -> bytes:
        packed = self.packed if request.takes_gzip else None
        body = self.plain if packed is None else packed
        encoding = b"" if packed is None else b"content-encoding: gzip\r\n"
        return b"%b%bdate: %b\r\ncontent-length: %d\r\n\r\n%b" % (
            self.head, encoding, date.encode(), len(body), body,
        )  # fmt: skip


class Site:
    """One tracker's app behind a cache, with a log of what was asked. ``latency`` is in seconds.

    The app is asked while the world stands still; whoever changes it calls ``forget``.
    """

    def __init__(self, app: ASGIApp, world: World) -> None:
        self._app = app
        self._world = world
        self._known: dict[Request, Ready] = {}
        self.latency = 0.0
        self.log: list[Request] = []
        self.under_way = self.at_once = 0

    def forget(self) -> None:
        self._known.clear()

    def count_anew(self) -> None:
        self.log, self.at_once = [], self.under_way

    async def answered(self, request: Request) -> bytes:
        """At the time at which it is to be sent."""
        loop = asyncio.get_running_loop()
        due = loop.time() + self.latency
        self.log.append(request)
        self.under_way += 1
        self.at_once = max(self.at_once, self.under_way)
        ready = self._known.get(request)
        if ready is None:
            ready = self._known[request] = await self._made(request)
        await asyncio.sleep(due - loop.time())
        self.under_way -= 1
        return ready.bytes_for(request, format_datetime(self._world.now(), usegmt=True))

    async def _made(self, request: Request) -> Ready:
        path, _, query = request.target.partition("?")
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http",
            "method": request.method, "path": unquote_to_bytes(path).decode(), "raw_path": path.encode(),
            "query_string": query.encode(), "root_path": "", "headers": list(request.headers),
            "client": None, "server": None, "state": {},
        }  # fmt: skip

        async def receive() -> Message:
            return {"type": "http.request", "body": request.body, "more_body": False}

        answer = Answer()
        with self._world.lock:
            await self._app(scope, receive, answer.take)
        kept = [b"%b: %b\r\n" % pair for pair in answer.headers if pair[0] not in LEFT_OUT]
        head = b"HTTP/1.1 %d Status\r\n%b" % (answer.status, b"".join(kept))
        packed = compress(answer.body, mtime=0) if len(answer.body) > WORTH_PACKING else None
        return Ready(head, answer.body, packed)


class Connection(asyncio.Protocol):
    """One client's connection, kept open. A body comes with its length."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._waiting = b""
        self._tasks: set[asyncio.Task[None]] = set()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._waiting += data
        while (request := self._next()) is not None:
            task = asyncio.get_running_loop().create_task(self._serve(request))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def _next(self) -> Request | None:
        """The first whole request that has come."""
        end = self._waiting.find(HEAD_END)
        if end < 0:
            return None
        first, *lines = self._waiting[:end].split(b"\r\n")
        pairs = [line.split(b":", 1) for line in lines]
        headers = tuple((name.lower(), value.strip()) for name, value in pairs)
        begin = end + len(HEAD_END)
        until = begin + int(dict(headers).get(b"content-length", b"0"))
        if len(self._waiting) < until:
            return None
        body, self._waiting = self._waiting[begin:until], self._waiting[until:]
        method, target, _ = first.decode("latin-1").split(" ")
        return Request(method, target, body, headers)

    async def _serve(self, request: Request) -> None:
        answer = await self._site.answered(request)
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(answer)
