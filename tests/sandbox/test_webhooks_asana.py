"""Asana's webhooks: a handshake while the call is open, thin events, signatures, a day of attempts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import asana
import httpx
import pytest
from urllib3.util import Retry

from tests.sandbox.five import BUSY, Client, client
from tests.sandbox.receiver import Clock, Receiver, hex_of, receiving

PROJECT = BUSY["asana"]


@dataclass
class Place:
    asana: Client
    receiver: Receiver
    clock: Clock

    @property
    def project(self) -> str:
        return self.asana.sandbox.world.project(PROJECT).remote_id

    def workspace(self) -> str:
        return str(self.asana.http.get("/workspaces").json()["data"][0]["gid"])

    def hook(self, path: str = "/hook", **given: Any) -> httpx.Response:
        data = {"resource": self.project, "target": f"{self.receiver.url}{path}", **given}
        return self.asana.http.post("/webhooks", json={"data": data})

    def kept(self, gid: str) -> Any:
        return self.asana.http.get(f"/webhooks/{gid}").json()["data"]

    def edit(self, op: str, **asked: Any) -> Any:
        return self.asana.sandbox.edit({"op": op, **asked})

    def task(self) -> int:
        tasks = self.asana.sandbox.world.tasks_of(PROJECT)
        return next(one.number for one in tasks if one.type == "task" and not one.also_in)

    def told(self) -> list[list[Any]]:
        """The events of each delivery."""
        self.asana.sandbox.webhooks.quiet()
        return [one.told["events"] for one in self.receiver.take()]


@pytest.fixture
def place() -> Iterator[Place]:
    clock = Clock()
    with receiving() as receiver, client("asana", clock=clock) as served:
        yield Place(served, receiver, clock)


def test_hands_are_shaken_while_the_call_is_open_and_a_heartbeat_follows(place: Place) -> None:
    made = place.hook()
    assert made.status_code == 201
    body, secret = made.json(), place.receiver.secret()
    assert (body["X-Hook-Secret"], body["data"]["active"]) == (secret, False)
    assert body["data"]["resource"]["gid"] == place.project
    place.asana.sandbox.webhooks.quiet()
    (beat,) = place.receiver.take()
    assert beat.body == b'{"events":[]}'
    assert beat.headers["x-hook-signature"] == hex_of(secret, beat.body)
    kept = place.kept(body["data"]["gid"])
    assert (kept["active"], kept["last_success_at"]) == (True, "2026-11-23T12:00:00.000Z")
    listed = place.asana.http.get("/webhooks", params={"workspace": place.workspace()}).json()["data"]
    assert [one["target"] for one in listed] == [f"{place.receiver.url}/hook"]
    place.clock.pass_by(hours=8)
    place.asana.sandbox.webhooks.advance()
    assert place.told() == [[]]


def test_without_the_handshake_nothing_is_made(place: Place) -> None:
    place.receiver.rude = True
    refused = place.hook()
    assert refused.status_code == 400
    assert "did not respond with the handshake secret" in refused.json()["errors"][0]["message"]
    nobody = place.hook(target="https://pmo.example/hook")
    assert "Could not complete activation handshake" in nobody.json()["errors"][0]["message"]
    asked = place.asana.http.get("/webhooks", params={"workspace": place.workspace()})
    assert asked.json()["data"] == []


def test_what_cannot_be_watched_is_refused(place: Place) -> None:
    place.hook()
    duplicate = place.hook()
    assert duplicate.status_code == 403
    assert duplicate.json()["errors"][0]["message"].startswith("Duplicated webhook. You already have")
    assert place.hook(resource="1234").status_code == 404
    assert place.hook("/x", resource=place.workspace()).status_code == 400  # without filters
    assert place.hook(target="nope").status_code == 400
    assert place.asana.http.post("/webhooks", json={}).status_code == 400


def test_events_are_thin_signed_and_those_of_the_feed(place: Place) -> None:
    place.hook()
    secret, task = place.receiver.secret(), place.task()
    sync = place.asana.http.get("/events", params={"resource": place.project}).json()["sync"]
    place.told()
    place.edit("set", task=task, fields={"title": "New name"})
    place.edit("set", task=task, fields={"stage": "done"})
    place.edit("create", project=PROJECT, title="Another")
    place.edit("undelete", task=place.edit("delete", task=task)["task"])
    place.edit("hide", task=place.task())
    place.asana.sandbox.webhooks.quiet()
    got = place.receiver.take()
    assert all(one.headers["x-hook-signature"] == hex_of(secret, one.body) for one in got)
    events = [event for one in got for event in one.told["events"]]
    assert [event["action"] for event in got[0].told["events"] if "change" in event] == ["changed"]
    assert {event["action"] for event in events} == {"added", "removed", "changed", "deleted", "undeleted"}
    assert not any("name" in event["resource"] for event in events)
    feed = place.asana.http.get("/events", params={"resource": place.project, "sync": sync}).json()["data"]
    assert [(one["action"], one["resource"]["gid"]) for one in feed] == [
        (one["action"], one["resource"]["gid"]) for one in events
    ]


def test_a_filter_lets_through_what_it_names_and_a_workspace_tells_of_projects(place: Place) -> None:
    gid = place.hook(filters=[{"resource_type": "task", "action": "changed", "fields": ["name"]}]).json()
    projects = [{"resource_type": "project", "action": "changed"}]
    place.hook("/workspace", resource=place.workspace(), filters=projects)
    place.told()
    place.edit("set", task=place.task(), fields={"title": "New name", "due": "2026-12-01"})
    ((event,),) = place.told()
    assert event["change"]["field"] == "name"
    place.edit("rename_project", project=PROJECT, name="Another name")
    ((event,),) = place.told()
    assert event["resource"] == {"gid": place.project, "resource_type": "project"}
    place.asana.http.put(f"/webhooks/{gid['data']['gid']}", json={"data": {"filters": []}})
    place.edit("set", task=place.task(), fields={"due": "2026-12-02"})
    assert len(place.told()) == 1


def test_what_fails_waits_together_and_goes_when_the_receiver_is_back(place: Place) -> None:
    gid = place.hook().json()["data"]["gid"]
    place.told()
    place.receiver.status = 500
    place.edit("set", task=place.task(), fields={"title": "One"})
    assert len(place.told()) == 1
    place.edit("set", task=place.task(), fields={"title": "Two"})
    assert place.told() == []  # it waits for the next attempt
    kept = place.kept(gid)
    assert (kept["delivery_retry_count"], kept["next_attempt_after"]) == (1, "2026-11-23T12:01:00.000Z")
    assert kept["failure_deletion_timestamp"] == "2026-11-24T12:00:00.000Z"
    place.receiver.status = 200
    place.clock.pass_by(minutes=1)
    assert place.asana.sandbox.webhooks.advance() == 1
    (events,) = place.told()
    assert sum(one.get("change", {}).get("field") == "name" for one in events) == 2
    assert place.kept(gid)["failure_deletion_timestamp"] is None


def test_after_a_day_of_failures_it_is_removed(place: Place) -> None:
    gid = place.hook().json()["data"]["gid"]
    place.receiver.status = 503
    place.edit("set", task=place.task(), fields={"title": "Never told"})
    for _ in range(12):
        place.asana.sandbox.webhooks.quiet()
        place.clock.pass_by(hours=2)
        place.asana.sandbox.webhooks.advance()
    assert place.asana.http.get(f"/webhooks/{gid}").status_code == 404


def test_the_vendors_client_makes_and_deletes_one(place: Place) -> None:
    settings = asana.Configuration()
    settings.host = place.asana.sandbox.bases["asana"]
    settings.access_token = place.asana.sandbox.credentials["asana"]["token"]
    settings.retry_strategy = Retry(total=0)
    api = asana.ApiClient(settings)
    hooks = asana.WebhooksApi(api)
    data = {"resource": place.project, "target": f"{place.receiver.url}/hook"}
    made = hooks.create_webhook({"data": data}, {})
    place.told()
    place.edit("set", task=place.task(), fields={"title": "New name"})
    ((event, *_),) = place.told()
    assert event["resource"]["resource_type"] == "task"
    assert [one["gid"] for one in hooks.get_webhooks(place.workspace(), {})] == [made["gid"]]
    hooks.delete_webhook(made["gid"])
    assert list(hooks.get_webhooks(place.workspace(), {})) == []
    api.rest_client.pool_manager.clear()
