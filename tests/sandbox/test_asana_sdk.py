"""The vendor's own client (asana), unmodified, reads the sandbox as it reads the real thing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import asana
import pytest
from urllib3.util import Retry

from sandbox.asana_budgets import Limits
from sandbox.options import SandboxOptions
from sandbox.server import Sandbox
from tests.sandbox.asana_reader import OPTIONS, TODAY, Body, sandboxed

FIELDS = (
    "name,resource_subtype,completed,completed_at,created_at,modified_at,assignee,created_by,due_on,due_at,"
    "start_on,parent,num_subtasks,memberships.project,memberships.section.name,tags.name,dependencies,"
    "custom_fields.name,custom_fields.number_value,custom_fields.enum_value.name,notes,approval_status,"
    "actual_time_minutes,is_rendered_as_separator,custom_type.name"
)
TYPES = {"milestone": "milestone", "approval": "approval"}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with sandboxed() as sandbox:
        yield sandbox


@contextmanager
def client(sandbox: Sandbox, token: str | None = None) -> Iterator[asana.ApiClient]:
    settings = asana.Configuration()
    settings.host = sandbox.bases["asana"]
    settings.access_token = token or sandbox.credentials["asana"]["token"]
    settings.retry_strategy = Retry(total=0)
    api = asana.ApiClient(settings)
    try:
        yield api
    finally:
        api.rest_client.pool_manager.clear()


def tasks_of(api: asana.ApiClient, project: str) -> dict[str, Body]:
    """What the project lists, and every level of sub-tasks below."""
    tasks = asana.TasksApi(api)
    found: dict[str, Body] = {}
    level = list(tasks.get_tasks_for_project(project, {"opt_fields": FIELDS}))
    while level:
        found |= {task["gid"]: task for task in level}
        level = [
            child
            for task in level
            if task["num_subtasks"]
            for child in tasks.get_subtasks_for_task(task["gid"], {"opt_fields": FIELDS})
        ]
    return found


def field(task: Body, name: str) -> Any:
    value = next((one for one in task["custom_fields"] if one["name"] == name), None)
    if value is None:
        return None
    return (
        value["number_value"]
        if "number_value" in value
        else value["enum_value"] and value["enum_value"]["name"]
    )


def told(task: Body) -> Body:
    """As the truth writes an item, as far as a task says it without a dictionary of words."""
    type = "subtask" if task["parent"] else TYPES.get(task["resource_subtype"], "task")
    return {
        "id": task["gid"],
        "title": task["name"],
        "type": task["custom_type"]["name"].lower() if task["custom_type"] else type,
        "completed_at": task["completed_at"],
        "priority": (field(task, "Priority") or "none").lower(),
        "start": task["start_on"],
        "due": task["due_at"] or task["due_on"],
        "estimate": field(task, "Story points"),
        "estimate_minutes": field(task, "Estimated time"),
        "spent_minutes": task["actual_time_minutes"],
        "assignees": [task["assignee"]["gid"]] if task["assignee"] else [],
        "reporter": task["created_by"]["gid"],
        "labels": sorted(tag["name"] for tag in task["tags"]),
        "parent": task["parent"] and task["parent"]["gid"],
        "custom": {"customer": field(task, "Customer"), "cost": field(task, "Cost")},
        "created": task["created_at"],
        "updated": task["modified_at"],
        "counted": not task["is_rendered_as_separator"],
    }


def test_it_discovers_every_project_from_the_token_alone(sandbox: Sandbox) -> None:
    truth = sandbox.truth()["trackers"]["asana"]
    with client(sandbox) as api:
        me = asana.UsersApi(api).get_user("me", {})
        found = {
            project["gid"]: project["name"]
            for workspace in asana.WorkspacesApi(api).get_workspaces({})
            for project in asana.ProjectsApi(api).get_projects({"workspace": workspace["gid"]})
        }
        teams = {
            project["gid"]
            for team in asana.TeamsApi(api).get_teams_for_workspace(me["workspaces"][0]["gid"], {})
            for project in asana.ProjectsApi(api).get_projects_for_team(team["gid"], {})
        }
    assert me["email"] == "user01@northlight.example"
    assert found == {scope["id"]: scope["name"] for scope in truth["scopes"]}
    assert teams == found.keys()


def test_it_reads_every_task_and_subtask_of_every_project(sandbox: Sandbox) -> None:
    with client(sandbox) as api:
        for scope in sandbox.truth()["trackers"]["asana"]["scopes"]:
            found = tasks_of(api, scope["id"])
            expected = {item["id"]: item for item in scope["items"]}
            assert found.keys() == expected.keys()
            for gid, task in found.items():
                mine = told(task)
                assert mine == {key: expected[gid][key] for key in mine}
                if not task["parent"]:
                    assert [
                        [place["project"]["gid"], place["section"]["name"]] for place in task["memberships"]
                    ] == expected[gid]["placements"]
                waits = {a for kind, a, b in expected[gid]["links"] if b == gid and kind == "finish_to_start"}
                assert {one["gid"] for one in task["dependencies"]} == waits


def test_it_reads_more_tasks_than_fit_on_a_page() -> None:
    with sandboxed(SandboxOptions(today=TODAY, budgets=False, items=2400)) as sandbox, client(sandbox) as api:
        scope = max(sandbox.truth()["trackers"]["asana"]["scopes"], key=lambda one: len(one["items"]))
        listed = list(asana.TasksApi(api).get_tasks_for_project(scope["id"], {"opt_fields": "name"}))
        assert len(listed) > 100
        assert {task["gid"] for task in listed} == {
            item["id"] for item in scope["items"] if item["parent"] is None
        }
        some = list(asana.TasksApi(api).get_tasks_for_project(scope["id"], {}, item_limit=120))
        assert [one["gid"] for one in some] == [one["gid"] for one in listed[:120]]


def test_it_reads_people_sections_stories_and_what_stands_beside_tasks(sandbox: Sandbox) -> None:
    truth = sandbox.truth()["trackers"]["asana"]
    with client(sandbox) as api:
        people = {one["gid"]: one for one in asana.UsersApi(api).get_users({"opt_fields": "name,email"})}
        for account in truth["accounts"]:
            assert (people[account["id"]]["name"], people[account["id"]]["email"]) == (
                account["name"],
                account["email"],
            )
        for scope in truth["scopes"]:
            sections = asana.SectionsApi(api).get_sections_for_project(scope["id"], {})
            assert [one["name"] for one in sections] == scope["sections"]
            reports = asana.StatusUpdatesApi(api).get_statuses_for_object(
                scope["id"], {"opt_fields": "status_type,title,text,author,created_at"}
            )
            assert [
                (one["gid"], one["status_type"], one["text"], one["author"]["gid"], one["created_at"])
                for one in reversed(list(reports))
            ] == [
                (one["id"], one["rag"], one["text"], one["author"], one["at"])
                for one in scope["status_reports"]
            ]
            allocations = list(asana.AllocationsApi(api).get_allocations({"parent": scope["id"]}))
            assert {one["gid"] for one in allocations} == {one["id"] for one in scope["allocations"]}
        stories = asana.StoriesApi(api).get_stories_for_task(truth["scopes"][0]["items"][0]["id"], {})
        assert {one["resource_type"] for one in stories} == {"story"}


def test_it_sends_batches(sandbox: Sandbox) -> None:
    items = sandbox.truth()["trackers"]["asana"]["scopes"][0]["items"]
    actions = [{"method": "get", "relative_path": f"/tasks/{item['id']}"} for item in items[:9]]
    body = {"data": {"actions": [*actions, {"method": "get", "relative_path": "/tasks/1"}]}}
    with client(sandbox) as api:
        results = list(asana.BatchAPIApi(api).create_batch_request(body, {}))
    assert [one["status_code"] for one in results] == [200] * 9 + [404]
    assert [one["body"]["data"]["gid"] for one in results[:9]] == [item["id"] for item in items[:9]]


def test_its_events_begin_with_a_412_that_holds_a_token(sandbox: Sandbox) -> None:
    scope = sandbox.truth()["trackers"]["asana"]["scopes"][0]
    with client(sandbox) as api:
        with pytest.raises(asana.rest.ApiException) as first:
            asana.EventsApi(api).get_events(scope["id"], {}, full_payload=True)
        assert first.value.status == 412
        sync = json.loads(first.value.body)["sync"]
        nothing = asana.EventsApi(api).get_events(scope["id"], {"sync": sync}, full_payload=True)
    assert (nothing["data"], nothing["has_more"]) == ([], False)


@pytest.mark.parametrize(("gid", "status"), [("9999999999999999", 404), ("nonsense", 400)])
def test_a_missing_task_is_told_in_the_vendors_words(sandbox: Sandbox, gid: str, status: int) -> None:
    with client(sandbox) as api, pytest.raises(asana.rest.ApiException) as missing:
        asana.TasksApi(api).get_task(gid, {})
    assert missing.value.status == status
    assert json.loads(missing.value.body)["errors"][0]["message"] == f"task: Not a recognized ID: {gid}"


def test_a_wrong_token_is_not_authorized(sandbox: Sandbox) -> None:
    with client(sandbox, token="wrong") as api, pytest.raises(asana.rest.ApiException) as refused:
        asana.UsersApi(api).get_user("me", {})
    assert refused.value.status == 401
    assert json.loads(refused.value.body)["errors"][0]["message"] == "Not Authorized"


def test_it_meets_the_rate_limit() -> None:
    options = SandboxOptions(today=OPTIONS.today, budgets=True)
    with sandboxed(options, Limits(a_minute=3)) as sandbox, client(sandbox) as api:
        users = asana.UsersApi(api)
        for _ in range(3):
            users.get_user("me", {})
        with pytest.raises(asana.rest.ApiException) as refused:
            users.get_user("me", {})
    assert refused.value.status == 429
    assert int(refused.value.headers["Retry-After"]) >= 1
