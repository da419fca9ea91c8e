"""Edits: seen at once in what is served and in the truth, told in the history, refused in a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import pytest

from sandbox.edits import BadEdit
from sandbox.server import Sandbox
from tests.sandbox.trello_reader import BUSY, Body, Reader, reading

JIRA = "field-app"


@pytest.fixture
def trello() -> Iterator[Reader]:
    with reading(items=120) as reader:
        yield reader


def item(sandbox: Sandbox, id: str) -> Body:
    trackers = sandbox.truth()["trackers"].values()
    return next(i for t in trackers for s in t["scopes"] for i in s["items"] if i["id"] == id)


def plain(reader: Reader, slug: str = BUSY) -> Body:
    """A card that nothing has been done with."""
    return next(
        i
        for i in reader.board(slug)["items"]
        if i["status_category"] == "todo" and i["presence"] == "present"
    )


def test_set_changes_what_is_served_and_what_is_true(trello: Reader) -> None:
    before = plain(trello)
    fields = {
        "title": "Neuer Titel — 新",
        "stage": "review",
        "due": "2027-01-31T09:30:00Z",
        "start": "2027-01-05",
        "assignees": [1, 3],
        "labels": ["Customer", "lime"],
        "priority": "urgent",
        "hold": True,
        "points": 8,
        "description": "Now with text",
    }
    told = trello.sandbox.edit({"op": "set", "task": before["id"], "fields": fields})
    assert set(told["changed"]) == set(fields) - ({"hold"} if before["hold"] == "blocked" else set())
    card = trello.get(f"cards/{before['id']}", customFieldItems="true")
    after = item(trello.sandbox, before["id"])
    people = trello.sandbox.world.story.people
    assert card["name"] == after["title"] == "Neuer Titel — 新"
    assert card["due"] == after["due"] == "2027-01-31T09:30:00.000Z"
    assert card["start"] == after["start"] == "2027-01-05T00:00:00.000Z"
    assert card["idMembers"] == [people[1].trello_id, people[3].trello_id]
    assert after["labels"] == ["Blocked", "Customer", "lime"]
    assert (after["status_category"], after["hold"], after["estimate"]) == ("in_progress", "blocked", 8)
    assert trello.get(f"cards/{before['id']}/list")["name"] == after["section"]
    assert after["updated"] > before["updated"]
    assert after["updated"] == card["dateLastActivity"]
    actions = trello.get(f"cards/{before['id']}/actions", filter="all", since=before["updated"])
    assert {"updateCard", "addMemberToCard", "addLabelToCard", "updateCustomFieldItem"} <= {
        action["type"] for action in actions
    }


def test_each_edit_is_one_more_moment_in_the_history(trello: Reader) -> None:
    before = plain(trello)
    for title in ("One", "Two", "Two", "Three"):
        trello.sandbox.edit({"op": "set", "task": before["key"], "fields": {"title": title}})
    assert item(trello.sandbox, before["id"])["changes"] == before["changes"] + 3


def test_done_and_taken_up_again(trello: Reader) -> None:
    id = plain(trello)["id"]
    trello.sandbox.edit({"op": "set", "task": id, "fields": {"stage": "done"}})
    done = item(trello.sandbox, id)
    assert (done["status_category"], done["completed_at"]) == ("done", done["updated"])
    trello.sandbox.edit({"op": "set", "task": id, "fields": {"stage": "doing"}})
    assert item(trello.sandbox, id)["status_category"] == "in_progress"


def test_archiving_is_not_doing(trello: Reader) -> None:
    id = plain(trello)["id"]
    trello.sandbox.edit({"op": "set", "task": id, "fields": {"archived": True}})
    assert trello.get(f"cards/{id}")["closed"] is True
    after = item(trello.sandbox, id)
    assert (after["presence"], after["status_category"]) == ("archived", "todo")


def test_check_items_can_be_ticked(trello: Reader) -> None:
    tasks = trello.sandbox.world.story.tasks.values()
    task = next(t for t in tasks if t.checklist and not all(check.done for check in t.checklist))
    ids = [check.id for check in task.checklist]
    trello.sandbox.edit({"op": "set", "task": task.number, "fields": {"checked": ids}})
    assert item(trello.sandbox, task.remote_id)["progress"] == {"percent": 100.0, "method": "checklist"}
    assert trello.get(f"cards/{task.remote_id}")["badges"]["checkItemsChecked"] == len(ids)


def test_create_appears_once_and_last(trello: Reader) -> None:
    made = trello.sandbox.edit(
        {"op": "create", "project": BUSY, "title": "New", "fields": {"stage": "doing"}}
    )
    cards = trello.get(f"boards/{trello.id(BUSY)}/cards/all")
    newest = max(cards, key=lambda card: str(card["id"]))
    assert (newest["id"], newest["name"]) == (made["task"], "New")
    assert newest["idShort"] == max(card["idShort"] for card in cards)
    actions = trello.get(f"cards/{made['task']}/actions", filter="all")
    assert [action["type"] for action in actions] == ["updateCard", "createCard"]


def test_create_on_jira_gives_the_next_key(trello: Reader) -> None:
    first = trello.sandbox.edit({"op": "create", "project": JIRA, "title": "New"})
    trello.sandbox.edit({"op": "delete", "task": first["key"]})
    second = trello.sandbox.edit({"op": "create", "project": JIRA, "title": "Newer"})
    assert first["key"] != second["key"], "a deleted issue's key is not given again"
    assert item(trello.sandbox, second["task"])["title"] == "Newer"


def test_delete_leaves_one_action_and_nothing_else(trello: Reader) -> None:
    gone = plain(trello)
    counted = trello.truth["counts"]["items"]
    assert trello.sandbox.edit({"op": "delete", "task": gone["id"]})["deleted"] == [gone["id"]]
    refused = trello.ask(f"cards/{gone['id']}")
    assert (refused.status_code, refused.text) == (404, "The requested resource was not found.")
    assert trello.truth["counts"]["items"] == counted - 1
    told = trello.get(f"boards/{trello.id(BUSY)}/actions", filter="deleteCard")
    assert [action["data"]["card"]["id"] for action in told] == [gone["id"]]
    assert "name" not in told[0]["data"]["card"]
    left = trello.get(f"boards/{trello.id(BUSY)}/actions", idModels=gone["id"], limit=1000)
    assert [action["type"] for action in left] == ["deleteCard"]


def test_deleting_a_task_takes_its_sub_tasks_and_mirrors(trello: Reader) -> None:
    tasks = trello.sandbox.world.story.tasks
    mirror = next(task for task in tasks.values() if task.mirror_of)
    child = next(task for task in tasks.values() if task.type == "subtask")
    for whole, part in ((mirror.mirror_of, mirror), (child.parent, child)):
        trello.sandbox.edit({"op": "delete", "task": whole})
        assert part.number not in trello.sandbox.world.story.tasks
    trello.sandbox.truth()


def test_move_keeps_the_id_and_tells_both_boards(trello: Reader) -> None:
    moved = plain(trello)
    trello.sandbox.edit({"op": "move", "task": moved["id"], "project": "field-training"})
    card = trello.get(f"cards/{moved['id']}")
    assert card["idBoard"] == trello.id("field-training")
    assert card["shortLink"] == moved["key"]
    kinds = {BUSY: "moveCardFromBoard", "field-training": "moveCardToBoard"}
    for slug, kind in kinds.items():
        told = trello.get(f"boards/{trello.id(slug)}/actions", idModels=moved["id"], filter=kind)
        assert len(told) == 1, slug


def test_move_on_jira_gives_a_new_key(trello: Reader) -> None:
    tasks = trello.sandbox.world.story.tasks.values()
    children = {task.parent for task in tasks}
    task = next(t for t in tasks if t.project == JIRA and t.type == "bug" and t.number not in children)
    told = trello.sandbox.edit({"op": "move", "task": task.key, "project": "cloud-landing"})
    assert told["former_key"].startswith("MOB-")
    assert told["key"].startswith("CLD-")
    assert told["task"] == task.remote_id


def test_boards_and_lists_are_renamed_and_put_away(trello: Reader) -> None:
    board, edit = trello.id(BUSY), trello.sandbox.edit
    edit({"op": "rename_project", "project": BUSY, "name": "Umzug"})
    edit({"op": "rename_stage", "project": BUSY, "stage": "doing", "name": "Busy"})
    edit({"op": "close_list", "project": BUSY, "stage": "doing"})
    assert trello.get(f"boards/{board}")["name"] == trello.board(BUSY)["name"] == "Umzug"
    closed = trello.get(f"boards/{board}/lists/closed")
    assert [one["name"] for one in closed] == ["Busy"]
    on_list = [i for i in trello.board(BUSY)["items"] if i["section"] == "Busy"]
    assert on_list
    assert {i["presence"] for i in on_list} == {"archived"}
    edit({"op": "open_list", "project": BUSY, "stage": "doing"})
    assert trello.get(f"boards/{board}/lists/closed") == []
    edit({"op": "close_project", "project": BUSY})
    assert trello.get(f"boards/{board}")["closed"] is True
    assert {i["presence"] for i in trello.board(BUSY)["items"]} == {"archived"}


def test_revoked_projects_are_not_in_the_truth(trello: Reader) -> None:
    for slug in (BUSY, JIRA):
        trello.sandbox.edit({"op": "revoke", "project": slug})
    slugs = {s["slug"] for t in trello.sandbox.truth()["trackers"].values() for s in t["scopes"]}
    assert not slugs & {BUSY, JIRA}
    trello.sandbox.edit({"op": "restore", "project": BUSY})
    assert trello.board(BUSY)["items"]


BAD: list[tuple[Mapping[str, Any] | list[Any], str]] = [
    ({}, "There is no edit op None"),
    ({"op": "explode"}, "There is no edit op 'explode'; there are close_list, close_project, comment"),
    ({"op": "set", "task": "nope", "fields": {"title": "x"}}, "There is no task 'nope'"),
    ({"op": "set", "task": 1, "fields": {}}, "fields names nothing to set"),
    ({"op": "set", "task": 1, "fields": {"colour": "red"}}, "There is no field 'colour' to set"),
    ({"op": "set", "task": 1, "fields": {"title": " "}}, "title must be text that is not empty"),
    ({"op": "set", "task": 1, "fields": {"stage": "vendor"}}, "stage must be one of idea, ready"),
    ({"op": "set", "task": 1, "fields": {"priority": "p1"}}, "priority must be one of urgent, high"),
    ({"op": "set", "task": 1, "fields": {"due": "soon"}}, "due must be an instant"),
    ({"op": "set", "task": "NET-1", "fields": {"due": "soon"}}, "due must be a day such as"),
    ({"op": "set", "task": 1, "fields": {"assignees": [999]}}, "person 999 has no account on trello"),
    ({"op": "set", "task": "NET-1", "fields": {"assignees": [1, 2]}}, "an issue has one at most"),
    ({"op": "set", "task": 1, "fields": {"labels": "x"}}, "labels must be a list of str"),
    ({"op": "set", "task": 1, "fields": {"points": -1}}, "points must be a whole number or null"),
    ({"op": "set", "task": 1, "fields": {"hold": "yes"}}, "hold must be true or false"),
    ({"op": "create", "project": "nope", "title": "x"}, "There is no project 'nope'"),
    ({"op": "create", "project": BUSY}, "title must be text"),
    ({"op": "move", "task": 1, "project": "field-app"}, "can only move to another project on trello"),
    ({"op": "rename_stage", "project": "field-app", "stage": "done", "name": "x"}, "has no lists"),
    ([1], "An edit is an object with an op"),
]


def test_a_bad_edit_is_refused_in_a_sentence_and_changes_nothing(trello: Reader) -> None:
    before = trello.sandbox.truth()
    address = f"{trello.sandbox.admin}/_sandbox/edit"
    for op, said in BAD:
        refused = httpx.post(address, json=op)
        assert refused.status_code == 400, op
        assert said in refused.json()["error"]
    assert trello.sandbox.truth() == before
    with pytest.raises(BadEdit):
        trello.sandbox.edit({"op": "explode"})


def test_the_admin_routes_answer_the_truth_and_take_lists_of_edits(trello: Reader) -> None:
    assert httpx.get(f"{trello.sandbox.admin}/_sandbox/truth").json() == trello.sandbox.truth()
    id = plain(trello)["id"]
    ops = [{"op": "set", "task": id, "fields": {"title": title}} for title in ("One", "Two")]
    answer = httpx.post(f"{trello.sandbox.admin}/_sandbox/edit", json=ops)
    assert [told["changed"] for told in answer.json()] == [["title"], ["title"]]
    assert trello.get(f"cards/{id}")["name"] == "Two"
    refused = httpx.post(f"{trello.sandbox.admin}/_sandbox/edit", content=b"{")
    assert refused.status_code == 400
    assert refused.json()["error"].startswith("The body is not JSON")
