"""What is written is written once."""

from __future__ import annotations

import httpx
import pytest
import respx

from connectors.errors import TrackerError, Unauthorized, Unavailable, Unexpected
from tests.connectors.clients import client
from tests.connectors.wire import answer, wire
from tests.faketime import FakeTime

BASE = "https://tracker.example"


async def test_a_webhook_is_made_and_the_empty_answer_to_its_removal_is_good() -> None:
    with respx.mock(base_url=BASE) as mock:
        made = mock.post("/hooks").respond(201, json={"id": 7})
        gone = mock.delete("/hooks/7").respond(204)
        async with client(BASE, FakeTime()) as http:
            told = await http.write("POST", "/hooks", {"url": "https://us.example"})
            removed = await http.write("DELETE", "/hooks/7")
    assert told.json() == {"id": 7}
    assert made.calls[0].request.content == b'{"url":"https://us.example"}'
    assert removed.json() is None
    assert gone.calls[0].request.content == b""


@pytest.mark.parametrize(
    ("outcome", "error"),
    [
        (httpx.Response(500), Unavailable),
        (httpx.Response(503, headers={"Retry-After": "1"}), Unavailable),
        (httpx.Response(200, text="done"), Unexpected),
        (httpx.Response(403, json={}), Unauthorized),
        (httpx.ReadTimeout("slow"), Unavailable),
    ],
)
async def test_what_may_have_been_done_is_not_asked_again(
    outcome: httpx.Response | Exception, error: type[TrackerError]
) -> None:
    with respx.mock(base_url=BASE) as mock:
        route = mock.post("/hooks").mock(side_effect=[outcome])
        async with client(BASE, FakeTime()) as http:
            with pytest.raises(error):
                await http.write("POST", "/hooks", {})
    assert route.call_count == 1


async def test_an_answer_that_is_cut_off_is_not_asked_for_again() -> None:
    half = answer("201 Created", b"{", length=50)
    async with wire(half) as cut, client(cut.base, FakeTime()) as http:
        with pytest.raises(Unexpected, match="cut short"):
            await http.write("POST", "/hooks", {})
    assert len(cut.requests) == 1


async def test_a_rate_limit_is_waited_for_since_nothing_was_done() -> None:
    time = FakeTime()
    with respx.mock(base_url=BASE) as mock:
        mock.post("/hooks").mock(
            side_effect=[httpx.Response(429, headers={"Retry-After": "30"}), httpx.Response(201, json={})]
        )
        async with client(BASE, time) as http:
            told = await http.write("POST", "/hooks", {})
    assert (told.status, time.sleeps) == (201, [30])
