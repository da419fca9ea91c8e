"""Everything that is refused leaves as problem+json and says what was expected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from api.app import create_app
from api.options import ApiOptions, Clock
from store.open import Store, StoreError
from store.principal import Principal
from store.reader import Reader
from tests.api.resourced import PATHS
from tests.api.world import IDS, World


def problem(answer: httpx.Response, status: int, name: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    said: dict[str, Any] = answer.json()
    assert set(said) == {"type", "title", "status", "detail", "instance", "errors"}
    assert said["type"] == f"urn:tspmo:problem:{name}"
    assert said["status"] == status
    assert said["detail"].endswith(".")
    assert said["instance"] == answer.request.url.path
    return said


@pytest.mark.parametrize(
    ("query", "name", "expected", "got"),
    [
        ("limit=0", "limit", "at least 1", "'0'"),
        ("limit=1001", "limit", "at most 1000", "'1001'"),
        ("limit=many", "limit", "a valid integer", "'many'"),
        ("status=doing", "status", "'triage', 'backlog', 'todo', 'in_progress'", "'doing'"),
        ("type=feature", "type", "'initiative'", "'feature'"),
        ("presence=there", "presence", "'present'", "'there'"),
        ("due_from=2026", "due_from", "a day as YYYY-MM-DD", "'2026'"),
        ("due_to=2026-02-30", "due_to", "a valid date", "'2026-02-30'"),
        (
            "updated_from=2026-03-01T00:00:00",
            "updated_from",
            "an instant with a zone",
            "'2026-03-01T00:00:00'",
        ),
        ("updated_to=1700000000", "updated_to", "an instant with a zone", "'1700000000'"),
        ("sort=age", "sort", "'updated'", "'age'"),
        ("include=everything", "include", "'history'", "'everything'"),
        ("fields=titel", "fields", "title", "'titel'"),
        ("text=", "text", "at least 1 character", "''"),
        ("format=xml", "format", "'json' or 'csv'", "'xml'"),
        ("absent=perhaps", "absent", "a valid boolean", "'perhaps'"),
        ("due_from=2026-03-02&due_to=2026-03-01", "due_to", "2026-03-02 or later", "2026-03-01"),
        ("statsu=todo", "statsu", "status", "an unknown name"),
    ],
)
async def test_a_parameter_that_cannot_be(
    world: World, query: str, name: str, expected: str, got: str
) -> None:
    async with world.client("pmo") as client:
        said = problem(await client.get(f"/v1/items?{query}"), 422, "invalid-request")
    error = next(entry for entry in said["errors"] if entry["name"] == name)
    assert expected in error["expected"]
    assert error["got"] == got
    assert name in said["detail"]
    assert expected in said["detail"]


BODIES = {
    "/v1/people/decisions": {"decision": "undo", "account": "x"},
    "/v1/findings/{finding_id}/approve": {"why": "It is so."},
    "/v1/findings/{finding_id}/dismiss": {"why": "It is not so."},
    "/v1/subscriptions": {"url": "https://chat.example.org/", "name": "Chat"},
}
"""What operations that write need to be told."""


async def test_no_operation_passes_over_a_parameter_that_it_does_not_have(world: World) -> None:
    async with world.client("pmo") as client:
        for path, entry in world.app.openapi()["paths"].items():
            if path.startswith("/v1"):
                for method in entry:
                    body = BODIES.get(path) if method == "post" else None
                    answer = await client.request(method, path.format(**IDS) + "?nonsense=1", json=body)
                    assert "nonsense" in problem(answer, 422, "invalid-request")["detail"]


@pytest.mark.parametrize("path", ["/v1/items", "/v1/people", *(f"/v1/{path}" for path in PATHS)])
async def test_a_cursor_that_is_not_ours(world: World, path: str) -> None:
    async with world.client("pmo") as client:
        for cursor in ("zzz", "%F0%9F%92%A9", "WyJ0aXRsZSIsIHsiYSI6MX0sIDFd"):
            problem(await client.get(f"{path}?cursor={cursor}"), 400, "bad-cursor")


async def test_a_cursor_of_another_order(world: World) -> None:
    async with world.client("pmo") as client:
        cursor = (await client.get("/v1/items?sort=title&limit=1")).json()["next"]["cursor"]
        said = problem(
            await client.get("/v1/items", params={"sort": "-due", "cursor": cursor}), 400, "bad-cursor"
        )
    assert "title" in said["detail"]


@pytest.mark.parametrize(
    "path",
    ["/v1/nothing", "/v2/items", "/v1/items/none", "/v1/projects/none", "/v1/items/x/y", "/v1/items/%00"],
)
async def test_what_is_not_there(world: World, path: str) -> None:
    async with world.client("pmo") as client:
        answer = await client.get(path)
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_only_reading_is_possible(world: World, method: str) -> None:
    async with world.client("admin") as client:
        answer = await client.request(method, "/v1/items")
    problem(answer, 405, "method-not-allowed")
    assert answer.headers["allow"] == "GET"


@dataclass(frozen=True, kw_only=True)
class Broken(Store):
    """Fails at whatever it is asked."""

    error: Exception

    def reader(self, principal: Principal, clock: Clock) -> Reader:
        raise self.error


def broken(world: World, error: Exception) -> World:
    store = Broken(url=world.store.url, database=world.store.database, error=error)
    app = create_app(store, world.time.clock, ApiOptions())
    return World(store=store, time=world.time, app=app, keys=world.keys)


async def test_a_failure_tells_nothing_of_its_inside(world: World) -> None:
    async with broken(world, RuntimeError("password=hunter2")).client("pmo") as client:
        answer = await client.get("/v1/items")
    problem(answer, 500, "internal-error")
    assert "hunter2" not in answer.text


async def test_a_store_that_cannot_be_reached(world: World) -> None:
    sentence = "The database cannot be used: it is away; whoever runs it can mend it."
    async with broken(world, StoreError(sentence)).client("pmo") as client:
        for path in ("/v1/items", "/readyz"):
            answer = await client.get(path)
            assert problem(answer, 503, "not-ready")["detail"] == sentence
            assert answer.headers["retry-after"]
        assert (await client.get("/healthz")).json() == {"status": "ok"}
