"""Subscribers as real servers on loopback, verifying what they take with the package that receivers use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from standardwebhooks.webhooks import Webhook
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.loopback import serving


@dataclass(slots=True)
class Receiver:
    """Answers ``status``, with ``headers``. ``got`` is what it took, ``ids`` are of all attempts in order."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    secret: str = ""
    url: str = ""
    got: list[dict[str, Any]] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    cookies: list[str] = field(default_factory=list)

    async def take(self, request: Request) -> Response:
        body = await request.body()
        self.ids.append(request.headers["webhook-id"])
        self.cookies.append(request.headers.get("cookie", ""))
        if self.status < 300:
            self.got.append(Webhook(self.secret).verify(body, dict(request.headers)))
        return Response("x" * 100, self.status, dict(self.headers))


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()
    app = Starlette(routes=[Route("/hook", receiver.take, methods=["POST"])])
    with serving(app) as base:
        receiver.url = f"{base}/hook"
        yield receiver
