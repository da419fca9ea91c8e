"""A plain HTTP reader of the Asana sandbox for its tests: nothing of the project's own connector."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import httpx

from sandbox import asana
from sandbox.asana_budgets import Limits
from sandbox.asana_events import Feed
from sandbox.options import SandboxOptions
from sandbox.server import Apps, Sandbox, running

TODAY = date(2026, 11, 23)
OPTIONS = SandboxOptions(today=TODAY, budgets=False)
BUSY, SPLIT = "acquisition-it", "joiner-journey"
"""The project with the most tasks, whose status is a field; and one whose status is the section."""
Body = dict[str, Any]


class Hands:
    """A clock that stands still until it is told to move."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 23, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def move(self, **span: float) -> None:
        self.at += timedelta(**span)


class Reader:
    """``data`` expects 200; ``ask`` hands over whatever came. Paths are below ``/api/1.0``."""

    def __init__(self, sandbox: Sandbox, http: httpx.Client) -> None:
        self.sandbox = sandbox
        self.http = http

    def ask(self, path: str, **params: Any) -> httpx.Response:
        return self.http.get(f"/{path}", params={key: value for key, value in params.items() if value})

    def get(self, path: str, **params: Any) -> Body:
        answer = self.ask(path, **params)
        assert answer.status_code == 200, answer.text
        body: Body = answer.json()
        return body

    def data(self, path: str, **params: Any) -> Any:
        return self.get(path, **params)["data"]

    def all(self, path: str, **params: Any) -> list[Body]:
        """The whole listing, page after page."""
        found: list[Body] = []
        offset: str | None = None
        while True:
            page = self.get(path, **{"limit": 100, **params}, offset=offset)
            found += page["data"]
            if page["next_page"] is None:
                return found
            offset = page["next_page"]["offset"]

    def batch(self, *actions: Body) -> httpx.Response:
        return self.http.post("/batch", json={"data": {"actions": list(actions)}})

    @property
    def workspace(self) -> str:
        return str(self.data("workspaces")[0]["gid"])

    @property
    def truth(self) -> Body:
        told: Body = self.sandbox.truth()["trackers"]["asana"]
        return told

    def scope(self, slug: str) -> Body:
        """A project as the story's truth tells it."""
        return next(scope for scope in self.truth["scopes"] if scope["slug"] == slug)

    def id(self, slug: str) -> str:
        return self.sandbox.world.project(slug).remote_id

    @contextmanager
    def stranger(self, authorization: str | None) -> Iterator[Reader]:
        """Somebody with another token, or with none."""
        headers = {} if authorization is None else {"authorization": authorization}
        with httpx.Client(base_url=self.sandbox.bases["asana"], headers=headers) as http:
            yield Reader(self.sandbox, http)


def message(answer: httpx.Response) -> tuple[int, str]:
    body = answer.json()
    assert "errors" in body, answer.text
    (error,) = body["errors"]
    assert error["help"]
    return answer.status_code, str(error["message"])


@contextmanager
def sandboxed(
    options: SandboxOptions = OPTIONS, limits: Limits | None = None, feed: Feed | None = None
) -> Iterator[Sandbox]:
    apps: Apps = {"asana": partial(asana.app, limits=limits, feed=feed)}
    with running(options, apps=apps, credentials={"asana": asana.CREDENTIALS}) as sandbox:
        yield sandbox


@contextmanager
def reading(
    options: SandboxOptions = OPTIONS,
    limits: Limits | None = None,
    feed: Feed | None = None,
    **changes: Any,
) -> Iterator[Reader]:
    with sandboxed(replace(options, **changes), limits, feed) as sandbox:
        header = f"Bearer {sandbox.credentials['asana']['token']}"
        base = sandbox.bases["asana"]
        with httpx.Client(base_url=base, headers={"authorization": header}) as http:
            yield Reader(sandbox, http)
