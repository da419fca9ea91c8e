"""Work that somebody asks for over the API, from workers that a stand-in of their line tells of."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import httpx
import pytest

from api.app import create_app
from api.options import ApiOptions
from sync.requests import Ticket
from tests.api.world import World


@dataclass
class Line:
    """Keeps what is asked for."""

    world: World
    alive: bool = True
    asked: list[tuple[str, str]] = field(default_factory=list)

    def _ticket(self, kind: str, connection: str) -> Ticket:
        self.asked.append((kind, connection))
        now = self.world.time.clock()
        return Ticket(id=f"{kind}:{connection}#1", connection=connection, state="waiting", asked_at=now)

    async def refresh(self, scopes: Collection[str]) -> Sequence[Ticket]:
        return [self._ticket("refresh", scope) for scope in scopes]

    async def read(self, connection: str) -> Ticket:
        return self._ticket("incremental", connection)

    async def reconcile(self, connection: str) -> Ticket:
        return self._ticket("reconcile", connection)

    async def look(self, ticket: Ticket) -> Ticket:
        return ticket

    async def attended(self) -> bool:
        return self.alive


async def asked(world: World, line: Line, who: str, path: str) -> httpx.Response:
    app = create_app(world.store, world.time.clock, ApiOptions(requests=line))
    headers = {"authorization": f"Bearer {world.keys[who]}"}
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://127.0.0.1", headers=headers
    ) as client:
        return await client.post(path)


@pytest.mark.parametrize(("word", "kind"), [("sync", "incremental"), ("reconcile", "reconcile")])
async def test_a_worker_is_asked_and_the_ticket_is_the_answer(world: World, word: str, kind: str) -> None:
    line = Line(world)
    said = await asked(world, line, "pmo", f"/v1/connections/boards/{word}")
    assert (said.status_code, said.json()["data"]["id"]) == (202, f"{kind}:boards#1")
    assert line.asked == [(kind, "boards")]


@pytest.mark.parametrize(
    ("who", "path", "alive", "status", "word"),
    [
        ("viewer", "/v1/connections/boards/sync", True, 403, "tspmo keys create"),
        ("pmo", "/v1/connections/nowhere/sync", True, 404, "/v1/connections"),
        ("pmo", "/v1/connections/boards/sync", False, 409, "tspmo worker"),
        ("pmo", "/v1/connections/boards/sync?ful=1", True, 422, "ful"),
    ],
)
async def test_nothing_is_asked_where_it_may_not_or_cannot_be_done(
    world: World, who: str, path: str, alive: bool, status: int, word: str
) -> None:
    line = Line(world, alive)
    said = await asked(world, line, who, path)
    assert said.status_code == status
    assert word in said.text
    assert line.asked == []
