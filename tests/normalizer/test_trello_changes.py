"""Actions become changes, one for each field that they changed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from normalizer.model import Account
from normalizer.rules import Rules
from tests.normalizer.trello_board import CARD_ID, action, changes, context, mapper, our_id, record

CARD = {"id": CARD_ID, "name": "Move the rack"}
Sides = tuple[str | None, str | None, str | None, str | None]


def only(type: str, data: dict[str, Any], rules: Rules | None = None) -> tuple[str, Sides]:
    """(field, (before, after, original before, original after)) of the one change that an action tells."""
    (change,) = changes(type, data, rules)
    sides = (change.before, change.after, change.original_before, change.original_after)
    return change.field, sides


def updated(old: dict[str, Any], **now: Any) -> dict[str, Any]:
    return {"old": old, "card": {**CARD, **now}, "list": {"id": "list-doing", "name": "Doing"}}


def test_who_and_when() -> None:
    (change,) = changes("updateCard", updated({"name": "Move"}, name="Move the rack"))
    assert change.item_id == our_id("item", CARD_ID)
    assert change.author_id == our_id("account", "ada")
    assert change.at == datetime(2024, 2, 21, 10, 11, 12, 345_000, tzinfo=UTC)
    assert change.source == "tracker_history"


def test_a_move_between_lists_is_a_change_of_status() -> None:
    data = {
        "old": {"idList": "list-todo"},
        "card": {**CARD, "idList": "list-parked"},
        "listBefore": {"id": "list-todo", "name": "To do"},
        "listAfter": {"id": "list-parked", "name": "Parking lot"},
    }
    assert only("updateCard", data) == ("status_category", ("todo", "unknown", "To do", "Parking lot"))
    rules = Rules(status={"Parking lot": "backlog"})
    assert only("updateCard", data, rules)[1][1] == "backlog"


def test_a_list_goes_by_the_name_it_had_then() -> None:
    data = {
        "old": {"idList": "list-doing"},
        "card": {**CARD, "idList": "list-todo"},
        "listBefore": {"id": "list-doing", "name": "Zauberei"},
        "listAfter": {"id": "list-todo", "name": "Done"},
    }
    assert only("updateCard", data) == ("status_category", ("in_progress", "done", "Zauberei", "Done"))


def test_a_move_told_by_ids_alone_goes_by_the_board() -> None:
    data = {"old": {"idList": "list-todo"}, "card": {**CARD, "idList": "list-doing"}}
    assert only("updateCard", data) == ("status_category", ("todo", "in_progress", "To do", "Doing"))


def test_a_list_that_is_gone_and_unmapped_is_reported() -> None:
    data = {
        "old": {"idList": "list-x"},
        "card": {**CARD, "idList": "list-todo"},
        "listBefore": {"id": "list-x", "name": "Limbo"},
        "listAfter": {"id": "list-todo", "name": "To do"},
    }
    made = mapper()(record("change", action("updateCard", data)))
    assert [(one.field, one.value) for one in made.unmapped] == [("status_category", "Limbo")]


@pytest.mark.parametrize(
    ("old", "now", "expected"),
    [
        ({"name": "A"}, {"name": "B"}, ("title", ("A", "B", "A", "B"))),
        ({"desc": ""}, {"desc": "Text"}, ("description_md", (None, "Text", None, "Text"))),
        (
            {"due": None},
            {"due": "2024-03-01T15:00:00.000Z"},
            ("due", (None, "2024-03-01T15:00:00.000Z", None, "2024-03-01T15:00:00.000Z")),
        ),
        (
            {"start": "2024-03-01T00:00:00.000Z"},
            {"start": None},
            ("start", ("2024-03-01T00:00:00.000Z", None, "2024-03-01T00:00:00.000Z", None)),
        ),
        ({"pos": 1024}, {"pos": 512.5}, ("rank", ("1024", "512.5", "1024", "512.5"))),
        ({"closed": False}, {"closed": True}, ("presence", ("present", "archived", "open", "archived"))),
        ({"closed": True}, {"closed": False}, ("presence", ("archived", "present", "archived", "open"))),
        (
            {"dueComplete": False},
            {"dueComplete": True},
            ("status_category", ("in_progress", "done", "not complete", "complete")),
        ),
        (
            {"dueComplete": True},
            {"dueComplete": False},
            ("status_category", ("done", "in_progress", "complete", "not complete")),
        ),
    ],
)
def test_a_field_of_a_card(old: dict[str, Any], now: dict[str, Any], expected: tuple[str, Sides]) -> None:
    assert only("updateCard", updated(old, **now)) == expected


def test_one_action_may_change_several_fields_and_each_is_a_change_of_its_own() -> None:
    data = updated({"due": None, "start": None, "cover": {}}, due="2024-03-01T15:00:00.000Z", start=None)
    made = changes("updateCard", data)
    assert [change.field for change in made] == ["due", "start"]
    assert len({change.id for change in made}) == 2


def test_an_updated_key_of_tomorrow_is_reported() -> None:
    made = mapper()(record("change", action("updateCard", updated({"aiSummary": "x"}, aiSummary="y"))))
    assert not made.changes
    assert [(one.field, one.value) for one in made.unmapped] == [("change", "updateCard.aiSummary")]


@pytest.mark.parametrize("type", ["createCard", "copyCard", "emailCard", "convertToCardFromCheckItem"])
def test_every_way_to_be_made(type: str) -> None:
    data = {"list": {"id": "list-todo", "name": "To do"}}
    assert only(type, data) == ("created", (None, None, None, "To do"))


def test_deleted() -> None:
    data = {"card": {"id": CARD_ID, "idShort": 7}, "list": {"id": "list-todo", "name": "To do"}}
    assert only("deleteCard", data) == ("presence", ("present", "deleted", "To do", None))


def test_a_move_between_boards_is_told_by_each_of_them() -> None:
    here, there = context().scope_id, {"id": "other", "name": "Other board"}
    board = {"id": "b", "name": "Data centre"}
    assert only("moveCardToBoard", {"boardSource": there, "board": board}) == (
        "placements",
        (None, here, "Other board", "Data centre"),
    )
    assert only("moveCardFromBoard", {"boardTarget": there, "board": board}) == (
        "placements",
        (here, None, "Data centre", "Other board"),
    )


def test_members_come_and_go_one_by_one() -> None:
    ben = our_id("account", "ben")
    data = {"idMember": "ben", "member": {"id": "ben", "name": "Ben Baker"}}
    assert only("addMemberToCard", data) == ("assignments", (None, ben, None, "Ben Baker"))
    assert only("removeMemberFromCard", {"idMember": "ben"}) == ("assignments", (ben, None, "ben", None))


def test_labels_come_and_go_one_by_one() -> None:
    named = {"label": {"id": "l", "name": "Customer", "color": "red"}}
    assert only("addLabelToCard", named) == ("labels", (None, "Customer", None, "Customer"))
    coloured = {"label": {"id": "l", "name": "", "color": "green"}, "value": "green", "text": ""}
    assert only("removeLabelFromCard", coloured) == ("labels", ("green", None, "green", None))


def test_check_items() -> None:
    ticked = {"checkItem": {"id": "c", "name": "Order", "state": "complete"}}
    assert only("updateCheckItemStateOnCard", ticked) == (
        "progress",
        (None, None, "Order: incomplete", "Order: complete"),
    )
    assert only("addChecklistToCard", {"checklist": {"name": "Steps"}}) == (
        "progress",
        (None, None, None, "Steps"),
    )
    assert only("deleteCheckItem", ticked) == ("progress", (None, None, "Order", None))


@pytest.mark.parametrize(
    ("field", "old", "new", "expected"),
    [
        (
            "f-points",
            {"value": {"number": "3"}},
            {"value": {"number": "5"}},
            ("estimates", ("3", "5", "3", "5")),
        ),
        ("f-prio", {"idValue": None}, {"idValue": "opt-high"}, ("priority", ("none", "high", None, "High"))),
        ("f-text", {"value": None}, {"value": {"text": "N"}}, ("custom.Customer", (None, "N", None, "N"))),
        ("f-gone", {"value": None}, {"value": {"text": "N"}}, ("custom.Name then", (None, None, None, None))),
    ],
)
def test_custom_fields(
    field: str, old: dict[str, Any], new: dict[str, Any], expected: tuple[str, Sides]
) -> None:
    name = {"f-points": "Story Points", "f-prio": "Priority", "f-text": "Customer"}.get(field, "Name then")
    data = {"old": old, "customField": {"id": field, "name": name}, "customFieldItem": new}
    assert only("updateCustomFieldItem", data) == expected


@pytest.mark.parametrize("type", ["commentCard", "addAttachmentToCard", "updateList", "addMemberToBoard"])
def test_what_changes_no_item_is_left_out(type: str) -> None:
    assert changes(type, {}) == []


def test_an_action_type_of_tomorrow_is_reported() -> None:
    made = mapper()(record("change", action("teleportCard", {})))
    assert not made.changes
    assert [(one.field, one.value) for one in made.unmapped] == [("change", "teleportCard")]


def test_the_author_who_left_the_board_is_known_by_the_action() -> None:
    left = {"id": "cleo", "fullName": "Cleo Costa", "username": "cleo"}
    here = {"id": "ada", "fullName": "Ada Abbott", "username": "ada"}
    list_ = {"list": {"id": "list-todo", "name": "To do"}}
    made = mapper()(record("change", action("createCard", list_, idMemberCreator="cleo", memberCreator=left)))
    assert made.accounts == [
        Account(
            id=our_id("account", "cleo"),
            system="trello",
            remote_id="cleo",
            display_name="Cleo Costa",
            handle="cleo",
        )
    ]
    assert not mapper()(record("change", action("createCard", list_, memberCreator=here))).accounts
