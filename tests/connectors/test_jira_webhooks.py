"""Deliveries of both editions of Jira: who is let in, and what each event says to look at again."""

from __future__ import annotations

import hashlib
import hmac
import json
import random
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from connectors import jira_cloud_webhooks, jira_dc_webhooks
from connectors.base import Delivery, Hint, Received, Watch
from connectors.errors import TrackerError, Unauthorized, Unexpected
from connectors.jira_events import HINTS, IGNORED
from connectors.jira_hook_forms import CLOUD_EVENTS, SERVER_EVENTS

Receive = Callable[[Delivery, Watch], Received]
CLOUD, SERVER = jira_cloud_webhooks.receive, jira_dc_webhooks.receive
SECRET = "a secret of forty-three characters or more"
URL = "https://pmo.example/webhooks/jira/token"
WATCH = Watch(callback_url=URL, remote_id="72", secret=SECRET)
UNSIGNED = Watch(callback_url=URL, remote_id="72", secret="")
ANYWHERE = Hint(scope_id=None, item_id=None)
PROJECT = Hint(scope_id="10011", item_id=None)


def signature(body: bytes, secret: str = SECRET, method: str = "sha256") -> str:
    return f"{method}={hmac.new(secret.encode(), body, method).hexdigest()}"


def delivery(body: bytes, **headers: str) -> Delivery:
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return Delivery(method="POST", path="/webhooks/jira/token", headers=told, body=body)


def signed(body: bytes) -> Delivery:
    return delivery(body, x_hub_signature=signature(body))


def told(event: str, **body: Any) -> Received:
    """The same of both editions."""
    raw = json.dumps({"timestamp": 1764421200000, "webhookEvent": event, **body}).encode()
    cloud, server, old = (
        CLOUD(signed(raw), WATCH),
        SERVER(signed(raw), WATCH),
        SERVER(delivery(raw), UNSIGNED),
    )
    assert cloud == server == old
    return cloud


def issue(**fields: Any) -> dict[str, Any]:
    return {"id": "10101", "key": "NET-1", "fields": {"project": {"id": "10011", "key": "NET"}, **fields}}


def changed(*fields: str, left: str | None = None, to: str | None = None) -> dict[str, Any]:
    return {"id": "1", "items": [{"field": field, "from": left, "to": to} for field in fields]}


def items(*ids: str) -> list[Hint]:
    return [Hint(scope_id=None, item_id=id) for id in ids]


HERE = Hint(scope_id="10011", item_id="10101")
LINKED = [
    {"id": "1", "inwardIssue": {"id": "10201", "key": "NET-2"}},
    {"id": "2", "outwardIssue": {"id": "10301", "key": "ERP-3"}},
]
SUBTASK = {"issuetype": {"subtask": True}, "parent": {"id": "10001"}}
STORY = {"issuetype": {"subtask": False}, "parent": {"id": "10001"}}
PART = "https://acme.example/rest/api/2/issue/10101"
CASES: Sequence[tuple[str, dict[str, Any], Sequence[Hint]]] = [
    ("jira:issue_created", {"issue": issue()}, [HERE]),
    ("jira:issue_created", {"issue": issue(**SUBTASK)}, [HERE, *items("10001")]),
    ("jira:issue_created", {"issue": issue(**STORY)}, [HERE]),
    ("jira:issue_updated", {"issue": issue(**SUBTASK), "changelog": changed("summary")}, [HERE]),
    ("jira:issue_updated", {"issue": issue(issuelinks=LINKED)}, [HERE]),
    (
        "jira:issue_updated",
        {"issue": issue(**SUBTASK, issuelinks=LINKED), "changelog": changed("resolution", "status")},
        [HERE, *items("10001", "10201", "10301")],
    ),
    (
        "jira:issue_updated",
        {"issue": issue(), "changelog": changed("project", left="10012", to="10011")},
        [HERE, Hint(scope_id="10012", item_id="10101")],
    ),
    (
        "jira:issue_updated",
        {"issue": issue(), "changelog": changed("Parent", left="10001", to="10002")},
        [HERE, *items("10001", "10002")],
    ),
    ("jira:issue_deleted", {"issue": issue(issuelinks=LINKED)}, [HERE, *items("10201", "10301")]),
    ("jira:issue_deleted", {"issue": {"id": 10101}}, items("10101")),
    ("comment_created", {"comment": {"id": "5", "self": f"{PART}/comment/5"}}, items("10101")),
    ("comment_updated", {"comment": {"id": "5"}, "issue": issue()}, [HERE]),
    ("comment_deleted", {"comment": {"id": "5"}, "issue": {"id": "10101"}}, items("10101")),
    ("worklog_created", {"worklog": {"id": "6", "issueId": "10101"}}, items("10101")),
    ("worklog_updated", {"worklog": {"self": f"{PART}/worklog/6"}}, items("10101")),
    ("worklog_deleted", {"worklog": {"id": "6", "issueId": 10101}}, items("10101")),
    (
        "issuelink_created",
        {"issueLink": {"id": 1, "sourceIssueId": 10201, "destinationIssueId": 10301}},
        items("10201", "10301"),
    ),
    ("issuelink_deleted", {"issueLink": {"id": 1, "sourceIssueId": 10201}}, items("10201")),
    *(
        (f"project_{what}", {"project": {"id": 10011, "key": "NET"}}, [PROJECT])
        for what in (
            "created", "updated", "deleted", "soft_deleted", "restored_deleted", "archived",
            "restored_archived",
        )
    ),
    *(
        (f"jira:version_{what}", {"version": {"id": "9", "projectId": 10011}}, [PROJECT])
        for what in ("created", "updated", "released", "unreleased", "moved", "merged")
    ),
    ("jira:version_deleted", {"version": {"id": "9"}, "mergedTo": {"id": "8"}}, [ANYWHERE]),
    *(
        (f"sprint_{what}", {"sprint": {"id": 4, "state": "active", "originBoardId": 2}}, [ANYWHERE])
        for what in ("created", "updated", "deleted", "started", "closed")
    ),
    *(
        (f"board_{what}", {"board": {"id": 2, "type": "scrum"}}, [ANYWHERE])
        for what in ("created", "updated", "deleted", "configuration_changed")
    ),
]  # fmt: skip


@pytest.mark.parametrize(("event", "body", "hints"), CASES, ids=[case[0] for case in CASES])
def test_an_event_says_what_to_look_at_again(event: str, body: dict[str, Any], hints: Sequence[Hint]) -> None:
    assert told(event, **body) == Received(hints=tuple(hints))


def test_every_event_of_the_vendors_page_is_in_one_list_and_has_a_case() -> None:
    assert {event for event, _, _ in CASES} == set(HINTS)
    assert not IGNORED & HINTS.keys()
    assert set(CLOUD_EVENTS) | {"jira:version_merged"} == set(HINTS)
    assert set(SERVER_EVENTS) < set(CLOUD_EVENTS)
    assert len(HINTS) + len(IGNORED) == 59


@pytest.mark.parametrize("event", sorted(IGNORED))
def test_an_event_that_needs_no_look_is_counted_as_such(event: str) -> None:
    assert told(event, issue=issue()) == Received(ignored=1)


def test_an_unknown_event_is_answered_well_and_named_as_far_as_it_may_be_shown() -> None:
    assert told("jira:issue_teleported") == Received(unknown=("jira:issue_teleported",))
    assert told("x\n\x1b[31m\ud800" + "y" * 500).unknown == ("x[31m" + "y" * 75,)


UPDATED = json.dumps({"webhookEvent": "jira:issue_updated", "issue": issue()}).encode()


@pytest.mark.parametrize("receive", [CLOUD, SERVER])
@pytest.mark.parametrize(
    "headers",
    [
        {"x_hub_signature": signature(UPDATED, "another secret")},
        {"x_hub_signature": signature(UPDATED + b" ")},
        {"x_hub_signature": signature(UPDATED).removeprefix("sha256=")},
        {"x_hub_signature": signature(UPDATED)[:-1]},
        {"x_hub_signature": signature(UPDATED, method="sha1")},
        {"x_hub_signature": signature(UPDATED).replace("sha256", "sha512")},
        {"x_hub_signature": "sha256=ü"},
        {"x_hub_signature": ""},
        {"authorization": f"Bearer {SECRET}"},
        {},
    ],
)
def test_what_the_secret_did_not_sign_is_not_let_in(receive: Receive, headers: dict[str, str]) -> None:
    with pytest.raises(Unauthorized) as caught:
        receive(delivery(UPDATED, **headers), WATCH)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("receive", [CLOUD, SERVER])
@pytest.mark.parametrize("secret", ["", None])
def test_an_empty_secret_signs_for_nobody(receive: Receive, secret: str | None) -> None:
    with pytest.raises(Unauthorized):
        receive(
            delivery(UPDATED, x_hub_signature=signature(UPDATED, "")), Watch(callback_url=URL, secret=secret)
        )


def test_without_a_secret_jira_cloud_lets_nobody_in_and_an_old_data_center_whoever_knows_the_address() -> (
    None
):
    with pytest.raises(Unauthorized):
        CLOUD(delivery(UPDATED), UNSIGNED)
    assert SERVER(delivery(UPDATED), UNSIGNED).hints == (HERE,)


@pytest.mark.parametrize("method", ["sha256", "sha384", "sha512"])
def test_the_method_of_a_signature_is_read_from_it(method: str) -> None:
    raised = delivery(UPDATED, x_hub_signature=signature(UPDATED, method=method))
    assert CLOUD(raised, WATCH).hints == (HERE,)


def base64(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()


def token(secret: str = SECRET, **head: Any) -> str:
    said = ".".join(base64(json.dumps(one).encode()) for one in ({"alg": "HS256", **head}, {"iss": "app"}))
    return f"{said}.{base64(hmac.new(secret.encode(), said.encode(), hashlib.sha256).digest())}"


def test_the_token_of_an_apps_webhook_lets_it_in() -> None:
    for scheme in ("Bearer", "JWT"):
        assert CLOUD(delivery(UPDATED, authorization=f"{scheme} {token()}"), WATCH).hints == (HERE,)


@pytest.mark.parametrize(
    "wrong",
    [
        token("another secret"), token(alg="none"), token(alg="HS512"), token(alg=["HS256"]),
        token().rpartition(".")[0] + ".", "..", "a.b.c", "ü.ü.ü", token()[:-2], "",
    ],
)  # fmt: skip
def test_a_token_that_the_secret_did_not_sign_is_refused(wrong: str) -> None:
    with pytest.raises(Unauthorized):
        CLOUD(delivery(UPDATED, authorization=f"Bearer {wrong}"), WATCH)


def test_a_token_beside_a_wrong_signature_does_not_mend_it() -> None:
    both = delivery(UPDATED, authorization=f"Bearer {token()}", x_hub_signature="sha256=00")
    with pytest.raises(Unauthorized):
        CLOUD(both, WATCH)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"null", b"[]", b'"text"', b"{", UPDATED[:-1], b"\xff\xfe", b"{}", b'{"webhookEvent": 7}',
        b'{"webhookEvent": "jira:issue_updated"}', b'{"webhookEvent": "project_created", "project": []}',
        b'{"webhookEvent": "jira:issue_updated", "issue": {"id": "../1"}}',
        b'{"webhookEvent": "jira:issue_updated", "issue": {"id": true}}',
        b'{"webhookEvent": "jira:issue_updated", "issue": {"id": 1e400}}',
        b'{"webhookEvent": "worklog_created", "worklog": {"issueId": -5}}',
        b'{"webhookEvent": "comment_created", "comment": {"self": "/issue/x/comment/1"}}',
        b'{"webhookEvent": "jira:issue_updated", "issue": {"id": ' + b"9" * 5000 + b"}}",
        b'{"webhookEvent": "jira:issue_updated", "issue": ' + b"[" * 100_000,
    ],
)  # fmt: skip
def test_a_body_that_cannot_be_read_is_unexpected_and_hints_at_nothing(body: bytes) -> None:
    for receive, told in ((CLOUD, signed(body)), (SERVER, signed(body))):
        with pytest.raises(Unexpected):
            receive(told, WATCH)
    with pytest.raises(Unexpected):
        SERVER(delivery(body), UNSIGNED)


def mutated(seed: int) -> bytes:
    """A good body with some bytes and some values replaced."""
    chance = random.Random(seed)  # noqa: S311
    event, body, _ = chance.choice(CASES)
    odd: list[Any] = [None, 7, -1, "", "x", [], {}, [[[]]], True, 1e308, {"id": {}}, "\ud800", 10**30]
    told = json.loads(json.dumps({"webhookEvent": event, **body}))
    for part in _objects(told):
        if part and chance.random() < 0.4:
            part[chance.choice(sorted(part))] = chance.choice(odd)
    raw = bytearray(json.dumps(told).encode())
    for _ in range(chance.choice([0, 0, 1, 4])):
        raw[chance.randrange(len(raw))] = chance.randrange(256)
    return bytes(raw[: chance.randrange(len(raw))] if chance.random() < 0.1 else raw)


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _objects(one)


def test_two_thousand_mutated_bodies_are_read_or_refused_and_never_let_in_unsigned() -> None:
    read = 0
    for seed in range(2000):
        body = mutated(seed)
        for receive in (CLOUD, SERVER):
            try:
                made = receive(signed(body), WATCH)
            except TrackerError as error:
                assert isinstance(error, Unexpected)
            else:
                read += 1
                ids = [part for hint in made.hints for part in (hint.scope_id, hint.item_id) if part]
                assert all(one.isascii() and one.isdecimal() for one in ids)
            for forged in (delivery(body), delivery(body, x_hub_signature=signature(body, "guess"))):
                with pytest.raises(Unauthorized):
                    receive(forged, WATCH)
    assert 500 < read < 3900
