"""Trello's webhooks: asked for, told of each action, signed, tried again, given up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import requests
import trello as py_trello

from sandbox.trello_webhooks import SECRET
from tests.sandbox.five import BUSY, Client, client
from tests.sandbox.receiver import Clock, Receiver, receiving, sha1_of

BOARD = BUSY["trello"]


@dataclass
class Place:
    trello: Client
    receiver: Receiver
    clock: Clock

    @property
    def board(self) -> str:
        return self.trello.sandbox.world.project(BOARD).remote_id

    def hook(self, path: str = "/hook", **given: Any) -> httpx.Response:
        asked = {"callbackURL": f"{self.receiver.url}{path}", "idModel": self.board, **given}
        return self.trello.http.post("/1/webhooks", params=asked)

    def kept(self, id: str) -> Any:
        return self.trello.http.get(f"/1/webhooks/{id}").json()

    def edit(self, op: str, **asked: Any) -> Any:
        return self.trello.sandbox.edit({"op": op, **asked})

    def told(self) -> list[Any]:
        self.trello.sandbox.webhooks.quiet()
        return [one.told["action"] for one in self.receiver.take()]

    def card(self, slug: str = BOARD) -> int:
        tasks = self.trello.sandbox.world.tasks_of(slug)
        return next(one.number for one in tasks if one.type == "task" and not one.archived)


@pytest.fixture
def place() -> Iterator[Place]:
    clock = Clock()
    with receiving() as receiver, client("trello", clock=clock) as trello:
        yield Place(trello, receiver, clock)


def test_an_address_is_asked_with_head_and_only_then_kept(place: Place) -> None:
    made = place.hook(description="ours")
    assert made.status_code == 200
    body = made.json()
    assert {key: body[key] for key in ("idModel", "active", "consecutiveFailures", "description")} == {
        "idModel": place.board, "active": True, "consecutiveFailures": 0, "description": "ours",
    }  # fmt: skip
    assert [one.method for one in place.receiver.got] == ["HEAD"]
    place.receiver.status = 404
    refused = place.hook("/other")
    assert refused.status_code == 400
    assert "did not return 200 status code, got 404" in refused.text
    token = place.trello.sandbox.credentials["trello"]["token"]
    assert place.trello.http.get(f"/1/tokens/{token}/webhooks").json() == [body]
    assert place.trello.http.get("/1/members/me/tokens", params={"webhooks": "true"}).json()[0][
        "webhooks"
    ] == [body]


def test_what_cannot_be_watched_is_refused(place: Place) -> None:
    assert place.hook(idModel="nope").text == "invalid value for idModel"
    assert place.hook(callbackURL="nope").text == "invalid value for callbackURL"
    assert place.hook(idModel="0" * 24).status_code == 404
    assert place.hook(callbackURL="https://pmo.example/hook").status_code == 400  # beyond this machine
    place.hook()
    again = place.hook()
    assert (again.status_code, again.text) == (
        400,
        "A webhook with that callback, model, and token already exists",
    )


def test_every_edit_is_told_signed_over_the_body_and_the_address(place: Place) -> None:
    place.hook()
    card = place.card()
    place.edit("set", task=card, fields={"title": "New name"})
    place.edit("set", task=card, fields={"assignees": [1, 2]})
    place.edit("rename_stage", project=BOARD, stage="doing", name="At work")
    place.edit("create", project=BOARD, title="Another")
    place.edit("move", task=card, project="koeln-office")
    place.edit("delete", task=place.card())
    place.edit("hide", task=place.card())
    place.trello.sandbox.webhooks.quiet()
    got = place.receiver.take()
    kinds = [one.told["action"]["type"] for one in got]
    assert kinds[0] == "updateCard"
    assert set(kinds[1:-4]) <= {"addMemberToCard", "removeMemberFromCard"}
    assert kinds[-4:] == ["updateList", "createCard", "moveCardFromBoard", "deleteCard"]
    for one in got:
        assert one.headers["x-trello-webhook"] == sha1_of(SECRET, one.body, f"{place.receiver.url}/hook")
        assert one.told["model"]["id"] == one.told["webhook"]["idModel"] == place.board
    first = got[0].told["action"]
    assert (first["data"]["old"], first["data"]["card"]["name"]) != ({}, None)
    actions = place.trello.http.get(f"/1/boards/{place.board}/actions").json()
    assert {one.told["action"]["id"] for one in got} <= {one["id"] for one in actions}


def test_a_board_hears_of_its_own_cards_only_and_of_none_once_it_is_out_of_reach(place: Place) -> None:
    place.hook()
    place.edit("set", task=place.card("koeln-office"), fields={"title": "Elsewhere"})
    assert place.told() == []
    place.edit("revoke", project=BOARD)
    place.edit("set", task=place.card(), fields={"title": "Unseen"})
    assert place.told() == []


def test_three_more_attempts_by_the_clock_and_then_it_is_dropped(place: Place) -> None:
    hook = place.hook().json()["id"]
    place.receiver.status = 500
    place.edit("set", task=place.card(), fields={"title": "Never told"})
    attempts = [len(place.told())]
    for seconds in (29, 1, 60, 120, 3600):
        place.clock.pass_by(seconds=seconds)
        place.trello.sandbox.webhooks.advance()
        attempts.append(len(place.told()))
    assert attempts == [1, 0, 1, 1, 1, 0]
    kept = place.kept(hook)
    assert (kept["consecutiveFailures"], kept["active"]) == (4, True)
    assert kept["firstConsecutiveFailDate"] == "2026-11-23T12:00:00.000Z"
    place.receiver.status = 200
    place.edit("set", task=place.card(), fields={"title": "Told"})
    assert len(place.told()) == 1
    assert place.kept(hook)["consecutiveFailures"] == 0


def test_one_that_fails_for_long_is_switched_off_and_on_again_by_hand(place: Place) -> None:
    hook = place.hook().json()["id"]
    place.receiver.status = 503
    place.edit("set", task=place.card(), fields={"labels": [f"label {n}" for n in range(999)]})
    place.trello.sandbox.webhooks.quiet()
    assert place.kept(hook)["active"] is True
    place.clock.pass_by(days=31)
    place.edit("set", task=place.card(), fields={"title": "Still failing"})
    place.trello.sandbox.webhooks.quiet()
    assert place.kept(hook)["active"] is False
    place.receiver.status = 200
    place.receiver.take()
    place.edit("set", task=place.card(), fields={"title": "Not told"})
    assert place.told() == []
    back = place.trello.http.put(f"/1/webhooks/{hook}", params={"active": "true"}).json()
    assert (back["active"], back["consecutiveFailures"]) == (True, 0)
    place.edit("set", task=place.card(), fields={"title": "Told"})
    assert len(place.told()) == 1


def test_410_ends_it(place: Place) -> None:
    hook = place.hook().json()["id"]
    place.receiver.status = 410
    place.edit("set", task=place.card(), fields={"title": "The last one"})
    place.trello.sandbox.webhooks.quiet()
    assert place.trello.http.get(f"/1/webhooks/{hook}").status_code == 404
    assert place.trello.http.delete(f"/1/webhooks/{hook}").status_code == 404


class Redirected:
    """py-trello's addresses are fixed; this HTTP service sends them to the sandbox."""

    def __init__(self, base: str, session: requests.Session) -> None:
        self._base = base
        self._session = session

    def _here(self, url: str) -> str:
        return url.replace("https://api.trello.com", self._base).replace("https://trello.com", self._base)

    def request(self, method: str, url: str, **more: Any) -> requests.Response:
        return self._session.request(method, self._here(url), **more)

    def post(self, url: str, **more: Any) -> requests.Response:
        return self._session.post(self._here(url), **more)


def test_py_trello_makes_lists_and_deletes_one(place: Place) -> None:
    held = place.trello.sandbox.credentials["trello"]
    with requests.Session() as session:
        service = Redirected(place.trello.sandbox.bases["trello"], session)
        sdk = py_trello.TrelloClient(held["key"], held["token"], http_service=service)
        made = sdk.create_hook(f"{place.receiver.url}/hook", place.board, desc="by py-trello")
        assert [(one.id, one.id_model, one.desc) for one in sdk.list_hooks()] == [
            (made.id, place.board, "by py-trello")
        ]
        place.edit("set", task=place.card(), fields={"title": "Told"})
        assert [one["type"] for one in place.told()] == ["updateCard"]
        made.delete()
        assert sdk.list_hooks() == []
