"""Smartsheet's webhooks: off until a challenge is answered, skinny callbacks, 200 and no other answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import smartsheet

from tests.sandbox.five import BUSY, Client, client
from tests.sandbox.receiver import Clock, Receiver, hex_of, receiving

SHEET = BUSY["smartsheet"]
CHALLENGE = "smartsheet-hook-challenge"


@dataclass
class Place:
    smartsheet: Client
    receiver: Receiver
    clock: Clock

    @property
    def sheet(self) -> int:
        return int(self.smartsheet.sandbox.world.project(SHEET).remote_id)

    def hook(self, path: str = "/hook", **given: Any) -> httpx.Response:
        body = {
            "name": "ours", "callbackUrl": f"{self.receiver.url}{path}", "scope": "sheet",
            "scopeObjectId": self.sheet, "events": ["*.*"], "version": 1, **given,
        }  # fmt: skip
        return self.smartsheet.http.post("/2.0/webhooks", json=body)

    def change(self, id: int, **given: Any) -> Any:
        return self.smartsheet.http.put(f"/2.0/webhooks/{id}", json=given).json()["result"]

    def on(self) -> Any:
        """One that is switched on, and has said so."""
        made = self.hook().json()["result"]
        self.change(made["id"], enabled=True)
        self.told()
        return made

    def kept(self, id: int) -> Any:
        return self.smartsheet.http.get(f"/2.0/webhooks/{id}").json()

    def edit(self, op: str, **asked: Any) -> Any:
        return self.smartsheet.sandbox.edit({"op": op, **asked})

    def row(self) -> Any:
        tasks = self.smartsheet.sandbox.world.tasks_of(SHEET)
        parents = {one.parent for one in tasks}
        return next(one for one in tasks if one.type == "task" and one.number not in parents)

    def told(self) -> list[Any]:
        self.smartsheet.sandbox.webhooks.quiet()
        return [one.told for one in self.receiver.take()]


@pytest.fixture
def place() -> Iterator[Place]:
    clock = Clock()
    with receiving() as receiver, client("smartsheet", clock=clock) as served:
        yield Place(served, receiver, clock)


def kinds(told: Any) -> list[str]:
    return [f"{one['objectType']}.{one['eventType']}" for one in told["events"]]


def test_it_is_off_until_a_challenge_is_answered_while_the_call_is_open(place: Place) -> None:
    made = place.hook().json()
    assert (made["message"], made["resultCode"]) == ("SUCCESS", 0)
    hook = made["result"]
    assert (hook["enabled"], hook["status"]) == (False, "NEW_NOT_VERIFIED")
    place.edit("set", task=place.row().number, fields={"title": "Before"})
    assert place.told() == []
    place.receiver.rude = True
    refused = place.change(hook["id"], enabled=True)
    place.receiver.got.clear()
    assert (refused["enabled"], refused["status"]) == (False, "DISABLED_VERIFICATION_FAILED")
    place.receiver.rude = False
    assert place.change(hook["id"], enabled=True)["status"] == "ENABLED"
    (asked,) = [one for one in place.receiver.got if CHALLENGE in one.headers]
    assert asked.told == {"challenge": asked.headers[CHALLENGE], "webhookId": hook["id"]}
    (status,) = place.told()
    assert status["newWebhookStatus"] == "ENABLED"
    assert "events" not in status
    page = place.smartsheet.http.get("/2.0/webhooks").json()
    assert (page["totalCount"], [one["id"] for one in page["data"]]) == (-1, [hook["id"]])


def test_what_cannot_be_watched_is_refused(place: Place) -> None:
    def code(**given: Any) -> int:
        return int(place.hook(**given).json()["errorCode"])

    assert code(callbackUrl="http://pmo.example/hook") == 1152
    assert code(scopeObjectId=1) == 1151
    assert code(events=["row.updated"]) == 1018
    missing = place.smartsheet.http.post("/2.0/webhooks", json={"name": "ours"}).json()
    assert missing["errorCode"] == 1012
    assert place.smartsheet.http.get("/2.0/webhooks/17").status_code == 404


def test_callbacks_name_sheet_row_and_cells_and_are_signed(place: Place) -> None:
    hook, row = place.on(), place.row()
    place.edit("set", task=row.number, fields={"title": "New name", "due": "2026-12-24"})
    place.edit("create", project=SHEET, title="Another")
    place.edit("rename_stage", project=SHEET, stage="doing", name="At work")
    place.edit("rename_project", project=SHEET, name="Another sheet")
    place.edit("drop_column", project=SHEET, column="cost")
    place.edit("hide", task=row.number)
    place.edit("unhide", task=row.number)
    place.edit("delete", task=row.number)
    place.smartsheet.sandbox.webhooks.quiet()
    got = place.receiver.take()
    assert [kinds(one.told) for one in got] == [
        ["sheet.updated", "row.updated", "cell.updated", "cell.updated", "cell.updated"],
        ["sheet.updated", "row.created", "cell.created"],
        ["sheet.updated", "column.updated"],
        ["sheet.updated"],
        ["sheet.updated", "column.deleted"],
        ["sheet.updated", "row.deleted"],
        ["sheet.updated", "row.created"],
        ["sheet.updated", "row.deleted"],
    ]
    columns = place.smartsheet.http.get(f"/2.0/sheets/{place.sheet}/columns").json()["data"]
    titles = {column["id"]: column["title"] for column in columns}
    cells = [one for one in got[0].told["events"] if one["objectType"] == "cell"]
    assert {one["rowId"] for one in cells} == {int(row.remote_id)}
    assert [titles[one["columnId"]] for one in cells] == ["Task Name", "Finish", "Duration"]
    assert not any("New name" in one.body.decode() for one in got)
    for one in got:
        assert one.headers["smartsheet-hmac-sha256"] == hex_of(hook["sharedSecret"], one.body)
        assert (one.told["webhookId"], one.told["scopeObjectId"]) == (hook["id"], place.sheet)


def test_each_hundredth_callback_is_preceded_by_a_challenge_that_can_end_it(place: Place) -> None:
    hook, row = place.on(), place.row().number
    for number in range(99):
        place.edit("set", task=row, fields={"title": f"Name {number}"})
    assert len(place.told()) == 99
    place.edit("set", task=row, fields={"title": "The hundredth"})
    place.smartsheet.sandbox.webhooks.quiet()
    assert CHALLENGE in place.receiver.got[0].headers
    assert len(place.told()) == 1
    for number in range(99):
        place.edit("set", task=row, fields={"title": f"Name {number}"})
    place.told()
    place.receiver.rude = True
    place.edit("set", task=row, fields={"title": "The two hundredth"})
    assert place.told() == []
    assert place.kept(hook["id"])["status"] == "DISABLED_VERIFICATION_FAILED"


def test_what_fails_is_gathered_and_after_fourteen_more_attempts_it_is_switched_off(place: Place) -> None:
    hook, row = place.on(), place.row().number
    place.receiver.status = 500
    place.edit("set", task=row, fields={"title": "One"})
    assert len(place.told()) == 1
    place.edit("set", task=row, fields={"title": "Two"})
    assert place.told() == []
    place.clock.pass_by(minutes=1)
    place.smartsheet.sandbox.webhooks.advance()
    (again,) = place.told()
    assert kinds(again).count("row.updated") == 2
    assert place.kept(hook["id"])["stats"]["lastCallbackAttemptRetryCount"] == 2
    more = 1
    while place.kept(hook["id"])["enabled"]:
        place.clock.pass_by(hours=3)
        more += place.smartsheet.sandbox.webhooks.advance()
    assert more == 14
    assert place.kept(hook["id"])["status"] == "DISABLED_CALLBACK_FAILED"
    place.receiver.status = 200
    place.change(hook["id"], enabled=True)
    assert [one.get("newWebhookStatus") for one in place.told()[-1:]] == ["ENABLED"]


@pytest.mark.parametrize("status", [202, 204, 302, 410])
def test_an_answer_that_is_no_200_and_no_error_ends_it(place: Place, status: int) -> None:
    hook = place.on()
    place.receiver.status = status
    place.edit("set", task=place.row().number, fields={"title": "One"})
    place.told()
    assert place.kept(hook["id"])["status"] == "DISABLED_CALLBACK_FAILED"


def test_it_is_off_while_its_sheet_is_out_of_reach(place: Place) -> None:
    hook = place.on()
    place.edit("revoke", project=SHEET)
    assert [one["newWebhookStatus"] for one in place.told()] == ["DISABLED_SCOPE_INACCESSIBLE"]
    place.edit("set", task=place.row().number, fields={"title": "Never told"})
    assert place.told() == []
    place.edit("restore", project=SHEET)
    assert [one["newWebhookStatus"] for one in place.told()] == ["ENABLED"]
    assert place.kept(hook["id"])["enabled"] is True


def test_of_two_for_the_same_only_the_oldest_calls(place: Place) -> None:
    first = place.on()
    second = place.hook().json()["result"]
    place.change(second["id"], enabled=True)
    place.told()
    place.edit("set", task=place.row().number, fields={"title": "One"})
    assert [one["webhookId"] for one in place.told()] == [first["id"]]


@pytest.mark.filterwarnings("ignore:ssl.OP_NO_SSL:DeprecationWarning")
def test_the_vendors_client_makes_switches_on_and_deletes_one(place: Place) -> None:
    held = place.smartsheet.sandbox
    token, base = held.credentials["smartsheet"]["token"], held.bases["smartsheet"] + "/2.0"
    sdk = smartsheet.Smartsheet(token, api_base=base, max_retry_time=0)
    sdk.errors_as_exceptions(True)
    with closing(sdk._session):
        asked = {
            "name": "by the client", "callbackUrl": f"{place.receiver.url}/hook", "scope": "sheet",
            "scopeObjectId": place.sheet, "events": ["*.*"], "version": 1,
        }  # fmt: skip
        made = sdk.Webhooks.create_webhook(smartsheet.models.Webhook(asked)).result
        on = sdk.Webhooks.update_webhook(made.id, smartsheet.models.Webhook({"enabled": True})).result
        assert (on.enabled, str(on.status)) == (True, "ENABLED")
        place.told()
        secret = sdk.Webhooks.reset_shared_secret(made.id).result.shared_secret
        place.edit("set", task=place.row().number, fields={"title": "One"})
        held.webhooks.quiet()
        (callback,) = place.receiver.take()
        assert callback.headers["smartsheet-hmac-sha256"] == hex_of(secret, callback.body)
        assert [one.id for one in sdk.Webhooks.list_webhooks().data] == [made.id]
        sdk.Webhooks.delete_webhook(made.id)
        assert sdk.Webhooks.list_webhooks().data == []
