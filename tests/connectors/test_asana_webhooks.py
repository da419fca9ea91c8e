"""Deliveries of Asana: who is let in, when a secret is taken, and what each event says to look at again."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from connectors.asana_webhooks import ACTIONS, AROUND, IGNORED, PARTS, receive
from connectors.base import Delivery, Hint, Received, Watch
from connectors.errors import Unauthorized, Unexpected
from tests.connectors.webhook_bodies import NO_JSON, delivery, never_astray

SECRET = "b537207f20cbfa02357cf448134da559e8bd39d61597dcd5631b8012eae53e81"
URL = "https://pmo.example/webhooks/asana/token"
WATCH = Watch(callback_url=URL, scope_id="900", remote_id="43214", secret=SECRET)
WHOLE = Hint(scope_id="900", item_id=None)


def signature(body: bytes, secret: str = SECRET) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def signed(body: bytes) -> Delivery:
    return delivery(body, x_hook_signature=signature(body))


def told(*events: Any) -> Received:
    return receive(signed(json.dumps({"events": events}).encode()), WATCH)


def items(*gids: str) -> list[Hint]:
    return [Hint(scope_id="900", item_id=gid) for gid in gids]


def thing(gid: str, kind: str) -> dict[str, str]:
    return {"gid": gid, "resource_type": kind}


def event(action: str, kind: str = "task", gid: str = "1001", **more: Any) -> dict[str, Any]:
    return {
        "user": thing("11", "user"), "created_at": "2026-02-01T10:00:00.000Z", "action": action,
        "parent": None, "resource": thing(gid, kind), **more,
    }  # fmt: skip


def of(field: str, action: str = "changed", **value: Any) -> dict[str, Any]:
    return {"change": {"field": field, "action": action, **value}}


PROJECT, SECTION, ABOVE = thing("900", "project"), thing("71", "section"), thing("1000", "task")
CASES: Sequence[tuple[str, dict[str, Any], Sequence[Hint]]] = [
    ("a task is made", event("added", parent=PROJECT), items("1001")),
    ("a task is put into a section", event("added", parent=SECTION), items("1001")),
    ("a task leaves a section", event("removed", parent=SECTION), items("1001")),
    ("a task leaves the project", event("removed", parent=PROJECT), [WHOLE, *items("1001")]),
    ("a task leaves", event("removed"), [WHOLE, *items("1001")]),
    ("a subtask is made", event("added", parent=ABOVE), items("1001", "1000")),
    ("a subtask leaves its parent", event("removed", parent=ABOVE), [WHOLE, *items("1001", "1000")]),
    ("it changes", event("changed", **of("completed")), items("1001")),
    ("it changes in an unsaid field", event("changed"), items("1001")),
    (
        "somebody has it to do",
        event("changed", **of("assignee", new_value=thing("12", "user"))),
        items("1001"),
    ),
    ("a tag comes", event("changed", **of("tags", "added", added_value=thing("5", "tag"))), items("1001")),
    (
        "it gets another parent",
        event("changed", **of("parent", new_value=ABOVE)),
        [WHOLE, *items("1001")],
    ),
    ("it is deleted", event("deleted"), [WHOLE]),
    ("a subtask is deleted", event("deleted", parent=ABOVE), [WHOLE, *items("1000")]),
    ("it comes back", event("undeleted"), [WHOLE, *items("1001")]),
    ("somebody comments", event("added", "story", "55", parent=thing("1001", "task")), items("1001")),
    ("a comment goes", event("removed", "story", "55", parent=thing("1001", "task")), items("1001")),
    ("a file comes", event("added", "attachment", "56", parent=thing("1001", "task")), items("1001")),
    *(
        (f"{kind} {action}", event(action, kind, "71"), [WHOLE])
        for kind in sorted(AROUND)
        for action in sorted(ACTIONS)
    ),
]


@pytest.mark.parametrize(("what", "one", "hints"), CASES, ids=[case[0] for case in CASES])
def test_an_event_says_what_to_look_at_again(what: str, one: dict[str, Any], hints: Sequence[Hint]) -> None:
    assert told(one) == Received(hints=tuple(hints)), what


def test_the_lists_have_nothing_in_common() -> None:
    assert not AROUND & IGNORED
    assert not PARTS & (AROUND | IGNORED)
    assert "task" not in AROUND | IGNORED | PARTS


@pytest.mark.parametrize("kind", sorted(IGNORED))
def test_an_event_that_needs_no_look_is_counted_as_such(kind: str) -> None:
    assert told(event("changed", kind)) == Received(ignored=1)


def test_a_comment_that_names_no_task_needs_no_look() -> None:
    assert told(event("changed", "story"), event("added", "story", parent=PROJECT)) == Received(ignored=2)


def test_several_events_hint_once_each_and_an_odd_one_keeps_nobody_from_the_others() -> None:
    odd: list[Any] = [event("teleported"), event("changed", "rocket"), 7, {}, event("changed", gid="../1")]
    made = told(
        event("changed"), *odd, event("changed"), event("changed", gid="1002"), event("changed", "tag")
    )
    assert made.hints == (*items("1001", "1002"),)
    assert made.unknown == ("task.teleported", "rocket.changed", "?.?", "task.changed")
    assert made.ignored == 1


def test_a_heartbeat_is_answered_and_hints_at_nothing() -> None:
    assert told() == Received()


CHANGED = json.dumps({"events": [event("changed")]}).encode()


@pytest.mark.parametrize(
    "headers",
    [
        {"x_hook_signature": signature(CHANGED, "another secret")},
        {"x_hook_signature": signature(CHANGED + b" ")},
        {"x_hook_signature": signature(CHANGED)[:-1]},
        {"x_hook_signature": signature(CHANGED).upper()},
        {"x_hook_signature": "ü"},
        {"x_hook_signature": ""},
        {"x_asana_request_signature": signature(CHANGED)},
        {},
    ],
)
def test_what_the_secret_did_not_sign_is_not_let_in(headers: dict[str, str]) -> None:
    with pytest.raises(Unauthorized) as caught:
        receive(delivery(CHANGED, **headers), WATCH)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("secret", ["", None])
def test_an_empty_secret_signs_for_nobody(secret: str | None) -> None:
    with pytest.raises(Unauthorized):
        receive(delivery(CHANGED, x_hook_signature=signature(CHANGED, "")), replace(WATCH, secret=secret))


def test_a_handshake_brings_a_secret_while_a_webhook_is_being_made() -> None:
    offered = "9" * 32
    made = receive(delivery(b"{}", x_hook_secret=offered), replace(WATCH, remote_id=None, making=True))
    assert made == Received(headers={"X-Hook-Secret": offered}, new_secret=offered)


def test_a_handshake_that_nobody_asked_for_changes_nothing() -> None:
    for watch in (WATCH, replace(WATCH, secret=None)):
        with pytest.raises(Unauthorized, match="none is being made"):
            receive(delivery(b"{}", x_hook_secret="9" * 32), watch)


def test_a_secret_beside_a_good_signature_is_not_taken() -> None:
    both = delivery(CHANGED, x_hook_secret="9" * 32, x_hook_signature=signature(CHANGED))
    with pytest.raises(Unauthorized):
        receive(both, WATCH)


@pytest.mark.parametrize("offered", ["", "short", "with a space and more", "x" * 300, "ü" * 32, "a\r\nb" * 8])
def test_a_secret_that_is_none_of_asanas_is_refused(offered: str) -> None:
    with pytest.raises(Unexpected):
        receive(delivery(b"", x_hook_secret=offered), replace(WATCH, making=True))


@pytest.mark.parametrize("body", [*NO_JSON, CHANGED[:-1], b'{"events": {}}'])
def test_a_body_that_cannot_be_read_is_unexpected(body: bytes) -> None:
    with pytest.raises(Unexpected):
        receive(signed(body), WATCH)


def test_two_thousand_mutated_bodies_are_read_or_refused_and_never_let_in_unsigned() -> None:
    bodies = [{"events": [one for _, one, _ in CASES[start : start + 3]]} for start in range(len(CASES) - 2)]
    never_astray(
        bodies,
        lambda came: receive(came, WATCH),
        signed,
        lambda body: delivery(body, x_hook_signature=signature(body, "guess")),
    )
