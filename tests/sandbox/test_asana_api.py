"""What the Asana sandbox tells besides tasks, and how it reads what is asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.planted import GREEN_ON_ASANA
from tests.sandbox.asana_reader import BUSY, SPLIT, Body, Reader, message, reading


@pytest.fixture(scope="module")
def asana() -> Iterator[Reader]:
    with reading() as reader:
        yield reader


def test_stories_tell_every_change_at_its_instant(asana: Reader) -> None:
    for scope in asana.truth["scopes"]:
        for item in scope["items"]:
            stories = asana.all(f"tasks/{item['id']}/stories", opt_fields="created_at,type")
            told = {one["created_at"] for one in stories if one["type"] == "system"}
            assert len(told) == item["changes"], item["title"]
            assert all(item["created"] <= one["created_at"] <= item["updated"] for one in stories)


def test_there_are_comments_among_the_stories(asana: Reader) -> None:
    kinds = {
        story["type"]: story["resource_subtype"]
        for item in asana.scope(BUSY)["items"]
        for story in asana.data(f"tasks/{item['id']}/stories", opt_fields="type,resource_subtype")
    }
    assert kinds["comment"] == "comment_added"


def test_stories_name_both_sides(asana: Reader) -> None:
    fields = ",".join(
        (
            "resource_subtype,old_section.name,new_section.name,old_enum_value.name,new_enum_value.name",
            "custom_field.name,old_dates,new_dates,target,assignee,tag.name",
        )
    )
    stories: dict[str, list[Body]] = {}
    for slug in (SPLIT, BUSY):
        for item in asana.scope(slug)["items"]:
            for story in asana.data(f"tasks/{item['id']}/stories", opt_fields=fields):
                stories.setdefault(story["resource_subtype"], []).append(story)
    words = asana.sandbox.world.project(SPLIT).lists.values()
    assert all(
        {one[f"{side}_section"]["name"] for side in ("old", "new")} <= set(words)
        for one in stories["section_changed"]
    )
    chosen = stories["enum_custom_field_changed"]
    assert {one["custom_field"]["name"] for one in chosen} == {"Priority", "Status"}
    assert all(one["new_enum_value"]["name"] for one in chosen if one["custom_field"]["name"] == "Status")
    assert all(one["old_dates"] != one["new_dates"] for one in stories["due_date_changed"])
    assert {"assigned", "unassigned", "added_to_tag", "marked_complete", "notes_changed"} <= stories.keys()


def test_a_status_by_field_is_an_enum_and_its_sections_are_parts(asana: Reader) -> None:
    project = asana.sandbox.world.project(BUSY)
    fields = "custom_fields.name,custom_fields.enum_value.name,memberships.section.name,memberships.project"
    tasks = {one["gid"]: one for one in asana.all(f"projects/{project.remote_id}/tasks", opt_fields=fields)}
    for task in asana.sandbox.world.tasks_of(BUSY):
        if task.type != "subtask":
            shown = tasks[task.remote_id]
            status = next(one for one in shown["custom_fields"] if one["name"] == "Status")
            assert status["enum_value"]["name"] == project.lists[task.stage]
            assert shown["memberships"][0]["section"]["name"] == task.component


def test_custom_fields_come_in_every_kind(asana: Reader) -> None:
    settings = asana.all(f"projects/{asana.id(BUSY)}/custom_field_settings")
    kinds = {one["custom_field"]["resource_subtype"] for one in settings}
    assert kinds == {"enum", "multi_enum", "number", "text", "date", "people", "reference"}
    assert "formula" in {one["custom_field"]["representation_type"] for one in settings}
    tasks = asana.all(f"projects/{asana.id(BUSY)}/tasks", opt_fields="custom_fields")
    shown = [field for task in tasks for field in task["custom_fields"] if field["display_value"] is not None]
    assert {one["type"] for one in shown} == kinds


def test_custom_types_have_a_status_of_their_own(asana: Reader) -> None:
    types = asana.data(
        "custom_types", project=asana.id(SPLIT), opt_fields="name,status_options.completion_state"
    )
    assert [one["name"] for one in types] == ["Bug", "Incident"]
    states = [option["completion_state"] for option in types[0]["status_options"]]
    assert states == [
        "not_started",
        "not_started",
        "in_progress",
        "in_progress",
        "completed",
        "completed",
        "in_progress",
    ]
    wanted = "resource_subtype,custom_type.name,custom_type_status_option.name"
    custom = [
        one
        for one in asana.all(f"projects/{asana.id(SPLIT)}/tasks", opt_fields=wanted)
        if one["resource_subtype"] == "custom"
    ]
    assert custom
    assert all(one["custom_type"]["name"] in ("Bug", "Incident") for one in custom)
    assert all(one["custom_type_status_option"]["name"] for one in custom)


def test_time_is_told_by_task_and_by_project(asana: Reader) -> None:
    fields = "duration_minutes,entered_on,created_by,task,approval_status,billable_status"
    billable = {"billable": True, "nonBillable": False, "notApplicable": None}
    scopes = asana.truth["scopes"]
    read = {
        one["gid"]: (
            one["task"]["gid"], one["created_by"]["gid"], one["duration_minutes"], one["entered_on"],
            billable[one["billable_status"]], one.get("approval_status", "").lower() or None,
        )
        for item in {item["id"]: item for scope in scopes for item in scope["items"]}.values()
        for one in asana.all(f"tasks/{item['id']}/time_tracking_entries", opt_fields=fields)
    }  # fmt: skip
    assert read == {
        one["id"]: tuple(one[key] for key in ("item", "account", "minutes", "day", "billable", "approval"))
        for scope in scopes
        for one in scope["time_entries"]
    }
    for scope in scopes:
        own = {one["gid"] for one in asana.all("time_tracking_entries", attributable_to=scope["id"])}
        assert own == {one["id"] for one in scope["time_entries"]}


def test_promises_of_people_and_roles(asana: Reader) -> None:
    for scope in asana.truth["scopes"]:
        expected = {one["id"]: one for one in scope["allocations"]}
        for one in asana.data("allocations", parent=scope["id"]):
            told, effort = expected.pop(one["gid"]), one["effort"] or {}
            role = one["assignee"]["resource_type"] == "placeholder"
            assert told["account"] == (None if role else one["assignee"]["gid"])
            assert told["placeholder"] == (one["assignee"]["name"] if role else None)
            assert (told["start"], told["end"]) == (one["start_date"], one.get("end_date"))
            units = {"percent": "percent", "hours": "hours_per_week", None: None}
            assert (told["effort"], told["unit"]) == (effort.get("value"), units[effort.get("type")])
        assert not expected


def test_leave_is_told_one_person_at_a_time(asana: Reader) -> None:
    expected = {one["id"]: (one["account"], one["start"], one["end"]) for one in asana.truth["availability"]}
    read = {
        one["gid"]: (one["user"]["gid"], one["start_date"], one["end_date"])
        for account in asana.truth["accounts"]
        for one in asana.all("ooo_entries", user=account["id"], workspace=asana.workspace)
    }
    assert read == expected
    assert message(asana.ask("ooo_entries", user="me")) == (400, "workspace: Missing input")
    (gid, (user, start, end)), *_ = expected.items()
    within = asana.data("ooo_entries", user=user, workspace=asana.workspace, start_date=end, end_date=end)
    before = asana.data("ooo_entries", user=user, workspace=asana.workspace, end_date="2020-01-01")
    assert gid in {one["gid"] for one in within}
    assert start
    assert before == []


def test_money(asana: Reader) -> None:
    for scope in asana.truth["scopes"]:
        rates = {
            one["gid"]: (one["rate"], one["currency_code"]) for one in asana.data("rates", parent=scope["id"])
        }
        assert rates == {one["id"]: (one["amount"], one["currency"]) for one in scope["rates"]}
        told = {one["kind"]: one for one in scope["budgets"]}
        budgets = asana.data("budgets", parent=scope["id"])
        assert len(budgets) == (1 if told else 0)
        for budget in budgets:
            for kind, part in (("plan", "total"), ("forecast", "estimate"), ("actual", "actual")):
                amount, hours = told[kind]["amount"], told[kind]["hours"]
                wanted = (amount, told[kind]["currency"]) if hours is None else (hours * 60, "minutes")
                assert (budget[part]["value"], budget[part]["units"]) == wanted


def test_members_and_teams(asana: Reader) -> None:
    project = asana.sandbox.world.project(GREEN_ON_ASANA)
    direct = asana.all(f"projects/{project.remote_id}/project_memberships")
    parent = asana.all("memberships", parent=project.remote_id)
    assert [one["member"]["gid"] for one in direct] == [one["member"]["gid"] for one in parent]
    assert len(direct) == len(project.members) + 1
    (team,) = (one["member"] for one in direct if one["member"]["resource_type"] == "team")
    shared = asana.all("memberships", member=team["gid"], resource_subtype="project_membership")
    assert [one["parent"]["gid"] for one in shared] == [project.remote_id]
    assert message(asana.ask("memberships", member=team["gid"])) == (400, "resource_subtype: Missing input")
    users = asana.data(f"workspaces/{asana.workspace}/users", opt_fields="name")
    assert [one["name"] for one in users] == sorted(one["name"] for one in users)


def test_archived_projects_are_there_unless_filtered_out(asana: Reader) -> None:
    asana.sandbox.edit({"op": "close_project", "project": SPLIT})
    try:
        listed = {
            flag: {one["gid"] for one in asana.data("projects", workspace=asana.workspace, archived=flag)}
            for flag in (None, "true", "false")
        }
    finally:
        asana.sandbox.edit({"op": "open_project", "project": SPLIT})
    assert listed["true"] == {asana.id(SPLIT)}
    assert listed[None] == listed["true"] | listed["false"]


def test_tasks_are_listed_by_one_thing_at_a_time(asana: Reader) -> None:
    project, workspace = asana.id(SPLIT), asana.workspace
    assert message(asana.ask("tasks")) == (400, "workspace: Missing input")
    assert message(asana.ask("tasks", workspace=workspace)) == (400, "assignee: Missing input")
    assert message(asana.ask("tasks", assignee="me")) == (400, "workspace: Missing input")
    section = asana.data(f"projects/{project}/sections")[0]["gid"]
    assert asana.ask("tasks", project=project, section=section).status_code == 400
    assert asana.all("tasks", section=section) == asana.all(f"sections/{section}/tasks")
    assert asana.all("tasks", project=project) == asana.all(f"projects/{project}/tasks")
    someone = next(item["assignees"][0] for item in asana.scope(SPLIT)["items"] if item["assignees"])
    mine = asana.all("tasks", assignee=someone, workspace=workspace, opt_fields="assignee")
    assert {one["assignee"]["gid"] for one in mine} == {someone}


def test_tasks_since(asana: Reader) -> None:
    items = [item for item in asana.scope(SPLIT)["items"] if item["parent"] is None]
    middle = sorted(item["updated"] for item in items)[len(items) // 2]
    found = asana.all("tasks", project=asana.id(SPLIT), modified_since=middle)
    assert {one["gid"] for one in found} == {item["id"] for item in items if item["updated"] >= middle}
    still = asana.all(f"projects/{asana.id(SPLIT)}/tasks", completed_since="now")
    assert {one["gid"] for one in still} == {item["id"] for item in items if not item["completed_at"]}
    assert asana.ask("tasks", project=asana.id(SPLIT), modified_since="yesterday").status_code == 400


def test_paths_lead_through_objects(asana: Reader) -> None:
    item = next(one for one in asana.scope(SPLIT)["items"] if one["parent"] and one["assignees"])
    task = asana.data(
        f"tasks/{item['id']}",
        opt_fields="this.name,(assignee|created_by).email,parent,parent.memberships.project.team.name,nonsense",
    )
    assert task.keys() == {"gid", "name", "assignee", "created_by", "parent"}
    assert task["assignee"].keys() == {"gid", "email"}
    assert task["parent"]["gid"] == item["parent"]
    assert task["parent"]["resource_type"] == "task"
    assert all(one["project"]["team"]["name"] for one in task["parent"]["memberships"])


def test_dependencies_are_told_from_both_ends(asana: Reader) -> None:
    for item in asana.scope(BUSY)["items"]:
        before, after = (
            {one["gid"] for one in asana.data(f"tasks/{item['id']}/{side}")}
            for side in ("dependencies", "dependents")
        )
        assert before == {a for _, a, b in item["links"] if b == item["id"]}
        assert after == {b for _, a, b in item["links"] if a == item["id"]}


def test_counts_are_only_told_on_request(asana: Reader) -> None:
    path = f"projects/{asana.id(SPLIT)}/task_counts"
    assert asana.data(path) == {}
    items = [item for item in asana.scope(SPLIT)["items"] if item["parent"] is None]
    done = sum(item["completed_at"] is not None for item in items)
    asked = "num_tasks,num_completed_tasks,num_milestones"
    assert asana.data(path, opt_fields=asked) == {
        "num_tasks": len(items),
        "num_completed_tasks": done,
        "num_milestones": sum(item["type"] == "milestone" for item in items),
    }


@pytest.mark.parametrize("authorization", [None, "Bearer wrong", "Basic dXNlcjpwYXNz", "Bearer"])
def test_nobody_without_a_token(asana: Reader, authorization: str | None) -> None:
    with asana.stranger(authorization) as stranger:
        refused = stranger.ask("users/me")
    assert message(refused) == (401, "Not Authorized")
    assert refused.headers["content-type"] == "application/json; charset=UTF-8"


def test_other_paths_and_methods_lead_nowhere(asana: Reader) -> None:
    assert message(asana.ask("nowhere")) == (404, "No matching route for request")
    assert message(asana.http.delete(f"/projects/{asana.id(SPLIT)}")) == (
        404,
        "No matching route for request",
    )
    assert message(asana.ask("projects/abc/tasks")) == (400, "project: Not a recognized ID: abc")
    assert message(asana.ask("tasks", project="77")) == (404, "project: Not a recognized ID: 77")


@pytest.mark.parametrize(
    ("actions", "status"),
    [([], 400), ([{"method": "get", "relative_path": "/users/me"}] * 11, 400), (["no action"], 400)],
)
def test_a_batch_holds_one_to_ten_actions(asana: Reader, actions: list[Any], status: int) -> None:
    assert asana.batch(*actions).status_code == status


def test_the_actions_of_a_batch_fail_one_by_one(asana: Reader) -> None:
    good = {
        "method": "get",
        "relative_path": f"/projects/{asana.id(SPLIT)}/tasks",
        "data": {"completed_since": "now"},
    }
    answer = asana.batch(
        {**good, "options": {"limit": 2, "fields": ["name"]}},
        {"method": "get", "relative_path": "/users/me?opt_fields=name"},
        {"method": "post", "relative_path": "/tasks"},
        {"method": "get", "relative_path": "/batch"},
    )
    assert answer.status_code == 200
    first, *others = answer.json()["data"]
    assert [one["status_code"] for one in others] == [400, 404, 404]
    assert [one.keys() for one in first["body"]["data"]] == [{"gid", "name"}] * 2
    following = {"limit": 2, "fields": ["name"], "offset": first["body"]["next_page"]["offset"]}
    (second,) = asana.batch({**good, "options": following}).json()["data"]
    assert second["body"]["data"][0] not in first["body"]["data"]
    assert asana.http.post("/batch", content=b"{").status_code == 400


def test_an_offset_belongs_to_its_listing_and_follows_its_last_row() -> None:
    with reading() as asana:
        path = f"projects/{asana.id(SPLIT)}/tasks"
        first = asana.get(path, limit=10)
        offset = first["next_page"]["offset"]
        assert message(asana.ask(f"projects/{asana.id(BUSY)}/tasks", limit=10, offset=offset))[0] == 400
        assert message(asana.ask(path, limit=10, offset="nonsense")) == (
            400,
            "offset: Your pagination token is invalid.",
        )
        second = asana.data(path, limit=10, offset=offset)
        asana.sandbox.edit({"op": "delete", "task": first["data"][0]["gid"]})
        assert asana.data(path, limit=10, offset=offset) == second
