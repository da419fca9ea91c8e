"""A plain HTTP client for each of the five sandboxes: who am I, what is in a project, one item by its id."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import httpx

from sandbox.options import SandboxOptions
from sandbox.server import Sandbox, running
from sandbox.story import Home

TODAY = date(2026, 11, 23)
FIVE: tuple[Home, ...] = ("jira_cloud", "jira_dc", "asana", "trello", "smartsheet")
BUSY: Mapping[str, str] = {
    "jira_cloud": "field-app",
    "jira_dc": "erp-upgrade",
    "asana": "joiner-journey",
    "trello": "dc-move",
    "smartsheet": "depot-cutover",
}
"""A project with many items on each."""
ME: Mapping[str, str] = {
    "jira_cloud": "/rest/api/3/myself",
    "jira_dc": "/rest/api/2/myself",
    "asana": "/users/me",
    "trello": "/1/members/me",
    "smartsheet": "/2.0/users/me",
}
ONE: Mapping[str, Callable[[str], str]] = {
    "jira_cloud": lambda id: f"/rest/api/3/issue/{id}",
    "jira_dc": lambda id: f"/rest/api/2/issue/{id}",
    "asana": lambda id: f"/tasks/{id}",
    "trello": lambda id: f"/1/cards/{id}",
    "smartsheet": lambda id: "/2.0/sheets/{}/rows/{}".format(*id.split(":")),
}


@dataclass(frozen=True)
class Client:
    sandbox: Sandbox
    home: Home
    http: httpx.Client

    def me(self) -> httpx.Response:
        return self.http.get(ME[self.home])

    def one(self, id: str) -> httpx.Response:
        """By the id that the truth tells."""
        return self.http.get(ONE[self.home](id))

    def listing(self, slug: str) -> httpx.Response:
        """The first and only page of a small project."""
        project = self.sandbox.world.project(slug)
        remote = project.remote_id
        if self.home == "jira_cloud":
            body = {"jql": f"project = {project.key}", "maxResults": 5000}
            return self.http.post("/rest/api/3/search/jql", json=body)
        if self.home == "jira_dc":
            params = {"jql": f"project = {project.key}", "maxResults": "1000"}
            return self.http.get("/rest/api/2/search", params=params)
        if self.home == "asana":
            return self.http.get(f"/projects/{remote}/tasks", params={"limit": 100})
        return self.http.get(
            f"/1/boards/{remote}/cards/all" if self.home == "trello" else f"/2.0/sheets/{remote}"
        )

    def ids(self, slug: str) -> set[str]:
        """As the truth tells them; Asana's sub-tasks stand elsewhere."""
        answer = self.listing(slug)
        assert answer.status_code == 200, answer.text
        told: Any = answer.json()
        if self.home == "trello":
            return {one["id"] for one in told}
        if self.home == "asana":
            return {one["gid"] for one in told["data"]}
        if self.home == "smartsheet":
            return {f"{told['id']}:{one['id']}" for one in told["rows"]}
        return {one["id"] for one in told["issues"]}

    def truth(self) -> Any:
        return self.sandbox.truth()["trackers"][self.home]

    def scope(self, slug: str) -> Any:
        return next(one for one in self.truth()["scopes"] if one["slug"] == slug)

    def largest(self) -> str:
        return str(max(self.truth()["scopes"], key=lambda scope: len(scope["items"]))["slug"])


def authorization(home: Home, given: Mapping[str, str]) -> dict[str, Any]:
    if home == "jira_cloud":
        return {"auth": (given["email"], given["token"])}
    if home == "trello":
        key, token = given["key"], given["token"]
        return {"headers": {"authorization": f'OAuth oauth_consumer_key="{key}", oauth_token="{token}"'}}
    return {"headers": {"authorization": f"Bearer {given['token']}"}}


@contextmanager
def client(home: Home, **options: Any) -> Iterator[Client]:
    """One tracker, served alone."""
    given = SandboxOptions(**{"today": TODAY, "budgets": False, "items": 120, "homes": (home,), **options})
    with (
        running(given) as sandbox,
        httpx.Client(base_url=sandbox.bases[home], **authorization(home, sandbox.credentials[home])) as http,
    ):
        yield Client(sandbox, home, http)
