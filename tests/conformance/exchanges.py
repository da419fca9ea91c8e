"""Requests with their answers, and what writes them down as they pass."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.options import SandboxOptions
from sandbox.world import World

Make = Callable[[World, SandboxOptions], ASGIApp]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and its answer. ``source`` says where it is from: the step of a run, or a recording.
    Names of headers are in lower case."""

    source: str
    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    sent: bytes = b""
    status: int = 200
    answer_headers: Mapping[str, str] = field(default_factory=lambda: {"content-type": "application/json"})
    answer: bytes = b""


class Recorder:
    """Writes down every exchange with the apps that it is put around; ``step`` becomes their source."""

    def __init__(self) -> None:
        self.exchanges: list[Exchange] = []
        self.step = ""

    def around(self, make: Make) -> Make:
        """What makes the same app, recorded."""

        def recorded(world: World, options: SandboxOptions) -> ASGIApp:
            app = make(world, options)

            async def call(scope: Scope, receive: Receive, send: Send) -> None:
                await self._pass(app, (scope, receive, send))

            return call

        return recorded

    async def _pass(self, app: ASGIApp, call: tuple[Scope, Receive, Send]) -> None:
        scope, receive, send = call
        sent: list[bytes] = []
        answer: list[bytes] = []
        start: dict[str, Any] = {}

        async def receiving() -> Message:
            message = await receive()
            sent.append(message.get("body", b""))
            return message

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            answer.append(message.get("body", b""))
            await send(message)

        await app(scope, receiving, sending)
        self.exchanges.append(
            Exchange(
                source=self.step,
                method=scope["method"],
                path=scope["path"],
                query=tuple(parse_qsl(scope["query_string"].decode(), keep_blank_values=True)),
                headers=_readable(scope["headers"]),
                sent=b"".join(sent),
                status=start["status"],
                answer_headers=_readable(start.get("headers", ())),
                answer=b"".join(answer),
            )
        )


def _readable(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in headers}
