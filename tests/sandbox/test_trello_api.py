"""Trello's API as the sandbox speaks it: credentials, errors, nested resources, paging, batches, budgets."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.sandbox.trello_reader import BUSY, TODAY, Reader, oauth, reading

NOBODYS = "5a0000000000000000000009"


@pytest.fixture(scope="module")
def trello() -> Iterator[Reader]:
    with reading() as reader:
        yield reader


def test_credentials_are_taken_from_the_query_too(trello: Reader) -> None:
    with trello.stranger(None) as stranger:
        found = stranger.get("members/me", **trello.sandbox.credentials["trello"])
    assert found["id"] == trello.get("members/me")["id"]


@pytest.mark.parametrize(
    ("key", "token", "said"),
    [
        ("wrong", "right", "invalid key"),
        ("", "", "invalid key"),
        ("right", "wrong", "invalid token"),
        ("right", "", "unauthorized permission requested"),
    ],
)
def test_bad_credentials_are_401(trello: Reader, key: str, token: str, said: str) -> None:
    held = trello.sandbox.credentials["trello"]
    header = oauth(held["key"] if key == "right" else key, held["token"] if token == "right" else token)
    with trello.stranger(header) as stranger:
        refused = stranger.ask("members/me/boards")
    assert (refused.status_code, refused.text) == (401, said)


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("boards/xyz", 400, "invalid id"),
        (f"boards/{NOBODYS}", 404, "The requested resource was not found."),
        (f"cards/{NOBODYS}", 404, "The requested resource was not found."),
        (f"lists/{NOBODYS}", 404, "The requested resource was not found."),
        ("tokens/another", 401, "invalid token"),
        ("search", 404, "Cannot GET /1/search"),
    ],
)
def test_errors_are_the_vendors_plain_text(trello: Reader, path: str, status: int, said: str) -> None:
    refused = trello.ask(path)
    assert (refused.status_code, refused.text) == (status, said)


def test_bad_parameters_are_refused(trello: Reader) -> None:
    path = f"boards/{trello.id(BUSY)}/cards"
    for params in ({"limit": "many"}, {"before": "yesterday"}, {"filter": "some"}):
        refused = trello.ask(path, **params)
        assert (refused.status_code, refused.text) == (400, f"invalid value for {next(iter(params))}")


def test_nothing_can_be_written(trello: Reader) -> None:
    refused = trello.http.put(f"/1/cards/{trello.board(BUSY)['items'][0]['id']}", json={"name": "x"})
    assert refused.status_code == 404


def test_fields_choose_and_the_id_is_always_there(trello: Reader) -> None:
    board = trello.id(BUSY)
    assert set(trello.get(f"boards/{board}", fields="name,closed")) == {"id", "name", "closed"}
    assert "limits" in trello.get(f"boards/{board}", fields="all")
    assert "limits" not in trello.get(f"boards/{board}")
    cards = trello.get(f"boards/{board}/cards", fields="name")
    assert {frozenset(card) for card in cards} == {frozenset({"id", "name"})}


def test_one_request_tells_the_whole_board(trello: Reader) -> None:
    board = trello.get(
        f"boards/{trello.id(BUSY)}", lists="all", labels="all", labels_limit=1000, customFields="true",
        members="all", member_fields="id,fullName", memberships="all", list_fields="id,name",
    )  # fmt: skip
    world = trello.sandbox.world
    project = world.project(BUSY)
    assert [one["name"] for one in board["lists"]] == list(project.lists.values())
    assert {field["name"]: field["type"] for field in board["customFields"]} == {
        "Priority": "list", "Customer": "list", "Cost": "number",
    }  # fmt: skip
    assert {member["id"] for member in board["members"]} == {
        world.story.people[id].trello_id for id in project.members
    }
    assert {one["idMember"] for one in board["memberships"]} == {one["id"] for one in board["members"]}
    unnamed = [label for label in board["labels"] if not label["name"]]
    assert [label["color"] for label in unnamed] == ["lime"]
    assert any(label["color"] is None for label in board["labels"])


def test_paging_back_by_the_smallest_id_reads_every_card_once(trello: Reader) -> None:
    board = trello.board(BUSY)
    pages = list(trello.pages(f"boards/{board['id']}/cards/all", limit=7, fields="id"))
    read = [card["id"] for page in pages for card in page]
    assert len(pages) > 10
    assert len(read) == len(set(read))
    assert set(read) == {item["id"] for item in board["items"]}


def test_paging_by_the_last_card_reads_some_twice(trello: Reader) -> None:
    board, read = trello.board(BUSY), list[str]()
    before: dict[str, str] = {}
    while page := trello.get(f"boards/{board['id']}/cards/all", limit=7, fields="id", **before):
        read += [card["id"] for card in page]
        before = {"before": page[-1]["id"]}
    assert len(read) > len(board["items"])


def test_actions_page_back_by_id_newest_first(trello: Reader) -> None:
    path = f"boards/{trello.id(BUSY)}/actions"
    whole = trello.get(path, limit=1000)
    dates = [action["date"] for action in whole]
    assert dates == sorted(dates, reverse=True)
    paged = [action["id"] for page in trello.pages(path, limit=50) for action in page]
    assert paged == [action["id"] for action in whole]


def test_since_and_before_bound_by_creation(trello: Reader) -> None:
    path = f"boards/{trello.id(BUSY)}/cards/all"
    items = sorted(trello.board(BUSY)["items"], key=lambda item: str(item["id"]))
    middle = items[len(items) // 2]
    for bound in (middle["id"], middle["created"]):
        older = {card["id"] for card in trello.get(path, before=bound, fields="id")}
        newer = {card["id"] for card in trello.get(path, since=bound, fields="id")}
        rest = {item["id"] for item in items} - {middle["id"]}
        assert older - {middle["id"]} == {id for id in rest if id < middle["id"]}
        assert newer - {middle["id"]} == {id for id in rest if id > middle["id"]}


def test_filters_tell_archived_cards_and_archived_lists_apart(trello: Reader) -> None:
    board = trello.board("partner-onboarding")
    path = f"boards/{board['id']}/cards"
    found = {
        name: {card["id"] for card in trello.get(f"{path}/{name}")} for name in ("all", "open", "closed")
    }
    visible = {card["id"] for card in trello.get(path)}
    put_away = {item["id"] for item in board["items"] if item["presence"] == "archived"}
    assert found["all"] == found["open"] | found["closed"]
    assert found["all"] - visible == put_away
    assert found["open"] - visible, "open cards on an archived list"


def test_actions_have_the_shapes_of_real_ones(trello: Reader) -> None:
    actions = [
        action
        for scope in trello.truth["scopes"]
        for action in trello.get(f"boards/{scope['id']}/actions", limit=1000)
    ]
    by_type = {action["type"]: action["data"] for action in actions}
    assert set(by_type) == {
        "createCard", "updateCard", "addMemberToCard", "addLabelToCard", "removeLabelFromCard",
        "updateCheckItemStateOnCard", "updateCustomFieldItem", "moveCardFromBoard", "moveCardToBoard",
    }  # fmt: skip
    changed = {key for action in actions for key in action["data"].get("old", {})}
    assert changed >= {"idList", "due", "start", "name", "desc", "closed", "dueComplete"}
    moves = [action["data"] for action in actions if "listAfter" in action["data"]]
    assert all(move["old"]["idList"] == move["listBefore"]["id"] for move in moves)
    assert all(move["card"]["idList"] == move["listAfter"]["id"] for move in moves)
    assert {"id", "name", "color"} == set(by_type["addLabelToCard"]["label"])
    assert by_type["addMemberToCard"]["idMember"] == by_type["addMemberToCard"]["member"]["id"]
    assert by_type["moveCardToBoard"]["boardSource"]["id"] == by_type["moveCardFromBoard"]["board"]["id"]
    assert len({action["id"] for action in actions}) == len(actions)
    assert all("memberCreator" in action for action in actions)
    bare = trello.get(f"boards/{trello.id(BUSY)}/actions", memberCreator="false", fields="id,type")
    assert set(bare[0]) == {"id", "type"}


def test_a_batch_answers_each_entry_by_itself(trello: Reader) -> None:
    card = trello.board(BUSY)["items"][0]["id"]
    urls = f"/cards/{card}?fields=id%2Cname,/cards/{NOBODYS},/cards/xyz,/batch?urls=/members/me"
    found, missing, bad = trello.get("batch", urls=urls)
    assert set(found["200"]) == {"id", "name"}
    assert (missing["statusCode"], missing["message"]) == (404, "The requested resource was not found.")
    assert (bad["statusCode"], bad["message"], bad["name"]) == (400, "invalid id", "BadRequestError")


def test_a_batch_takes_ten_at_most(trello: Reader) -> None:
    assert len(trello.get("batch", urls=",".join(["/members/me"] * 10))) == 10
    assert trello.ask("batch", urls=",".join(["/members/me"] * 11)).status_code == 400


def test_the_token_tells_whose_it_is(trello: Reader) -> None:
    token = trello.sandbox.credentials["trello"]["token"]
    told = trello.get(f"tokens/{token}", webhooks="true")
    assert told["idMember"] == trello.get(f"tokens/{token}/member")["id"]
    assert [permission["modelType"] for permission in told["permissions"]] == [
        "Member",
        "Board",
        "Organization",
    ]
    assert told["webhooks"] == []


def test_budgets_refuse_without_retry_after_until_the_window_ends() -> None:
    times = [datetime(2026, 11, 23, 12, tzinfo=UTC)]
    with reading(budgets=True, clock=lambda: times[-1]) as trello:
        board = f"boards/{trello.id(BUSY)}"
        answers = [trello.ask(board, fields="name") for _ in range(101)]
        assert [answer.status_code for answer in answers] == [200] * 100 + [429]
        refused = answers[-1]
        assert refused.json() == {"error": "API_TOKEN_LIMIT_EXCEEDED", "message": "Rate limit exceeded"}
        assert "retry-after" not in refused.headers
        assert refused.headers["x-rate-limit-api-token-remaining"] == "0"
        assert answers[0].headers["x-rate-limit-api-token-remaining"] == "99"
        assert answers[0].headers["x-rate-limit-api-key-max"] == "300"
        times.append(times[-1] + timedelta(seconds=10))
        assert trello.ask(board).status_code == 200


def test_the_members_budget_is_scarcer() -> None:
    times = [datetime(2026, 11, 23, 12, tzinfo=UTC)]
    with reading(budgets=True, clock=lambda: times[-1]) as trello:
        for asked in range(101):
            times.append(times[0] + timedelta(seconds=asked))
            answer = trello.ask("members/me")
        assert answer.status_code == 429
        assert answer.json()["error"] == "RATE_LIMIT_EXCEEDED"
        times.append(times[0] + timedelta(seconds=900))
        assert trello.ask("members/me").status_code == 200


def test_the_story_plays_on_the_day_that_it_is_given(trello: Reader) -> None:
    assert trello.sandbox.world.now().date() == TODAY
