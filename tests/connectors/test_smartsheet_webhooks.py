"""Callbacks of Smartsheet: who is let in, whose challenge is answered, and what each event says."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from connectors.base import Delivery, Hint, Received, Watch
from connectors.errors import Unauthorized, Unexpected
from connectors.smartsheet_webhooks import ELSEWHERE, TYPES, receive
from tests.connectors.webhook_bodies import NO_JSON, delivery, never_astray

SECRET = "216ejjzdnq17mq1q8xs7d4hu8b"
URL = "https://pmo.example/webhooks/sheets/token"
SHEET, ROW, HOOK = 3285357287499652, 9007199254740993, 8444254503626628
WATCH = Watch(callback_url=URL, scope_id=str(SHEET), remote_id=str(HOOK), secret=SECRET)
WHOLE, THERE = (
    Hint(scope_id=str(SHEET), item_id=None),
    Hint(scope_id=str(SHEET), item_id=f"{SHEET}:{ROW}"),
)


def signature(body: bytes, secret: str = SECRET) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def signed(body: bytes) -> Delivery:
    return delivery(body, smartsheet_hmac_sha256=signature(body))


def raw(*events: Any, **more: Any) -> dict[str, Any]:
    return {
        "nonce": "4b2ed20d", "timestamp": "2026-02-01T10:00:00.000+00:00", "webhookId": HOOK,
        "scope": "sheet", "scopeObjectId": SHEET, "events": list(events), **more,
    }  # fmt: skip


def told(*events: Any, **more: Any) -> Received:
    return receive(signed(json.dumps(raw(*events, **more)).encode()), WATCH)


def event(kind: str, type: str, **more: Any) -> dict[str, Any]:
    return {
        "objectType": kind, "eventType": type, "userId": 48569348493401210,
        "timestamp": "2026-02-01T10:00:00.000+00:00", **more,
    }  # fmt: skip


CELL = {"rowId": ROW, "columnId": 7318427511613316}
CASES: Sequence[tuple[dict[str, Any], Sequence[Hint]]] = [
    (event("row", "updated", id=ROW), [THERE]),
    (event("row", "created", id=ROW), [WHOLE]),
    (event("row", "deleted", id=ROW), [WHOLE]),
    *((event("cell", type, **CELL), [THERE]) for type in sorted(TYPES)),
    (event("cell", "updated", rowid=ROW, columnId=7), [THERE]),
    *((event("column", type, id=7), [WHOLE]) for type in sorted(TYPES)),
    *((event("sheet", type, id=SHEET), [WHOLE]) for type in sorted(TYPES)),
]


@pytest.mark.parametrize(("one", "hints"), CASES)
def test_an_event_says_what_to_look_at_again(one: dict[str, Any], hints: Sequence[Hint]) -> None:
    assert told(one) == Received(hints=tuple(hints))


@pytest.mark.parametrize("type", sorted(TYPES))
@pytest.mark.parametrize("kind", sorted(ELSEWHERE))
def test_what_stands_beside_the_cells_needs_no_look(kind: str, type: str) -> None:
    assert told(event(kind, type, id=5)) == Received(ignored=1)


def test_that_the_sheet_changed_says_nothing_beside_what_changed_in_it() -> None:
    made = told(
        event("sheet", "updated", id=SHEET), event("row", "updated", id=ROW), event("cell", "updated", **CELL)
    )
    assert made == Received(hints=(THERE,), ignored=1)
    assert told(event("sheet", "updated", id=SHEET), event("comment", "created", id=5)).hints == (WHOLE,)
    assert told(event("sheet", "deleted", id=SHEET), event("row", "updated", id=ROW)).hints == (WHOLE, THERE)


def test_several_events_hint_once_each_and_an_odd_one_keeps_nobody_from_the_others() -> None:
    odd: list[Any] = [
        event("row", "moved", id=ROW), event("proof", "created", id=5), 7, {},
        event("row", "updated", id=5.5), event("row", "updated", id=-1), event("cell", "updated"),
    ]  # fmt: skip
    made = told(event("row", "updated", id=ROW), *odd, event("cell", "updated", **CELL))
    assert made.hints == (THERE,)
    assert made.unknown == ("row.moved", "proof.created", "?.?", "row.updated", "cell.updated")


@pytest.mark.parametrize("status", ["ENABLED", "DISABLED_SCOPE_INACCESSIBLE"])
def test_a_webhook_that_begins_or_ends_asks_for_the_whole_sheet(status: str) -> None:
    body = {name: value for name, value in raw(newWebhookStatus=status).items() if name != "events"}
    assert receive(signed(json.dumps(body).encode()), WATCH) == Received(hints=(WHOLE,))
    assert told(newWebhookStatus=None) == Received()


def test_one_that_begins_before_its_secret_is_known_is_answered_and_asks_for_nothing() -> None:
    made = replace(WATCH, remote_id=None, secret="not yet Smartsheet's", making=True)
    begun, told = json.dumps(raw(newWebhookStatus="ENABLED")).encode(), json.dumps(raw()).encode()
    assert receive(signed(begun), made) == Received(ignored=1)
    for body, watch in (
        (begun, replace(made, making=False)),
        (begun, replace(made, remote_id=str(HOOK))),
        (told, made),
    ):
        with pytest.raises(Unauthorized):
            receive(signed(body), watch)


def challenge(value: str = "1b4d2c3e", id: Any = HOOK) -> Delivery:
    body = json.dumps({"challenge": value, "webhookId": id}).encode()
    return delivery(body, smartsheet_hook_challenge=value)


@pytest.mark.parametrize("watch", [WATCH, replace(WATCH, remote_id=None, secret="fresh", making=True)])
def test_a_challenge_is_answered_in_both_ways(watch: Watch) -> None:
    made = receive(challenge(), watch)
    assert made.headers["Smartsheet-Hook-Response"] == "1b4d2c3e"
    assert json.loads(made.body) == {"smartsheetHookResponse": "1b4d2c3e"}
    assert (made.status, made.hints, made.new_secret) == (200, (), None)


@pytest.mark.parametrize("id", [1, str(HOOK), None, True, float(HOOK)])
def test_the_challenge_of_somebody_elses_webhook_gets_no_answer(id: Any) -> None:
    for watch in (WATCH, replace(WATCH, remote_id=None)):
        with pytest.raises(Unauthorized, match="none of ours"):
            receive(challenge(id=id), watch)


@pytest.mark.parametrize("value", ["", "a\r\nSet-Cookie: x", "ü", "x" * 600])
def test_a_challenge_that_is_none_is_refused(value: str) -> None:
    with pytest.raises(Unexpected):
        receive(challenge(value), WATCH)


def test_a_challenge_that_its_body_tells_otherwise_or_not_at_all_is_refused() -> None:
    for body in (b'{"challenge": "other", "webhookId": 8444254503626628}', b"no json", b"[]"):
        with pytest.raises(Unexpected):
            receive(delivery(body, smartsheet_hook_challenge="1b4d2c3e"), WATCH)


UPDATED = json.dumps(raw(event("row", "updated", id=ROW))).encode()


@pytest.mark.parametrize(
    "headers",
    [
        {"smartsheet_hmac_sha256": signature(UPDATED, "another secret")},
        {"smartsheet_hmac_sha256": signature(UPDATED + b" ")},
        {"smartsheet_hmac_sha256": signature(UPDATED)[:-1]},
        {"smartsheet_hmac_sha256": "ü"},
        {"smartsheet_hmac_sha256": ""},
        {"smartsheet_hook_id": str(HOOK)},
        {},
    ],
)
def test_what_the_secret_did_not_sign_is_not_let_in(headers: dict[str, str]) -> None:
    with pytest.raises(Unauthorized) as caught:
        receive(delivery(UPDATED, **headers), WATCH)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("secret", ["", None])
def test_an_empty_secret_signs_for_nobody(secret: str | None) -> None:
    empty = delivery(UPDATED, smartsheet_hmac_sha256=signature(UPDATED, ""))
    with pytest.raises(Unauthorized):
        receive(empty, replace(WATCH, secret=secret))


@pytest.mark.parametrize("body", [*NO_JSON, UPDATED[:-1], b'{"events": {}}'])
def test_a_body_that_cannot_be_read_is_unexpected(body: bytes) -> None:
    with pytest.raises(Unexpected):
        receive(signed(body), WATCH)


def test_the_sheet_is_that_of_the_watch_and_else_that_of_the_body() -> None:
    assert receive(signed(UPDATED), replace(WATCH, scope_id=None)).hints == (THERE,)
    nowhere = json.dumps(raw(event("row", "updated", id=ROW), scopeObjectId=None)).encode()
    assert receive(signed(nowhere), WATCH).hints == (THERE,)
    with pytest.raises(Unexpected, match="which sheet"):
        receive(signed(nowhere), replace(WATCH, scope_id=None))


def test_two_thousand_mutated_bodies_are_read_or_refused_and_never_let_in_unsigned() -> None:
    never_astray(
        [raw(one, CASES[0][0]) for one, _ in CASES],
        lambda came: receive(came, WATCH),
        signed,
        lambda body: delivery(body, smartsheet_hmac_sha256=signature(body, "guess")),
    )
