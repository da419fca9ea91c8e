"""Latency comes before anything else, once for each request; what a test does between two comes after."""

from __future__ import annotations

import httpx
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from sandbox.middleware import Middleware, Wire
from sandbox.seed import write_story
from sandbox.world import World, clock_for
from tests.sandbox.trello_reader import TODAY


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    request = Request(scope, receive)
    response: Response = PlainTextResponse(f"{request.method} {(await request.body()).decode()}")
    await response(scope, receive, send)


async def test_each_request_waits_for_the_latency_and_reaches_the_app_whole() -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    world = World(write_story(7, 60, TODAY), clock_for(TODAY))
    app = Middleware(echo, world, Wire(), 80, sleep)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://sandbox") as http:
        answers = [await http.post("/x", content=b"hello"), await http.get("/x")]
    assert [answer.text for answer in answers] == ["POST hello", "GET "]
    assert slept == [0.08, 0.08]


async def test_the_world_can_be_changed_between_every_two_requests() -> None:
    world = World(write_story(7, 60, TODAY), clock_for(TODAY))
    wire, seen = Wire(), list[int]()

    def change() -> None:
        with world.changing():
            seen.append(world.revision)

    wire.between = change
    app = Middleware(echo, world, wire)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://sandbox") as http:
        for count in (1, 2):
            await http.get("/x")
            assert world.revision == count
    assert seen == [0, 1]
