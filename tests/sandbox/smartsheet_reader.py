"""A plain HTTP reader of the Smartsheet sandbox for its tests: nothing of the project's own connector."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx

from sandbox import smartsheet
from sandbox.options import SandboxOptions
from sandbox.server import Apps, Credentials, Sandbox, running

TODAY = date(2026, 11, 23)
OPTIONS = SandboxOptions(today=TODAY, budgets=False)
DEPOT, AUDIT, VENDOR = "depot-cutover", "iso-audit", "vendor-transition"
Body = dict[str, Any]
WHOLE: Body = {"level": 2, "include": "objectValue,writerInfo", "exclude": "nonexistentCells"}


class Ticks:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


class Reader:
    """``get`` expects 200; ``ask`` hands over whatever came. Paths are below ``/2.0``."""

    def __init__(self, sandbox: Sandbox, http: httpx.Client, ticks: Ticks) -> None:
        self.sandbox = sandbox
        self.http = http
        self.ticks = ticks

    def wait(self, seconds: float = 60) -> None:
        self.ticks.now += timedelta(seconds=seconds)

    def ask(self, path: str, **params: Any) -> httpx.Response:
        return self.http.get(f"/2.0/{path}", params=params)

    def get(self, path: str, **params: Any) -> Any:
        answer = self.ask(path, **params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def refused(self, path: str, **params: Any) -> tuple[int, int]:
        """The status and the code."""
        answer = self.ask(path, **params)
        return answer.status_code, answer.json()["errorCode"]

    def id(self, slug: str) -> str:
        return self.sandbox.world.project(slug).remote_id

    def sheet(self, slug: str, **params: Any) -> Body:
        body: Body = self.get(f"sheets/{self.id(slug)}", **params)
        return body

    def column(self, slug: str, title: str) -> Body:
        columns = self.sheet(slug, level=2, page=1, pageSize=1)["columns"]
        return next(column for column in columns if column["title"] == title)

    def cells(self, slug: str, title: str, **params: Any) -> dict[int, Body]:
        """The cells of one column by row id."""
        column = self.column(slug, title)["id"]
        rows = self.sheet(slug, columnIds=column, **params)["rows"]
        return {row["id"]: cell for row in rows for cell in row["cells"]}

    def scope(self, slug: str) -> Body:
        """A sheet as the story's truth tells it."""
        scopes = self.sandbox.truth()["trackers"]["smartsheet"]["scopes"]
        return next(scope for scope in scopes if scope["slug"] == slug)

    def keyed(self, path: str, name: str = "data", **params: Any) -> Iterator[list[Body]]:
        """Every page of a listing by token, empty ones too."""
        key: dict[str, str] = {}
        while True:
            page = self.get(path, **params, **key)
            yield page[name]
            if "lastKey" not in page:
                return
            key = {"lastKey": page["lastKey"]}

    def everything(self, path: str, name: str = "data", **params: Any) -> list[Body]:
        return [one for page in self.keyed(path, name, **params) for one in page]

    def inside(self) -> Iterator[tuple[str, Body]]:
        """Everything in workspaces and folders at any depth, with the path of what holds it."""
        waiting = [f"workspaces/{one['id']}" for one in self.everything("workspaces")]
        while waiting:
            path = waiting.pop()
            for child in self.everything(f"{path}/children"):
                yield path, child
                if child["resourceType"] == "folder":
                    waiting.append(f"folders/{child['id']}")

    @contextmanager
    def stranger(self, token: str | None) -> Iterator[Reader]:
        """Somebody with another token, or with none."""
        with _client(self.sandbox, token) as http:
            yield Reader(self.sandbox, http, self.ticks)


def _client(sandbox: Sandbox, token: str | None) -> httpx.Client:
    headers = {} if token is None else {"authorization": f"Bearer {token}"}
    return httpx.Client(base_url=sandbox.bases["smartsheet"], headers=headers)


@contextmanager
def serving(options: SandboxOptions = OPTIONS, **changes: Any) -> Iterator[Sandbox]:
    apps: Apps = {"smartsheet": smartsheet.app}
    credentials: Credentials = {"smartsheet": smartsheet.CREDENTIALS}
    with running(replace(options, **changes), apps=apps, credentials=credentials) as sandbox:
        yield sandbox


@contextmanager
def reading(options: SandboxOptions = OPTIONS, **changes: Any) -> Iterator[Reader]:
    ticks = Ticks()
    token = smartsheet.CREDENTIALS["token"]
    with serving(options, clock=ticks, **changes) as sandbox, _client(sandbox, token) as http:
        yield Reader(sandbox, http, ticks)
