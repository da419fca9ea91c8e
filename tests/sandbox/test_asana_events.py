"""Edits of the story are visible in Asana: in the tasks, in their stories, and in the events."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from sandbox.asana_events import Feed
from sandbox.edits import BadEdit
from sandbox.story import Task
from tests.sandbox.asana_reader import BUSY, SPLIT, Body, Hands, Reader, message, reading


@dataclass(slots=True)
class Ear:
    """Listens to one project or task from the moment it is made."""

    asana: Reader
    resource: str
    sync: str = ""

    def __post_init__(self) -> None:
        self.sync = self.asana.ask("events", resource=self.resource).json()["sync"]

    def hear(self) -> list[Body]:
        answer = self.asana.get("events", resource=self.resource, sync=self.sync)
        self.sync = answer["sync"]
        events: list[Body] = answer["data"]
        return events


@pytest.fixture
def asana() -> Iterator[Reader]:
    with reading(clock=Hands()) as reader:
        yield reader


def told(events: list[Body]) -> set[tuple[str, str, str]]:
    """(type of the resource, action, field or type of the parent)."""
    return {
        (
            one["resource"]["resource_type"],
            one["action"],
            one["change"]["field"] if "change" in one else (one["parent"] or {}).get("resource_type", ""),
        )
        for one in events
    }


def some(asana: Reader, slug: str, **wanted: object) -> Task:
    tasks = asana.sandbox.world.tasks_of(slug)
    return next(
        task
        for task in tasks
        if all(getattr(task, name) == value for name, value in wanted.items())
        and not any(other.parent == task.number for other in tasks)
    )


def test_a_changed_task(asana: Reader) -> None:
    ear, task = Ear(asana, asana.id(SPLIT)), some(asana, SPLIT, type="task", stage="ready")
    fields = {"title": "New name", "stage": "done", "due": "2027-01-31"}
    asana.sandbox.edit({"op": "set", "task": task.remote_id, "fields": fields})
    shown = asana.data(f"tasks/{task.remote_id}")
    assert (shown["name"], shown["completed"], shown["due_on"]) == ("New name", True, "2027-01-31")
    assert shown["modified_at"] == "2026-11-23T12:00:00.000Z"
    stories = asana.data(f"tasks/{task.remote_id}/stories", opt_fields="resource_subtype,created_at")
    fresh = {one["resource_subtype"] for one in stories if one["created_at"] == shown["modified_at"]}
    assert {"name_changed", "section_changed", "marked_complete", "due_date_changed"} <= fresh
    heard = ear.hear()
    assert {
        ("task", "changed", "name"), ("task", "changed", "completed"), ("task", "changed", "due_on"),
        ("task", "added", "section"), ("task", "removed", "section"), ("story", "added", "task"),
    } <= told(heard)  # fmt: skip
    assert {one["created_at"] for one in heard} == {"2026-11-23T12:00:00.000Z"}
    assert ear.hear() == []


def test_events_bubble_up_from_a_subtask(asana: Reader) -> None:
    child = some(asana, SPLIT, type="subtask")
    parent = asana.sandbox.world.story.tasks[child.parent or 0]
    ears = [Ear(asana, gid) for gid in (asana.id(SPLIT), parent.remote_id, child.remote_id)]
    deaf = Ear(asana, asana.id(BUSY))
    asana.sandbox.edit({"op": "set", "task": child.remote_id, "fields": {"title": "Renamed below"}})
    for ear in ears:
        assert ("task", "changed", "name") in told(ear.hear())
    assert deaf.hear() == []


def test_new_and_deleted_tasks(asana: Reader) -> None:
    ear = Ear(asana, asana.id(BUSY))
    made = asana.sandbox.edit({"op": "create", "project": BUSY, "title": "Fresh"})["task"]
    assert asana.all(f"projects/{asana.id(BUSY)}/tasks")[-1]["name"] == "Fresh"
    assert {("task", "added", "project"), ("task", "added", "section")} <= told(ear.hear())
    asana.sandbox.edit({"op": "delete", "task": made})
    assert message(asana.ask(f"tasks/{made}")) == (404, f"task: Not a recognized ID: {made}")
    assert told(ear.hear()) == {("task", "deleted", "")}


def test_a_task_comes_back_from_the_trash_with_what_went_there_with_it(asana: Reader) -> None:
    tasks = asana.sandbox.world.story.tasks
    child = some(asana, SPLIT, type="subtask")
    parent = tasks[child.parent or 0]
    before = [one["gid"] for one in asana.data(f"tasks/{parent.remote_id}/subtasks")]
    ear, truth = Ear(asana, asana.id(SPLIT)), asana.scope(SPLIT)["items"]
    asana.sandbox.edit({"op": "delete", "task": parent.remote_id})
    gone = {one["resource"]["gid"] for one in ear.hear() if one["action"] == "deleted"}
    assert {parent.remote_id, child.remote_id} <= gone
    with pytest.raises(BadEdit, match="take out that one"):
        asana.sandbox.edit({"op": "undelete", "task": child.remote_id})
    asana.sandbox.edit({"op": "undelete", "task": parent.remote_id})
    heard = ear.hear()
    assert {one["resource"]["gid"] for one in heard if one["action"] == "undeleted"} == gone
    assert {action for _, action, _ in told(heard)} <= {"undeleted", "changed"}
    assert [one["gid"] for one in asana.data(f"tasks/{parent.remote_id}/subtasks")] == before
    assert [one["id"] for one in asana.scope(SPLIT)["items"]] == [one["id"] for one in truth]
    with pytest.raises(BadEdit, match="in the trash"):
        asana.sandbox.edit({"op": "undelete", "task": parent.remote_id})


def test_the_trash_is_emptied_after_thirty_days() -> None:
    clock = Hands()
    with reading(clock=clock) as asana:
        task = some(asana, SPLIT, type="task")
        asana.sandbox.edit({"op": "delete", "task": task.remote_id})
        clock.move(days=31)
        with pytest.raises(BadEdit, match="30 days"):
            asana.sandbox.edit({"op": "undelete", "task": task.remote_id})


def test_a_feed_may_be_late_and_may_lose_what_it_tells() -> None:
    clock = Hands()
    feed = Feed(late=timedelta(minutes=2), lost=lambda event: event["resource"]["resource_type"] == "story")
    with reading(clock=clock, feed=feed) as asana:
        task = some(asana, SPLIT, type="task")
        ear = Ear(asana, asana.id(SPLIT))
        asana.sandbox.edit({"op": "set", "task": task.remote_id, "fields": {"title": "Renamed"}})
        assert ear.hear() == []
        clock.move(seconds=90)
        assert ear.hear() == []
        clock.move(seconds=31)
        assert told(ear.hear()) == {("task", "changed", "name")}
        assert ear.hear() == []


def test_a_second_home_changes_no_modified_at(asana: Reader) -> None:
    task = some(asana, SPLIT, type="task", also_in={})
    ear, before = Ear(asana, asana.id(BUSY)), asana.data(f"tasks/{task.remote_id}")
    asana.sandbox.edit({"op": "place", "task": task.remote_id, "project": BUSY})
    after = asana.data(f"tasks/{task.remote_id}")
    assert after["modified_at"] == before["modified_at"]
    assert [one["gid"] for one in after["projects"]] == [asana.id(SPLIT), asana.id(BUSY)]
    assert ("task", "added", "project") in told(ear.hear())
    stories = asana.data(f"tasks/{task.remote_id}/stories")
    assert stories[-1]["resource_subtype"] == "added_to_project"
    since = asana.all("tasks", project=asana.id(BUSY), modified_since="2026-11-23T12:00:00Z")
    assert task.remote_id not in {one["gid"] for one in since}


def test_definitions_change_without_their_tasks(asana: Reader) -> None:
    project, ear = asana.id(BUSY), Ear(asana, asana.id(BUSY))
    before = asana.data(f"projects/{project}")
    asana.sandbox.edit({"op": "rename_project", "project": BUSY, "name": "Another name"})
    asana.sandbox.edit({"op": "rename_stage", "project": BUSY, "stage": "doing", "name": "At work"})
    asana.sandbox.edit({"op": "report", "project": BUSY, "rag": "off_track", "text": "Late."})
    after = asana.data(f"projects/{project}")
    assert (before["name"] != after["name"]) is (before["modified_at"] != after["modified_at"]) is True
    assert after["current_status_update"]["title"].endswith("off_track")
    assert ("project", "changed", "name") in told(ear.hear())
    options = {
        option["name"]
        for one in asana.data(f"projects/{project}/custom_field_settings")
        if one["custom_field"]["name"] == "Status"
        for option in one["custom_field"]["enum_options"]
    }
    assert {"At work"} <= options
    assert not {"In progress"} & options


def test_a_renamed_section_stays_the_same_section(asana: Reader) -> None:
    before = {one["gid"]: one["name"] for one in asana.data(f"projects/{asana.id(SPLIT)}/sections")}
    asana.sandbox.edit({"op": "rename_stage", "project": SPLIT, "stage": "doing", "name": "At work"})
    after = {one["gid"]: one["name"] for one in asana.data(f"projects/{asana.id(SPLIT)}/sections")}
    assert before.keys() == after.keys()
    assert set(after.values()) - set(before.values()) == {"At work"}


def test_logged_time_is_there_at_once(asana: Reader) -> None:
    task = some(asana, SPLIT, type="task")
    before = asana.data(f"tasks/{task.remote_id}")["actual_time_minutes"] or 0
    made = asana.sandbox.edit({"op": "log_time", "task": task.remote_id, "person": 2, "minutes": 45})
    assert asana.data(f"tasks/{task.remote_id}")["actual_time_minutes"] == before + 45
    entries = asana.data(f"tasks/{task.remote_id}/time_tracking_entries")
    assert made["time_entry"] in {one["gid"] for one in entries}


def test_a_token_tells_a_hundred_events_and_that_there_are_more(asana: Reader) -> None:
    ear = Ear(asana, asana.id(BUSY))
    for task in asana.sandbox.world.tasks_of(BUSY):
        fields = {"title": f"{task.title}!", "description": "Another one."}
        asana.sandbox.edit({"op": "set", "task": task.remote_id, "fields": fields})
    first = asana.get("events", resource=ear.resource, sync=ear.sync)
    assert (len(first["data"]), first["has_more"]) == (100, True)
    assert asana.get("events", resource=ear.resource, sync=ear.sync) == first
    heard, answer = list(first["data"]), first
    while answer["has_more"]:
        answer = asana.get("events", resource=ear.resource, sync=answer["sync"])
        heard += answer["data"]
    renamed = [one["resource"]["gid"] for one in heard if one.get("change", {}).get("field") == "name"]
    assert sorted(renamed) == sorted(task.remote_id for task in asana.sandbox.world.tasks_of(BUSY))


def test_access_that_ends_is_no_deletion(asana: Reader) -> None:
    task = next(one for one in asana.sandbox.world.tasks_of(SPLIT) if one.also_in)
    other = asana.sandbox.world.project(next(iter(task.also_in)))
    ear = Ear(asana, other.remote_id)
    asana.sandbox.edit({"op": "revoke", "project": SPLIT})
    assert [one["gid"] for one in asana.data(f"tasks/{task.remote_id}")["projects"]] == [other.remote_id]
    assert "deleted" not in {action for _, action, _ in told(ear.hear())}


def test_a_token_is_of_one_resource(asana: Reader) -> None:
    ear = Ear(asana, asana.id(SPLIT))
    assert message(asana.ask("events", resource=asana.id(BUSY), sync=ear.sync))[0] == 412
    assert message(asana.ask("events", resource="77", sync=ear.sync))[0] == 404
    assert message(asana.ask("events"))[0] == 400
