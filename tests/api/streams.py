"""The application on a real socket, and a stream read as a browser's EventSource reads it:
https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation"""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from fastapi import FastAPI

from api.serving import Server

NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Made once, since reading the certificates of the whole world takes longer than a test."""


@asynccontextmanager
async def served(app: FastAPI) -> AsyncIterator[tuple[Server, str]]:
    """The server and its base URL. It is ended with the block, if not before."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Server(app)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            yield server, f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            await serving


@dataclass(slots=True)
class EventSource:
    """``id`` is what it would send as Last-Event-ID if it came again now."""

    response: httpx.Response
    id: str = ""
    retry: int = 0
    comments: list[str] = field(default_factory=list)
    _lines: AsyncIterator[str] | None = None

    async def next(self) -> dict[str, Any] | None:
        """The data of the next event; None when the stream has ended."""
        data: list[str] = []
        async for line in self._all():
            name, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if not line and data:
                told: dict[str, Any] = json.loads("\n".join(data))
                return told
            if line and not name:
                self.comments.append(value)
            self._take(name, value, data)
        return None

    async def comment(self) -> str:
        """The next one, whatever events come before it."""
        known = len(self.comments)
        async for line in self._all():
            name, _, value = line.partition(":")
            if not line and len(self.comments) > known:
                return self.comments[known]
            if line and not name:
                self.comments.append(value.removeprefix(" "))
            self._take(name, value.removeprefix(" "), [])
        raise AssertionError("the stream ended without one")

    def _take(self, name: str, value: str, data: list[str]) -> None:
        match name:
            case "data":
                data.append(value)
            case "id":
                self.id = value
            case "retry":
                self.retry = int(value)

    def _all(self) -> AsyncIterator[str]:
        if self._lines is None:
            self._lines = self.response.aiter_lines()
        return self._lines


@asynccontextmanager
async def following(base: str, key: str, question: str = "", **headers: str) -> AsyncIterator[EventSource]:
    sent: Mapping[str, str] = {"Authorization": f"Bearer {key}", **headers}
    async with (
        httpx.AsyncClient(base_url=base, trust_env=False, timeout=30, verify=NO_TLS) as client,
        client.stream("GET", f"/v1/events{question}", headers=sent) as response,
    ):
        assert response.status_code == 200, await response.aread()
        yield EventSource(response)
