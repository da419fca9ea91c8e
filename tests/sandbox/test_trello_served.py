"""What the Trello sandbox serves is the truth: read plainly, and read by the vendor's own client."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
import trello as py_trello

from tests.sandbox.trello_reader import Body, Reader, reading

Served = dict[str, tuple[Body, Body]]
"""By card id: the card as served, and as the truth tells it."""


@pytest.fixture(scope="module")
def trello() -> Iterator[Reader]:
    with reading() as reader:
        yield reader


@pytest.fixture(scope="module")
def served(trello: Reader) -> Served:
    pairs: Served = {}
    for scope in trello.truth["scopes"]:
        told = {item["id"]: item for item in scope["items"]}
        path = f"boards/{scope['id']}/cards/all"
        cards = trello.get(path, customFieldItems="true", checklists="all", attachments="true")
        assert {card["id"] for card in cards} == set(told)
        pairs |= {card["id"]: (card, told[card["id"]]) for card in cards}
    return pairs


def test_as_many_boards_and_cards_as_the_truth_counts(trello: Reader, served: Served) -> None:
    counts = trello.truth["counts"]
    assert len(trello.get("members/me/boards", filter="all")) == counts["scopes"]
    assert len(served) == counts["items"]
    assert sum(bool(card["isTemplate"] or card["cardRole"]) for card, _ in served.values()) == (
        counts["items"] - counts["counted"]
    )


DIRECT: dict[str, Callable[[Body], Any]] = {
    "key": lambda card: card["shortLink"],
    "title": lambda card: card["name"],
    "due": lambda card: card["due"],
    "start": lambda card: card["start"],
    "assignees": lambda card: sorted(card["idMembers"]),
    "reporter": lambda card: card["idMemberCreator"],
    "labels": lambda card: sorted(label["name"] or label["color"] for label in card["labels"]),
    "updated": lambda card: card["dateLastActivity"],
    "mirror_of": lambda card: card["mirrorSourceId"],
}


@pytest.mark.parametrize("field", DIRECT)
def test_fields_that_trello_tells_directly(served: Served, field: str) -> None:
    differing = {card["id"] for card, told in served.values() if DIRECT[field](card) != told[field]}
    assert not differing


def test_a_ticked_card_says_when_it_was_completed(served: Served) -> None:
    ticked = [(card, told) for card, told in served.values() if card["dueComplete"]]
    assert ticked
    assert all(card["dateCompleted"] == told["completed_at"] for card, told in ticked)
    assert all(card["dateCompleted"] is None for card, _ in served.values() if not card["dueComplete"])


def test_lists_say_the_status(trello: Reader, served: Served) -> None:
    lists = {
        one["id"]: one
        for scope in trello.truth["scopes"]
        for one in trello.get(f"boards/{scope['id']}/lists/all")
    }
    words = {card["idList"]: set[str]() for card, _ in served.values()}
    for card, told in served.values():
        assert lists[card["idList"]]["name"] == told["section"]
        closed = card["closed"] or lists[card["idList"]]["closed"]
        assert ("archived" if closed else "present") == told["presence"]
        if not card["dueComplete"]:
            words[card["idList"]].add(told["status_category"])
        else:
            assert told["status_category"] == "done"
    assert all(len(categories) <= 1 for categories in words.values())


def test_custom_fields_and_checklists(trello: Reader, served: Served) -> None:
    fields = {
        f["id"]: f for s in trello.truth["scopes"] for f in trello.get(f"boards/{s['id']}/customFields")
    }
    for card, told in served.values():
        values: dict[str, str] = {}
        for item in card["customFieldItems"]:
            field = fields[item["idCustomField"]]
            options = {o["id"]: o["value"]["text"] for o in field.get("options", ())}
            values[field["name"]] = options[item["idValue"]] if options else item["value"]["number"]
        assert values.get("Priority", "none").lower() == told["priority"]
        assert values.get("Customer") == told["custom"]["customer"]
        assert float(values.get("Cost", -1)) == (told["custom"]["cost"] or -1)
        assert int(values.get("Points", -1)) == (told["estimate"] or -1)
        states = [item["state"] for one in card["checklists"] for item in one["checkItems"]]
        assert (len(states), states.count("complete")) == (
            card["badges"]["checkItems"],
            card["badges"]["checkItemsChecked"],
        )
        assert bool(states) == (told["progress"] is not None)


def test_the_history_tells_as_many_changes(trello: Reader, served: Served) -> None:
    moments: dict[str, set[str]] = {id: set() for id in served}
    for scope in trello.truth["scopes"]:
        for page in trello.pages(f"boards/{scope['id']}/actions", limit=1000):
            for action in page:
                if action["type"] != "createCard":
                    moments[action["data"]["card"]["id"]].add(action["date"])
    assert {id: len(found) for id, found in moments.items()} == {
        id: told["changes"] for id, (_, told) in served.items()
    }


class Redirected:
    """py-trello's addresses are fixed; this HTTP service sends them to the sandbox."""

    def __init__(self, base: str, session: requests.Session) -> None:
        self._base = base
        self._session = session

    def request(self, method: str, url: str, **more: Any) -> requests.Response:
        return self._session.request(method, url.replace("https://api.trello.com", self._base), **more)


def test_py_trello_reads_the_same(trello: Reader) -> None:
    held = trello.sandbox.credentials["trello"]
    with requests.Session() as session:
        service = Redirected(trello.sandbox.bases["trello"], session)
        client = py_trello.TrelloClient(held["key"], held["token"], http_service=service)
        boards = {board.id: board for board in client.list_boards()}
        assert {scope["id"] for scope in trello.truth["scopes"]} == set(boards)
        for scope in trello.truth["scopes"]:
            cards = {card.id: card for card in boards[scope["id"]].all_cards()}
            assert set(cards) == {item["id"] for item in scope["items"]}
            for item in scope["items"]:
                card = cards[item["id"]]
                assert (card.name, card.due or None) == (item["title"], item["due"])
                assert sorted(card.idMembers) == item["assignees"]
            assert {one.name for one in boards[scope["id"]].all_lists()} >= {
                i["section"] for i in scope["items"]
            }


def test_py_trello_is_refused_with_a_wrong_token(trello: Reader) -> None:
    key = trello.sandbox.credentials["trello"]["key"]
    with requests.Session() as session:
        service = Redirected(trello.sandbox.bases["trello"], session)
        with pytest.raises(py_trello.Unauthorized, match="invalid token"):
            py_trello.TrelloClient(key, "wrong", http_service=service).list_boards()
