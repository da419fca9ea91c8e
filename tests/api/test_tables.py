"""Tables as CSV: the same rows as JSON, the envelope in headers, and no formula in any cell."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest

from api.tables import cell, to_csv
from normalizer.model import DateValue, Named, Progress, Quantity
from normalizer.resources import Money
from tests.api.resourced import PATHS
from tests.api.world import World, item, scope_id

TABLES = [
    "portfolio", "projects", "items", "people", "changes", "runs", "findings", "reconciliations", *PATHS,
    f"scopes/{scope_id('web')}/receipts",
]  # fmt: skip


def rows(answer: httpx.Response) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8; header=present"
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8"), newline="")))


@pytest.mark.parametrize("name", TABLES)
async def test_every_table_has_the_rows_of_its_json(world: World, name: str) -> None:
    async with world.client("pmo") as client:
        said = (await client.get(f"/v1/{name}")).json()["data"]
        table = await client.get(f"/v1/{name}?format=csv")
    listed = said["projects"] if name == "portfolio" else said
    key = "seq" if name == "changes" else "id"
    assert [row[key] for row in rows(table)] == [str(entry[key]) for entry in listed]
    assert listed
    assert all(None not in row and None not in row.values() for row in rows(table)), "no ragged row"
    assert table.headers["content-disposition"] == f'attachment; filename="{name.rpartition("/")[2]}.csv"'


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("text/csv", "text/csv"),
        ("text/csv, application/json;q=0.5", "text/csv"),
        ("application/json, text/csv;q=0.5", "application/json"),
        ("*/*", "application/json"),
        ("text/html, */*;q=0.1", "application/json"),
        ("text/csv;q=nonsense", "application/json"),
    ],
)
async def test_the_form_follows_the_header(world: World, accept: str, kind: str) -> None:
    async with world.client("pmo") as client:
        answer = await client.get("/v1/projects", headers={"Accept": accept})
        forced = await client.get("/v1/projects?format=json", headers={"Accept": accept})
    assert answer.headers["content-type"].startswith(kind)
    assert forced.headers["content-type"] == "application/json"


async def test_the_envelope_is_in_the_headers(world: World) -> None:
    async with world.client("pmo") as client:
        answer = await client.get("/v1/items?project=website&format=csv")
        nothing = await client.get(f"/v1/items?scope={scope_id('never')}&format=csv")
    assert answer.headers["x-tspmo-as-of"] == "2026-03-02T09:00:00Z"
    said = f"age=900, target=3600, late=0, fresh=true, oldest={scope_id('web')}"
    assert answer.headers["x-tspmo-freshness"] == said
    assert answer.headers["x-tspmo-coverage"] == "scopes=1, complete=1, hidden=0, expected=0, restricted=0"
    assert "x-tspmo-as-of" not in nothing.headers
    assert nothing.headers["x-tspmo-freshness"] == "target=3600, late=0, fresh=false"


async def test_a_table_goes_on_at_its_link(world: World) -> None:
    found: list[str] = []
    url = "/v1/items?format=csv&fields=title&limit=4&sort=title"
    async with world.client("pmo") as client:
        while url:
            answer = await client.get(url)
            found += [row["id"] for row in rows(answer)]
            url = answer.links["next"]["url"] if "next" in answer.links else ""
    assert len(found) == len(set(found)) == 9


async def test_what_a_tracker_says_is_never_run(world: World) -> None:
    async with world.client("pmo") as client:
        table = rows(await client.get("/v1/items?format=csv&project=website"))
    assert '\'=HYPERLINK("http://evil.example")' in [row["title"] for row in table]


async def test_quotes_commas_and_lines_survive(fresh: World) -> None:
    title = 'He said "no",\nthen left; ünïcode'
    await fresh.read("ops", [item("ops", "q", title=title)])
    async with fresh.client("pmo") as client:
        table = rows(await client.get("/v1/items?format=csv&fields=title&project=operations"))
    assert title in [row["title"] for row in table]


async def test_the_figures_of_a_project_are_columns(world: World) -> None:
    async with world.client("pmo") as client:
        table = rows(await client.get("/v1/portfolio?format=csv"))
    website = next(row for row in table if row["id"] == "website")
    expected: Mapping[str, Any] = {
        "name": "Website", "todo": "1", "in_progress": "1", "total": "4", "percent": "33.3",
        "percent_method": "items", "overdue": "1", "next_due": "2026-03-20", "age_seconds": "900",
        "fresh": "true", "scopes_complete": "1", "as_of": "2026-03-02T09:00:00Z",
    }  # fmt: skip
    assert {name: website[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, ""),
        ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@SUM(A1)", "'@SUM(A1)"), ("\t=1", "'\t=1"),
        ("a=1", "a=1"),
        (-3, "-3"), (Decimal("-2.50"), "-2.50"), (Decimal("1E+3"), "1000"), (True, "true"),
        (["=x", "y"], "'=x; y"),
        (Named("=Doing", "7"), "'=Doing"),
        (DateValue(date=date(2026, 3, 1)), "2026-03-01"),
        (DateValue(at=datetime(2026, 3, 1, 9, 30, tzinfo=UTC)), "2026-03-01T09:30:00Z"),
        ([Quantity(Decimal(3), "points")], "3 points"),
        (Money(amount=Decimal("95.50"), currency="EUR"), "95.50 EUR"),
        (Progress(Decimal("12.5"), "checklist"), "12.5"),
        ({"a": Decimal("2.5")}, '{"a":2.5}'),
    ],
)  # fmt: skip
def test_cells(value: Any, expected: str) -> None:
    assert cell(value) == expected


def test_a_table_of_nothing_has_its_header() -> None:
    assert to_csv(["id", "name"], []) == b"id,name\r\n"
