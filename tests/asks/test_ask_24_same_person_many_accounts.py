"""One person with many accounts is listed two or three times where trackers hide addresses: suggested,
confirmed and undone by somebody, and never merged silently."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import date
from typing import Any, get_args

import httpx
import pytest

from api.app import create_app
from cli.answering import options
from normalizer.ids import entity_id
from normalizer.model import Account
from portfolio.people_likeness import profile
from portfolio.people_suggestions import Known, Met, candidates, suggest
from sandbox.people import account as account_of
from sandbox.seed import write_story
from sandbox.story import Home, Person
from tests.asks.town import Town, failed, town
from tests.demo.comparison import SITES

HOMES: tuple[Home, ...] = get_args(Home)


def owners(people: Iterable[Person]) -> dict[str, int]:
    """By account, whose it truly is."""
    return {
        entity_id(*SITES[home], "account", remote): person.id
        for person in people
        for home in HOMES
        if (remote := account_of(person, home)) is not None
    }


def joined(pairs: Iterable[Iterable[str]]) -> dict[str, set[str]]:
    """By account, all accounts that these pairs make one person's."""
    groups: dict[str, set[str]] = {}
    for pair in pairs:
        merged = set[str]().union(*(groups.get(one, {one}) for one in pair))
        groups.update(dict.fromkeys(merged, merged))
    return groups


def measured(
    made: Iterable[frozenset[str]], groups: Iterable[set[str]], true: Mapping[str, int]
) -> tuple[float, float]:
    """Of the suggestions those that are right; of the people who are listed more than once those whose
    accounts are one when the right suggestions are confirmed."""
    made, groups = list(made), list(groups)
    right = [pair for pair in made if len({true[one] for one in pair}) == 1]
    listed: dict[int, list[set[str]]] = defaultdict(list)
    for group in groups:
        listed[true[next(iter(group))]].append(group)
    several = {person: parts for person, parts in listed.items() if len(parts) > 1}
    one = joined([*right, *groups])
    whole = [p for p, parts in several.items() if len({frozenset(one[next(iter(g))]) for g in parts}) == 1]
    return len(right) / len(made), len(whole) / len(several)


@asynccontextmanager
async def office(made: Town) -> AsyncIterator[httpx.AsyncClient]:
    """The API over what was read."""
    transport = httpx.ASGITransport(create_app(made.store, made.time.clock, options(made.settings())))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield client


async def asked(client: httpx.AsyncClient, path: str) -> list[Any]:
    entries: list[Any] = (await client.get(f"/v1/people{path}?limit=1000")).raise_for_status().json()["data"]
    return entries


async def listed(client: httpx.AsyncClient) -> list[set[str]]:
    return [{one["id"] for one in person["accounts"]} for person in await asked(client, "")]


async def decide(client: httpx.AsyncClient, decision: str, suggestion: Any) -> None:
    body = {"decision": decision, "account": suggestion["account"]["id"]}
    if decision != "undo":
        body["person"] = suggestion["person"]
    answer = await client.post("/v1/people/decisions", json=body)
    assert answer.status_code == 201, answer.text


def pair(suggestion: Any) -> frozenset[str]:
    return frozenset((suggestion["account"]["id"], suggestion["other"]["id"]))


async def test_ask_24_hidden_accounts_are_suggested_confirmed_and_undone() -> None:
    async with town("trello", "jira_cloud", "asana", items=60) as made, office(made) as client:
        assert failed(await made.sync()) == []
        true = owners(made.sandbox.world.story.people.values())
        before = await listed(client)
        assert all(len({true[one] for one in group}) == 1 for group in before), "nobody is merged by a guess"
        people = {true[next(iter(group))] for group in before}
        assert len(before) > len(people) * 1.3, "many are listed more than once"
        found = await asked(client, "/suggestions")
        precision, recall = measured(map(pair, found), before, true)
        assert (precision, recall) == (1.0, 1.0), f"precision {precision:.3f}, recall {recall:.3f}"
        assert await listed(client) == before, "to suggest is to change nothing"
        decided = []
        while found:
            await decide(client, "confirm", found[0])
            decided.append(found[0])
            found = await asked(client, "/suggestions")
        after = await listed(client)
        assert len(after) == len(people)
        assert failed(await made.sync(full=True)) == []
        assert await listed(client) == after, "no reading takes a decision back"
        for one in reversed(decided):
            await decide(client, "undo", one)
        assert sorted(map(sorted, await listed(client))) == sorted(map(sorted, before))


def initial(name: str) -> str:
    given, _, family = name.partition(" ")
    return f"{given[0]}. {family}"


def turned(name: str) -> str:
    given, _, family = name.partition(" ")
    return f"{family}, {given}"


def misspelt(name: str) -> str:
    """Two letters of the longest word change places."""
    long = max(name.split(), key=len)
    return name.replace(long, f"{long[:2]}{long[3]}{long[2]}{long[4:]}") if len(long) > 4 else name


WAYS: dict[Home, Callable[[str], str]] = {
    "trello": initial,
    "jira_cloud": turned,
    "asana": misspelt,
    "smartsheet": lambda name: f"{name} (contractor)",
    "jira_dc": str.upper,
}
"""How names are written on each tracker, if each has its own custom."""


@pytest.mark.parametrize("seed", [7, 8, 9])
def test_ask_24_names_are_known_however_each_tracker_writes_them(seed: int) -> None:
    """Without one address or handle shown, and nothing known of their work."""
    people = write_story(seed, 60, date(2026, 3, 2), HOMES).people.values()
    true = owners(person for person in people if not person.bot)
    profiles = {
        key: profile(Account(id=key, system=home, remote_id=key, display_name=WAYS[home](person.name)), home)
        for person in people
        for home in HOMES
        if (remote := account_of(person, home)) is not None
        and (key := entity_id(*SITES[home], "account", remote)) in true
    }
    known = Known(profiles, {key: key for key in profiles})
    made = suggest(known, candidates(known), Met())
    pairs = [frozenset((one.account, one.other)) for one in made]
    precision, recall = measured(pairs, [{key} for key in profiles], true)
    assert precision == 1.0, f"precision {precision:.3f}"
    assert recall >= 0.95, f"recall {recall:.3f}"
