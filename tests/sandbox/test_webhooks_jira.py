"""Jira's webhooks of both editions: kept by administrators, told with bodies, signed by a secret."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from sandbox.options import DataCenter
from tests.sandbox.five import BUSY, Client, client
from tests.sandbox.receiver import Clock, Got, Receiver, hex_of, receiving

OLD, NEW = "/rest/webhooks/1.0/webhook", "/rest/jira-webhook/1.0/webhooks"
SECRET = "a-secret-between-us"
ISSUES = ["jira:issue_created", "jira:issue_updated", "jira:issue_deleted"]
ALL = [*ISSUES, "comment_created", "project_updated"]


@dataclass
class Place:
    jira: Client
    receiver: Receiver
    clock: Clock
    path: str

    @property
    def slug(self) -> str:
        return BUSY[self.jira.home]

    def hook(self, **given: Any) -> httpx.Response:
        """Signed where the edition signs."""
        body = {"name": "ours", "url": f"{self.receiver.url}/hook", "events": ALL, **given}
        if self.path == NEW:
            body["configuration"] = {
                "EXCLUDE_BODY": "false",
                "SECRET": SECRET,
                **given.get("configuration", {}),
            }
        else:
            body["secret"] = SECRET
        return self.jira.http.post(self.path, json=body)

    def listed(self) -> Any:
        return self.jira.http.get(self.path).json()

    def edit(self, op: str, **asked: Any) -> Any:
        return self.jira.sandbox.edit({"op": op, **asked})

    def issue(self) -> int:
        tasks = self.jira.sandbox.world.tasks_of(self.slug)
        return next(one.number for one in tasks if one.type == "task" and one.parent is None)

    def got(self) -> list[Got]:
        self.jira.sandbox.webhooks.quiet()
        return self.receiver.take()

    def told(self) -> list[Any]:
        return [one.told for one in self.got()]


EDITIONS = ("cloud", "9.12.0", "10.3.4")


@contextmanager
def placed(edition: str) -> Iterator[Place]:
    clock = Clock()
    options: dict[str, Any] = {"clock": clock}
    if edition != "cloud":
        options["data_center"] = DataCenter(version=edition)
    home: Any = "jira_cloud" if edition == "cloud" else "jira_dc"
    with receiving() as receiver, client(home, **options) as served:
        yield Place(served, receiver, clock, NEW if edition == "10.3.4" else OLD)


@pytest.fixture(params=EDITIONS)
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    with placed(request.param) as made:
        yield made


@pytest.fixture
def cloud() -> Iterator[Place]:
    with placed("cloud") as made:
        yield made


def test_one_is_made_listed_changed_and_removed_and_its_secret_told_to_nobody(place: Place) -> None:
    made = place.hook()
    assert made.status_code == 201
    body = made.json()
    assert place.listed() == [body]
    assert SECRET not in json.dumps(body)
    id = body["id"] if place.path == NEW else body["self"].rpartition("/")[2]
    assert body.get("isSigned") is (True if place.jira.home == "jira_cloud" else None)
    off = {"active": False} if place.path == NEW else {"enabled": False}
    changed = place.jira.http.put(f"{place.path}/{id}", json={**off, "events": ISSUES}).json()
    assert (changed.get("active", changed.get("enabled")), changed["events"]) == (False, ISSUES)
    place.edit("set", task=place.issue(), fields={"title": "Never told"})
    assert place.told() == []
    assert place.jira.http.delete(f"{place.path}/{id}").status_code == 204
    assert place.jira.http.delete(f"{place.path}/{id}").status_code == 404
    assert place.listed() == []
    elsewhere = OLD if place.path == NEW else NEW
    assert place.jira.http.get(elsewhere).status_code == 404


def test_what_makes_no_webhook_is_refused(place: Place) -> None:
    assert place.hook(name="").status_code == 400
    assert place.hook(url="nope").status_code == 400
    assert place.hook(events=["jira:issue_read"]).status_code == 400
    stranger = httpx.get(place.jira.sandbox.bases[place.jira.home] + place.path)
    assert stranger.status_code == 401
    assert place.listed() == []


def test_every_edit_is_told_with_the_issue_and_what_changed_of_it(place: Place) -> None:
    place.hook()
    number = place.issue()
    issue = place.jira.sandbox.world.story.tasks[number].remote_id
    place.edit("set", task=number, fields={"title": "New name", "stage": "done"})
    place.edit("create", project=place.slug, title="Another", fields={"points": 3})
    place.edit("rename_project", project=place.slug, name="Another name")
    place.edit("hide", task=number)
    place.edit("unhide", task=number)
    place.edit("delete", task=number)
    got = place.got()
    told = [one.told for one in got]
    assert [one["webhookEvent"] for one in told] == [
        "jira:issue_updated", "jira:issue_created", "project_updated", "jira:issue_deleted",
    ]  # fmt: skip
    update, creation, project, deletion = told
    assert {one["issue"]["id"] for one in (update, deletion)} == {issue}
    assert {one["field"] for one in update["changelog"]["items"]} == {"summary", "status", "resolution"}
    assert update["issue"]["fields"]["summary"] == "New name"
    assert creation["issue"]["fields"]["project"]["id"] == str(project["project"]["id"])
    assert update["timestamp"] == 1795435200000
    cloud = place.jira.home == "jira_cloud"
    assert all(("fieldId" in one) is cloud for one in update["changelog"]["items"])
    assert ("accountId" in update["user"], "emailAddress" in update["user"]) == (cloud, not cloud)
    for one in got:
        signed = one.headers.get("x-hub-signature")
        unsigned = not cloud and place.path == OLD
        assert signed == (None if unsigned else f"sha256={hex_of(SECRET, one.body)}")
        assert ("x-atlassian-webhook-identifier" in one.headers) is cloud


def test_a_comment_is_told_twice(place: Place) -> None:
    place.hook()
    number = place.issue()
    task = place.jira.sandbox.world.story.tasks[number]
    place.edit("comment", task=number, text="Any news?")
    comment, update = place.told()
    assert (comment["webhookEvent"], update["webhookEvent"]) == ("comment_created", "jira:issue_updated")
    assert update["issue_event_type_name"] == "issue_commented"
    assert comment["comment"]["body"] == update["comment"]["body"] == "Any news?"
    assert f"/issue/{task.remote_id}/comment/" in comment["comment"]["self"]
    if place.jira.home == "jira_dc":
        assert "issue" not in comment
    else:
        assert comment["issue"]["id"] == task.remote_id
        assert len(comment["issue"]["fields"]) == 6
    served = place.jira.one(task.remote_id).json()
    assert served["fields"]["updated"].startswith("2026-11-23T")


def test_a_filter_is_a_query(cloud: Place) -> None:
    number = cloud.issue()
    task = cloud.jira.sandbox.world.story.tasks[number]
    other = next(one for one in cloud.jira.sandbox.world.story.tasks.values() if one.project != task.project)
    key = cloud.jira.sandbox.world.project(cloud.slug).key
    assert cloud.hook(filters={"issue-related-events-section": "nonsense ="}).status_code == 400
    cloud.hook(filters={"issue-related-events-section": f"project = {key}"})
    cloud.edit("set", task=other.number, fields={"title": "Elsewhere"})
    cloud.edit("set", task=number, fields={"title": "Here"})
    assert [one["issue"]["id"] for one in cloud.told()] == [task.remote_id]


def test_cloud_tries_five_times_again_by_the_same_identifier(cloud: Place) -> None:
    cloud.hook()
    cloud.receiver.status = 503
    cloud.edit("set", task=cloud.issue(), fields={"title": "Never told"})
    attempts = cloud.got()
    for _ in range(8):
        cloud.clock.pass_by(minutes=15)
        cloud.jira.sandbox.webhooks.advance()
        attempts += cloud.got()
    assert [one.headers.get("x-atlassian-webhook-retry") for one in attempts] == [None, *"12345"]
    assert len({one.headers["x-atlassian-webhook-identifier"] for one in attempts}) == 1
    cloud.receiver.status = 404
    cloud.edit("set", task=cloud.issue(), fields={"title": "Refused for good"})
    cloud.got()
    cloud.clock.pass_by(hours=1)
    assert cloud.jira.sandbox.webhooks.advance() == 0


def test_data_center_never_tries_again_and_counts() -> None:
    with placed("10.3.4") as server:
        server.hook()
        server.receiver.status = 503
        server.edit("set", task=server.issue(), fields={"title": "Never told"})
        assert len(server.got()) == 1
        server.clock.pass_by(days=1)
        assert server.jira.sandbox.webhooks.advance() == 0
        counts = server.jira.http.get(server.path, params={"statistics": "true"}).json()[0]["statistics"]
        assert counts["counts"] == {"errors": 0, "failures": 1, "successes": 0}


def test_what_goes_along_with_a_deletion_is_fallout(cloud: Place) -> None:
    cloud.hook()
    tasks = cloud.jira.sandbox.world.story.tasks
    child = next(one for one in tasks.values() if one.type == "subtask" and one.parent in tasks)
    cloud.edit("delete", task=child.parent)
    flows = [one.headers["x-atlassian-webhook-flow"] for one in cloud.got()]
    assert flows[0] == "Primary"
    assert set(flows[1:]) == {"Secondary"}
