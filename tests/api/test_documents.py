"""The OpenAPI document is valid, complete and true; the documentation page needs no other host."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from fastapi.openapi.models import OpenAPI

from tests.api.schema import faults
from tests.api.world import STREAMS, World

WRITES = dict.fromkeys(
    (
        "/v1/people/decisions",
        "/v1/findings/{finding_id}/approve",
        "/v1/findings/{finding_id}/dismiss",
        "/v1/connections/{connection_id}/sync",
        "/v1/connections/{connection_id}/reconcile",
        "/v1/runs/{run_id}/cancel",
    ),
    "post",
)
"""What is no question."""
NOW = "/v1/connections/{connection_id}/check"
"""What no store knows the answer to."""


def operations(world: World) -> list[tuple[str, dict[str, Any]]]:
    paths = world.app.openapi()["paths"]
    return [(path, entry[WRITES.get(path, "get")]) for path, entry in paths.items()]


def done(operation: dict[str, Any]) -> set[str]:
    """The status of what went well."""
    return {status for status in operation["responses"] if status.startswith("2")}


def test_the_document_is_openapi(world: World) -> None:
    document = world.app.openapi()
    assert OpenAPI.model_validate(document).openapi.startswith("3.1")
    for name in re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(document)):
        assert name in document["components"]["schemas"]
    for path, entry in document["paths"].items():
        assert set(entry) == {WRITES.get(path, "get")}, "everything else is read-only"


def test_every_operation_says_what_it_is(world: World) -> None:
    names = []
    for path, operation in operations(world):
        assert operation["summary"], path
        assert operation["description"], path
        assert operation["tags"], path
        names.append(operation["operationId"])
        for parameter in operation.get("parameters", ()):
            assert parameter["description"], f"{path} {parameter['name']}"
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)+", name) for name in names)


def test_every_answer_is_typed_and_its_example_fits(world: World) -> None:
    document = world.app.openapi()
    for path, operation in operations(world):
        if path in STREAMS:
            continue
        (status,) = done(operation)
        assert (status == "200") == (path not in WRITES), path
        said = operation["responses"][status]["content"]["application/json"]
        assert said["schema"].get("$ref"), path
        if path.startswith("/v1"):
            assert not list(faults(document, said["schema"], said["example"])), path
            assert said["example"]["data"], path


def test_every_operation_under_v1_names_its_problems_and_its_key(world: World) -> None:
    for path, operation in operations(world):
        if not path.startswith("/v1"):
            continue
        assert operation["security"] == [{"API key": []}]
        wanted = {"401", "403", "422", "500", "503"}
        wanted |= done(operation) | ({"409"} if path not in STREAMS else set())
        wanted |= {"404"} if "{" in path or path in WRITES else set()
        wanted |= {"304", "400"} if path not in {*WRITES, *STREAMS, NOW} else set()
        assert set(operation["responses"]) == wanted, path
        for status in wanted - done(operation) - {"304"}:
            content = operation["responses"][status]["content"]
            assert list(content) == ["application/problem+json"], path
            assert content["application/problem+json"]["schema"]["$ref"].endswith("/ProblemDetails")


def test_decimals_are_documented_as_the_numbers_that_they_are(world: World) -> None:
    schemas = world.app.openapi()["components"]["schemas"]
    assert schemas["Quantity"]["properties"]["value"]["type"] == "number"
    assert {"type": "number"} in schemas["ProjectProgress"]["properties"]["percent"]["anyOf"]


async def test_the_documentation_page_loads_only_from_here(world: World) -> None:
    async with world.client() as client:
        page = await client.get("/docs")
        assert page.status_code == 200
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert not re.findall(r"https?://|[\"']//", page.text)
        loaded = re.findall(r'(?:src|href)="([^"]+)"', page.text)
        assert {"docs/assets/swagger-ui-bundle.js", "docs/assets/swagger-ui.css", "docs/start.js"} <= set(
            loaded
        )
        for path in loaded:
            answer = await client.get(f"/{path}")
            assert answer.status_code == 200, path
            assert len(answer.content) > 100, path
        start = (await client.get("/docs/start.js")).text
        assert "http" not in start
        assert "validatorUrl: null" in start
        assert "<script>" not in page.text, "no inline script"


async def test_the_document_is_served(world: World) -> None:
    async with world.client() as client:
        assert (await client.get("/openapi.json")).json() == world.app.openapi()


@pytest.mark.parametrize("path", ["/redoc", "/docs/assets/../../etc/passwd", "/docs/assets/%2e%2e/core.py"])
async def test_nothing_else_is_served_there(world: World, path: str) -> None:
    async with world.client() as client:
        answer = await client.get(path)
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"
