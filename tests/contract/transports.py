"""What a fault planted by path cannot play: a tracker that goes wrong in the middle of a listing."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import httpx


class Stuck(httpx.AsyncHTTPTransport):
    """Answers each request to such a path as it answered the first one, with ``more`` in its body: paging has
    no effect."""

    def __init__(self, match: str, more: Mapping[str, Any]) -> None:
        super().__init__()
        self._match = re.compile(match)
        self._more = more
        self._first: Any = None
        self._date = ""
        self.repeats = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if not self._match.search(request.url.path):
            return await super().handle_async_request(request)
        if self._first is None:
            answer = await super().handle_async_request(request)
            self._first = json.loads(await answer.aread())
            self._date = answer.headers["date"]
            await answer.aclose()
        else:
            self.repeats += 1
            assert self.repeats < 50, "nobody notices that this would never end"
        body = {**self._first, **self._more} if self._more else self._first
        return httpx.Response(200, json=body, headers={"date": self._date})


class Sparing(httpx.AsyncHTTPTransport):
    """Gives one entry less than a page could hold, as the vendors reserve the right to."""

    SIZES = ("limit", "maxResults", "maxItems", "pageSize")

    def __init__(self) -> None:
        super().__init__()
        self.spared = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        for name in self.SIZES:
            if name in request.url.params:
                request.url = request.url.copy_set_param(name, self._less(request.url.params[name]))
        if request.method == "POST":
            body = json.loads(request.content)
            body |= {name: self._less(body[name]) for name in self.SIZES if name in body}
            request = httpx.Request("POST", request.url, headers=_unsized(request.headers), json=body)
        return await super().handle_async_request(request)

    def _less(self, size: str | int) -> int:
        self.spared += 1
        return max(int(size) - 1, 1)


def _unsized(headers: httpx.Headers) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name != "content-length"}


class Revoked(httpx.AsyncHTTPTransport):
    """After ``after`` requests to such a path the credentials are no longer good."""

    def __init__(self, match: str, after: int) -> None:
        super().__init__()
        self._match = re.compile(match)
        self._left = after
        self.revoked = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self._match.search(request.url.path):
            self.revoked = self.revoked or self._left == 0
            self._left -= 1
        if self.revoked:
            scheme = request.headers["authorization"].partition(" ")[0]
            wrong = {"Basic": "bm9ib2R5QGV4YW1wbGUub3JnOndyb25n"}.get(
                scheme, f'oauth_consumer_key="{"0" * 32}", oauth_token="{"f" * 64}"'
            )
            request.headers["authorization"] = f"{scheme} {wrong}"
        return await super().handle_async_request(request)
