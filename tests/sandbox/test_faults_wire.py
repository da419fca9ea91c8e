"""Every fault of the wire, on every tracker that has it, as a plain HTTP client sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from email.utils import parsedate_to_datetime

import httpx
import pytest

from sandbox.fault_kinds import BadFault
from sandbox.faults_wire import WIRE
from sandbox.story import Home
from tests.sandbox.five import FIVE, Client, client

Check = Callable[[httpx.Response], bool]


@pytest.fixture(scope="module", params=FIVE)
def tracker(request: pytest.FixtureRequest) -> Iterator[Client]:
    with client(request.param, items=60) as made:
        yield made


def after(answer: httpx.Response) -> str | None:
    return answer.headers.get("retry-after")


def is_page(answer: httpx.Response) -> bool:
    return answer.headers["content-type"].startswith("text/html") and "<html" in answer.text


def comes_at(answer: httpx.Response) -> bool:
    again = parsedate_to_datetime(str(after(answer))) - parsedate_to_datetime(answer.headers["date"])
    return answer.status_code == 503 and again.total_seconds() == 90


ANSWERS: Mapping[str, Check] = {
    "too_many_requests": lambda a: (a.status_code, after(a)) == (429, "90"),
    "too_many_requests_bare": lambda a: (a.status_code, after(a)) == (429, None),
    "retry_after_zero": lambda a: (a.status_code, after(a)) == (429, "0"),
    "retry_after_date": comes_at,
    "server_error_500": lambda a: a.status_code == 500 and "html" not in a.headers["content-type"],
    "bad_gateway_502": lambda a: a.status_code == 502 and is_page(a),
    "unavailable_503": lambda a: a.status_code == 503 and (is_page(a) or a.json()["errorCode"] == 4001),
    "gateway_timeout_504": lambda a: a.status_code == 504 and is_page(a),
    "html_page": lambda a: a.status_code == 200 and a.text.startswith("<!DOCTYPE html>"),
    "empty_body": lambda a: (a.status_code, a.content) == (200, b""),
    "truncated_json": lambda a: a.status_code == 200 and len(a.content) == int(a.headers["content-length"]),
}
BROKEN = {"cut_body": "without sending complete message body", "dropped_connection": "disconnected"}


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_is_another_one_as_often_as_is_said(tracker: Client, name: str) -> None:
    faults = tracker.sandbox.faults
    if name not in faults.names(tracker.home):
        with pytest.raises(BadFault, match=f"The fault {name} does not happen on {tracker.home}: "):
            faults.start(tracker.home, name)
        return
    true, before = tracker.me(), faults.firings().get(name, {}).get(tracker.home, 0)
    more = {"seconds": 90} if name in ("too_many_requests", "retry_after_date") else {}
    faults.start(tracker.home, name, rate=1, times=2, match=true.url.path, **more)
    assert tracker.one("0:0").status_code in (400, 404), "another path"
    spoilt = [tracker.me(), tracker.me()]
    assert all(ANSWERS[name](answer) for answer in spoilt), spoilt[0].text
    assert tracker.me().content == true.content
    assert faults.firings()[name][tracker.home] == before + 2
    faults.stop(tracker.home, name)


@pytest.mark.parametrize("name", BROKEN)
def test_a_connection_ends_too_early(tracker: Client, name: str) -> None:
    tracker.sandbox.faults.start(tracker.home, name, rate=1)
    with pytest.raises(httpx.RemoteProtocolError, match=BROKEN[name]):
        tracker.me()
    tracker.sandbox.faults.stop(tracker.home, name)
    assert tracker.me().status_code == 200


def test_json_is_cut_in_the_middle_or_of_another_shape(tracker: Client) -> None:
    true = tracker.me()
    tracker.sandbox.faults.start(tracker.home, "truncated_json", rate=1)
    assert tracker.me().content == true.content[: len(true.content) // 2]
    tracker.sandbox.faults.stop(tracker.home, "truncated_json")
    tracker.sandbox.faults.start(tracker.home, "wrong_json", rate=1)
    assert type(tracker.me().json()) is not type(true.json())
    tracker.sandbox.faults.stop_all()


def test_an_answer_without_a_body_stays_one() -> None:
    hooks = "/rest/webhooks/1.0/webhook"
    with client("jira_cloud", items=60) as made:
        body = {"name": "ours", "url": "http://127.0.0.1:9/", "events": ["jira:issue_updated"], "filters": {}}
        made.http.post(hooks, json=body).raise_for_status()
        id = made.http.get(hooks).json()[0]["self"].rpartition("/")[2]
        made.sandbox.faults.start("jira_cloud", "wrong_json", rate=1)
        gone = made.http.delete(f"{hooks}/{id}")
    assert (gone.status_code, gone.content, gone.headers.get("content-length")) == (204, b"", None)


def test_a_slow_answer_is_the_true_one(tracker: Client) -> None:
    true = tracker.me()
    tracker.sandbox.faults.start(tracker.home, "slow_answer", rate=1, times=1, seconds=0.001)
    assert tracker.me().content == true.content
    assert tracker.sandbox.faults.firings()["slow_answer"] == {tracker.home: 1}
    tracker.sandbox.faults.stop(tracker.home, "slow_answer")


def test_the_same_seed_hits_the_same_requests_and_about_as_many_as_the_rate(tracker: Client) -> None:
    def hits(seed: int) -> list[int]:
        tracker.sandbox.faults.start(tracker.home, "bad_gateway_502", rate=0.5, seed=seed)
        answers = [tracker.me().status_code for _ in range(40)]
        tracker.sandbox.faults.stop(tracker.home, "bad_gateway_502")
        return answers

    first = hits(1)
    assert first == hits(1)
    assert first != hits(2)
    assert 10 <= first.count(502) <= 30


def test_every_fault_of_the_wire_is_looked_at_here() -> None:
    assert {kind.name for kind in WIRE} == {*ANSWERS, *BROKEN, "wrong_json", "slow_answer"}


WORDS: Mapping[Home, object] = {
    "jira_cloud": {"errorMessages": ["Rate limit exceeded."], "errors": {}},
    "jira_dc": {"message": "Rate limit exceeded."},
    "trello": {"error": "API_TOKEN_LIMIT_EXCEEDED", "message": "Rate limit exceeded"},
}


def test_a_refusal_is_in_the_trackers_own_words(tracker: Client) -> None:
    faults = tracker.sandbox.faults
    name = next(one for one in faults.names(tracker.home) if one.startswith("too_many_requests"))
    faults.start(tracker.home, name, rate=1)
    told = tracker.me().json()
    faults.stop(tracker.home, name)
    if tracker.home == "asana":
        assert told["errors"][0]["message"].startswith("You've made too many requests")
    elif tracker.home == "smartsheet":
        assert (told["errorCode"], told["message"]) == (4003, "Rate limit exceeded.")
    else:
        assert told == WORDS[tracker.home]
