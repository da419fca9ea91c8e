"""A tracker of the sandbox with webhooks on all that it has, and a receiver that they deliver to. No test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sandbox.story import Home
from tests.sandbox.five import Client, client
from tests.sandbox.receiver import Clock, Got, Receiver, receiving

SIGNATURES = {
    "jira_cloud": "x-hub-signature",
    "jira_dc": "x-hub-signature",
    "asana": "x-hook-signature",
    "trello": "x-trello-webhook",
    "smartsheet": "smartsheet-hmac-sha256",
}
ISSUES = ["jira:issue_created", "jira:issue_updated", "jira:issue_deleted", "project_updated"]


@dataclass
class Watched:
    client: Client
    receiver: Receiver
    clock: Clock

    @property
    def home(self) -> Home:
        return self.client.home

    def watch(self) -> None:
        """One webhook a project, or one for all of them."""
        if self.home in ("jira_cloud", "jira_dc"):
            self._watch_jira()
        else:
            for project in self.client.sandbox.world.story.projects.values():
                if project.home == self.home and not project.revoked:
                    self._watch(project.remote_id, f"{self.receiver.url}/{project.slug}")
        self.got()

    def _watch_jira(self) -> None:
        body = {"name": "ours", "url": f"{self.receiver.url}/hook", "events": ISSUES}
        if self.home == "jira_cloud":
            answer = self.client.http.post("/rest/webhooks/1.0/webhook", json={**body, "secret": "ours"})
        else:
            how = {"configuration": {"SECRET": "ours"}}
            answer = self.client.http.post("/rest/jira-webhook/1.0/webhooks", json={**body, **how})
        assert answer.status_code == 201, answer.text

    def _watch(self, id: str, url: str) -> None:
        http = self.client.http
        if self.home == "asana":
            assert http.post("/webhooks", json={"data": {"resource": id, "target": url}}).status_code == 201
        elif self.home == "trello":
            asked = {"callbackURL": url, "idModel": id}
            assert http.post("/1/webhooks", params=asked).status_code == 200
        else:
            body = {"name": "ours", "callbackUrl": url, "scope": "sheet", "scopeObjectId": int(id)}
            made = http.post("/2.0/webhooks", json={**body, "events": ["*.*"], "version": 1}).json()["result"]
            on = http.put(f"/2.0/webhooks/{made['id']}", json={"enabled": True}).json()["result"]
            assert on["enabled"] is True

    def edit(self, op: str, **asked: Any) -> Any:
        return self.client.sandbox.edit({"op": op, **asked})

    def retitle(self, number: int, title: str) -> Any:
        return self.edit("set", task=number, fields={"title": title})

    def task(self) -> int:
        tasks = self.client.sandbox.world.tasks_of(self.client.largest())
        return next(one.number for one in tasks if one.type in ("task", "story") and not one.also_in)

    def got(self) -> list[Got]:
        self.client.sandbox.webhooks.quiet()
        return self.receiver.take()


@contextmanager
def watched(home: Home, **options: Any) -> Iterator[Watched]:
    clock = Clock()
    with receiving() as receiver, client(home, **{"items": 60, "clock": clock, **options}) as served:
        made = Watched(served, receiver, clock)
        made.watch()
        yield made
