"""Whatever is done to a board or on it moves its last activity, at that moment, and is told by an action."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest

from tests.faketime import START, FakeTime
from tests.sandbox.trello_reader import BUSY, Reader, reading

EDITS: Mapping[str, tuple[Mapping[str, Any], str]] = {
    "rename": ({"op": "rename_project", "project": BUSY, "name": "New"}, "updateBoard"),
    "rename list": ({"op": "rename_stage", "project": BUSY, "stage": "ready", "name": "Next"}, "updateList"),
    "put list away": ({"op": "close_list", "project": BUSY, "stage": "ready"}, "updateList"),
    "close": ({"op": "close_project", "project": BUSY}, "updateBoard"),
    "create": ({"op": "create", "project": BUSY, "title": "New"}, "createCard"),
    "set": ({"op": "set", "task": "first", "fields": {"title": "New"}}, "updateCard"),
    "delete": ({"op": "delete", "task": "last"}, "deleteCard"),
    "move away": ({"op": "move", "task": "last", "project": "other"}, "moveCardFromBoard"),
}


@pytest.fixture
def served() -> Iterator[tuple[Reader, FakeTime]]:
    time = FakeTime()
    with reading(items=60, today=START.date(), clock=time.clock) as reader:
        yield reader, time


def activity(reader: Reader) -> str:
    return str(reader.get(f"boards/{reader.id(BUSY)}", fields="dateLastActivity")["dateLastActivity"])


def filled(reader: Reader, op: Mapping[str, Any]) -> dict[str, Any]:
    tasks = reader.sandbox.world.tasks_of(BUSY)
    others = [one for one in reader.sandbox.world.story.projects.values() if one.home == "trello"]
    real = {
        "first": tasks[0].number,
        "last": tasks[-1].number,
        "other": next(one.slug for one in others if one.slug != BUSY),
    }
    return {key: real.get(value, value) if isinstance(value, str) else value for key, value in op.items()}


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_moves_the_last_activity_and_is_told(served: tuple[Reader, FakeTime], name: str) -> None:
    reader, time = served
    op, kind = EDITS[name]
    before = activity(reader)
    time.now += timedelta(minutes=5)
    reader.sandbox.edit(filled(reader, op))
    at = time.now
    time.now += timedelta(minutes=5)
    assert before < activity(reader) == at.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    newest = max(reader.get(f"boards/{reader.id(BUSY)}/actions", limit=1000), key=lambda one: one["date"])
    assert (newest["type"], newest["date"]) == (kind, activity(reader))


def test_an_action_of_a_list_or_board_says_what_it_was_before(served: tuple[Reader, FakeTime]) -> None:
    reader, _ = served
    former = reader.sandbox.world.project(BUSY).lists["ready"]
    reader.sandbox.edit(EDITS["rename list"][0])
    reader.sandbox.edit(EDITS["put list away"][0])
    reader.sandbox.edit({"op": "open_list", "project": BUSY, "stage": "ready"})
    actions = reader.get(f"boards/{reader.id(BUSY)}/actions", filter="updateList", limit=1000)
    assert len({one["id"] for one in actions}) == 3
    told = sorted((one["id"], one["data"]["old"], one["data"]["list"]) for one in actions)
    assert [old for _, old, _ in told] == [{"name": former}, {"closed": False}, {"closed": True}]
    assert [(now["name"], now.get("closed")) for _, _, now in told] == [
        ("Next", None), ("Next", True), ("Next", False),
    ]  # fmt: skip
