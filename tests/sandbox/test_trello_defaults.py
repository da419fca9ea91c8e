"""Trello's own defaults, each by name; a sandbox that lacks one makes its test fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import pytest

from sandbox.planted import TO_BE_REVOKED
from sandbox.quirks import Quirks
from tests.sandbox.trello_reader import BUSY, Reader, oauth, reading

PLENTY = 8200
"""So many items that one board has more than a thousand cards."""


@pytest.fixture(scope="module")
def trello() -> Iterator[Reader]:
    with reading() as reader:
        yield reader


@pytest.fixture(scope="module")
def crowded() -> Iterator[Reader]:
    with reading(items=PLENTY) as reader:
        yield reader


def test_a_listing_ends_at_a_thousand(crowded: Reader) -> None:
    board = crowded.board(BUSY)
    assert len(board["items"]) > 1000
    path = f"boards/{board['id']}/cards/all"
    assert len(crowded.get(path, fields="id")) == 1000
    refused = crowded.ask(path, limit=1001, fields="id")
    assert (refused.status_code, refused.text) == (400, "invalid value for limit")
    assert len(crowded.get(f"boards/{board['id']}/actions", fields="id")) == 50
    assert crowded.ask(f"boards/{board['id']}/actions", limit=1001).status_code == 400


def test_cards_come_in_no_order(trello: Reader) -> None:
    ids = [card["id"] for card in trello.get(f"boards/{trello.id(BUSY)}/cards/all", limit=20, fields="id")]
    assert ids != sorted(ids)
    assert ids != sorted(ids, reverse=True)
    assert ids[-1] != min(ids), "the last of a page is no cursor"


def test_a_bad_token_is_told_in_plain_text(trello: Reader) -> None:
    with trello.stranger(oauth(trello.sandbox.credentials["trello"]["key"], "wrong")) as stranger:
        refused = stranger.ask("members/me")
    assert refused.status_code == 401
    assert refused.headers["content-type"].startswith("text/plain")
    assert refused.text == "invalid token"


def test_nested_actions_of_many_cards_are_refused(trello: Reader) -> None:
    path = f"boards/{trello.id(BUSY)}/cards/all"
    refused = trello.ask(path, actions="all")
    assert refused.status_code == 403
    assert refused.json()["error"] == "API_TOO_MANY_CARDS_REQUESTED"
    fewer = trello.get(path, actions="all", limit=20)
    assert all(card["actions"] for card in fewer)


def test_values_of_custom_fields_are_text_and_option_ids(trello: Reader) -> None:
    board = trello.get(
        f"boards/{trello.id('retail-launch')}", customFields="true", cards="all", card_customFieldItems="true"
    )
    kinds = {field["id"]: field for field in board["customFields"]}
    values = [item for card in board["cards"] for item in card["customFieldItems"]]
    numbers = [item["value"] for item in values if kinds[item["idCustomField"]]["type"] == "number"]
    assert numbers
    assert all(isinstance(value["number"], str) for value in numbers)
    chosen = [item for item in values if kinds[item["idCustomField"]]["type"] == "list"]
    assert chosen
    for item in chosen:
        options = {option["id"] for option in kinds[item["idCustomField"]]["options"]}
        assert item["value"] is None
        assert item["idValue"] in options


def test_a_board_out_of_reach_answers_as_a_bad_token_does(trello: Reader) -> None:
    board = trello.id(TO_BE_REVOKED)
    card = trello.board(TO_BE_REVOKED)["items"][0]["id"]
    trello.sandbox.edit({"op": "revoke", "project": TO_BE_REVOKED})
    try:
        refused, card_refused = trello.ask(f"boards/{board}"), trello.ask(f"cards/{card}")
        listed = [one["id"] for one in trello.get("members/me/boards", filter="all", fields="id")]
    finally:
        trello.sandbox.edit({"op": "restore", "project": TO_BE_REVOKED})
    assert (refused.status_code, refused.text) == (401, "unauthorized permission requested")
    assert (card_refused.status_code, card_refused.text) == (401, "unauthorized card permission requested")
    assert board not in listed
    assert trello.get(f"boards/{board}")["id"] == board


def test_a_cards_actions_are_comments_and_moves_unless_asked(trello: Reader) -> None:
    card = max(trello.board(BUSY)["items"], key=lambda item: int(item["changes"]))["id"]
    shown = trello.get(f"cards/{card}/actions")
    everything = trello.get(f"cards/{card}/actions", filter="all", limit=1000)
    assert all(one["type"] == "updateCard" and "idList" in one["data"]["old"] for one in shown)
    assert len(shown) < len(everything)
    assert "createCard" in {one["type"] for one in everything}


DEFAULTS: Mapping[str, Callable[[Reader], None]] = {
    "page_cap": test_a_listing_ends_at_a_thousand,
    "unordered_cards": test_cards_come_in_no_order,
    "text_401": test_a_bad_token_is_told_in_plain_text,
    "nested_actions_403": test_nested_actions_of_many_cards_are_refused,
    "text_values": test_values_of_custom_fields_are_text_and_option_ids,
    "hidden_board_401": test_a_board_out_of_reach_answers_as_a_bad_token_does,
    "actions_on_request": test_a_cards_actions_are_comments_and_moves_unless_asked,
}


@pytest.mark.parametrize("quirk", DEFAULTS)
def test_a_sandbox_without_the_default_is_noticed(quirk: str) -> None:
    items = PLENTY if quirk == "page_cap" else 600
    with reading(items=items, quirks=Quirks(**{quirk: False})) as kinder, pytest.raises(AssertionError):
        DEFAULTS[quirk](kinder)
