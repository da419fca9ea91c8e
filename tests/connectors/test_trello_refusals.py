"""What Trello's refusals mean, answer by answer."""

from __future__ import annotations

import json as jsonlib
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import ValidationError

from connectors.base import Absence, Record
from connectors.cursors import plan_of
from connectors.errors import NotFound, TrackerError, Unauthorized, Unavailable, Unexpected
from connectors.http import Budgets
from connectors.trello import TrelloSettings
from connectors.trello_cursors import Cursor, Since
from sandbox.trello import CREDENTIALS, KEY, TOKEN
from tests.connectors.trello_site import BOARD_ID, SCOPE, beside, card, card_id, connector, ids
from tests.connectors.wire import Wire, answer, json, wire
from tests.faketime import START, FakeTime

ME = json(b'{"id": "me", "username": "ada", "fullName": "Ada Abbott"}', "date: Mon, 02 Mar 2026 09:00:05 GMT")
BOARD = {f"/1/boards/{BOARD_ID}": json(jsonlib.dumps({"id": BOARD_ID, "name": "Board"}).encode())}
EMPTY = json(b"[]")
TOO_MANY = b'{"error": "API_TOO_MANY_CARDS_REQUESTED", "message": "Requested too many cards"}'


def listed(*rows: Any) -> bytes:
    return json(jsonlib.dumps(rows).encode())


def paths(made: Wire) -> list[str]:
    return [urlsplit(one.split()[1].decode()).path for one in made.requests]


def param(made: Wire, name: str) -> list[str]:
    queries = [parse_qs(urlsplit(one.split()[1].decode()).query) for one in made.requests]
    return [query[name][0] for query in queries if name in query]


async def test_check_asks_one_question_and_keeps_the_credentials_in_the_header() -> None:
    async with wire(ME) as made, connector(made.base) as trello:
        identity = await trello.check()
    assert paths(made) == ["/1/members/me"]
    sent = made.requests[0].decode()
    assert f'OAuth oauth_consumer_key="{KEY}", oauth_token="{TOKEN}"' in sent
    assert TOKEN not in sent.split()[1]
    assert (identity.system, identity.site) == ("trello", "trello.com")
    assert (identity.account_id, identity.account_name) == ("me", "Ada Abbott")
    assert identity.clock_skew == timedelta(seconds=5)
    assert [(one.name, one.held) for one in identity.permissions] == [("read", True)]


@pytest.mark.parametrize(
    ("said", "mend"),
    [
        (b"invalid key", "API key"),
        (b"invalid token", "token of this connection"),
        (b"expired token", "token of this connection"),
        (b"unauthorized permission requested", "token of this connection"),
        (b'{"message": "invalid token"}', "token of this connection"),
    ],
)
async def test_a_401_says_which_credential_to_mend(said: bytes, mend: str) -> None:
    async with wire(answer("401 Unauthorized", said)) as made, connector(made.base) as trello:
        with pytest.raises(Unauthorized, match=mend) as caught:
            await trello.check()
        with pytest.raises(Unauthorized, match=mend):
            [page async for page in trello.read(SCOPE)]
        with pytest.raises(Unauthorized, match=mend):
            [one async for one in trello.fetch(SCOPE, [card_id(1)])]
        with pytest.raises(Unauthorized, match=mend):
            [one async for one in trello.scopes()]
    assert "power-ups/admin" in str(caught.value)
    assert KEY not in str(caught.value)


async def test_a_401_of_a_board_is_about_the_board_where_the_token_still_works() -> None:
    hidden = answer("401 Unauthorized", b"unauthorized permission requested")
    async with wire(hidden, ME) as made, connector(made.base) as trello:
        with pytest.raises(NotFound, match=f"board {BOARD_ID}.*board admin"):
            [one async for one in trello.census(SCOPE)]
    assert paths(made) == [f"/1/boards/{BOARD_ID}/lists", "/1/members/me"]
    async with beside({"/1/members/me": ME}, hidden) as made, connector(made.base) as trello:
        with pytest.raises(NotFound, match=f"board {BOARD_ID}.*board admin"):
            [page async for page in trello.read(SCOPE)]


async def test_a_bad_token_is_known_by_its_first_refusal() -> None:
    async with wire(answer("401 Unauthorized", b"invalid token")) as made, connector(made.base) as trello:
        with pytest.raises(Unauthorized):
            [page async for page in trello.read(SCOPE)]
    assert "/1/members/me" not in paths(made)  # it allows only 100 calls in 15 minutes


async def test_a_403_of_a_board_is_unauthorized() -> None:
    async with (
        wire(answer("403 Forbidden", b"not in this workspace")) as made,
        connector(made.base) as trello,
    ):
        with pytest.raises(Unauthorized, match="admin of the board"):
            [page async for page in trello.read(SCOPE)]


HEAVY = {
    "too many, 403": answer("403 Forbidden", TOO_MANY),
    "too many, 400": answer("400 Bad Request", TOO_MANY),
    "too many checklists": answer("403 Forbidden", b"Too many checklists"),
    "sub-request failed": answer("449 Retry With", b"Sub-Request Failed"),
    "took too long": answer("504 Gateway Timeout", b"<html>"),
}


@pytest.mark.parametrize("heavy", HEAVY)
async def test_a_page_too_heavy_is_asked_for_in_thirds(heavy: str) -> None:
    script = (HEAVY[heavy], HEAVY[heavy], listed(card(1), card(2)), EMPTY, EMPTY)
    async with beside(BOARD, *script) as made, connector(made.base) as trello:
        pages = [page async for page in trello.read(SCOPE)]
    assert sorted(ids(pages)) == [card_id(1), card_id(2)]
    assert param(made, "limit") == ["1000", "333", "111", "111", "1000"]
    assert pages[1].resume is not None
    assert pages[1].resume["limit"] == 111


async def test_a_board_too_heavy_even_for_ten_cards_is_unavailable() -> None:
    async with beside(BOARD, HEAVY["too many, 403"]) as made, connector(made.base) as trello:
        with pytest.raises(Unavailable, match="even 10 entries"):
            [page async for page in trello.read(SCOPE)]
    assert param(made, "limit") == ["1000", "333", "111", "37", "12", "10"]


async def test_a_small_page_that_takes_too_long_is_asked_for_again() -> None:
    script = (HEAVY["took too long"], listed(card(1)), EMPTY, EMPTY)
    async with beside(BOARD, *script) as made, connector(made.base, page_size=10) as trello:
        assert ids([page async for page in trello.read(SCOPE)]) == [card_id(1)]


async def test_a_400_that_we_do_not_know_is_unexpected() -> None:
    bad = answer("400 Bad Request", b"invalid value for filter")
    async with beside(BOARD, bad) as made, connector(made.base) as trello:
        with pytest.raises(Unexpected, match="invalid value for filter"):
            [page async for page in trello.read(SCOPE)]


async def test_the_limit_on_members_parks_the_job_instead_of_sleeping() -> None:
    limited = answer("429 Too Many Requests", b'{"error": "RATE_LIMIT_EXCEEDED"}')
    time = FakeTime()
    async with wire(limited) as made, connector(made.base, time) as trello:
        with pytest.raises(Unavailable) as caught:
            await trello.check()
    assert caught.value.retry_after == START + timedelta(seconds=900)
    assert time.sleeps == []


async def test_a_share_of_the_limit_is_all_that_a_connection_takes() -> None:
    time = FakeTime()
    async with wire(EMPTY) as made, connector(made.base, time, rate_share=0.02) as trello:
        for _ in range(3):
            _ = [one async for one in trello.census(SCOPE)]
    assert len(made.requests) == 6  # two in any ten seconds
    assert time.sleeps == [10, 10]


async def test_every_card_of_a_batch_counts_against_the_limit() -> None:
    time = FakeTime()
    batch = listed(*[{"200": card(n)} for n in range(10)])
    async with wire(batch) as made, connector(made.base, time, rate_share=0.2) as trello:
        for _ in range(3):
            _ = [one async for one in trello.fetch(SCOPE, [card_id(n) for n in range(10)])]
    assert len(made.requests) == 3
    assert time.sleeps == [10]  # twenty cards in any ten seconds


async def test_a_batch_of_few_counts_as_few() -> None:
    time = FakeTime()
    async with wire(listed({"200": card(1)})) as made, connector(made.base, time, rate_share=0.2) as trello:
        for _ in range(20):
            _ = [one async for one in trello.fetch(SCOPE, [card_id(1)])]
    assert len(made.requests) == 20
    assert time.sleeps == []


@pytest.mark.parametrize(("tokens", "waited"), [(("a", "b"), [10]), (("a", "a"), [10, 10])])
async def test_connections_with_one_key_share_its_limit(tokens: tuple[str, str], waited: list[int]) -> None:
    time = FakeTime()
    budgets = Budgets(time.clock)
    async with (
        wire(EMPTY) as made,
        connector(made.base, time, budgets=budgets, token=tokens[0], rate_share=0.02) as one,
        connector(made.base, time, budgets=budgets, token=tokens[1], rate_share=0.02) as other,
    ):
        for trello in (one, other, one):
            _ = [found async for found in trello.census(SCOPE)]
    assert len(made.requests) == 6
    assert time.sleeps == waited  # six requests for the key, two for each token in any ten seconds


@pytest.mark.parametrize(("page_size", "asked"), [(1000, "111"), (50, "50")])
async def test_a_resumed_reading_keeps_the_page_size_that_the_board_bears(page_size: int, asked: str) -> None:
    plan = plan_of({"history": False})
    at = Cursor(phase="cards", limit=111, before=card_id(9), reaches=Since()).token(plan)
    async with (
        beside(BOARD, EMPTY) as made,
        connector(made.base, page_size=page_size, history=False) as trello,
    ):
        _ = [page async for page in trello.read(SCOPE, resume=at)]
    assert param(made, "limit") == [asked]
    assert param(made, "before") == [card_id(9)]


FOUND = {"200": {**card(1), "idBoard": BOARD_ID}}
ENTRIES: list[tuple[Any, str]] = [
    ({"404": "The requested resource was not found."}, "not_found"),
    ({"name": "NotFoundError", "message": "card not found", "statusCode": 404}, "not_found"),
    ({"400": "invalid id"}, "not_found"),
    (
        {"name": "UnauthorizedError", "message": "unauthorized card permission requested", "statusCode": 401},
        "forbidden",
    ),
    ({"200": {**card(2), "idBoard": "6" * 24}}, "moved"),
]


@pytest.mark.parametrize(("entry", "reason"), ENTRIES)
async def test_why_a_card_is_not_here(entry: Any, reason: str) -> None:
    async with wire(listed(entry, FOUND)) as made, connector(made.base) as trello:
        absence, record = [one async for one in trello.fetch(SCOPE, [card_id(2), card_id(1)])]
    assert isinstance(absence, Absence)
    assert (absence.id, absence.reason) == (card_id(2), reason)
    assert ("6" * 24 in absence.evidence) == (reason == "moved")
    assert isinstance(record, Record)
    assert record.id == card_id(1)


async def test_ten_cards_a_call_with_their_commas_hidden_from_the_list_of_urls() -> None:
    first = listed(*[{"200": card(n)} for n in range(10)])
    second = listed({"200": card(10)})
    async with wire(EMPTY, first, second) as made, connector(made.base) as trello:
        found = [one async for one in trello.fetch(SCOPE, [card_id(n) for n in range(11)])]
    assert [one.id for one in found] == [card_id(n) for n in range(11)]
    urls = [given.split(",") for given in param(made, "urls")]
    assert [len(one) for one in urls] == [10, 1]
    assert urls[1][0].startswith(f"/cards/{card_id(10)}?fields=id%2C")


@pytest.mark.parametrize(
    ("entries", "error"),
    [
        ([{"429": {"error": "API_TOKEN_LIMIT_EXCEEDED"}}], Unavailable),
        ([{"name": "InternalServerError", "message": "x", "statusCode": 500}], Unavailable),
        ([], Unexpected),
        ([FOUND, FOUND], Unexpected),
        ([{"200": "a text"}], Unexpected),
        ([{"418": {}}], Unexpected),
        ([{"hello": 1}], Unexpected),
    ],
    ids=repr,
)
async def test_a_fault_of_one_entry_is_no_absence(entries: list[Any], error: type[TrackerError]) -> None:
    async with wire(listed(*entries)) as made, connector(made.base) as trello:
        with pytest.raises(TrackerError) as caught:
            [one async for one in trello.fetch(SCOPE, [card_id(1)])]
    assert type(caught.value) is error
    if isinstance(caught.value, Unavailable):
        assert caught.value.retry_after == START + timedelta(seconds=10)


async def test_closed_boards_are_scopes_too() -> None:
    boards = [
        {
            "id": BOARD_ID,
            "name": "Open",
            "closed": False,
            "shortLink": "abc",
            "url": "https://trello.com/b/abc/open",
        },
        {"id": "7" * 24, "name": "", "closed": True},
    ]
    async with wire(listed(*boards)) as made, connector(made.base) as trello:
        scopes = [scope async for scope in trello.scopes()]
    assert param(made, "filter") == ["all"]
    assert [(one.name, one.key, one.closed) for one in scopes] == [
        ("Open", "abc", False),
        ("7" * 24, None, True),
    ]
    assert scopes[1].url == f"https://trello.com/b/{'7' * 24}"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"key": "two words"}, "key"),
        ({"token": ""}, "token"),
        ({"page_size": 1001}, "page_size"),
        ({"page_size": 0}, "page_size"),
        ({"rate_share": 0}, "rate_share"),
        ({"base_url": "http://trello.example"}, "base_url"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_settings_that_cannot_work_are_refused_by_field(given: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as caught:
        TrelloSettings.model_validate({**CREDENTIALS, **given})
    assert [one["loc"] for one in caught.value.errors()] == [(field,)]


def test_settings_show_no_secret_and_describe_every_field() -> None:
    settings = TrelloSettings.model_validate(CREDENTIALS)
    assert TOKEN not in repr(settings)
    fields = {name: field for name, field in TrelloSettings.model_fields.items() if name != "tracker"}
    assert all(field.description for field in fields.values())
