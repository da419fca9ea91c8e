"""Whatever a record holds, it becomes something or a rejection with its reason, and never an exception."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.base import Record
from normalizer.model import Account, Section
from tests.normalizer.trello_board import (
    BOARD,
    BOARD_ID,
    READ_AT,
    action,
    body,
    mapper,
    normalised,
    our_id,
    record,
)

FULL = body(
    labels=[{"id": "lab-1", "name": "Blocked", "color": "red"}],
    idMembers=["ada"],
    idMemberCreator="ada",
    badges={"checkItems": 3, "checkItemsChecked": 1},
    checklists=[{"id": "c", "checkItems": [{"id": "i", "state": "complete"}]}],
    customFieldItems=[
        {"idCustomField": "f-cost", "value": {"number": "5"}, "idValue": None},
        {"idCustomField": "f-prio", "value": None, "idValue": "opt-high"},
    ],
    due="2024-03-01T15:00:00.000Z",
    dateCompleted="2024-02-19T07:00:00.000Z",
    dueComplete=True,
    mirrorSourceId="65d0c0de0000000000000002",
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
SURROGATES = st.text(st.characters(categories=["Cs", "Cc", "L"]), max_size=4)
ACTIONS: Mapping[str, Mapping[str, Any]] = {
    "updateCard": {
        "old": {"name": "A", "idList": "list-todo", "closed": False, "due": None, "dueComplete": True}
    },
    "createCard": {"list": {"id": "list-todo", "name": "To do"}},
    "addMemberToCard": {"idMember": "ben", "member": {"id": "ben", "name": "Ben"}},
    "removeLabelFromCard": {"label": {"id": "l", "name": "", "color": "red"}, "value": "red"},
    "updateCheckItemStateOnCard": {"checkItem": {"id": "c", "name": "Order", "state": "complete"}},
    "moveCardToBoard": {"boardSource": {"id": "x", "name": "X"}, "board": {"id": "y", "name": "Y"}},
    "updateCustomFieldItem": {
        "old": {"value": {"number": "1"}},
        "customField": {"id": "f-points", "name": "Story Points"},
        "customFieldItem": {"value": {"number": "2"}},
    },
}


def damaged(value: Any, draw: st.DrawFn) -> Any:
    """Some part of a JSON value taken away or put for something else, at any depth."""
    if draw(st.integers(0, 5)) == 0:
        return draw(JSON | SURROGATES)
    if isinstance(value, dict):
        kept = {key: damaged(part, draw) for key, part in value.items() if draw(st.integers(0, 9))}
        return {**kept, **draw(st.dictionaries(SURROGATES, JSON, max_size=1))}
    if isinstance(value, list):
        return [damaged(part, draw) for part in value]
    return value


@st.composite
def cards(draw: st.DrawFn) -> Any:
    return damaged(FULL, draw)


@st.composite
def actions(draw: st.DrawFn) -> Any:
    type = draw(st.sampled_from(sorted(ACTIONS)))
    return damaged(action(type, ACTIONS[type]), draw)


@st.composite
def boards(draw: st.DrawFn) -> Any:
    whole = damaged(dict(BOARD), draw)
    return whole if isinstance(whole, dict) else {}


@settings(max_examples=400, deadline=None)
@given(cards())
def test_a_damaged_card_is_an_item_or_rejected(card: Any) -> None:
    made = mapper()(Record("item", "asked", BOARD_ID, card, READ_AT))
    if isinstance(card, dict) and isinstance(card.get("id"), str) and card["id"]:
        assert len(made.items) == 1
        assert not any(one.whole for one in made.rejections)
    else:
        assert not made.items
        assert [one.whole for one in made.rejections] == [True]
    storable(made)


@settings(max_examples=400, deadline=None)
@given(actions())
def test_a_damaged_action_never_raises(one: Any) -> None:
    storable(mapper()(Record("change", "asked", BOARD_ID, one, READ_AT)))


@settings(max_examples=200, deadline=None)
@given(boards())
def test_a_damaged_board_still_maps_its_cards(board: Any) -> None:
    made = mapper(board=board)
    for kind, one in (("item", FULL), ("definition", board), ("section", BOARD["lists"][0])):
        storable(made(Record(kind, "x", BOARD_ID, one, READ_AT)))  # type: ignore[arg-type]


def storable(made: object) -> None:
    """What is made can be written as text: neither NUL nor half a surrogate pair is left."""
    for text in texts(made):
        assert "\0" not in text
        text.encode()


def texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, part in value.items():
            yield from (*texts(key), *texts(part))
    elif isinstance(value, Sequence):
        for part in value:
            yield from texts(part)
    elif is_dataclass(value):
        for one in fields(value):
            yield from texts(getattr(value, one.name))


def test_what_no_database_takes_becomes_a_visible_mark() -> None:
    made = normalised(name="half \ud800 pair", desc="nul \0 here", idList="list-\udfff")
    storable(made)
    assert made.items[0].title == "half ? pair"
    assert made.items[0].description_md == "nul \ufffd here"


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("name", 5, "text"),
        ("name", None, "text"),
        ("idList", [], "text"),
        ("closed", "no", "true or false"),
        ("due", "tomorrow", "an ISO 8601 instant with its offset"),
        ("due", 1709305200, "an ISO 8601 instant with its offset"),
        ("start", "2024-03-01", "an ISO 8601 instant with its offset"),
        ("pos", "top", "a number"),
        ("pos", float("inf"), "a number"),
        ("pos", True, "a number"),
        ("labels", {}, "a list"),
        ("labels", ["red"], "a list of objects"),
        ("idMembers", "ada", "a list"),
        ("checklists", 3, "a list"),
        ("dateLastActivity", "", "an ISO 8601 instant with its offset"),
    ],
)
def test_a_field_of_another_type_costs_only_itself(field: str, value: Any, expected: str) -> None:
    made = normalised(**{field: value})
    (item,) = made.items
    (rejection,) = made.rejections
    assert (rejection.field, rejection.expected, rejection.whole) == (field, expected, False)
    wrong = value[0] if expected == "a list of objects" else value
    assert rejection.found.startswith(f"{type(wrong).__name__}: ")
    assert item.remote_key == "aBcD1234"


@pytest.mark.parametrize("id", [None, "", 5, ["x"]])
def test_without_an_id_nothing_can_come_of_a_record(id: Any) -> None:
    for kind, one in (("item", body()), ("change", action("createCard", {})), ("section", BOARD["lists"][0])):
        made = mapper()(Record(kind, "asked", BOARD_ID, {**one, "id": id}, READ_AT))  # type: ignore[arg-type]
        assert [(one.field, one.whole) for one in made.rejections] == [("id", True)]
        assert not made.items
        assert not made.changes


def test_an_action_without_a_date_or_a_card_is_rejected() -> None:
    damages: list[dict[str, Any]] = [{"date": "once"}, {"data": {"card": {}}}, {"data": None}]
    for broken in damages:
        made = mapper()(record("change", {**action("createCard", {}), **broken}))
        assert not made.changes
        assert [one.whole for one in made.rejections] == [True]


def test_a_kind_that_trello_does_not_have_is_rejected() -> None:
    made = mapper()(record("iteration", {"id": "x"}))
    assert [one.field for one in made.rejections] == ["kind"]


def test_lists_and_people() -> None:
    made = mapper()(record("section", BOARD["lists"][4]))
    assert made.sections == (
        Section(
            id=our_id("section", "list-old"),
            scope_id=our_id("scope", BOARD_ID),
            remote_id="list-old",
            kind="list",
            name="Old ideas",
            order="5120",
            closed=True,
            hint=None,
        ),
    )
    assert mapper()(record("section", BOARD["lists"][0])).sections[0].hint == "todo"
    people = [
        mapper()(record("account", one)).accounts[0]
        for one in (BOARD["members"][0], {"id": "gone", "fullName": "", "username": "gone"})
    ]
    ada = {"remote_id": "ada", "display_name": "Ada Abbott", "handle": "ada", "active": True}
    gone = {"remote_id": "gone", "display_name": "gone", "handle": "gone", "active": False}
    assert people == [
        Account(id=our_id("account", str(one["remote_id"])), system="trello", **one)  # type: ignore[arg-type]
        for one in (ada, gone)
    ]
