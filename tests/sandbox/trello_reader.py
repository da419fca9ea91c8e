"""A plain HTTP reader of the Trello sandbox for its tests: nothing of the project's own connector."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any

import httpx

from sandbox.options import SandboxOptions
from sandbox.server import Sandbox, running

TODAY = date(2026, 11, 23)
OPTIONS = SandboxOptions(today=TODAY, budgets=False)
BUSY = "dc-move"
"""The project with the most cards."""
Body = dict[str, Any]


class Reader:
    """``get`` expects 200; ``ask`` hands over whatever came. Paths are below ``/1``."""

    def __init__(self, sandbox: Sandbox, http: httpx.Client) -> None:
        self.sandbox = sandbox
        self.http = http

    def ask(self, path: str, **params: Any) -> httpx.Response:
        return self.http.get(f"/1/{path}", params=params)

    def get(self, path: str, **params: Any) -> Any:
        answer = self.ask(path, **params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    @property
    def truth(self) -> Body:
        told: Body = self.sandbox.truth()["trackers"]["trello"]
        return told

    def board(self, slug: str) -> Body:
        """A board as the story's truth tells it."""
        return next(scope for scope in self.truth["scopes"] if scope["slug"] == slug)

    def id(self, slug: str) -> str:
        return self.sandbox.world.project(slug).remote_id

    def pages(self, path: str, **params: Any) -> Iterator[list[Body]]:
        """Backwards by the smallest id of each page, as the vendor's guide says."""
        before: dict[str, str] = {}
        while page := self.get(path, **params, **before):
            yield page
            before = {"before": min(one["id"] for one in page)}

    @contextmanager
    def stranger(self, authorization: str | None) -> Iterator[Reader]:
        """Somebody with other credentials, or with none."""
        headers = {} if authorization is None else {"authorization": authorization}
        with httpx.Client(base_url=self.sandbox.bases["trello"], headers=headers) as http:
            yield Reader(self.sandbox, http)


def oauth(key: str, token: str) -> str:
    return f'OAuth oauth_consumer_key="{key}", oauth_token="{token}"'


@contextmanager
def reading(options: SandboxOptions = OPTIONS, **changes: Any) -> Iterator[Reader]:
    with running(replace(options, **changes)) as sandbox:
        held = sandbox.credentials["trello"]
        header = oauth(held["key"], held["token"])
        base = sandbox.bases["trello"]
        with httpx.Client(base_url=base, headers={"authorization": header}) as http:
            yield Reader(sandbox, http)
