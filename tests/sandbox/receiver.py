"""A receiver of webhooks as a real server: it shakes every hand, and keeps what comes. No test."""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.loopback import serving
from tests.sandbox.five import TODAY

NOON = datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=UTC)
HANDS = {"x-hook-secret": "x-hook-secret", "smartsheet-hook-challenge": "smartsheet-hook-response"}


@dataclass
class Clock:
    """Stands still until somebody moves it."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **time: float) -> None:
        self.now += timedelta(**time)


@dataclass(frozen=True)
class Got:
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def told(self) -> Any:
        return json.loads(self.body)


@dataclass
class Receiver:
    """``status`` is what everything is answered with, after ``before``; ``rude`` shakes no hand."""

    url: str = ""
    status: int = 200
    rude: bool = False
    before: Callable[[], object] = bool
    got: list[Got] = field(default_factory=list)

    def take(self) -> list[Got]:
        """What came since the last time, without handshakes."""
        taken, self.got = self.got, []
        return [one for one in taken if one.method == "POST" and not HANDS.keys() & one.headers.keys()]

    def secret(self) -> str:
        return next(one.headers["x-hook-secret"] for one in self.got if "x-hook-secret" in one.headers)

    async def answer(self, request: Request) -> Response:
        await run_in_threadpool(self.before)
        headers = dict(request.headers)
        self.got.append(Got(request.method, str(request.url), headers, await request.body()))
        shaken = {
            theirs: headers[ours] for ours, theirs in HANDS.items() if ours in headers and not self.rude
        }
        return Response(status_code=self.status, headers=shaken)


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()
    app = Starlette(routes=[Route("/{path:path}", receiver.answer, methods=["GET", "HEAD", "POST"])])
    with serving(app) as receiver.url:
        yield receiver


def hex_of(secret: str, body: bytes) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def sha1_of(secret: str, body: bytes, url: str) -> str:
    return b64encode(hmac.new(secret.encode(), body + url.encode(), hashlib.sha1).digest()).decode()
