"""``Prefer: fresh=SECONDS``: what is older is read first, or the answer says why it could not be."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import httpx
import pytest

from api.app import create_app
from api.options import ApiOptions
from api.prefer import Wish, wish
from store.catalogue import Check, save_check
from store.runs import Ending, begin, finish
from sync.requests import Ticket
from tests.api.test_errors import problem
from tests.api.world import SCOPES, World, item, scope_id

NAMES = {scope_id(name): name for name in SCOPES}


@dataclass
class Line:
    """A worker that comes to what is asked for after some looks, or never. Nobody sleeps."""

    world: World
    after: int | None = 2
    alive: bool = True
    until: datetime | None = None
    fails: Callable[[World], object] | None = None
    asked: list[str] = field(default_factory=list)
    looks: int = 0

    async def refresh(self, scopes: Collection[str], /) -> Sequence[Ticket]:
        self.asked = sorted(NAMES[scope] for scope in scopes)
        now = self.world.time.now
        return [
            Ticket(id="1", connection=of, state="waiting", asked_at=now, until=self.until)
            for of in sorted({SCOPES[name][0] for name in self.asked})
        ]

    async def read(self, connection: str, /) -> Ticket:
        raise NotImplementedError

    async def reconcile(self, connection: str, /) -> Ticket:
        raise NotImplementedError

    async def look(self, ticket: Ticket, /) -> Ticket:
        self.looks += 1
        if self.looks != self.after:
            return ticket
        for name in self.asked:
            await self.world.read(name, [item(name, f"{name}-new")])
        return replace(ticket, state="done")

    async def attended(self) -> bool:
        return self.alive

    @asynccontextmanager
    async def client(self, key: str = "pmo") -> AsyncIterator[httpx.AsyncClient]:
        options = ApiOptions(requests=self, sleep=self.world.time.sleep)
        transport = httpx.ASGITransport(create_app(self.world.store, self.world.time.clock, options))
        headers = {"authorization": f"Bearer {self.world.keys[key]}"}
        async with httpx.AsyncClient(
            transport=transport, base_url="http://127.0.0.1", headers=headers
        ) as made:
            yield made


async def test_what_is_young_enough_is_answered_and_nobody_is_asked(fresh: World) -> None:
    line = Line(fresh)
    async with line.client() as client:
        answer = await client.get("/v1/items?project=website", headers={"Prefer": "fresh=900"})
    assert (answer.status_code, answer.headers["preference-applied"]) == (200, "fresh=900")
    assert "Prefer" in answer.headers["vary"]
    assert line.asked == []


@pytest.mark.parametrize(
    ("path", "read"),
    [
        ("/v1/items?project=website", ["web"]),
        ("/v1/items?connection=boards&scope=web&scope=ops", ["ops", "web"]),
        ("/v1/items?team=Ops", ["ops"]),
        ("/v1/projects/digital", ["APP", "web"]),
        ("/v1/items/APP-1", ["APP"]),
        ("/v1/connections/issues/verifications", ["APP"]),
        ("/v1/portfolio", ["APP", "never", "ops", "web"]),
    ],
)
async def test_what_the_question_touches_is_read_and_nothing_else(
    fresh: World, path: str, read: list[str]
) -> None:
    line = Line(fresh)
    async with line.client() as client:
        answer = await client.get(path, headers={"Prefer": "fresh=60, wait=5"})
    assert line.asked == read
    assert (answer.status_code, answer.headers["preference-applied"]) == (200, "fresh=60")
    assert answer.json()["meta"]["freshness"]["age_seconds"] == 0
    assert 0 < sum(fresh.time.sleeps) <= 1.0


async def test_a_viewer_gets_only_what_it_may_see_read(fresh: World) -> None:
    line = Line(fresh)
    async with line.client("viewer") as client:
        await client.get("/v1/items", headers={"Prefer": "fresh=0"})
    assert line.asked == ["APP", "never", "web"]


async def test_what_is_held_is_not_sent_again_also_with_a_preference(fresh: World) -> None:
    async with Line(fresh).client() as client:
        tag = (await client.get("/v1/items")).headers["etag"]
        wanted = {"Prefer": "fresh=900", "If-None-Match": tag}
        again = await client.get("/v1/items?project=website", headers=wanted)
        assert again.status_code == 200
        wanted["If-None-Match"] = again.headers["etag"]
        again = await client.get("/v1/items?project=website", headers=wanted)
    assert (again.status_code, again.headers["preference-applied"]) == (304, "fresh=900")


async def refused(line: Line, prefer: str = "fresh=60", path: str = "/v1/items?project=website") -> str:
    async with line.client() as client:
        said = problem(await client.get(path, headers={"Prefer": prefer}), 409, "not-fresh")
    return str(said["detail"])


async def test_where_no_worker_lives_the_answer_says_so_at_once(fresh: World) -> None:
    said = await refused(Line(fresh, alive=False))
    assert said.startswith(
        "Web of boards was read 900 s ago, where Prefer asks for at most 60 s: no worker lives"
    )
    assert "tspmo worker" in said
    assert fresh.time.sleeps == []
    async with fresh.client("pmo") as client:
        answer = await client.get("/v1/items", headers={"Prefer": "fresh=1"})
    assert "never read to its end" in problem(answer, 409, "not-fresh")["detail"]


async def test_a_worker_that_does_not_come_in_time(fresh: World) -> None:
    said = await refused(Line(fresh, after=None))
    assert "no worker came to it within 20 s; Prefer: wait=SECONDS waits longer, up to 60" in said
    assert sum(fresh.time.sleeps) == 20
    await refused(Line(fresh, after=None), "fresh=60, wait=3600")
    assert sum(fresh.time.sleeps) == 20 + 60


async def test_a_tracker_that_wants_to_be_left_alone_is_not_waited_for(fresh: World) -> None:
    said = await refused(Line(fresh, until=fresh.time.now + timedelta(minutes=5)))
    assert "wants to be left alone until 2026-03-02 09:20:00 UTC, and is asked again then" in said
    assert fresh.time.sleeps == []


async def test_the_reason_is_the_tracker_s_own_where_it_refuses(fresh: World) -> None:
    now = fresh.time.clock()
    run = await begin(fresh.store, "incremental", "boards", scope_id("web"), now)
    assert "that began 2026-03-02 09:15 UTC has 0 items so far" in await refused(Line(fresh, after=None))
    await finish(fresh.store, run, Ending("failed", "Trello did not answer."), now)
    assert "60 s: Trello did not answer. Without Prefer" in await refused(Line(fresh, after=None))
    revoked = Check(state="unauthorized", at=now, error="The token was revoked; make another.")
    await save_check(fresh.store, "boards", revoked)
    assert "60 s: The token was revoked; make another. Without" in await refused(Line(fresh, after=None))


async def test_a_reading_by_a_clock_that_is_ahead_is_not_fresh_for_ever(fresh: World) -> None:
    fresh.time.now += timedelta(hours=5)
    await fresh.read("web", [])
    fresh.time.now -= timedelta(hours=5)
    said = await refused(Line(fresh, after=None))
    assert "read 0 s ago" in said
    assert "still to come by the clock" in said


@pytest.mark.parametrize(
    "value", ["fresh", "fresh=", "fresh=soon", "fresh=-1", "fresh=1.5", "fresh=1, wait=x"]
)
async def test_a_preference_that_cannot_be_meant_names_its_field(world: World, value: str) -> None:
    async with world.client("pmo") as client:
        said = problem(await client.get("/v1/items", headers={"Prefer": value}), 400, "bad-preference")
    [error] = said["errors"]
    assert (error["location"], error["name"]) == ("header", "Prefer")
    assert "with a whole number" in error["expected"]
    assert "Header field Prefer" in said["detail"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("respond-async", None),
        ("", None),
        ("fresh=5", Wish(5, 20)),
        ('FRESH="5"; of=all , Wait = 7', Wish(5, 7)),
        ('return=minimal, note="a, fresh=1", fresh=9, fresh=2', Wish(9, 20)),
        ("wait=600,fresh=0", Wish(0, 60)),
    ],
)
def test_preferences_are_read_as_the_standard_writes_them(text: str, told: Wish | None) -> None:
    assert wish(text) == told
