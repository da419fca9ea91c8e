"""What is out of sight, and what went from where, as the trackers and the truth tell it."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.edits import BadEdit
from sandbox.story import Home
from tests.sandbox.five import BUSY, FIVE, Client, client

REFUSALS = {"jira_cloud": 404, "jira_dc": 404, "asana": 403, "trello": 401, "smartsheet": 404}


def removed(tracker: Client) -> dict[str, Any]:
    return {one["id"]: one for one in tracker.truth()["removed"]}


def items(tracker: Client, slug: str) -> dict[str, Any]:
    return {one["id"]: one for one in tracker.scope(slug)["items"]}


@pytest.mark.parametrize("home", FIVE)
def test_a_hidden_item_is_there_for_nobody_and_comes_back_as_it_was(home: Home) -> None:
    with client(home) as tracker:
        slug = BUSY[home]
        before, listed = items(tracker, slug), tracker.ids(slug)
        some = sorted(listed)[::4]
        hidden: list[str] = []
        for id in some:
            if id not in hidden:
                hidden += tracker.sandbox.edit({"op": "hide", "task": id})["hidden"]
        assert tracker.ids(slug) == listed - set(hidden)
        assert set(items(tracker, slug)) == before.keys() - set(hidden)
        assert {tracker.one(id).status_code for id in some} == {REFUSALS[home]}
        told = removed(tracker)
        assert {told[id]["how"] for id in hidden} == {"hidden"}
        assert not any(told[id]["evidence"] for id in hidden)
        with pytest.raises(BadEdit, match="There is no task"):
            tracker.sandbox.edit({"op": "set", "task": some[0], "fields": {"title": "x"}})
        back: list[str] = []
        for id in some:
            if id not in back:
                back += tracker.sandbox.edit({"op": "unhide", "task": id})["unhidden"]
        assert sorted(back) == sorted(hidden)
        assert (items(tracker, slug), tracker.ids(slug)) == (before, listed)
        assert tracker.one(some[0]).status_code == 200
        assert removed(tracker) == {}


@pytest.mark.parametrize("home", FIVE)
def test_what_was_deleted_or_moved_is_told_with_what_the_tracker_knows_of_it(home: Home) -> None:
    with client(home) as tracker:
        story = tracker.sandbox.world.story
        above = {task.parent for task in story.tasks.values()}
        alone = [
            task.remote_id
            for task in story.tasks.values()
            if task.project == BUSY[home] and task.type in ("task", "bug") and not task.also_in
            if task.number not in above | {one.mirror_of for one in story.tasks.values()}
        ]
        other = next(p for p in story.projects.values() if p.home == home and p.slug != BUSY[home])
        tracker.sandbox.edit({"op": "delete", "task": alone[0]})
        moved = tracker.sandbox.edit({"op": "move", "task": alone[1], "project": other.slug})["task"]
        gone, left = tracker.truth()["removed"]
        assert (gone["how"], gone["to"], gone["evidence"]) == ("deleted", None, home in ("trello", "asana"))
        assert (left["how"], left["to"], left["evidence"]) == (
            "moved",
            {"scope": other.remote_id, "id": moved},
            False,
        )
        assert left["scope"] == gone["scope"] == story.projects[BUSY[home]].remote_id
        assert left["id"].endswith(alone[1])


def test_what_is_deleted_while_it_is_hidden_leaves_no_evidence() -> None:
    with client("asana") as tracker:
        tasks = tracker.sandbox.world.story.tasks.values()
        child = next(task for task in tasks if task.type == "subtask")
        tracker.sandbox.edit({"op": "hide", "task": child.remote_id})
        tracker.sandbox.edit({"op": "delete", "task": child.parent})
        told = removed(tracker)[child.remote_id]
        assert (told["how"], told["evidence"]) == ("deleted", False)
        with pytest.raises(BadEdit, match="There is no hidden task"):
            tracker.sandbox.edit({"op": "unhide", "task": child.remote_id})


def test_what_was_done_to_a_card_on_a_board_out_of_reach_is_not_told() -> None:
    with client("trello") as tracker:
        tasks = tracker.sandbox.world.tasks_of("dc-move")
        card = next(t for t in tasks if len(t.history) > 3 and t.number not in {o.mirror_of for o in tasks})
        tracker.sandbox.edit({"op": "move", "task": card.remote_id, "project": "koeln-office"})
        before = items(tracker, "koeln-office")[card.remote_id]["changes"]
        tracker.sandbox.edit({"op": "revoke", "project": "dc-move"})
        assert items(tracker, "koeln-office")[card.remote_id]["changes"] == 1 < before
        actions = tracker.http.get(
            f"/1/boards/{tracker.sandbox.world.project('koeln-office').remote_id}/actions",
            params={"idModels": card.remote_id},
        )
        assert [one["type"] for one in actions.json()] == ["moveCardToBoard"]
