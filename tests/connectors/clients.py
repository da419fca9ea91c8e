"""A client as the tests of the HTTP layer need it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from connectors.http import Budget, Http, HttpOptions, Limiter, Target
from tests.faketime import FakeTime

TOKEN = "0123456789abcdef-token"


def plenty(time: FakeTime, name: str = "token") -> Limiter:
    """Per 10 s, so that a 429 without any header has a window to wait for."""
    return Limiter(Budget(name, 100, timedelta(seconds=10)), time.clock)


@asynccontextmanager
async def client(
    base: str, time: FakeTime, options: HttpOptions | None = None, **budgets: tuple[Limiter, ...]
) -> AsyncIterator[Http]:
    target = Target(base_url=base, headers={"authorization": f"Bearer {TOKEN}"}, secrets=[TOKEN])
    http = Http(target, {"default": (plenty(time),), **budgets}, time.timing, options)
    try:
        yield http
    finally:
        await http.aclose()
