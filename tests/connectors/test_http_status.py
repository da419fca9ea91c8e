"""One status, one error; one sentence that names the call and no secret."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx
import pytest
import respx

from connectors.errors import NotFound, TrackerError, Unauthorized, Unavailable, Unexpected
from connectors.http import HttpOptions
from tests.connectors.clients import TOKEN, client
from tests.faketime import START, FakeTime

BASE = "https://tracker.example"


def redirect(location: str) -> httpx.Response:
    return httpx.Response(302, headers={"location": location})


@pytest.mark.parametrize(
    ("answer", "error", "calls", "says"),
    [
        (httpx.Response(400, json={"errorMessages": ["bad JQL"]}), Unexpected, 1, "bad JQL"),
        (httpx.Response(401, text="invalid token"), Unauthorized, 1, "credentials"),
        (httpx.Response(401, html="<html>log in</html>"), Unauthorized, 1, "credentials"),
        (httpx.Response(402, json={}), Unauthorized, 1, "402"),
        (httpx.Response(403, json={"message": "no"}), Unauthorized, 1, "does not let this account"),
        (httpx.Response(404, text="board not found"), NotFound, 1, "board not found"),
        (httpx.Response(410, json={"errorMessages": ["removed"]}), NotFound, 1, "removed"),
        (httpx.Response(404, html="<!DOCTYPE html><p>Not here"), Unexpected, 1, "base URL"),
        (httpx.Response(200, html="<!DOCTYPE html><p>Welcome"), Unexpected, 1, "base URL"),
        (httpx.Response(200, content=b"\n<!doctype HTML>"), Unexpected, 1, "base URL"),
        (httpx.Response(200, text="it works"), Unexpected, 2, "not JSON"),
        (httpx.Response(200, content=b'{"issues": ['), Unexpected, 2, "not JSON"),
        (httpx.Response(200, content=b""), Unexpected, 2, "not JSON"),
        (redirect("/login.jsp?os_destination=x"), Unauthorized, 1, "login page"),
        (redirect("https://id.atlassian.com/x"), Unauthorized, 1, "login page"),
        (redirect("https://lessons.example/"), Unexpected, 1, "lessons.example"),
        (httpx.Response(304), Unexpected, 1, "redirects to nowhere"),
        (httpx.Response(418, text="teapot"), Unexpected, 1, "418"),
        (httpx.Response(408), Unavailable, 5, "408"),
        (httpx.Response(429, json={"error": "API_TOKEN_LIMIT_EXCEEDED"}), Unavailable, 5, "rate limit"),
        (httpx.Response(500, html="<html>oops"), Unavailable, 3, "500"),
        (httpx.Response(501), Unavailable, 3, "501"),
        (httpx.Response(502, html="<html>bad gateway"), Unavailable, 5, "502"),
        (httpx.Response(503), Unavailable, 5, "503"),
        (httpx.Response(504), Unavailable, 5, "504"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_bad_answer_is_one_of_the_four_errors_after_the_retries_it_is_worth(
    method: str, answer: httpx.Response, error: type[TrackerError], calls: int, says: str
) -> None:
    time = FakeTime()
    with respx.mock(base_url=BASE) as mock:
        route = mock.route(method=method, path="/x/y").mock(return_value=answer)
        async with client(BASE, time) as http:
            with pytest.raises(TrackerError) as caught:
                await (http.get("/x/y") if method == "GET" else http.query("/x/y", {}))
    assert type(caught.value) is error
    assert route.call_count == calls
    assert says in str(caught.value)
    assert f"{method} tracker.example/x/y" in str(caught.value)
    assert "<" not in str(caught.value)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 500, 503])
async def test_no_error_shows_a_credential_and_none_a_whole_body(status: int) -> None:
    body = f"token {TOKEN}, header Bearer {TOKEN}; " + "x" * 3000
    with respx.mock(base_url=BASE) as mock:
        mock.get(f"/tokens/{TOKEN}").respond(status, text=body)
        async with client(BASE, FakeTime()) as http:
            with pytest.raises(TrackerError) as caught:
                await http.get(f"/tokens/{TOKEN}")
    assert TOKEN not in str(caught.value)
    assert TOKEN not in repr(caught.value)
    assert len(str(caught.value)) < 500


async def test_an_accepted_status_comes_back_as_it_is() -> None:
    with respx.mock(base_url=BASE) as mock:
        route = mock.get("/board").respond(400, text="does not support sprints")
        async with client(BASE, FakeTime()) as http:
            answer = await http.get("/board", accept={400})
    assert (answer.status, answer.body, route.call_count) == (400, b"does not support sprints", 1)
    with pytest.raises(Unexpected, match="not JSON"):
        answer.json()


async def test_an_answer_tells_when_it_was_asked_and_how_far_the_trackers_clock_is_off() -> None:
    time = FakeTime(datetime(2026, 3, 2, 9, 0, 0, 700_000, UTC))
    with respx.mock(base_url=BASE) as mock:
        mock.get("/me").respond(
            200, json={"n": 1}, headers={"Date": "Mon, 02 Mar 2026 09:02:00 GMT", "X-Up": "a"}
        )
        mock.get("/undated").respond(200, json={})
        async with client(BASE, time) as http:
            answer = await http.get("/me")
            undated = await http.get("/undated")
    assert answer.json() == {"n": 1}
    assert answer.asked_at == time.now
    assert answer.headers["x-up"] == "a"
    assert answer.clock_skew == timedelta(minutes=2)
    assert undated.clock_skew is None


async def test_what_is_sent_is_plain_and_carries_no_cookie_back() -> None:
    with respx.mock(base_url=BASE) as mock:
        route = mock.get("/ctx/a").respond(200, json=[], headers={"Set-Cookie": "JSESSIONID=1; Path=/"})
        async with client(f"{BASE}/ctx/", FakeTime()) as http:
            await http.get("/a", {"fields": "id,name", "before": None, "limit": 5, "all": True})
            await http.get("/a")
    first, second = (call.request for call in route.calls)
    assert str(first.url) == f"{BASE}/ctx/a?fields=id%2Cname&limit=5&all=true"
    assert first.headers["accept"] == "application/json"
    assert first.headers["accept-encoding"] == "gzip"
    assert "cookie" not in second.headers


async def test_the_error_after_the_last_retry_tells_when_to_come_back() -> None:
    time = FakeTime()
    with respx.mock(base_url=BASE) as mock:
        mock.get("/x").respond(503, headers={"Retry-After": "120"})
        async with client(BASE, time, HttpOptions(attempts=2)) as http:
            with pytest.raises(Unavailable) as caught:
                await http.get("/x")
    assert time.sleeps == [120]
    assert caught.value.retry_after == START + timedelta(seconds=240)
