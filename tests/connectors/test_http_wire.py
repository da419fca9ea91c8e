"""What respx cannot play: broken bytes and absent servers, on real sockets."""

from __future__ import annotations

import asyncio
import gc
import gzip
import socket
import tracemalloc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import pytest

from connectors.errors import Unavailable, Unexpected
from connectors.http import HttpOptions, Target, checked_base_url
from tests.connectors.clients import TOKEN, client
from tests.connectors.wire import STALL, answer, json, wire
from tests.faketime import FakeTime

WHOLE = json(b'{"issues": [1, 2]}')
CUT = answer("200 OK", b'{"issues": [1', "content-type: application/json", length=18)
CUT_CHUNK = (
    b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nff\r\n"
    b'{"issues": [1'
)
BAD_GZIP = answer("200 OK", b"not gzip at all", "content-encoding: gzip", "content-type: application/json")
IMPATIENT = HttpOptions(attempts=2, read_timeout=timedelta(milliseconds=50))


@pytest.mark.parametrize("cut", [CUT, CUT_CHUNK, BAD_GZIP], ids=["length", "chunk", "gzip"])
async def test_a_cut_body_is_asked_for_again_and_loses_nothing(cut: bytes) -> None:
    async with wire(cut, WHOLE) as server, client(server.base, FakeTime()) as http:
        assert (await http.get("/x")).json() == {"issues": [1, 2]}
    assert len(server.requests) == 2


@pytest.mark.parametrize("cut", [CUT, CUT_CHUNK, BAD_GZIP], ids=["length", "chunk", "gzip"])
async def test_a_body_that_is_always_cut_is_unexpected(cut: bytes) -> None:
    async with wire(cut) as server, client(server.base, FakeTime()) as http:
        with pytest.raises(Unexpected, match="cut short or damaged"):
            await http.get("/x")
    assert len(server.requests) == 5


async def test_a_read_only_post_is_asked_again_like_a_get() -> None:
    async with wire(CUT, answer("503 Busy", b""), WHOLE) as server, client(server.base, FakeTime()) as http:
        assert (await http.query("/x", {"ids": [1]})).json() == {"issues": [1, 2]}


@pytest.mark.parametrize("script", [b"", STALL, b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n[" + STALL])
async def test_a_server_that_hangs_up_or_stalls_is_unavailable(script: bytes) -> None:
    async with wire(script) as server, client(server.base, FakeTime(), IMPATIENT) as http:
        with pytest.raises(Unavailable) as caught:
            await http.get("/x")
    assert "127.0.0.1" in str(caught.value)
    assert len(server.requests) == 2


async def test_a_gzipped_body_is_read() -> None:
    packed = json(gzip.compress(b"[1]"), "content-encoding: gzip")
    async with wire(packed) as server, client(server.base, FakeTime()) as http:
        assert (await http.get("/x")).json() == [1]
    assert b"accept-encoding: gzip" in server.requests[0].lower()


async def test_a_body_goes_with_its_answer_and_waits_for_no_collector() -> None:
    """One page of many megabytes after the other: a night would else hold all that it ever read."""
    size, times = 1_000_000, 8
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
    packed = json(gzip.compress(b'["' + b"x" * size + b'"]'), "content-encoding: gzip")
    async with wire(*[packed] * times) as server, client(server.base, FakeTime()) as http:
        await http.get("/x")
        with _uncollected():
            before, _ = tracemalloc.get_traced_memory()
            for _ in range(times - 1):
                assert len((await http.get("/x")).body) > size / 2
            await asyncio.to_thread(int)  # only now has the one thread let go of the last body, surely
            after, _ = tracemalloc.get_traced_memory()
    assert after - before < size


@contextmanager
def _uncollected() -> Iterator[None]:
    gc.disable()
    tracemalloc.start()
    try:
        yield
    finally:
        tracemalloc.stop()
        gc.enable()


async def test_no_server_is_unavailable_in_a_sentence_that_names_the_address() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        base = f"http://127.0.0.1:{unused.getsockname()[1]}"
        time = FakeTime()
        async with client(base, time) as http:
            with pytest.raises(Unavailable) as caught:
                await http.get("/x")
    sentence = str(caught.value)
    assert base in sentence
    assert "is the tracker up?" in sentence
    assert TOKEN not in sentence
    assert time.sleeps == [1, 2, 4, 8]


async def test_a_page_for_people_says_that_the_base_url_is_probably_wrong() -> None:
    page = answer("200 OK", b"<!DOCTYPE html><title>Sign in</title>", "content-type: text/html")
    async with wire(page) as server, client(server.base, FakeTime()) as http:
        with pytest.raises(Unexpected, match="base URL"):
            await http.get("/x")
    assert len(server.requests) == 1


async def test_a_redirect_is_not_followed_with_our_credentials() -> None:
    async with wire(WHOLE) as other:
        away = answer("302 Found", b"", f"location: {other.base}/stolen")
        async with wire(away) as server, client(server.base, FakeTime()) as http:
            with pytest.raises(Unexpected, match="not followed"):
                await http.get("/x")
        assert other.requests == []


@pytest.mark.parametrize(
    "url",
    [
        "http://tracker.example", "ftp://tracker.example", "tracker.example", "https://", "", "https://a/?x=1",
        "https://a/#b", "https://me:pw@tracker.example", "http://127.0.0.1.tracker.example", "http://10.0.0.1",
    ],
)  # fmt: skip
def test_a_base_url_that_would_give_the_credentials_away_or_cannot_work_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="the base URL must"):
        checked_base_url(url)


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("https://acme.atlassian.net/", "https://acme.atlassian.net"),
        (" https://api.atlassian.com/ex/jira/1-2 ", "https://api.atlassian.com/ex/jira/1-2"),
        ("http://127.0.0.1:8080/jira/", "http://127.0.0.1:8080/jira"),
        ("http://localhost:1", "http://localhost:1"),
        ("http://[::1]:1", "http://[::1]:1"),
    ],
)
def test_a_base_url_keeps_its_path_and_plain_http_is_for_this_machine(url: str, base: str) -> None:
    assert checked_base_url(url) == base


def test_an_operator_may_allow_plain_http() -> None:
    assert checked_base_url("http://10.0.0.1/jira", allow_plain_http=True) == "http://10.0.0.1/jira"


def test_a_target_does_not_show_its_secrets() -> None:
    target = Target(base_url="https://a", headers={"authorization": TOKEN}, secrets=[TOKEN])
    assert TOKEN not in repr(target)
