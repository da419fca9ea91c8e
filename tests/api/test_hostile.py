"""Whatever stands in a parameter, the answer is one of those that the document names, and never a failure."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.api.world import IDS, STREAMS, World

NASTY = [
    "\x00", "a\x00b", "'; DROP TABLE items; --", "%", "_", "\\", '"', "💩" * 40, " ", "-1", "9" * 30, "[]",
    "{", "null", "NaN", "-0", "0000-00-00", "9999-12-31",
    "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-12:00",
    "AND OR NOT NEAR(", "*", ":", "e" * 190, "AAAA", "WyJ0aXRsZSIsIG51bGwsICJhIl0", "bnVsbA",
]  # fmt: skip


@pytest.mark.parametrize("nasty", NASTY, ids=lambda value: repr(value)[:20])
async def test_every_parameter_of_every_operation(world: World, nasty: str) -> None:
    async with world.client("viewer") as client:
        for path, entry in world.app.openapi()["paths"].items():
            if path in STREAMS:
                continue
            named = entry.get("get", {"responses": {}})
            known = set(named["responses"]) - {"500", "503"}
            for parameter in named.get("parameters", ()):
                values = dict(IDS)
                if parameter["in"] == "path":
                    values[parameter["name"]] = quote(nasty, safe="")
                    query = {}
                else:
                    query = {parameter["name"]: nasty}
                answer = await client.get(path.format(**values), params=query)
                assert str(answer.status_code) in known, f"{answer.url}: {answer.text}"
                if answer.status_code >= 400:
                    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "query", ["%", "%zz", "limit", "=", "&&&", "limit=1&limit=2", "text=%ff%fe", "%00=1"]
)
async def test_odd_queries(world: World, query: str) -> None:
    async with world.client("viewer") as client:
        answer = await client.get(f"/v1/items?{query}")
    assert answer.status_code in (200, 422), answer.text


@pytest.mark.parametrize("header", ["If-None-Match", "Accept", "Authorization", "Host", "X-Forwarded-For"])
@pytest.mark.parametrize("value", ["", ",", '"', "*", "W/", ";q=", "text/csv;q=", "Bearer \xff", "a" * 2000])
async def test_odd_headers(world: World, header: str, value: str) -> None:
    async with world.client("viewer") as client:
        answer = await client.get("/v1/projects", headers={header: value.encode("latin-1")})
    assert answer.status_code in (200, 401), answer.text
