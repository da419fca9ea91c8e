"""Declared status, time, allocations, absence and money: who is shown what, filters, pages, and the tag."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from store.people import person_of_email
from tests.api.resourced import PATHS
from tests.api.test_errors import problem
from tests.api.world import MIRA, MIRA_ON_JIRA, World, ident, resources, scope_id

PERSONAL = ("time-entries", "allocations", "availability")
MONEY = ("budgets", "rates")
SHOWN: dict[str, tuple[set[str], set[str], set[str]]] = {
    "viewer": ({"web", "APP"}, set(), set()),
    "red viewer": ({"web", "APP", "red"}, set(), set()),
    "mira": ({"web", "APP"}, {"web", "APP"}, set()),
    "app lead": ({"web", "APP"}, {"APP"}, {"APP"}),
    "pmo": ({"web", "APP", "ops"}, {"web", "APP", "ops"}, {"web", "APP", "ops"}),
    "admin": ({"web", "APP", "ops"}, {"web", "APP", "ops"}, {"web", "APP", "ops"}),
}
"""By caller: the scopes whose declared status, personal data, and money is shown."""


async def listed(world: World, who: str, path: str, query: str = "") -> tuple[list[str], dict[str, Any]]:
    async with world.client(who) as client:
        answer = await client.get(f"/v1/{path}{query}")
    assert answer.status_code == 200, answer.text
    said = answer.json()
    return [row["remote_id"] for row in said["data"]], said


@pytest.mark.parametrize("who", SHOWN)
async def test_who_is_shown_what(world: World, who: str) -> None:
    scopes, personal, money = SHOWN[who]
    reports, said = await listed(world, who, "status-reports")
    assert set(reports) == scopes | {f"{scope} before" for scope in scopes}
    assert said["meta"]["coverage"]["restricted"] == 0
    for path in (*PERSONAL, *MONEY):
        allowed = personal if path in PERSONAL else money
        found, said = await listed(world, who, path)
        assert (set(found), len(found)) == (allowed, len(allowed)), path
        coverage = said["meta"]["coverage"]
        assert coverage["restricted"] == len(scopes) - len(allowed), path
        assert coverage["hidden"] == 4 - len(scopes), path


async def test_what_is_withheld_is_counted_whoever_and_whenever_is_asked_for(world: World) -> None:
    for query in (
        "",
        f"?person={MIRA.id}",
        "?person=nobody",
        "?from=2026-03-10&to=2026-03-10",
        "?from=2031-01-01",
    ):
        found, said = await listed(world, "viewer", "availability", query)
        assert (found, said["meta"]["coverage"]["restricted"]) == ([], 2), query
    _, said = await listed(world, "viewer", "availability", "?project=website")
    assert said["meta"]["coverage"]["restricted"] == 1


async def test_what_is_said_of_an_entry(world: World) -> None:
    _, said = await listed(world, "pmo", "time-entries", "?project=website")
    [entry] = said["data"]
    expected = {
        "account_id": MIRA.id, "person": person_of_email("mira@example.org"), "name": "Mira Novak",
        "item_id": ident("web", "item", "w1"), "minutes": 90.5, "day": "2026-02-27", "billable": True,
        "approval": None, "connection": "boards", "tracker": "trello", "scope": scope_id("web"),
        "read_at": "2026-03-02T09:00:00Z",
    }  # fmt: skip
    assert {name: entry[name] for name in expected} == expected
    assert said["meta"]["coverage"]["scopes"] == 1
    _, said = await listed(world, "pmo", "budgets", f"?scope={scope_id('web')}")
    assert said["data"][0]["money"] == {"amount": 95.5, "currency": "EUR"}


@pytest.mark.parametrize(
    ("path", "query", "expected"),
    [
        ("time-entries", "?project=app", {"APP"}),
        ("time-entries", "?project=digital", {"APP", "web"}),
        ("time-entries", f"?scope={scope_id('ops')}&scope={scope_id('APP')}", {"APP", "ops"}),
        ("time-entries", f"?person={MIRA_ON_JIRA.id}", {"APP"}),
        ("time-entries", f"?person={person_of_email('mira@example.org')}", {"APP", "web", "ops"}),
        ("time-entries", "?from=2026-02-27&to=2026-02-27", {"APP", "web", "ops"}),
        ("time-entries", "?from=2026-02-28", set()),
        ("allocations", "?from=2030-01-01&project=app", {"APP"}),
        ("allocations", "?to=2026-01-31", set()),
        ("availability", "?from=2026-03-13&project=app", {"APP"}),
        ("availability", "?from=2026-03-14", set()),
        ("status-reports", "?to=2026-02-20&project=app", {"APP before"}),
        ("budgets", "?project=operations", {"ops"}),
        ("rates", "?project=red", set()),
    ],
)
async def test_filters(world: World, path: str, query: str, expected: set[str]) -> None:
    assert set((await listed(world, "pmo", path, query))[0]) == expected


@pytest.mark.parametrize("path", PATHS)
async def test_pages_follow_their_link(world: World, path: str) -> None:
    whole, _ = await listed(world, "pmo", path)
    found: list[str] = []
    link = f"/v1/{path}?limit=1"
    async with world.client("pmo") as client:
        while link:
            said = (await client.get(link)).json()
            found += [row["remote_id"] for row in said["data"]]
            link = said["next"]["link"] if said["next"] else ""
    assert found == whole
    assert len(found) >= 3


async def test_a_range_that_ends_before_it_begins_and_filters_that_are_not_there(world: World) -> None:
    async with world.client("pmo") as client:
        said = problem(
            await client.get("/v1/time-entries?from=2026-03-02&to=2026-03-01"), 422, "invalid-request"
        )
        assert [(error["name"], error["expected"]) for error in said["errors"]] == [
            ("to", "2026-03-02 or later")
        ]
        problem(await client.get("/v1/time-entries?day_from=2026-03-02"), 422, "invalid-request")
        problem(await client.get("/v1/time-entries?from=2026"), 422, "invalid-request")
        for name in ("person=x", "from=2026-03-02"):
            problem(await client.get(f"/v1/budgets?{name}"), 422, "invalid-request")


async def test_declared_status_stands_beside_the_figures(world: World) -> None:
    async with world.client("pmo") as client:
        website = (await client.get("/v1/projects/website")).json()["data"]
        everything = (await client.get("/v1/projects/all")).json()["data"]
    [declared] = website["declared"]
    expected = {
        "scope": scope_id("web"), "scope_name": "Web", "rag": "at_risk",
        "original": {"name": "At risk", "id": "y"}, "title": "=Week 9", "author": "Mira Novak",
        "author_id": MIRA.id, "at": "2026-02-27T16:00:00Z", "read_at": "2026-03-02T09:00:00Z",
        "age_seconds": int(timedelta(days=2, hours=17, minutes=15).total_seconds()),
    }  # fmt: skip
    assert {name: declared[name] for name in expected} == expected
    reports, _ = await listed(world, "pmo", "status-reports", "?project=website")
    assert reports == ["web", "web before"], "the newest first"
    assert "at_risk" not in str(website["summary"])
    assert [one["scope_name"] for one in everything["declared"]] == ["App", "Ops", "Web"]


@pytest.mark.parametrize("who", SHOWN)
async def test_declared_status_follows_the_sharing_of_its_scope(world: World, who: str) -> None:
    async with world.client(who) as client:
        for path in ("/v1/projects/all", "/v1/portfolio", "/v1/projects"):
            data = (await client.get(path)).json()["data"]
            entries = data["projects"] if path == "/v1/portfolio" else [data] if "id" in data else data
            shown = {one["scope"] for entry in entries for one in entry["declared"]}
            assert shown == {scope_id(scope) for scope in SHOWN[who][0]}


async def test_a_new_word_changes_the_tag_and_the_answer(fresh: World) -> None:
    async with fresh.client("pmo") as client:
        tags = {}
        for path in ("/v1/projects/operations", "/v1/status-reports", "/v1/budgets"):
            tags[path] = (await client.get(path)).headers["etag"]
            held = await client.get(path, headers={"If-None-Match": tags[path]})
            assert held.status_code == 304
        more = dict(resources("ops", MIRA.id, "o1"))
        fresh.time.now += timedelta(minutes=5)
        await fresh.read("ops", [], status_reports=more["status_reports"][1:], budgets=[])
        for path, tag in tags.items():
            assert (await client.get(path, headers={"If-None-Match": tag})).status_code == 200
        declared = (await client.get("/v1/projects/operations")).json()["data"]["declared"]
    assert [one["rag"] for one in declared] == ["on_track"], "the record tells of the later word no more"
    assert "ops" not in (await listed(fresh, "pmo", "budgets"))[0]
