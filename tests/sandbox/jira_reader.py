"""A plain HTTP reader of the Jira sandbox for its tests: nothing of the project's own connector."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

import httpx

from sandbox.options import SandboxOptions
from sandbox.quirks import Quirks
from sandbox.server import Sandbox, running

TODAY = date(2026, 11, 23)
API = "/rest/api/3"
Answer = dict[str, Any]


class Reader:
    """``get`` and ``post`` expect 200; ``ask`` and ``send`` hand over whatever came."""

    def __init__(self, sandbox: Sandbox, http: httpx.Client) -> None:
        self.sandbox = sandbox
        self._http = http

    def ask(self, path: str, **params: Any) -> httpx.Response:
        return self._http.get(path if path.startswith("/") else f"{API}/{path}", params=params)

    def send(self, path: str, body: Mapping[str, Any]) -> httpx.Response:
        return self._http.post(path if path.startswith("/") else f"{API}/{path}", json=body)

    def get(self, path: str, **params: Any) -> Any:
        return _good(self.ask(path, **params))

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        return _good(self.send(path, body))

    def found(self, jql: str, **body: Any) -> list[str]:
        """Ids, over all pages."""
        return [issue["id"] for issue in self.pages(jql, **body)]

    def pages(self, jql: str, **body: Any) -> Iterator[Answer]:
        token: str | None = None
        while True:
            page = self.post("search/jql", {"jql": jql, **body, "nextPageToken": token})
            yield from page["issues"]
            token = page.get("nextPageToken")
            if token is None:
                return

    def scope(self, key: str) -> Answer:
        """A project as the story's truth tells it."""
        scopes: list[Answer] = self.sandbox.truth()["trackers"]["jira_cloud"]["scopes"]
        return next(scope for scope in scopes if scope["key"] == key)

    @contextmanager
    def stranger(
        self, auth: tuple[str, str] | None = ("user01@northlight.example", "wrong")
    ) -> Iterator[Reader]:
        """Somebody without valid credentials at the same site."""
        with httpx.Client(base_url=self._http.base_url, auth=auth) as http:
            yield Reader(self.sandbox, http)

    def truth(self) -> dict[str, Answer]:
        """Every item of every project in reach, by id."""
        scopes = self.sandbox.truth()["trackers"]["jira_cloud"]["scopes"]
        return {item["id"]: item for scope in scopes for item in scope["items"]}


@contextmanager
def reading(
    quirks: Quirks | None = None, *, items: int = 600, budgets: bool = False, **more: Any
) -> Iterator[Reader]:
    """A sandbox of its own and a reader with its credentials; ``more`` are further options."""
    options = SandboxOptions(today=TODAY, items=items, quirks=quirks or Quirks(), budgets=budgets, **more)
    with running(options) as sandbox:
        held = sandbox.credentials["jira_cloud"]
        auth = (held["email"], held["token"])
        with httpx.Client(base_url=sandbox.bases["jira_cloud"], auth=auth) as http:
            yield Reader(sandbox, http)


def _good(response: httpx.Response) -> Any:
    assert response.status_code == 200, f"{response.status_code} {response.text}"
    return response.json()
