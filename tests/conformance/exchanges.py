"""Requests with their answers, and what writes them down as they pass."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from openapi_core.datatypes import RequestParameters
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from werkzeug.datastructures import Headers, ImmutableMultiDict


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and its answer. ``source`` says where it is from: a run's step, a recording."""

    source: str
    method: str
    path: str
    status: int
    query: tuple[tuple[str, str], ...] = ()
    sent: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    answer: bytes = b""
    answer_headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def call(self) -> str:
        return f"{self.method} {self.path}"

    def body(self) -> Any:
        """The answer's JSON. Raises ValueError where it is none."""
        return json.loads(self.answer)

    def asked(self, host: str) -> Asked:
        return Asked(self, host)

    def answered(self) -> Answered:
        return Answered(self)


class Asked:
    """A request as openapi-core wants to see it."""

    def __init__(self, exchange: Exchange, host: str) -> None:
        self.host_url = host
        self.path = exchange.path
        self.method = exchange.method.lower()
        self.body = exchange.sent or None
        self.content_type = _media_type(exchange.headers)
        self.parameters = RequestParameters(
            query=ImmutableMultiDict(exchange.query), header=Headers(dict(exchange.headers))
        )


class Answered:
    """An answer as openapi-core wants to see it."""

    def __init__(self, exchange: Exchange) -> None:
        self.status_code = exchange.status
        self.data = exchange.answer
        self.content_type = _media_type(exchange.answer_headers)
        self.headers = Headers(dict(exchange.answer_headers))


def _media_type(headers: Mapping[str, str]) -> str:
    return headers.get("content-type", "").partition(";")[0].strip()


class Recorder:
    """Wraps a tracker's app and writes every exchange down; ``step`` is what the tests are at."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.exchanges: list[Exchange] = []
        self.step = ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        sent, answer, start = b"", b"", dict[str, Any]()

        async def receiving() -> Message:
            nonlocal sent
            message = await receive()
            sent += bytes(message.get("body", b""))
            return message

        async def sending(message: Message) -> None:
            nonlocal answer
            if message["type"] == "http.response.start":
                start.update(message)
            answer += message.get("body", b"")
            await send(message)

        await self._app(scope, receiving, sending)
        self.exchanges.append(
            Exchange(
                source=self.step,
                method=scope["method"],
                path=scope["path"],
                query=tuple(parse_qsl(scope["query_string"].decode(), keep_blank_values=True)),
                sent=sent,
                headers=_headers(scope["headers"]),
                status=start["status"],
                answer=answer,
                answer_headers=_headers(start.get("headers", ())),
            )
        )


def _headers(pairs: Any) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in pairs}
