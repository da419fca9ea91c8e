"""The OpenAPI document is valid, complete and true; the documentation page needs no other host."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from fastapi.openapi.models import OpenAPI

from tests.api.schema import faults
from tests.api.world import STREAMS, World

WRITES = {
    ("post", "/v1/people/decisions"),
    ("post", "/v1/findings/{finding_id}/approve"),
    ("post", "/v1/findings/{finding_id}/dismiss"),
    ("post", "/v1/connections/{connection_id}/sync"),
    ("post", "/v1/connections/{connection_id}/reconcile"),
    ("post", "/v1/runs/{run_id}/cancel"),
    ("post", "/v1/subscriptions"),
    ("post", "/v1/subscriptions/{subscription_id}/enable"),
    ("post", "/v1/subscriptions/{subscription_id}/deliveries/{delivery_id}/resend"),
    ("delete", "/v1/subscriptions/{subscription_id}"),
}
"""What is no question."""
NOW = "/v1/connections/{connection_id}/check"
"""What no store knows the answer to."""


def operations(world: World) -> list[tuple[str, bool, dict[str, Any]]]:
    """Each with its path, and whether it writes."""
    paths = world.app.openapi()["paths"]
    return [
        (path, method != "get", operation)
        for path, entry in paths.items()
        for method, operation in entry.items()
    ]


def done(operation: dict[str, Any]) -> set[str]:
    """The status of what went well."""
    return {status for status in operation["responses"] if status.startswith("2")}


def test_the_document_is_openapi(world: World) -> None:
    document = world.app.openapi()
    assert OpenAPI.model_validate(document).openapi.startswith("3.1")
    for name in re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(document)):
        assert name in document["components"]["schemas"]
    told = {(method, path) for path, entry in document["paths"].items() for method in entry}
    assert {(method, path) for method, path in told if method != "get"} == WRITES


def test_every_operation_says_what_it_is(world: World) -> None:
    names = []
    for path, _, operation in operations(world):
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
    for path, writes, operation in operations(world):
        if path in STREAMS:
            continue
        (status,) = done(operation)
        assert (status == "200") == (not writes), path
        if status == "204":
            assert "content" not in operation["responses"][status]
            continue
        said = operation["responses"][status]["content"]["application/json"]
        assert said["schema"].get("$ref"), path
        if path.startswith("/v1"):
            assert not list(faults(document, said["schema"], said["example"])), path
            assert said["example"]["data"], path


def test_every_operation_under_v1_names_its_problems_and_its_key(world: World) -> None:
    for path, writes, operation in operations(world):
        if not path.startswith("/v1"):
            continue
        assert operation["security"] == [{"API key": []}]
        must = {"401", "403", "422", "500", "503"} | done(operation) | ({"404"} if "{" in path else set())
        if not writes and path not in STREAMS:
            must |= {"409"} if path == NOW else {"304", "400", "409"}
        may = {"404", "409"} if writes else set()
        said = set(operation["responses"])
        assert must <= said <= must | may, path
        for status in said - done(operation) - {"304"}:
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
