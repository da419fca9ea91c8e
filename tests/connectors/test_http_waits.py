"""Rate limits on the wire: every form of being asked to wait, and who waits for whom."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import httpx
import pytest
import respx

from connectors.errors import Unavailable
from connectors.http import Budget, HttpOptions, Limiter
from connectors.retry_after import Headers
from tests.connectors.clients import client, plenty
from tests.faketime import START, FakeTime

BASE = "https://tracker.example"
OK = httpx.Response(200, json=[])


def busy(status: int = 429, **headers: str) -> httpx.Response:
    return httpx.Response(status, headers={k.replace("_", "-"): v for k, v in headers.items()})


class HeldTime(FakeTime):
    """Sleepers stay asleep until they are let go, all at the moment at which the last one meant to wake."""

    def __init__(self) -> None:
        super().__init__()
        self._gate = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        await self._gate.wait()

    async def somebody_sleeps(self, count: int) -> None:
        while len(self.sleeps) < count:
            await asyncio.sleep(0)

    def let_go(self) -> None:
        self.now += timedelta(seconds=max(self.sleeps))
        self._gate.set()


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        (busy(retry_after="42"), 42),
        (busy(retry_after="1.5"), 1.5),
        (busy(retry_after="0"), 1),  # now is fine with the tracker; we never hammer
        (busy(retry_after="Mon, 02 Mar 2026 09:01:00 GMT"), 60),
        (busy(), 10),  # the window of the budget
        (busy(x_reset="30"), 30),
        (busy(503, retry_after="42"), 42),
        (busy(503), 1),
        (busy(503, x_reset="30"), 1),  # a budget's reset says nothing about an outage
    ],
)
async def test_it_waits_at_least_as_long_as_it_is_asked_to(answer: httpx.Response, seconds: float) -> None:
    time = FakeTime()

    def reset(headers: Headers) -> datetime | None:
        return START + timedelta(seconds=int(headers["x-reset"])) if "x-reset" in headers else None

    with respx.mock(base_url=BASE) as mock:
        mock.get("/x").mock(side_effect=[answer, OK])
        async with client(BASE, time, HttpOptions(reset=reset)) as http:
            await http.get("/x")
    assert sum(time.sleeps) == seconds


async def test_repeated_failures_wait_longer_each_time() -> None:
    time = FakeTime()
    with respx.mock(base_url=BASE) as mock:
        mock.get("/x").mock(side_effect=[busy(502)] * 4 + [OK])
        async with client(BASE, time) as http:
            await http.get("/x")
    assert time.sleeps == [1, 2, 4, 8]


async def test_a_wait_beyond_our_patience_is_the_callers_to_plan_and_nobody_sleeps() -> None:
    time = FakeTime()
    with respx.mock(base_url=BASE) as mock:
        route = mock.get("/x").respond(429, headers={"Retry-After": "3600"})
        async with client(BASE, time) as http:
            for _ in range(2):  # the second call does not even ask: the budget is known to be shut
                with pytest.raises(Unavailable, match="10:00:00 UTC") as caught:
                    await http.get("/x")
                assert caught.value.retry_after == START + timedelta(hours=1)
    assert time.sleeps == []
    assert route.call_count == 1


async def test_a_429_holds_every_task_of_its_budget_and_no_other() -> None:
    time = HeldTime()
    asked: list[tuple[str, datetime]] = []

    def note(request: httpx.Request) -> httpx.Response:
        asked.append((request.url.path, time.now))
        return busy(retry_after="30") if len(asked) == 1 else OK

    site, members = plenty(time, "site"), plenty(time, "members")
    async with client(BASE, time, default=(site,), members=(members, site)) as http:
        with respx.mock(base_url=BASE) as mock:
            mock.get(url__startswith=BASE).mock(side_effect=note)
            held = [asyncio.create_task(http.get("/members/me", budget="members"))]
            await time.somebody_sleeps(1)
            held.append(asyncio.create_task(http.get("/members/you", budget="members")))
            await time.somebody_sleeps(2)
            await http.get("/boards")
            assert asked == [("/members/me", START), ("/boards", START)]
            time.let_go()
            await asyncio.gather(*held)
    assert sorted(asked[2:]) == [
        (path, START + timedelta(seconds=30)) for path in ("/members/me", "/members/you")
    ]


async def test_a_call_takes_from_every_budget_it_is_named_for() -> None:
    time = FakeTime()
    narrow = Limiter(Budget("members", 1, timedelta(seconds=900)), time.clock)
    with respx.mock(base_url=BASE) as mock:
        mock.get(url__startswith=BASE).mock(return_value=OK)
        async with client(
            BASE, time, HttpOptions(patience=timedelta(hours=1)), members=(narrow, plenty(time))
        ) as http:
            await http.get("/members/me", budget="members")
            await http.get("/boards")
            assert time.sleeps == []
            await http.get("/members/me", budget="members")
    assert time.sleeps == [900]


async def test_a_wait_for_the_rate_limit_is_told_and_so_is_its_end() -> None:
    time = FakeTime()
    told: list[datetime | None] = []
    with respx.mock(base_url=BASE) as mock:
        mock.get("/x").mock(side_effect=[busy(retry_after="42"), OK])
        async with client(BASE, time, HttpOptions(on_wait=told.append)) as http:
            await http.get("/x")
    assert told == [START + timedelta(seconds=42), None]
