"""A plain HTTP reader of the Jira Data Center sandbox for its tests: nothing of the project's connector."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

import httpx

from sandbox import jira_dc
from sandbox.options import SandboxOptions
from sandbox.server import Sandbox, running

TODAY = date(2026, 11, 23)
API = "rest/api/2"
SPRINT, EPIC_LINK, POINTS, START = (
    "customfield_10105",
    "customfield_10100",
    "customfield_10106",
    "customfield_10204",
)
Answer = dict[str, Any]


class Reader:
    """``get`` and ``post`` expect 200; ``ask`` and ``send`` hand over whatever came."""

    def __init__(self, sandbox: Sandbox, http: httpx.Client) -> None:
        self.sandbox = sandbox
        self._http = http

    def ask(self, path: str, **params: Any) -> httpx.Response:
        return self._http.get(path if path.startswith("rest/") else f"{API}/{path}", params=params)

    def send(self, path: str, body: Mapping[str, Any]) -> httpx.Response:
        return self._http.post(f"{API}/{path}", json=body)

    def get(self, path: str, **params: Any) -> Any:
        return _good(self.ask(path, **params))

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        return _good(self.send(path, body))

    def pages(self, jql: str, **body: Any) -> Iterator[Answer]:
        """Issues over all pages, each as long as the server made it."""
        start = 0
        while True:
            page = self.post("search", {"jql": jql, "startAt": start, "maxResults": 1000, **body})
            yield from page["issues"]
            start += len(page["issues"])
            if start >= page["total"]:
                return

    def found(self, jql: str) -> list[str]:
        return [issue["id"] for issue in self.pages(jql, fields=["summary"])]

    @contextmanager
    def other(
        self, headers: Mapping[str, str] | None = None, auth: tuple[str, str] | None = None
    ) -> Iterator[Reader]:
        """Somebody else at the same installation; without either, nobody."""
        with httpx.Client(base_url=self._http.base_url, headers=headers, auth=auth) as http:
            yield Reader(self.sandbox, http)

    def told(self) -> Answer:
        told: Answer = self.sandbox.truth()["trackers"]["jira_dc"]
        return told

    def truth(self) -> dict[str, Answer]:
        """Every item in reach, by id."""
        return {item["id"]: item for scope in self.told()["scopes"] for item in scope["items"]}


@contextmanager
def installed(**options: Any) -> Iterator[Sandbox]:
    """A Data Center sandbox alone."""
    asked = SandboxOptions(**{"today": TODAY, "budgets": False, **options})
    with running(
        asked, apps={"jira_dc": jira_dc.app}, credentials={"jira_dc": jira_dc.CREDENTIALS}
    ) as sandbox:
        yield sandbox


@contextmanager
def reading(**options: Any) -> Iterator[Reader]:
    """A sandbox of its own and a reader with its token."""
    with installed(**options) as sandbox:
        headers = {"Authorization": f"Bearer {sandbox.credentials['jira_dc']['token']}"}
        with httpx.Client(base_url=f"{sandbox.bases['jira_dc']}/", headers=headers) as http:
            yield Reader(sandbox, http)


def _good(response: httpx.Response) -> Any:
    assert response.status_code == 200, f"{response.status_code} {response.text}"
    return response.json()
